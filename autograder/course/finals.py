"""Final marks: points as the course counts them, lateness taken off, for every person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autograder.course.config import AssignmentConfig
from autograder.course.roster import Roster

MISSING, EXCUSED = "not handed in", "excused"


@dataclass(frozen=True)
class Final:
    """One person's final mark.

    student: the person's id; submission: the student under whose name results.json has it, None if
    nothing was handed in. status: that of results.json, or MISSING or EXCUSED. points: as the
    course counts them (rescaled), before lateness; None where there is no mark yet. penalty: points
    that lateness cost. mark: points less penalty, None where there is none. by_exercise: rescaled
    points by exercise. days_late: days begun after the deadline (0 if on time). late_words: one
    sentence for the student about lateness, empty if on time.
    """

    student: str
    submission: str | None
    status: str
    points: float | None
    max_points: float
    penalty: float
    mark: float | None
    by_exercise: Mapping[str, float | None] = field(default_factory=dict)
    days_late: int = 0
    late_words: str = ""
    handed_in: datetime | None = None


def final_marks(
    results: Mapping[str, Any], settings: AssignmentConfig, roster: Roster | None = None,
    exercises: Mapping[str, float] | None = None,
) -> list[Final]:  # fmt: skip
    """Everybody's final mark: each member of each submission, then who handed nothing in.

    results: what results.json holds, marks by hand included; exercises: the curriculum's points by
    exercise, those of autograder.checks if left out.
    """
    raise NotImplementedError
