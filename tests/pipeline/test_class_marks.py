"""Everybody's marks in three queries: the same as nbgrader gives them one by one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.pipeline.class_marks import UnreadableGradebook, marks_of_class
from autograder.pipeline.layout import Layout
from autograder.pipeline.marks import NoResults, read_results, take_marks
from autograder.pipeline.recording_rows import CourseRows, open_gradebook
from tests.export.conftest import CELLS, NAME, STUDENTS, folder, writing

__all__ = ["folder"]


def test_every_mark_is_that_of_the_recorder(folder: Layout) -> None:
    found = marks_of_class(folder.root / "gradebook.db", NAME)
    assert set(found) == set(STUDENTS)
    gradebook = open_gradebook(folder.gradebook_url)
    try:
        course = CourseRows(gradebook, NAME)
        for student in STUDENTS:
            with course.student(student) as rows:
                marks = found[student]
                assert marks.cells == rows.marks() and set(marks.cells) == set(CELLS)
                assert (marks.score, marks.most, marks.waits) == rows.total()
    finally:
        gradebook.close()
    assert found["finn"].score == 5.5 and found["finn"].cells["g1_1_check"].comment == "neat"


def test_total_and_score_are_nbgraders_own(folder: Layout) -> None:
    found = marks_of_class(folder.root / "gradebook.db", NAME)
    with Gradebook(folder.gradebook_url) as gradebook:
        for student in STUDENTS:
            theirs = gradebook.find_submission(NAME, student)
            assert (found[student].score, found[student].most) == (theirs.score, theirs.max_score)
            assert found[student].waits == theirs.needs_manual_grade


def test_another_assignment_in_the_gradebook_changes_nothing(folder: Layout) -> None:
    before = marks_of_class(folder.root / "gradebook.db", NAME)
    with writing(folder) as gradebook:
        gradebook.add_assignment("other")
        gradebook.add_notebook("other", "other")
        gradebook.add_grade_cell("g1_1_check", "other", "other", max_score=9.0, cell_type="code")
        gradebook.add_submission("other", "ada")
        gradebook.find_grade("g1_1_check", "other", "other", "ada").manual_score = 9.0
    assert marks_of_class(folder.root / "gradebook.db", NAME) == before
    assert set(marks_of_class(folder.root / "gradebook.db", "other")) == {"ada"}


def test_no_gradebook_and_an_empty_one_hold_nothing(tmp_path: Path) -> None:
    assert marks_of_class(tmp_path / "gradebook.db", NAME) == {}
    assert not (tmp_path / "gradebook.db").exists()
    sqlite3.connect(tmp_path / "gradebook.db").close()
    assert marks_of_class(tmp_path / "gradebook.db", NAME) == {}


def test_a_torn_gradebook_is_named_and_gives_up_no_mark(folder: Layout) -> None:
    place = folder.root / "gradebook.db"
    place.write_bytes(b"no database at all" * 100)
    with pytest.raises(UnreadableGradebook, match=r"gradebook\.db cannot be read"):
        marks_of_class(place, NAME)
    before = (folder.root / "results.json").read_bytes()
    with pytest.raises(NoResults, match=r"gradebook\.db"):
        take_marks(folder, read_results(folder))
    assert (folder.root / "results.json").read_bytes() == before


def test_marks_are_taken_and_written_once(folder: Layout) -> None:
    taken = {s["student"]: s for s in take_marks(folder, read_results(folder))["submissions"]}
    assert (taken["finn"]["score"], taken["finn"]["status"]) == (5.5, "graded")
    assert taken["cleo"]["status"] == "needs manual grading"
    assert taken["ada"]["written"][0]["comment"] == "So *why*?"
    before = (folder.root / "results.json").stat().st_mtime_ns
    assert read_results(folder)["submissions"] == list(taken.values())
    take_marks(folder, read_results(folder))
    assert (folder.root / "results.json").stat().st_mtime_ns == before
