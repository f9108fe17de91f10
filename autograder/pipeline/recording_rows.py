"""The gradebook as recording needs it: open once, the course's cells at hand, rows by index.

nbgrader's own `Gradebook` stays the way in, and its classes are the tables. What differs: it is
opened once a run, the source cells are read once, and a student's rows are sought by the columns
that SQLite has an index of, so that one submission costs the same in a class of ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import parse_utc
from sqlalchemy import event

from autograder.course.config import AssignmentConfig
from autograder.pipeline.recording_marks import HandMark

BUSY_MS = 60_000  # formgrader may be writing a mark; one submission's rows take milliseconds


def open_gradebook(url: str) -> Gradebook:
    """nbgrader's gradebook whose every transaction has the file to itself from its first word.

    So a mark that a person saves in formgrader at this moment comes before or after, never between
    our reading and our writing. The journal stays SQLite's ordinary one, which works on shared file
    systems too: killed anywhere, the file holds all of a submission's rows or none.
    """
    gradebook = Gradebook(url)
    gradebook.close()  # connections from here on are made as below

    @event.listens_for(gradebook.engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # sqlite3 begins nothing by itself
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")

    @event.listens_for(gradebook.engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return gradebook


class CourseRows:
    """The one assignment's own rows, read once: its notebook and the cells of that."""

    def __init__(
        self, gradebook: Gradebook, assignment: str, decided: AssignmentConfig | None = None
    ) -> None:
        """Read them; raises MissingEntry where nbgrader has not made the assignment yet.

        decided: with the deadline that the gradebook is to have, if not its own.
        """
        self.gradebook, self.assignment = gradebook, assignment
        found = gradebook.find_assignment(assignment)
        if decided is not None and decided.deadline is not None:
            found.duedate = parse_utc(decided.deadline)
            gradebook.db.commit()
        self.assignment_id, self.max_score = found.id, float(found.max_score)
        self.notebook: Notebook = gradebook.find_notebook(assignment, assignment)
        self.notebook_id = self.notebook.id
        self.sources = {cell.name: cell for cell in self.notebook.source_cells}
        tasks = self.notebook.task_cells  # with points and a comment, as nbgrader has it
        self.graded = {cell.name: cell for cell in (*self.notebook.grade_cells, *tasks)}
        self.solutions = {cell.name: cell for cell in (*self.notebook.solution_cells, *tasks)}
        for cell in self.graded.values():
            cell.max_score, cell.cell_type  # noqa: B018 (read now: later there is no session)
        self.cell_ids = {cell.id: name for cells in (self.graded, self.solutions)
                         for name, cell in cells.items()}  # fmt: skip
        gradebook.db.expunge_all()
        gradebook.db.rollback()

    @contextmanager
    def student(self, name: str) -> Iterator[StudentRows]:
        """One student's rows in one transaction: kept at the end, all given up on an error."""
        session = self.gradebook.db
        try:
            yield StudentRows(self, name)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.expunge_all()  # memory stays flat over thousands of students


