"""What nbgrader's metadata says of a cell, and small things done to cells."""

from __future__ import annotations

from nbformat import NotebookNode


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


def plain(text: str) -> str:
    """A text without what editors change by themselves: blanks at line ends, lines around it."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def become(cell: NotebookNode, kind: str) -> None:
    """Make a cell one of the type given; its text stays."""
    if cell.cell_type == kind:
        return
    cell.cell_type = kind
    for part in ("outputs", "execution_count", "attachments"):
        cell.pop(part, None)
    if kind == "code":
        cell.outputs, cell.execution_count = [], None
