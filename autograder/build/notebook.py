"""Make the notebooks of an assignment: nbgrader's source, its release, and the solved one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from autograder.build.errors import did_you_mean
from autograder.build.regions import without_markers

# The stages of `nbgrader generate_assignment` in its order, less those that need a gradebook
# (SaveCells), a running kernel (InstantiateTests) or header files (IncludeHeaderFooter).
RELEASE_STAGES = (
    *(LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums),
    *(ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata),
)


def source_notebook(cells: list[NotebookNode], assignment: str, text: str) -> NotebookNode:
    """Put cells together as nbgrader's source notebook, which says what it was made from."""
    metadata = {
        "course": {"assignment": assignment, "generated_from": text},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return new_notebook(cells=cells, metadata=metadata)


def release_notebook(source: NotebookNode) -> NotebookNode:
    """Return what students get: nbgrader's own preprocessors, run in memory, make it."""
    notebook, resources = deepcopy(source), dict[str, Any]()
    for stage in RELEASE_STAGES:
        notebook, resources = stage().preprocess(notebook, resources)
    return notebook


def solved_notebook(source: NotebookNode) -> NotebookNode:
    """Return what a student would hand in whose answers are the reference's."""
    answers = {
        cell.metadata.course.exercise: without_markers(cell.source)
        for cell in source.cells
        if role_of(cell) == "exercise"
    }
    return fill(release_notebook(source), answers)


def fill(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """Return a copy in which the solution cell of each exercise named holds the code given.

    The whole cell is replaced, so an answer to E6 or E8 ends with the line that attaches it.
    Raises LookupError for an exercise that the notebook does not have.
    """
    filled = deepcopy(notebook)
    cells = {c.metadata.course.exercise: c for c in filled.cells if role_of(c) == "exercise"}
    for exercise, code in answers.items():
        if exercise not in cells:
            raise LookupError(f"no exercise '{exercise}'{did_you_mean(exercise, cells)}")
        cells[exercise].source = code.strip("\n")
    return filled


def role_of(cell: NotebookNode) -> str:
    """Return a cell's role as the text source gave it, "prose" for what has none."""
    return str(cell.metadata.get("course", {}).get("role", "prose"))


def prose_cell(source: str, heading: str, position: int) -> NotebookNode:
    """Make a markdown cell whose id stays when other sections change."""
    digest = hashlib.sha256(f"{heading}\n{position}".encode()).hexdigest()
    return new_markdown_cell(source, id=f"prose-{digest[:12]}")


def named_cell(role: str, name: str, source: str) -> NotebookNode:
    """Make a given, demonstration or setting cell; students may edit settings alone."""
    cell = new_code_cell(source, id=name, metadata={"course": {"role": role}})
    if role != "setting":
        cell.metadata["nbgrader"] = _nbgrader(name, locked=True)
    return cell


def exercise_cell(exercise: str, source: str) -> NotebookNode:
    """Make the cell in which a student answers."""
    metadata = {
        "course": {"role": "exercise", "exercise": exercise},
        "nbgrader": _nbgrader(f"{_slug(exercise)}_solution", solution=True),
    }
    return new_code_cell(source, id=f"{_slug(exercise)}_solution", metadata=metadata)


def check_cell(exercise: str, points: float) -> NotebookNode:
    """Make the cell that checks and grades an exercise: one call, whose value is the score."""
    name = f"{_slug(exercise)}_check"
    metadata = {
        "course": {"role": "check", "exercise": exercise},
        "nbgrader": _nbgrader(name, grade=True, locked=True, points=float(points)),
    }
    return new_code_cell(f'check("{exercise}")', id=name, metadata=metadata)


def _slug(exercise: str) -> str:
    """Return an exercise's id in the letters that nbgrader's editor allows."""
    return re.sub(r"[^a-z0-9_-]", "-", exercise.lower())


def _nbgrader(grade_id: str, **given: Any) -> dict[str, Any]:
    """Return nbgrader's cell metadata, schema version 3."""
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    return {**usual, "grade_id": grade_id, "schema_version": 3, **given}
