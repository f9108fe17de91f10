"""Marks as formgrader keeps them: read for one task, and saved so that nobody's work is lost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import func

from autograder.marking.tasks import Answers, Task, Written, autograded, tasks_of
from autograder.report.wording import number, printable

LONGEST = 20_000  # characters of a comment


@dataclass(frozen=True)
class Mark:
    """What an answer has: points or None; whether it waits for a person; the comment."""

    points: float | None
    waits: bool
    comment: str = ""


@dataclass(frozen=True)
class Answer:
    """One student's answer; id: of its grade in the gradebook; submission: as in formgrader."""

    id: str
    submission: str
    student: str
    written: Written
    mark: Mark


class Refused(Exception):
    """A mark was not saved; the message says why, `mark` what counts instead, if there is one."""

    def __init__(self, why: str, mark: Mark | None = None) -> None:
        super().__init__(why)
        self.mark = mark


class Book:
    """The marks of a course folder. gradebook: nbgrader's, such as the one that formgrader uses."""

    def __init__(
        self, gradebook: Gradebook, coursedir: CourseDirectory, answers: Answers | None = None
    ) -> None:
        self.gradebook, self.coursedir, self.seen = gradebook, coursedir, answers or Answers()

    def tasks(self) -> list[Task]:
        """All tasks that people mark."""
        self.gradebook.db.rollback()  # what others have saved meanwhile is read anew
        return list(tasks_of(self.gradebook, self.coursedir))

    def task(self, assignment: str, notebook: str, cell: str) -> Task | None:
        """One of them, or None."""
        wanted = (assignment, notebook, cell)
        found = (t for t in self.tasks() if (t.assignment, t.notebook, t.cell) == wanted)
        return next(found, None)

    def counts(self, task: Task) -> tuple[int, int]:
        """How many answers there are, and how many of them wait."""
        waits = Grade.needs_manual_grade
        rows = self.gradebook.db.query(waits, func.count(Grade.id)).group_by(waits)
        found = dict(tuple(row) for row in rows.filter(Grade.cell_id == task.cell_id))
        return sum(found.values()), found.get(True, 0)

    def answers(self, task: Task) -> list[Answer]:
        """All answers to a task that there is a notebook of, by formgrader's ids."""
        db = self.gradebook.db
        db.rollback()
        said = dict(tuple(row) for row in db.query(Comment.notebook_id, Comment.manual_comment)
                    .filter(Comment.cell_id == task.comment_id))  # fmt: skip
        rows = db.query(
            Grade.id, SubmittedNotebook.id, SubmittedAssignment.student_id,
            Grade.manual_score, Grade.auto_score, Grade.needs_manual_grade,
        )  # fmt: skip
        rows = rows.join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id).join(
            SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
        )
        found = []
        for id, book, student, manual, auto, waits in rows.filter(Grade.cell_id == task.cell_id):
            written = self.written(student, task)
            if written is not None:
                mark = Mark(auto if manual is None else manual, bool(waits), said.get(book) or "")
                found.append(Answer(id, book, student, written, mark))
        db.rollback()
        return sorted(found, key=lambda answer: answer.submission)

    def written(self, student: str, task: Task) -> Written | None:
        """What a student wrote, or None where there is no notebook or no such cell any more."""
        return self.seen.of(autograded(self.coursedir, student, task)).get(task.cell)

    def save(self, task: Task, changes: Sequence[Mapping[str, Any]]) -> dict[str, Mark | Refused]:
        """Save changes, all at one moment; what became of each, by its id.

        A change has an id, and `seen`, the digest of the answer that was marked; `before`, the
        points and the wait that the marker saw; and of `points` (None takes the mark away),
        `waits` and `comment` those that are new. What has changed meanwhile is refused.
        """
        done: dict[str, Mark | Refused] = {}
        with self.alone():
            for change in changes:
                try:
                    done[str(change.get("id"))] = self.save_one(task, change)
                except Refused as refused:
                    done[str(change.get("id"))] = refused
        return done

    def save_one(self, task: Task, change: Mapping[str, Any]) -> Mark:
        """Save one change; raises Refused."""
        db = self.gradebook.db
        id = str(change.get("id"))
        grade = db.query(Grade).filter_by(id=id, cell_id=task.cell_id).one_or_none()
        if grade is None:
            raise Refused("the gradebook no longer holds this answer: load the page again")
        book = grade.notebook
        comment = db.query(Comment).filter_by(notebook_id=book.id, cell_id=task.comment_id).one()
        now = mark_of(grade, comment)
        written = self.written(book.student.id, task)
        if written is None or written.digest != change.get("seen"):
            raise Refused("the student's answer has changed: load the page again", now)
        # all is checked before any of it is changed
        points = checked_points(change.get("points"), task.max_points)
        text = checked_comment(change.get("comment", ""))
        if "points" in change:
            if (points, False) != (now.points, now.waits):  # else it is saved already
                check_unchanged(now, change.get("before"))
            grade.manual_score = points
            nothing = grade.manual_score is None and grade.auto_score is None
            grade.needs_manual_grade = nothing or change.get("waits") is True
        if "comment" in change:
            comment.manual_comment = text or None
        return mark_of(grade, comment)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else write between what is read here and what is saved."""
        db = self.gradebook.db
        db.rollback()
        if db.get_bind().dialect.name == "sqlite":
            db.connection().exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield
            db.commit()
        except BaseException:
            db.rollback()
            raise


def mark_of(grade: Any, comment: Any) -> Mark:
    """The mark in the gradebook's rows."""
    points = grade.auto_score if grade.manual_score is None else grade.manual_score
    return Mark(points, bool(grade.needs_manual_grade), comment.manual_comment or "")


def check_unchanged(now: Mark, before: Any) -> None:
    """Raise Refused if somebody else has marked the answer since it was shown."""
    if isinstance(before, Mapping) and (before.get("points"), before.get("waits")) != (
        now.points, now.waits,
    ):  # fmt: skip
        given = "taken the mark away" if now.points is None else f"given it {number(now.points)}"
        raise Refused(f"somebody else has {given} meanwhile: that counts, unless you mark it again",
                      now)  # fmt: skip


def checked_points(points: Any, most: float) -> float | None:
    """Points that a task can have, or None; raises Refused."""
    if points is None:
        return None
    is_number = isinstance(points, int | float) and not isinstance(points, bool)
    if not is_number or not math.isfinite(points) or not 0 <= points <= most:
        raise Refused(f"points go from 0 to {number(most)}")
    return float(points)


def checked_comment(comment: Any) -> str:
    """A comment that can be kept and shown; raises Refused."""
    if not isinstance(comment, str) or len(comment) > LONGEST:
        raise Refused(f"a comment is a text of at most {LONGEST} characters")
    return printable(comment.replace("\r\n", "\n")).strip()