class StudentRows:
    """One student's rows of the one assignment; `grades` and `comments` are empty before `make`."""

    def __init__(self, course: CourseRows, student: str) -> None:
        self.course, self.name, self.db = course, student, course.gradebook.db
        self.submission: Any = self.one(
            SubmittedAssignment, assignment_id=course.assignment_id, student_id=student
        )
        self.notebook: Any = self.submission and self.one(
            SubmittedNotebook, notebook_id=course.notebook_id, assignment_id=self.submission.id
        )
        self.grades: dict[str, Grade] = {}
        self.comments: dict[str, Comment] = {}
        if self.notebook:
            self.grades = self.of_cells(Grade, course.graded)
            self.comments = self.of_cells(Comment, course.solutions)

    def one(self, table: type, **columns: str) -> Any:
        """The row with these values, or None."""
        return self.db.query(table).filter_by(**columns).one_or_none()

    def of_cells(self, table: Any, cells: Mapping[str, Any]) -> dict[str, Any]:
        """The rows of this submission, by the names of their cells."""
        ids = [cell.id for cell in cells.values()]
        found = self.db.query(table).filter(
            table.cell_id.in_(ids), table.notebook_id == self.notebook.id
        )
        return {self.course.cell_ids[row.cell_id]: row for row in found}

    def make(self, timestamp: Any) -> None:
        """Make what is missing, as nbgrader does; timestamp: of the submission, or None.

        A time that is not known is not that of the attempt before.
        """
        self.make_student()
        if self.submission is None:
            self.submission = SubmittedAssignment(
                assignment_id=self.course.assignment_id, student_id=self.name
            )
            self.db.add(self.submission)
            self.db.flush()
        self.submission.timestamp = parse_utc(timestamp) if timestamp else None
        if self.notebook is None:
            self.make_notebook()

    def make_student(self) -> None:
        """Make the student's row; formgrader would call a student without a name "None, None"."""
        student = self.db.get(Student, self.name)
        if student is None:
            self.db.add(Student(id=self.name, first_name="", last_name=self.name))
        elif student.last_name is None:
            student.first_name, student.last_name = "", self.name

    def make_notebook(self) -> None:
        """Make the rows of the notebook, of each grade and of each comment."""
        self.notebook = SubmittedNotebook(
            notebook_id=self.course.notebook_id, assignment_id=self.submission.id
        )
        self.db.add(self.notebook)
        self.db.flush()
        for rows, table, cells in ((self.grades, Grade, self.course.graded),
                                   (self.comments, Comment, self.course.solutions)):  # fmt: skip
            for name, cell in cells.items():
                rows[name] = table(cell_id=cell.id, notebook_id=self.notebook.id)
        self.db.add_all([*self.grades.values(), *self.comments.values()])
        self.db.flush()

    def remove(self) -> None:
        """Take the submission out of the gradebook; the student stays."""
        rows = (*self.grades.values(), *self.comments.values(), self.notebook, self.submission)
        for row in filter(None, rows):  # one by one: SQLAlchemy would read whole tables before
            self.db.query(type(row)).filter_by(id=row.id).delete(synchronize_session=False)

    def marks(self) -> dict[str, HandMark]:
        """What a person has said of each graded cell, by grade_id.

        In formgrader a comment on code stands below the code, not below its check.
        """
        said = {name: row.manual_comment or "" for name, row in self.comments.items()}
        return {
            name: HandMark(row.manual_score, bool(row.needs_manual_grade), points(row),
                           said.get(name.replace("_check", "_solution"), ""))
            for name, row in self.grades.items()
        }  # fmt: skip

    def total(self) -> tuple[float, float, bool]:
        """Points, the most possible, and whether something waits for a person."""
        rows = self.grades.values()
        return (float(sum(points(row) for row in rows)), self.course.max_score,
                any(row.needs_manual_grade for row in rows))  # fmt: skip


def points(grade: Grade) -> float:
    """The points of a row, as nbgrader's column `score` works them out in the database."""
    given = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if given is None else float(given) + float(grade.extra_credit or 0.0)


class AtHand:
    """What nbgrader's preprocessors ask a Gradebook for, answered from the rows at hand."""

    def __init__(self, course: CourseRows, student: StudentRows | None = None) -> None:
        self.course, self.student = course, student
        self.db = self

    def __enter__(self) -> AtHand:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is closed: the next step asks again."""

    def commit(self) -> None:
        """Nothing is saved yet: a submission's rows are saved together."""

    def find_notebook(self, name: str, assignment: str) -> Notebook:
        """The course's notebook with its cells."""
        return self.course.notebook

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        """The course's own text of a cell; raises MissingEntry."""
        return present(self.course.sources, name)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> GradeCell:
        """The most points of a cell; raises MissingEntry."""
        return present(self.course.graded, name)

    def find_solution_cell(self, name: str, notebook: str, assignment: str) -> SolutionCell:
        """A cell for answers; raises MissingEntry."""
        return present(self.course.solutions, name)

    def find_grade(self, cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """The student's row for a graded cell; raises MissingEntry."""
        return present(self.rows.grades, cell)

    def find_comment(self, cell: str, notebook: str, assignment: str, student: str) -> Comment:
        """The student's row for an answer; raises MissingEntry."""
        return present(self.rows.comments, cell)

    def find_submission(self, assignment: str, student: str) -> SubmittedAssignment:
        """The student's submission."""
        return self.rows.submission

    def find_submission_notebook(
        self, notebook: str, assignment: str, student: str
    ) -> SubmittedNotebook:
        """The student's notebook."""
        return self.rows.notebook

    @property
    def rows(self) -> StudentRows:
        """The rows of the student whose submission is being recorded."""
        if self.student is None:
            raise MissingEntry("no student's rows are open")
        return self.student


def present(rows: Mapping[str, Any], name: str) -> Any:
    """The row of this name; raises MissingEntry as nbgrader does."""
    if name not in rows:
        raise MissingEntry(f"the gradebook has no cell {name}")
    return rows[name]
