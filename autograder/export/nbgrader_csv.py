"""nbgrader's own CSV: the columns and order of `nbgrader export`, with the course's final marks.

As there, who handed nothing in has 0.0. Source: nbgrader.plugins.export.CsvExportPlugin; a test
holds one against the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from autograder.course.finals import EXCUSED, MISSING, Final
from autograder.export.cells import safe, table
from autograder.export.sheet import plain
from autograder.export.work import Export, Exported, about
from autograder.pipeline.class_marks import opened

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
           "raw_score", "late_submission_penalty", "score", "max_score")  # fmt: skip
FIRST, LAST = ("firstname", "givenname"), ("lastname", "surname", "familyname")


class Student(NamedTuple):
    """A student's names and address, and when their submission came in."""

    last: str
    first: str
    email: str
    timestamp: str


def write(export: Export) -> Exported:
    """Everybody's marks, by names as nbgrader sorts them."""
    due, known = from_gradebook(export.gradebook, export.assignment)
    rows = [row(export, final, due, student_of(export, final, known)) for final in export.finals]
    rows.sort(key=lambda cells: (cells[4], cells[5], cells[3]))
    return Exported(table([list(COLUMNS), *rows]), len(rows), about(export))


def row(export: Export, final: Final, due: str, student: Student) -> list[str]:
    """One line."""
    if final.status == MISSING:
        scores = ["0.0", "0.0", "0.0"]
    elif final.status == EXCUSED or final.points is None or final.mark is None:
        scores = ["", "", ""]
    else:
        scores = [str(float(value)) for value in (final.points, final.penalty, final.mark)]
    return [export.assignment, due, student.timestamp, safe(final.student), safe(student.last),
            safe(student.first), safe(student.email), *scores,
            str(float(final.max_points))]  # fmt: skip


def student_of(export: Export, final: Final, known: Mapping[str, Student]) -> Student:
    """What the roster says of a student, else what the gradebook does."""
    submitted = known.get(final.submission or final.student, Student("", "", "", ""))
    own = known.get(final.student, Student(final.student, "", "", ""))
    person = export.person(final)
    cells = {plain(heading): cell for heading, cell in person.columns.items()}
    last = next((cells[name] for name in LAST if cells.get(name)), person.name)
    first = next((cells[name] for name in FIRST if cells.get(name)), "") if last else ""
    if not last:
        last, first = own.last, own.first
    return Student(last, first, person.email or own.email, submitted.timestamp)


def from_gradebook(gradebook: Path | None, assignment: str) -> tuple[str, dict[str, Student]]:
    """The deadline, and the gradebook's students by id."""
    if gradebook is None or not gradebook.is_file():
        return "", {}
    with opened(gradebook) as database:
        due = database.execute(
            "SELECT duedate FROM assignment WHERE name = ?", [assignment]
        ).fetchone()
        found = database.execute(
            "SELECT student.id, last_name, first_name, email, submission.timestamp FROM student "
            "LEFT JOIN submitted_assignment submission ON submission.student_id = student.id AND "
            "submission.assignment_id = (SELECT id FROM assignment WHERE name = ?)", [assignment]
        ).fetchall()  # fmt: skip
    return moment(due[0] if due else None), {
        id: Student(last or "", first or "", email or "", moment(time))
        for id, last, first, email, time in found
    }


def moment(stored: Any) -> str:
    """A time of the database as nbgrader writes it."""
    return str(datetime.fromisoformat(stored)) if stored else ""
