"""A course folder whose gradebook nbgrader itself has written."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from autograder.pipeline.layout import Layout
from autograder.pipeline.quick import hasten_nbgrader
from autograder.pipeline.results import write_results
from tests.export.desk import results

NAME = "lab11"
CELLS = ("g1_1_check", "g1_2_solution")
STUDENTS = ("ada", "cleo", "finn")
OTHERS = {"G1.3": 1.0, "G2.1": 1.0, "G2.2": 1.0, "G2.3": 1.0, "G2.4": 1.0, "G2.5": 3.0}


@pytest.fixture
def folder(tmp_path: Path) -> Layout:
    """Results of three submissions, a release, and the gradebook behind them."""
    layout = Layout(tmp_path / "course", NAME)
    layout.notebook("source").parent.mkdir(parents=True)
    nbformat.write(new_notebook(), layout.notebook("source"))
    write_results(layout.root / "results.json", with_marks(results()))
    with writing(layout) as gradebook:
        make_gradebook(gradebook)
    return layout


@contextlib.contextmanager
def writing(layout: Layout) -> Iterator[Gradebook]:
    """The gradebook, to write into; SQLAlchemy comments on each new submission, harmlessly."""
    hasten_nbgrader()
    with warnings.catch_warnings(), Gradebook(layout.gradebook_url) as gradebook:
        warnings.simplefilter("ignore", SAWarning)
        yield gradebook
        gradebook.db.commit()


def with_marks(found: dict) -> dict:
    """The same results, with checks of every exercise: the first passed and the others failed."""
    (ada, *others) = found["submissions"]
    for exercise, points in OTHERS.items():
        id = f"{exercise.lower()}.all"
        ada["checks"].append({**ada["checks"][0], "id": id, "exercise": exercise, "points": 0.0,
                              "max_points": points, "status": "failed",
                              "message": "not yet"})  # fmt: skip
    for entry in others:
        entry["checks"] = json.loads(json.dumps(ada["checks"]))
        entry["written"] = json.loads(json.dumps(ada["written"]))
    for entry in found["submissions"]:
        entry |= {"reason": None, "seconds": 1.0, "changed": {}, "mended": []}
    return found


def make_gradebook(gradebook: Gradebook) -> None:
    """One assignment with one checked and one written cell; cleo's answer waits."""
    gradebook.add_assignment(NAME, duedate="2026-11-29 12:00:00")
    gradebook.add_notebook(NAME, NAME)
    for cell in CELLS:
        gradebook.add_grade_cell(cell, NAME, NAME, max_score=5.0, cell_type="code")
        gradebook.add_solution_cell(cell.replace("check", "solution"), NAME, NAME)
    gradebook.add_student("eve", first_name="Eve", last_name="Missing", email="eve@example.org")
    for place, student in enumerate(STUDENTS):
        gradebook.add_student(student, first_name="", last_name=student)
        made = gradebook.add_submission(NAME, student)
        made.timestamp = datetime(2026, 11, 28, 9, place)
        for cell in CELLS:
            grade = gradebook.find_grade(cell, NAME, NAME, student)
            grade.auto_score = 4.0 if cell == "g1_1_check" else None
            grade.manual_score = None if cell == "g1_1_check" else 0.5
            grade.needs_manual_grade = student == "cleo" and cell == "g1_2_solution"
    gradebook.find_grade("g1_1_check", NAME, NAME, "finn").extra_credit = 1.0
    gradebook.find_comment("g1_2_solution", NAME, NAME, "ada").manual_comment = "So *why*?"
    gradebook.find_comment("g1_1_solution", NAME, NAME, "finn").manual_comment = "neat"
