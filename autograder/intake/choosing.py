"""Which of several notebooks in a student's folder is the one to grade."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.intake.collect.names import shown

ENOUGH = 0.3  # of the release's ids or definitions, for a notebook of another name
DEFINITION = re.compile(r"^(?:class|def)\s+(\w+)", re.M)
NUMBER = re.compile(r"(\d{1,9})\D*$")
PARTED = r"[\s_.\-]*"

Opened = tuple[Path, NotebookNode | None]
Sound = tuple[Path, NotebookNode]


def is_notebook(path: Path) -> bool:
    """Whether this is a notebook by its name."""
    return path.suffix.lower() == ".ipynb"


def is_named(path: Path, assignment: str) -> bool:
    """Whether a file is called like the assignment, perhaps with more before or behind it."""
    return name_pattern(assignment).search(path.name) is not None


def name_pattern(assignment: str) -> re.Pattern[str]:
    """Find an assignment's name however it is spelled: assignment4, Assignment_4, ASSIGNMENT 4."""
    parts = re.findall(r"[^\W\d_]+|\d+", assignment)
    end = r"(?!\d)" if parts[-1:] and parts[-1].isdigit() else ""
    return re.compile(r"(?<!\d)" + PARTED.join(map(re.escape, parts)) + end, re.I)


def attempt(path: Path, assignment: str) -> int:
    """The number of a copy or an attempt in a file's name, 0 without one.

    The 2 of assignment4 (2), assignment4-Copy2 or assignment4_v2.
    """
    found = NUMBER.search(name_pattern(assignment).sub("", path.stem))
    return int(found[1]) if found else 0


def chosen(
    candidates: Sequence[Opened], assignment: str, release: NotebookNode | None
) -> tuple[Path | None, str]:
    """The notebook to grade and a sentence about the others, or None and the reason.

    candidates: those that were opened, None where that is no notebook; one that has exactly the
    assignment's name comes first and is preferred to others that hold work as well.
    """
    sound = [(path, notebook) for path, notebook in candidates if notebook is not None]
    if not sound:
        return candidates[0][0], ""  # whoever reads it says why it cannot be
    exact = sound[0][0].name == f"{assignment}.ipynb"
    others = [path for path, _ in candidates]
    left = with_work(of_assignment(sound, assignment, release), release)
    best = left[0][0] if len(left) == 1 or (exact and left and left[0] == sound[0]) else None
    if best is None and left and all(work(n) == work(left[0][1]) for _, n in left):
        best = left[0][0]
    if best is None:
        best = newest([path for path, _ in left], assignment)
    if best is not None:
        return best, f"the folder held {listed(others)}; {shown(best.name)} was taken"
    if left:
        return None, (f"the folder holds {listed([path for path, _ in left])}, with different "
                      f"work: hand in one of them as {assignment}.ipynb")  # fmt: skip
    return None, (f"{assignment}.ipynb was not found: the folder holds {len(others)} notebooks, "
                  f"none of that name ({listed(others)})")  # fmt: skip


def of_assignment(
    sound: Sequence[Sound], assignment: str, release: NotebookNode | None
) -> list[Sound]:
    """Those that are this assignment as much as the one that is most; none if none is."""
    shares = [share(notebook, assignment, release) for _, notebook in sound]
    named = [is_named(path, assignment) for path, _ in sound]
    best = max(shares)
    if best < ENOUGH:
        return [one for one, is_so in zip(sound, named, strict=True) if is_so]
    return [one for one, found in zip(sound, shares, strict=True) if found >= 0.8 * best]


def share(notebook: NotebookNode, assignment: str, release: NotebookNode | None) -> float:
    """How much of the assignment is in a notebook, from 0 to 1.

    By what the course wrote into its metadata, else by ids and by what its code defines.
    """
    told = notebook.metadata.get("course")
    if isinstance(told, dict) and isinstance(told.get("assignment"), str):
        return float(told["assignment"] == assignment)
    if release is None:
        return 0.0
    wanted = ids(release), definitions(release)
    found = ids(notebook), definitions(notebook)
    return max(len(w & f) / max(len(w), 1) for w, f in zip(wanted, found, strict=True))


def with_work(sound: Sequence[Sound], release: NotebookNode | None) -> list[Sound]:
    """Those whose code is not all the release's; all where none has any or that is not known."""
    given = set() if release is None else work(release)
    return [one for one in sound if work(one[1]) - given] or list(sound)


def newest(paths: Sequence[Path], assignment: str) -> Path | None:
    """The one with the highest number of an attempt, None where two have it."""
    numbers = [attempt(path, assignment) for path in paths]
    if not numbers or numbers.count(max(numbers)) > 1:
        return None
    return paths[numbers.index(max(numbers))]


def ids(notebook: NotebookNode) -> set[str]:
    """All ids that nbgrader has given."""
    found = (cell.metadata.get("nbgrader") for cell in notebook.cells)
    return {str(one.get("grade_id")) for one in found if isinstance(one, dict)}


def definitions(notebook: NotebookNode) -> set[str]:
    """The names of classes and functions that a notebook's code defines."""
    return {name for cell in notebook.cells if cell.cell_type == "code"
            for name in DEFINITION.findall(cell.source)}  # fmt: skip


def work(notebook: NotebookNode) -> set[str]:
    """What is written in the cells that students write in: all code and all marked text."""
    return {cell.source.strip() for cell in notebook.cells
            if cell.cell_type == "code" or "nbgrader" in cell.metadata}  # fmt: skip


def listed(paths: Sequence[Path]) -> str:
    """The names of files, the first few."""
    names = [shown(path.name) for path in paths]
    if len(names) > 5:
        return f"{', '.join(names[:4])} and {len(names) - 4} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
