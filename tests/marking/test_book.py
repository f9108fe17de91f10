"""Marks given by task are the gradebook's, and nobody's work is written over unseen."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.marking.book import LONGEST, Answer, Book, Mark, Refused
from autograder.marking.order import sections
from autograder.marking.tasks import Task
from autograder.pipeline.course_folder import CourseFolder
from tests.lab_answers import built
from tests.marking.folders import TITLES, course_folder, opened, put_answers, task_of

ANSWERS = {
    "ada": {"G1.2": "Each row of wte belongs to one token id."},
    "bo": {"G1.2": "Each row of `wte` belongs to one token id"},
    "cy": {"G1.2": "It is faster."},
    "di": {"G1.2": "It is  faster.\n"},
    "ed": {"G1.2": " "},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    return course_folder(tmp_path_factory.mktemp("course"), ANSWERS)


@pytest.fixture
def folder(made: CourseFolder, tmp_path: Path) -> CourseFolder:
    return CourseFolder(Path(shutil.copytree(made.root, tmp_path / "course")), "lab11")


def of(book: Book, task: Task, student: str) -> Answer:
    return next(a for a in book.answers(task) if a.student == student)


def change(answer: Answer, **what: Any) -> dict[str, Any]:
    """A change as the page sends it."""
    before = {"points": answer.mark.points, "waits": answer.mark.waits}
    return {"id": answer.id, "seen": answer.written.digest, "before": before, **what}


def rows(folder: CourseFolder, student: str) -> tuple[float | None, bool, str | None]:
    """What nbgrader itself says of a student's G1.2."""
    with Gradebook(folder.gradebook_url) as gradebook:
        grade = gradebook.find_grade("g1_2_solution", "lab11", "lab11", student)
        comment = gradebook.find_comment("g1_2_solution", "lab11", "lab11", student)
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def test_the_tasks_stand_in_the_notebook_s_order_with_question_and_rubric(
    folder: CourseFolder,
) -> None:
    with opened(folder) as book:
        tasks = book.tasks()
        assert [task.title for task in tasks] == list(TITLES)
        assert [book.counts(task) for task in tasks] == [(5, 5)] * 4
    assert "newer tokenizers" in tasks[0].question
    assert "½ point" in tasks[0].rubric and "Row 262" in tasks[0].rubric
    assert "stands here in the feedback" not in tasks[0].rubric
    assert tasks[0].steps == [0.0, 0.5, 1.0]


def test_blank_ones_come_first_and_the_very_same_are_one_entry(folder: CourseFolder) -> None:
    stub = next(c.source for c in built().release.cells if c.id == "g1_2_solution")
    put_answers(folder, "ada", {"G1.2": stub})
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        found = sections(task, book.answers(task))
    students = [[{a.student for a in entry} for entry in section.entries] for section in found]
    assert found[0].blank and not any(section.blank for section in found[1:])
    assert sorted(map(sorted, students[0])) == [["ada"], ["ed"]]
    assert [{"cy", "di"}] in students


def test_marks_and_comments_are_rows_of_nbgrader_s_own(folder: CourseFolder) -> None:
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        both = [change(of(book, task, s), points=0.5, comment=" so \n so ") for s in ("ada", "bo")]
        done = book.save(task, both)
        assert list(done.values()) == [Mark(0.5, False, "so \n so")] * 2
        assert book.counts(task) == (5, 3)
    assert rows(folder, "ada") == rows(folder, "bo") == (0.5, False, "so \n so")
    assert rows(folder, "cy") == (None, True, None)


def test_a_mark_can_be_taken_back(folder: CourseFolder) -> None:
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        book.save(task, [change(of(book, task, "ada"), points=1)])
        book.save(task, [change(of(book, task, "ada"), points=None, waits=True)])
    assert rows(folder, "ada") == (None, True, None)


def test_extra_credit_stays(folder: CourseFolder) -> None:
    with Gradebook(folder.gradebook_url) as gradebook:
        gradebook.find_grade("g1_2_solution", "lab11", "lab11", "ada").extra_credit = 0.25
        gradebook.db.commit()
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        book.save(task, [change(of(book, task, "ada"), points=1)])
    with Gradebook(folder.gradebook_url) as gradebook:
        assert gradebook.find_grade("g1_2_solution", "lab11", "lab11", "ada").score == 1.25


def test_an_answer_that_has_changed_since_it_was_shown_is_not_marked(folder: CourseFolder) -> None:
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        shown = change(of(book, task, "ada"), points=1)
        put_answers(folder, "ada", {"G1.2": "something else"})
        refused = book.save(task, [shown])[shown["id"]]
    assert isinstance(refused, Refused) and "has changed" in str(refused)
    assert rows(folder, "ada") == (None, True, None)


def test_another_marker_s_mark_is_told_and_not_written_over(folder: CourseFolder) -> None:
    with opened(folder) as mine, opened(folder) as theirs:
        task = task_of(mine, "G1.2")
        shown = change(of(mine, task, "ada"), points=0)
        theirs.save(task, [change(of(theirs, task, "ada"), points=0.5)])
        refused = mine.save(task, [shown])[shown["id"]]
        assert isinstance(refused, Refused) and refused.mark == Mark(0.5, False)
        assert "0.5" in str(refused)
        assert rows(folder, "ada")[0] == 0.5
        # seen, and marked again
        again = mine.save(task, [change(of(mine, task, "ada"), points=0)])
    assert list(again.values()) == [Mark(0.0, False)]


def test_saving_once_more_what_is_saved_is_no_conflict(folder: CourseFolder) -> None:
    """The first reply may have been lost on its way."""
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        shown = change(of(book, task, "ada"), points=1)
        assert book.save(task, [shown]) == book.save(task, [shown])


@pytest.mark.parametrize("points", [-0.5, 1.5, math.nan, math.inf, True, "1", [1], {}])
def test_points_that_a_task_cannot_have_are_refused(folder: CourseFolder, points: Any) -> None:
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        good, bad = of(book, task, "bo"), of(book, task, "ada")
        done = book.save(task, [change(bad, points=points), change(good, points=1)])
        assert "from 0 to 1" in str(done[bad.id])
    assert rows(folder, "ada") == (None, True, None)
    assert rows(folder, "bo")[0] == 1.0


@pytest.mark.parametrize("comment", [None, 1, "x" * (LONGEST + 1)])
def test_comments_that_are_none_are_refused(folder: CourseFolder, comment: Any) -> None:
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        answer = of(book, task, "ada")
        done = book.save(task, [change(answer, points=1, comment=comment)])
        assert isinstance(done[answer.id], Refused)
    assert rows(folder, "ada") == (None, True, None)


def test_an_id_of_another_task_is_refused(folder: CourseFolder) -> None:
    with opened(folder) as book:
        other = of(book, task_of(book, "G1.3"), "ada")
        done = book.save(task_of(book, "G1.2"), [change(other, points=1)])
        assert isinstance(done[other.id], Refused)


def test_a_notebook_that_is_gone_or_torn_is_left_out(folder: CourseFolder) -> None:
    folder.autograded("ada").unlink()
    folder.autograded("bo").write_text("{", encoding="utf-8")
    with opened(folder) as book:
        assert {a.student for a in book.answers(task_of(book, "G1.2"))} == {"cy", "di", "ed"}
