"""Hold a submission against the release version: course cells restored, student cells kept."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode


def mend(submitted: NotebookNode, release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return the notebook to grade and, for the student, a sentence for each thing mended.

    Cells that the course locked (given code, demonstrations, checks) get their released text and
    metadata back; missing ones are put back behind the cell that they follow in the release;
    a second cell with the same id loses its id. An answer in words may have become a code cell:
    it is made text again. Everything else stays as it is.
    """
    notebook, notes = deepcopy(submitted), list[str]()
    known = {name: cell for cell in release.cells if (name := grade_id(cell))}
    seen: set[str] = set()
    for cell in notebook.cells:
        name = grade_id(cell)
        if name not in known or name in seen or not keeps_its_type(cell, known[name]):
            cell.metadata.pop("nbgrader", None)
            continue
        seen.add(name)
        if is_locked(known[name]) and cell.source != known[name].source:
            notes.append(f"the cell {name} was changed; the released version was used")
            cell.source = known[name].source
        cell.metadata = deepcopy(known[name].metadata)
    for name in put_back(notebook, release, seen):
        if known[name].metadata["nbgrader"]["grade"]:
            notes.append(f"the cell {name} was missing; it was put back")
    notebook.metadata["kernelspec"] = deepcopy(release.metadata["kernelspec"])
    return notebook, notes


def put_back(notebook: NotebookNode, release: NotebookNode, seen: set[str]) -> list[str]:
    """Insert the locked cells that are missing; return their ids."""
    missing: list[str] = []
    before: str | None = None
    for cell in release.cells:
        name = grade_id(cell)
        if not name:
            continue
        if name not in seen and (is_locked(cell) or is_written(cell)):
            places = [i for i, c in enumerate(notebook.cells) if before and grade_id(c) == before]
            notebook.cells.insert(places[-1] + 1 if places else 0, deepcopy(cell))
            missing.append(name)
            seen.add(name)
        if name in seen:
            before = name
    return missing


def keeps_its_type(cell: NotebookNode, released: NotebookNode) -> bool:
    """Whether this cell is of the released type, or was an answer in words and can be again."""
    if cell.cell_type != released.cell_type and is_written(released):
        cell.cell_type = released.cell_type
        for part in ("outputs", "execution_count"):
            cell.pop(part, None)
    return bool(cell.cell_type == released.cell_type)


def grade_id(cell: NotebookNode) -> str:
    """A cell's nbgrader id, or an empty text."""
    found = cell.metadata.get("nbgrader")
    return str(found.get("grade_id", "")) if isinstance(found, dict) else ""


def is_written(cell: NotebookNode) -> bool:
    """Whether a person marks what the student writes into this cell."""
    found = cell.metadata["nbgrader"]
    return bool(found.get("grade") and found.get("solution"))


def is_locked(cell: NotebookNode) -> bool:
    """Whether the course keeps the text of this cell."""
    return bool(cell.metadata["nbgrader"].get("locked"))
