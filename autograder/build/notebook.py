"""Make the notebooks of an assignment: nbgrader's source, its release, and the solved one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.build.errors import did_you_mean
from autograder.build.regions import without_markers
from autograder.build.stages import RELEASE_STAGES
from autograder.build.words import Words, rubric_source
from autograder.checks import slug
from autograder.report.showing import in_words

SETUP = "setup"  # the cell that imports what all others need
WORDS_STUB = "YOUR ANSWER HERE"  # nbgrader's own


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


def solved_notebook(source: NotebookNode, words: Mapping[str, str]) -> NotebookNode:
    """Return what a student would hand in whose answers are the reference's.

    words: the answers that nobody marks, by cell id; the source notebook does not hold them.
    """
    solved = release_notebook(source)
    for cell, given in zip(solved.cells, source.cells, strict=True):
        if role_of(cell) in ("exercise", "written"):
            cell.source = without_markers(given.source)
        elif cell.id in words:
            cell.source = words[cell.id]
    return solved


def with_diagnoses(source: NotebookNode, setting: str) -> NotebookNode:
    """Return a copy that says, behind its setup, when checks name misconceptions.

    In a cell of its own: the others are those that are graded by, and no submission is told that
    one of them was changed. Raises BadSetting.
    """
    changed = deepcopy(source)
    code = (
        f"# {in_words(setting)}\n"
        f'from autograder.notebook import checking\n\nchecking.diagnoses("{setting}")'
    )
    after = [i + 1 for i, cell in enumerate(changed.cells) if cell.id == SETUP]
    changed.cells.insert(after[0] if after else 0, named_cell("given", "diagnoses", code))
    return changed


def fill(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """Return a copy in which the answer cell of each exercise named holds the text given.

    The whole cell is replaced, so an answer to E6 or E8 ends with the line that attaches it.
    Raises LookupError for an exercise that the notebook does not have.
    """
    filled = deepcopy(notebook)
    cells = {
        cell.metadata.course.exercise: cell
        for cell in filled.cells
        if role_of(cell) in ("exercise", "written")
    }
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
        "nbgrader": _nbgrader(f"{slug(exercise)}_solution", solution=True),
    }
    return new_code_cell(source, id=f"{slug(exercise)}_solution", metadata=metadata)


def check_cell(exercise: str, points: float) -> NotebookNode:
    """Make the cell that checks an exercise: one call, whose value is the score.

    Without points it is a student's own check: shown, never graded.
    """
    name = f"{slug(exercise)}_check"
    role = "check" if points else "self-check"
    nbgrader = _nbgrader(name, grade=bool(points), locked=True)
    if points:
        nbgrader["points"] = float(points)
    metadata = {"course": {"role": role, "exercise": exercise}, "nbgrader": nbgrader}
    code = f'check("{exercise}")' if points else f'check("{exercise}");'
    return new_code_cell(code, id=name, metadata=metadata)


def written_cells(exercise: str, points: float, words: Words) -> list[NotebookNode]:
    """Make the cell of an answer that a person marks, and the rubric's below it."""
    name = f"{slug(exercise)}_solution"
    answer = new_markdown_cell(words.answer, id=name)
    answer.metadata["course"] = {"role": "written", "exercise": exercise}
    answer.metadata["nbgrader"] = _nbgrader(name, grade=True, solution=True, points=float(points))
    rubric = new_markdown_cell(rubric_source(exercise, words), id=f"{slug(exercise)}_rubric")
    rubric.metadata["course"] = {"role": "rubric", "exercise": exercise}
    rubric.metadata["nbgrader"] = _nbgrader(rubric.id, locked=True)
    return [answer, rubric]


def answer_cell(exercise: str, *, beside_code: bool) -> NotebookNode:
    """Make the cell of an answer that nobody marks.

    nbgrader knows no such cell in markdown, so it carries no metadata of nbgrader's.
    """
    name = f"{slug(exercise)}_{'words' if beside_code else 'solution'}"
    metadata = {"course": {"role": "answer", "exercise": exercise}}
    # several of these may follow one another, below the questions
    return new_markdown_cell(f"*{exercise}:* {WORDS_STUB}", id=name, metadata=metadata)


def _nbgrader(grade_id: str, **given: Any) -> dict[str, Any]:
    """Return nbgrader's cell metadata, schema version 3."""
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    return {**usual, "grade_id": grade_id, "schema_version": 3, **given}
