"""Deadlines and late penalties in nbgrader's gradebook, kept equal to course.toml and the marks.

The gradebook holds points of the curriculum, and so do its penalties: with rescaled points they
are the same share of them. As long as an answer waits for its mark, its penalty is that of the
points there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import late
from autograder.course.settings import AssignmentConfig
from autograder.pipeline.class_marks import BUSY_S, StudentMarks, UnreadableGradebook, read_marks

if TYPE_CHECKING:
    from autograder.pipeline.recording_rows import StudentRows

SUBMISSIONS = """
    SELECT submission.student_id, submission.id, submission.timestamp, submission.extension,
    row.id, row.late_submission_penalty
    FROM submitted_assignment submission
    JOIN assignment ON assignment.id = submission.assignment_id
    JOIN submitted_notebook row ON row.assignment_id = submission.id
    JOIN notebook ON notebook.id = row.notebook_id
    WHERE assignment.name = :assignment AND notebook.name = :assignment
"""
# how SQLAlchemy writes times, and a span of time as what it makes of the first moment of 1970
TIME = "%Y-%m-%d %H:%M:%S.%f"
EPOCH = datetime(1970, 1, 1)


def settle(rows: StudentRows, settings: AssignmentConfig, members: Sequence[str] = ()) -> None:
    """Bring one submission's extension and penalty up to course.toml and to the marks it has now.

    members: all who handed it in.
    """
    if rows.submission is None or rows.notebook is None:
        return
    if settings.deadline is not None:
        rows.submission.extension = extension_of(settings, (rows.name, *members))
    score, maximum, _ = rows.total()
    rows.notebook.late_submission_penalty = (
        penalty_of(settings, (rows.name, *members), rows.submission.timestamp, score, maximum)
        or None
    )  # as nbgrader leaves it


def settle_class(
    gradebook: Path, assignment: str, settings: AssignmentConfig,
    entries: Iterable[Mapping[str, Any]],
) -> int:  # fmt: skip
    """The same for everybody, and for the assignment's own deadline; how many rows have changed.

    entries: those of results.json. Raises UnreadableGradebook; then nothing has changed.
    """
    if not gradebook.is_file():
        return 0
    groups = {entry["student"]: tuple(entry.get("members") or ()) for entry in entries}
    try:
        place = f"{gradebook.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(place, uri=True, timeout=BUSY_S, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")  # no mark comes between reading and writing
            before = db.total_changes
            settle_rows(db, assignment, settings, groups)
            db.execute("COMMIT")
            return db.total_changes - before
    except sqlite3.Error as error:
        raise UnreadableGradebook(f"{gradebook} cannot be brought up to date: {error}") from error


def settle_rows(
    db: sqlite3.Connection, assignment: str, settings: AssignmentConfig,
    groups: Mapping[str, tuple[str, ...]],
) -> None:  # fmt: skip
    """Write what differs."""
    marks = read_marks(db, assignment)
    if not marks:
        return
    if settings.deadline is not None:
        due = settings.deadline.astimezone(UTC).strftime(TIME)
        db.execute("UPDATE assignment SET duedate = ? WHERE name = ? AND duedate IS NOT ?",
                   (due, assignment, due))  # fmt: skip
    for student, submission, handed_in, extension, row, penalty in db.execute(
        SUBMISSIONS, {"assignment": assignment}
    ).fetchall():
        who = (student, *groups.get(student, ()))
        if settings.deadline is not None:
            own = extension_of(settings, who)
            span = None if own is None else (EPOCH + own).strftime(TIME)
            if span != extension:
                db.execute("UPDATE submitted_assignment SET extension = ? WHERE id = ?",
                           (span, submission))  # fmt: skip
        mark = marks.get(student, StudentMarks(0.0))
        time = None if handed_in is None else datetime.fromisoformat(handed_in)
        off = penalty_of(settings, who, time, mark.score, mark.most)
        if off != (penalty or 0.0):
            db.execute("UPDATE submitted_notebook SET late_submission_penalty = ? WHERE id = ?",
                       (off, row))  # fmt: skip


def extension_of(settings: AssignmentConfig, students: Sequence[str]) -> timedelta | None:
    """How much later than the deadline a submission by these students may be; None: not at all."""
    own = settings.deadline_of(*students)
    if own is None or settings.deadline is None or own == settings.deadline:
        return None
    return own.astimezone(UTC) - settings.deadline.astimezone(UTC)


def penalty_of(
    settings: AssignmentConfig, students: Sequence[str], handed_in: datetime | None,
    score: float, maximum: float,
) -> float:  # fmt: skip
    """What a submission loses; handed_in: as nbgrader keeps times, UTC without saying so."""
    deadline = settings.deadline_of(*students)
    if deadline is None or handed_in is None:
        return 0.0
    time = handed_in.replace(tzinfo=UTC) - deadline.astimezone(UTC)
    return late.penalty(settings.late, time, score, maximum)
