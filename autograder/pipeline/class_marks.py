"""The marks of a whole class, read from nbgrader's gradebook in three queries.

nbgrader's own way in takes three seconds to import, and then a transaction for each student. What
is read is the same, row for row; a test holds one against the other.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.pipeline.recording_marks import HandMark

BUSY_S = 60.0  # formgrader may be writing a mark

CELLS = """
    FROM base_cell cell JOIN notebook ON notebook.id = cell.notebook_id
    JOIN assignment ON assignment.id = notebook.assignment_id
"""
SUBMITTED = """
    JOIN submitted_notebook ON submitted_notebook.id = row.notebook_id
    JOIN submitted_assignment submission ON submission.id = submitted_notebook.assignment_id
    WHERE assignment.name = :assignment AND notebook.name = :assignment
    AND submission.assignment_id = assignment.id
"""
MOST = f"""
    SELECT sum(graded.max_score) {CELLS}
    JOIN (SELECT id, max_score FROM grade_cells UNION ALL SELECT id, max_score FROM task_cells)
    graded ON graded.id = cell.id
    WHERE assignment.name = :assignment AND notebook.name = :assignment
"""
# the points that count, as nbgrader's column `score` works them out
GRADES = f"""
    SELECT submission.student_id, cell.name, row.manual_score, row.needs_manual_grade,
    coalesce(coalesce(row.manual_score, row.auto_score) + coalesce(row.extra_credit, 0), 0)
    {CELLS} JOIN grade row ON row.cell_id = cell.id {SUBMITTED}
    AND cell.type IN ('GradeCell', 'TaskCell')
"""
COMMENTS = f"""
    SELECT submission.student_id, cell.name, row.manual_comment
    {CELLS} JOIN comment row ON row.cell_id = cell.id {SUBMITTED}
    AND cell.type IN ('SolutionCell', 'TaskCell')
"""


@dataclass
class StudentMarks:
    """One student's marks by grade_id; most: the points that the assignment can give."""

    most: float
    cells: dict[str, HandMark] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """All points that count now."""
        return float(sum(mark.points for mark in self.cells.values()))

    @property
    def waits(self) -> bool:
        """Whether something waits for a person."""
        return any(mark.waits for mark in self.cells.values())


class UnreadableGradebook(Exception):
    """The gradebook cannot be read; the message says where it lies and why."""


def marks_of_class(gradebook: Path, assignment: str) -> dict[str, StudentMarks]:
    """The marks of everybody whose submission the gradebook holds, by student; as of one moment.

    Nothing where there is no gradebook, or none with tables. Raises UnreadableGradebook.
    """
    if not gradebook.is_file():
        return {}
    try:
        with opened(gradebook) as database:
            return read_marks(database, assignment)
    except sqlite3.Error as error:
        raise UnreadableGradebook(f"{gradebook} cannot be read: {error}") from error


def read_marks(database: sqlite3.Connection, assignment: str) -> dict[str, StudentMarks]:
    """The same from an open gradebook."""
    name = {"assignment": assignment}
    found: dict[str, StudentMarks] = {}
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'grade'").fetchone():
        return found
    (most,) = database.execute(MOST, name).fetchone()
    said: dict[tuple[str, str], str] = {}
    for student, cell, comment in database.execute(COMMENTS, name):
        said[student, cell] = comment or ""
    for student, cell, manual, waits, points in database.execute(GRADES, name):
        marks = found.setdefault(student, StudentMarks(float(most or 0.0)))
        # in formgrader a comment on code stands below the code, not below its check
        comment = said.get((student, cell.replace("_check", "_solution")), "")
        marks.cells[cell] = HandMark(manual, bool(waits), float(points), comment)
    return found


@contextlib.contextmanager
def opened(gradebook: Path) -> Iterator[sqlite3.Connection]:
    """The gradebook in one transaction that only reads: all queries see the same moment."""
    # not mode=ro: what a killed writer left half done is rolled back by whoever opens next
    database = sqlite3.connect(f"{gradebook.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)
    try:
        database.execute("BEGIN")
        yield database
    finally:
        database.close()
