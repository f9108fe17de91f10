"""Find submitted notebooks in a folder of students, and read them."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from nbformat import NotebookNode

from autograder.intake.choosing import (
    ENOUGH,
    chosen,
    is_named,
    is_notebook,
    listed,
    share,
    work,
)
from autograder.intake.collect.names import shown
from autograder.intake.manifest import read_manifest
from autograder.intake.plain_files import HIDDEN, plain_files
from autograder.intake.reading import MAX_BYTES, Unreadable, read
from autograder.intake.reading.outputs import LARGE, may_lose_outputs, without_outputs

__all__ = ["MAX_BYTES", "Submission", "Unreadable", "find_one", "find_submissions", "read_bytes",
           "read_notebook"]  # fmt: skip

MOST_FILES = 5000  # of one student's folder that are looked at
LARGEST = 2 * 2**30  # bytes of a notebook with its outputs
PACKED_ALONG = ("__MACOSX", "__pycache__", HIDDEN)
CHECKPOINTS = ".ipynb_checkpoints"
# What may be a notebook under another name, or explain why there is none.
OTHERS = (".py", ".zip", ".json", ".txt", ".html", ".htm", ".pdf", ".docx", ".doc", ".odt", ".rtf",
          ".gdoc", ".url", ".webloc", ".md", ".png", ".jpg", ".jpeg", "")  # fmt: skip
MOST_OTHERS = 10


@dataclass(frozen=True)
class Submission:
    """One student's notebook, or the reason why there is none.

    student: the name of the folder; notes: what collecting it has noticed; members: the ids of all
    who handed it in, empty if that is the student alone; handed_in: when, ISO 8601, None if not
    known; mended: how the notebook was found where it was not in its place. Sentences are for the
    student.
    """

    student: str
    path: Path | None
    reason: str | None = None
    notes: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    handed_in: str | None = None
    mended: tuple[str, ...] = ()


def find_submissions(
    folder: Path, assignment: str, release: NotebookNode | None = None
) -> Iterator[Submission]:
    """Yield one submission for each student's folder in `folder`, in order of their names.

    With what `course collect` has found out about it, if the folder is one of its. release: the
    notebook that students got; with it, the right one of several is told by its content.
    """
    collected = read_manifest(folder, assignment).collected
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        if place.name.startswith("."):
            continue
        found = find_one(place, assignment, release)
        if known := collected.get(place.name):
            found = replace(found, notes=known.notes, members=known.members,
                            handed_in=known.handed_in)  # fmt: skip
            if not known.digest and found.path is None and known.notes:  # refused when collected
                found = replace(found, reason="; ".join(known.notes), notes=())
        yield found


def find_one(place: Path, assignment: str, release: NotebookNode | None = None) -> Submission:
    """Find the notebook in one student's folder, whatever its name and however many there are.

    <assignment>.ipynb, there or in a folder <assignment>, is the one, unless it holds no work and
    another one, or a script called like the assignment, does; else the only one called like the
    assignment, the only one at all, or the one among several that is the assignment by its content.
    Scripts, archives and notebooks under other endings count where there is no .ipynb, and
    Jupyter's checkpoints where there is nothing else.
    """
    expected = [path for path in (place / f"{assignment}.ipynb",
                place / assignment / f"{assignment}.ipynb") if path.is_file()]  # fmt: skip
    if expected and leads_out(expected[0], place):
        why = f"{expected[0].name} is a link to somewhere else: hand in the notebook itself"
        return Submission(place.name, None, why)
    files = [place / name for name in islice(plain_files(place, PACKED_ALONG), MOST_FILES)]
    notebooks = [path for path in files if is_notebook(path)]
    if not notebooks and not expected:
        return found_otherwise(place, assignment, files, release)
    named = [path for path in notebooks if path not in expected[:1] and is_named(path, assignment)]
    candidates = [*expected[:1], *named] or notebooks
    others = [path for path in files if path not in candidates and may_be_instead(path, assignment)]
    if release is not None and others:
        told = [is_named(path, assignment) for path in candidates]
        if not any(map(partial(holds_work, assignment, release), candidates, told)):
            candidates += filter(partial(holds_work, assignment, release), others[:MOST_OTHERS])
    return taken(place, assignment, candidates, release)


def may_be_instead(path: Path, assignment: str) -> bool:
    """Whether the work may be in this file where the expected notebook is as it was given out."""
    return is_notebook(path) or (path.suffix.lower() == ".py" and is_named(path, assignment))


def holds_work(assignment: str, release: NotebookNode, path: Path, is_told: bool = False) -> bool:
    """Whether a file holds more than the release and is of this assignment, or is told to be."""
    notebook = notebook_or_none(path)
    if notebook is None or not work(notebook) - work(release):
        return False
    return is_told or share(notebook, assignment, release) >= ENOUGH


def taken(
    place: Path, assignment: str, candidates: list[Path], release: NotebookNode | None
) -> Submission:
    """The submission that is chosen among notebooks, of which there is at least one."""
    path, why = candidates[0], ""
    if len(candidates) > 1:
        opened = [(path, notebook_or_none(path)) for path in candidates]
        found, why = chosen(opened, assignment, release)
        if found is None:
            return Submission(place.name, None, why)
        path = found
    elif release is not None and not is_named(path, assignment):
        notebook = notebook_or_none(path)
        if notebook is not None and not share(notebook, assignment, release):
            why = f"{shown(path.name)} holds nothing of {assignment}: hand in {assignment}.ipynb"
            return Submission(place.name, None, why)
    said = [why] if why else []
    if path.name != f"{assignment}.ipynb":
        said.append(
            f"the notebook was called {shown(path.name)}, not {assignment}.ipynb; it was taken"
        )
    return Submission(place.name, path, mended=tuple(said))


def found_otherwise(
    place: Path, assignment: str, files: list[Path], release: NotebookNode | None
) -> Submission:
    """A submission in a folder without an .ipynb file."""
    others = sorted((path for path in files if likely(path) < len(OTHERS)), key=likely)
    named = [path for path in others if is_named(path, assignment)]
    reasons: list[str] = []
    for group in (named, [path for path in others if path not in named]):
        fit = []
        for path in group[:MOST_OTHERS]:
            try:
                read_notebook(path)
                fit.append(path)
            except Unreadable as error:
                reasons.append(str(error))
        if fit:
            return taken(place, assignment, fit, release)
    kept = [path for path in sorted(place.rglob(f"{CHECKPOINTS}/*.ipynb"))[:MOST_OTHERS]
            if path.is_file() and not leads_out(path, place)]  # fmt: skip
    if kept:
        found = taken(place, assignment, kept, release)
        said = "only a copy that Jupyter keeps by itself was there, which may be older"
        return replace(found, mended=(*found.mended, said)) if found.path else found
    if len(reasons) == 1 or (reasons and named):
        return Submission(place.name, None, reasons[0])
    links = [path.name for path in place.glob("*.ipynb") if path.is_symlink()]
    why = f"{assignment}.ipynb was not found: the folder holds no notebook"
    if links:
        why = f"{shown(links[0])} is a link to somewhere else: hand in the notebook itself"
    elif files:
        why += f", but {listed(files)}"
    return Submission(place.name, None, why)


def likely(path: Path) -> int:
    """How likely a file of this name is a notebook: the lower, the more."""
    if ".ipynb" in path.name.lower():
        return -1
    suffix = path.suffix.lower()
    return OTHERS.index(suffix) if suffix in OTHERS else len(OTHERS)


def notebook_or_none(path: Path) -> NotebookNode | None:
    """The notebook in a file, if there is one."""
    try:
        return read_notebook(path)
    except Unreadable:
        return None


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a path leads, by links, out of a student's own folder."""
    return not path.resolve().is_relative_to(folder.resolve())


def read_notebook(path: Path) -> NotebookNode:
    """Read a submitted notebook as nbformat 4.5; raises Unreadable with a sentence to send on."""
    return read(read_bytes(path), path.name)[0]


def read_bytes(path: Path) -> bytes:
    """A submitted notebook's file, if that is large without its outputs; raises Unreadable."""
    try:
        size = path.stat().st_size
        if size <= LARGE:
            return path.read_bytes()
        if size <= LARGEST:
            with (
                path.open("rb") as file,
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all,
            ):
                if may_lose_outputs(all):
                    return within_limit(without_outputs(all), path)
                if size <= MAX_BYTES:
                    return all[:]
        raise Unreadable(f"{path.name} is larger than {MAX_BYTES // 2**20} MB: clear its outputs")
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from error


def within_limit(content: bytes, path: Path) -> bytes:
    """The same; raises Unreadable where a notebook is too large without its outputs as well."""
    if len(content) > MAX_BYTES:
        raise Unreadable(f"{path.name} is larger than {MAX_BYTES // 2**20} MB, even without its "
                         "outputs: take out what was pasted into it")  # fmt: skip
    return content
