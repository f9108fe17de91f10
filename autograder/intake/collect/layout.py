"""Where the files of one attempt go: the notebook to the root of a folder, its files beside it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.intake.collect.archives import Refused, is_archive, unpacked
from autograder.intake.collect.formats import NOTEBOOK, SCRIPT
from autograder.intake.collect.items import Item
from autograder.intake.collect.names import CHECKPOINTS, place_fault, shown
from autograder.intake.find import MAX_BYTES
from autograder.intake.plain_files import MAX_FILES
from autograder.sandbox.resources import Limits

MB = 2**20
MAX_BESIDE = Limits().disk_mb // 2 * MB  # as much as grading takes along
# A file that is no notebook and shrinks to less than a hundredth is made to fill disks: text and
# tables shrink to a tenth. Notebooks may repeat one line of output many thousand times.
MAX_RATIO, RATIO_FROM = 100, 16 * MB
TIMESTAMP, OWN_TIMESTAMP = "timestamp.txt", "timestamp-of-the-student.txt"
MAX_NOTES = 5
Files = dict[tuple[str, ...], Item]


@dataclass(frozen=True)
class Layout:
    """The files to copy, by their path in the student's folder, and sentences about the others.

    has_work: whether a notebook, or a script that may be one, is among them.
    """

    files: Files
    notes: tuple[str, ...]
    has_work: bool


def laid_out(files: Mapping[tuple[str, ...], Item], assignment: str, opened: ExitStack) -> Layout:
    """Decide where files go; opens the student's own archives if no notebook lies beside them.

    opened: the archives are open until this is closed. Raises Refused where there are too many
    files or they are too large.
    """
    sound, notes = without_faults(dict(files))
    saved = {path: item for path, item in sound.items() if CHECKPOINTS not in path}
    if any(is_notebook(path) for path in saved) or not any(map(is_notebook, sound)):
        sound = saved
    if not any(is_notebook(path) for path in sound):
        for path in [path for path in sound if is_archive(path[-1])]:
            sound, more = opened_up(sound, path, opened)
            notes += more
    sound = unwrapped(sound)
    sound, more = at_the_notebook(sound, assignment)
    notes += more
    sound, more = storable(sound)
    notes += more
    hold_limits(sound)
    if not sound and files:
        raise Refused("; ".join(notes[:MAX_NOTES]) or "nothing in it can be taken")
    for path in [path for path in sound if path[-1] == TIMESTAMP]:
        # nbgrader would take it for the time of handing in
        own = OWN_TIMESTAMP
        while (*path[:-1], own) in sound:
            own = f"other-{own}"
        sound[(*path[:-1], own)] = sound.pop(path)
        notes.append(f"{TIMESTAMP} is a name of nbgrader's: yours is kept as {own}")
    work = any(is_notebook(p) or p[-1].lower().endswith(SCRIPT) for p in sound)
    return Layout(sound, shortened(notes), work)


def without_faults(files: Files) -> tuple[Files, list[str]]:
    """The files that can be taken, and a sentence for each of the others."""
    sound = {path: item for path, item in files.items() if not item.fault}
    notes = [not_taken("/".join(path), item.fault)
             for path, item in sorted(files.items()) if item.fault]  # fmt: skip
    return sound, notes


def not_taken(name: str, why: str) -> str:
    """A sentence for a file that is left out."""
    return f"{shown(name)} was not taken: {why}"


def opened_up(files: Files, archive: tuple[str, ...], opened: ExitStack) -> tuple[Files, list[str]]:
    """The files with those of an archive in its place; several archives keep theirs apart."""
    inner: Files = {}
    notes: list[str] = []
    for found in unpacked(files[archive], shown(archive[-1]), MAX_BYTES, opened):
        if found.fault:
            notes.append(not_taken(found.called, found.fault))
            continue
        if found.parts in inner:
            notes.append(f"{found.called} was there twice; the last one was taken")
        inner[found.parts] = found
    alone = sum(is_archive(path[-1]) for path in files) == 1
    folder = archive[:-1] if alone else (*archive[:-1], archive[-1].split(".")[0] or "archive")
    rest = {path: item for path, item in files.items() if path != archive}
    return rest | {(*folder, *path): item for path, item in inner.items()}, notes


def unwrapped(files: Files) -> Files:
    """The files without the folders that all of them lie in."""
    while files and all(len(path) > 1 for path in files) and len({p[0] for p in files}) == 1:
        files = {path[1:]: item for path, item in files.items()}
    return files


def at_the_notebook(files: Files, assignment: str) -> tuple[Files, list[str]]:
    """The folder of the assignment's notebook, if there is one without doubt, as the root.

    Someone who hands in a whole repository means the notebook of this name; what lies elsewhere
    would not be found by it when it is graded.
    """
    name = f"{assignment}{NOTEBOOK}"
    depths = sorted((len(path), path) for path in files if path[-1] == name)
    if not depths or depths[0][0] == 1 or (len(depths) > 1 and depths[0][0] == depths[1][0]):
        return files, []
    folder = depths[0][1][:-1]
    below = {path[len(folder) :]: item for path, item in files.items()
             if path[: len(folder)] == folder}  # fmt: skip
    left = len(files) - len(below)
    where = shown("/".join(folder))
    return below, [f"files outside of {where}, where {name} lies, were not taken: {left}"] * bool(
        left
    )


def storable(files: Files) -> tuple[Files, list[str]]:
    """The files without those whose path no disk has, or is a folder's as well."""
    folders = {path[:depth] for path in files for depth in range(1, len(path))}
    faults = {path: place_fault(path) or ("a folder has this name" if path in folders else "")
              for path in files}  # fmt: skip
    notes = [not_taken("/".join(path), fault) for path, fault in sorted(faults.items()) if fault]
    return {path: item for path, item in files.items() if not faults[path]}, notes


def hold_limits(files: Files) -> None:
    """Refuse what is too large by what it says of itself; copying holds it to that."""
    if len(files) > MAX_FILES:
        raise Refused(f"it has {len(files)} files, and {MAX_FILES} are the limit")
    beside = 0
    for path, item in files.items():
        name = shown(path[-1])
        if is_notebook(path):
            if item.size > MAX_BYTES:
                raise Refused(f"{name} is larger than {MAX_BYTES // MB} MB")
            continue
        beside += item.size
        if item.packed is not None and item.size > max(RATIO_FROM, MAX_RATIO * item.packed):
            raise Refused(f"{name} unpacks to {item.size // MB} MB from next to nothing")
    if beside > MAX_BESIDE:
        raise Refused(f"its files are larger than {MAX_BESIDE // MB} MB together")


def is_notebook(path: tuple[str, ...]) -> bool:
    """Whether this is a notebook, by its name."""
    return PurePosixPath(path[-1]).suffix.lower() == NOTEBOOK


def shortened(notes: list[str]) -> tuple[str, ...]:
    """The first few notes, and how many more there are."""
    more = len(notes) - MAX_NOTES
    return (*notes[:MAX_NOTES], *([f"and {more} more files were not taken"] if more > 0 else []))
