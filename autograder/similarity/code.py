"""The code that is compared: of each submission the cells that a student fills in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checks import slug
from autograder.pipeline.layout import Layout

LONGEST, MOST_LINES = 20_000, 500  # characters and lines of one answer that are compared


@dataclass(frozen=True)
class Work:
    """One submission: who handed it in, the name of its folder included, and code by exercise."""

    student: str
    members: frozenset[str]
    code: Mapping[str, str]


def read_works(
    folder: Layout, submissions: Sequence[Mapping[str, Any]], exercises: Sequence[str]
) -> list[Work]:
    """The code of every submission that the course folder holds; exercises: their ids.

    submissions: entries of results.json. What cannot be read is left out: it was not graded either.
    """
    works = []
    for entry in submissions:
        student = str(entry["student"])
        cells = cells_of(folder.submitted(student))
        members = frozenset((student, *entry.get("members", ())))
        if code := code_of(cells, exercises):
            works.append(Work(student, members, code))
    return works


def given_code(folder: Layout) -> list[str]:
    """Everything that students were given: all code cells of the release version, stubs included.

    Taking over what the notebook shows is no one's fault.
    """
    return [source(c) for c in cells_of(folder.notebook("release")) if c["cell_type"] == "code"]


def reference_code(folder: Layout, exercises: Sequence[str]) -> dict[str, str]:
    """The reference solution by exercise."""
    return code_of(cells_of(folder.notebook("source")), exercises)


def code_of(cells: Sequence[Mapping[str, Any]], exercises: Sequence[str]) -> dict[str, str]:
    """The code of each exercise's cells, where there is any."""
    by_cell = {f"{slug(id)}_solution": id for id in exercises}
    found: dict[str, list[str]] = {}
    for cell in cells:
        id = by_cell.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if id is not None and cell["cell_type"] == "code":
            found.setdefault(id, []).append(source(cell))
    return {id: tidy("\n\n".join(parts)) for id, parts in found.items()}


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    """A notebook's cells as its file has them; none if there is no such notebook.

    Read as plain JSON: the course folder's notebooks are valid, and validating hundreds takes long.
    """
    try:
        cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return cells


def source(cell: Mapping[str, Any]) -> str:
    """A cell's text."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def tidy(code: str) -> str:
    """Code as the tokenizer counts it: one kind of line break, none at the ends, not too long."""
    code = code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(code[:LONGEST].split("\n")[:MOST_LINES]).strip("\n")
