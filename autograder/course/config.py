"""`course.toml`: what an instructor decides, read once and checked; wrong keys give the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

NAME = "course.toml"


class BadConfig(Exception):
    """A setting that cannot be used; the message says file, line, what is wrong, what may be meant."""


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
    student. excused: students whose mark is left out. diagnoses: as autograder.report.showing has it.
    """

    deadline: datetime | None = None
    late: LatePolicy = LatePolicy()
    points: float | None = None
    exercise_points: Mapping[str, float] = field(default_factory=dict)
    extensions: Mapping[str, datetime] = field(default_factory=dict)
    excused: frozenset[str] = frozenset()
    diagnoses: str | None = None


@dataclass(frozen=True)
class CourseConfig:
    """The whole course's settings; limits: changed fields of autograder.sandbox.resources.Limits.

    roster: the roster's file; package: the address that Colab installs the student package from.
    """

    name: str = "Transformers"
    roster: Path | None = None
    package: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    assignments: Mapping[str, AssignmentConfig] = field(default_factory=dict)

    def of(self, assignment: str) -> AssignmentConfig:
        """An assignment's settings; the defaults where the file has none."""
        return self.assignments.get(assignment, AssignmentConfig())


def load(path: Path) -> CourseConfig:
    """Read a course.toml; raises BadConfig."""
    raise NotImplementedError


def find(given: Path | None, *folders: Path) -> CourseConfig:
    """The configuration in the given file, else in the first of these folders that has one.

    Without any, the defaults. Raises BadConfig.
    """
    for place in [given] if given else [folder / NAME for folder in folders]:
        if given or place.is_file():
            return load(place)
    return CourseConfig()
