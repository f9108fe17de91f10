"""What an instructor decides about a course, as values that are checked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs.

    grace_minutes: late by no more than this is on time. per_day: percent lost for each day begun
    after the deadline, of what `of` says: the "maximum" or the "score" earned. cap: percent lost at
    most. closes_after_days: later than this earns nothing; None: never.
    """

    grace_minutes: float = 0.0
    per_day: float = 0.0
    of: str = "maximum"
    cap: float = 100.0
    closes_after_days: float | None = None


@dataclass(frozen=True)
class AssignmentConfig:
    """One assignment's settings.

    points: what full marks count in reports and exports; None: as in the curriculum.
    exercise_points: the same for single exercises, by id. extensions: a deadline of their own, by
    student. excused: students whose mark is left out. diagnoses: as autograder.report.showing has
    it; None: nothing said.
    """

    deadline: datetime | None = None
    late: LatePolicy = LatePolicy()
    points: float | None = None
    exercise_points: Mapping[str, float] = field(default_factory=dict)
    extensions: Mapping[str, datetime] = field(default_factory=dict)
    excused: frozenset[str] = frozenset()
    diagnoses: str | None = None

    def deadline_of(self, *students: str) -> datetime | None:
        """The deadline of a submission that these students handed in together.

        The latest of their own counts for all of them: what they wrote together cannot be handed in
        in parts.
        """
        if self.deadline is None:
            return None
        own = [self.extensions.get(student, self.deadline) for student in students]
        return max(own, default=self.deadline)

    @property
    def lateness_costs(self) -> bool:
        """Whether a late submission loses anything."""
        late = self.late
        return self.deadline is not None and (
            min(late.per_day, late.cap) > 0 or late.closes_after_days is not None
        )

    @property
    def last_deadline(self) -> datetime | None:
        """The deadline, or the latest extension if that is later."""
        return self.deadline and max(self.deadline, *self.extensions.values(), self.deadline)


@dataclass(frozen=True)
class CourseConfig:
    """The whole course's settings; limits: changed fields of autograder.sandbox.resources.Limits.

    roster: the roster's file; groups: a second one, with who works with whom; package: the address
    that Colab installs the student package from. repository, branch: where students find what
    `course release` makes; hub: the JupyterHub that fetches it from there. path: the file that says
    all this.
    """

    name: str = "Transformers"
    roster: Path | None = None
    package: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    assignments: Mapping[str, AssignmentConfig] = field(default_factory=dict)
    groups: Path | None = None
    path: Path | None = field(default=None, compare=False)
    repository: str = ""
    branch: str = "main"
    hub: str = ""

    def of(self, assignment: str) -> AssignmentConfig:
        """An assignment's settings; the defaults where the file has none."""
        return self.assignments.get(assignment, AssignmentConfig())
