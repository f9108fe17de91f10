"""The tables of course.toml: which settings each has, and what they may be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from autograder.checks import ASSIGNMENTS
from autograder.course.config_reading import (
    Table,
    Wrong,
    as_choice,
    as_minutes,
    as_moment,
    as_number,
    meant,
    shown,
)
from autograder.course.settings import AssignmentConfig, LatePolicy
from autograder.report.showing import AFTER, LIVE, NEVER, BadSetting, starts

TOP = ("name", "roster", "groups", "package", "repository", "branch", "hub", "limits", "late",
       *ASSIGNMENTS)  # fmt: skip
LATE = ("grace", "per_day", "of", "cap", "closes_after_days")
ASSIGNMENT = ("deadline", "points", "points_by_exercise", "diagnoses", "excused", "extensions",
              "late")  # fmt: skip
AFTER_DEADLINE = f"{AFTER}deadline"


def assignment_of(table: Table, late: Mapping[str, Any]) -> AssignmentConfig:
    """One assignment's table; late: fields of LatePolicy that hold for the whole course."""
    table.only(ASSIGNMENT, {**dict.fromkeys(TOP, "at the top, before the first [table]"),
                            **limit_words(),
                            **dict.fromkeys(LATE, f"below [{table.path[0]}.late]")})  # fmt: skip
    deadline = table.take("deadline", as_moment)
    config = AssignmentConfig(
        deadline=deadline,
        late=policy_of(table.table("late"), late),
        points=table.take("points", as_number(0.01, 1e6, "a number above 0")),
        exercise_points=exercise_points_of(table),
        extensions=extensions_of(table.table("extensions"), deadline),
        excused=excused_of(table),
    )
    if "points" in table.values and table.values.get("points_by_exercise"):
        table.tell(
            "points", "with points_by_exercise the total is their sum: leave one of them out"
        )
    for key in ("extensions", "late"):
        if table.values.get(key) and "deadline" not in table.values:
            table.tell(key, "this assignment has no deadline that it could refer to")
    return replace(config, diagnoses=diagnoses_of(table, config))


def policy_of(table: Table, default: Mapping[str, Any]) -> LatePolicy:
    """What lateness costs; what this table does not say is as in the default."""
    own = late_values(table)
    if "cap" in own and "per_day" not in {**default, **own}:
        table.tell("cap", "has no effect: there is no per_day that it could limit")
    return LatePolicy(**{**default, **own})


def late_values(table: Table) -> dict[str, Any]:
    """The fields of LatePolicy that a table gives."""
    table.only(LATE, dict.fromkeys((*TOP, *ASSIGNMENT), "before this table, or below another one"))
    percent = as_number(0, 100, "percent, a number from 0 to 100")
    found = {
        "grace_minutes": table.take("grace", as_minutes),
        "per_day": table.take("per_day", percent),
        "of": table.take("of", as_choice("maximum", "score")),
        "cap": table.take("cap", percent),
        "closes_after_days": table.take("closes_after_days", as_number(0, 1e4, "days, 0 or more")),
    }
    return {name: value for name, value in found.items() if value is not None}


def exercise_points_of(table: Table) -> dict[str, float]:
    """Points by exercise."""
    name, found = table.path[0], {}
    inner = table.table("points_by_exercise")
    for id, path, value in inner.leaves():
        if id not in ASSIGNMENTS[name]:
            inner.report.tell(path, f"no exercise {id!r} in {name}; {meant(id, ASSIGNMENTS[name])}")
            continue
        try:
            found[id] = as_number(0, 1e6, "points, 0 or more")(value)
        except Wrong as error:
            inner.report.tell(path, str(error))
    if set(found) == set(ASSIGNMENTS[name]) and not any(found.values()):
        table.tell("points_by_exercise", "no exercise gives any points")
    return found


def extensions_of(table: Table, deadline: datetime | None) -> dict[str, datetime]:
    """Deadlines by student."""
    found: dict[str, datetime] = {}
    for student, path, value in table.leaves():
        try:
            found[student] = as_moment(value)
        except Wrong as error:
            table.report.tell(path, str(error))
            continue
        if deadline is not None and found[student].astimezone(UTC) < deadline.astimezone(UTC):
            table.report.tell(path, f"{shown(value)} is before the deadline, {shown(deadline)}")
    return found


def excused_of(table: Table) -> frozenset[str]:
    """The students who are excused."""
    found = table.values.get("excused", [])
    if not isinstance(found, list):
        table.tell("excused", f'a list of students such as ["ben", "anna"]: got {shown(found)}')
        return frozenset()
    for count, student in enumerate(found):
        if not isinstance(student, str) or not student.strip():
            path: tuple[str | int, ...] = (*table.path, "excused", count)
            table.report.tell(path, f"a student's id in quotes: got {shown(student)}")
    return frozenset(student.strip() for student in found if isinstance(student, str))


def diagnoses_of(table: Table, config: AssignmentConfig) -> str | None:
    """When students see diagnoses; the deadline is over when the last extension is."""
    setting = table.values.get("diagnoses")
    if setting is None:
        return None
    if setting == AFTER_DEADLINE:
        if "deadline" not in table.values:
            table.tell("diagnoses", "there is no deadline in this assignment")
        last = config.last_deadline
        return None if last is None else AFTER + last.isoformat()
    try:
        if not isinstance(setting, str):
            raise BadSetting(f"a text in quotes: got {shown(setting)}")
        starts(setting)
    except BadSetting as error:
        known = (LIVE, NEVER, AFTER_DEADLINE)
        near = difflib.get_close_matches(str(setting).lower(), known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"{AFTER_DEADLINE!r} is right, too"
        table.tell("diagnoses", f"{error}; {hint}")
        return None
    return setting


def limits_of(table: Table) -> dict[str, Any]:
    """What a submission may use, in the words of the options of `course grade`."""
    import click

    words = {option.removeprefix("--").replace("-", "_"): (name, kind)
             for name, option, kind, _ in options_of_grade()}  # fmt: skip
    table.only(words, dict.fromkeys((*TOP, *ASSIGNMENT, *LATE), "above, before this table"))
    found: dict[str, Any] = {}
    for key, (name, kind) in words.items():
        if (value := table.values.get(key)) is None:
            continue
        whole = isinstance(kind, click.types.IntParamType)
        try:
            if not isinstance(value, int if whole else int | float) or isinstance(value, bool):
                raise click.BadParameter("")
            found[name] = kind.convert(value, None, None)
        except click.BadParameter:
            what = f"a {'whole ' if whole else ''}number, {kind.min:g} or more"
            table.tell(key, f"{what}: got {shown(value)}")
    return found


def limit_words() -> dict[str, str]:
    """The words of [limits], with where they belong."""
    return {option.removeprefix("--").replace("-", "_"): "below [limits]"
            for _, option, _, _ in options_of_grade()}  # fmt: skip


def options_of_grade() -> tuple[tuple[str, str, Any, str], ...]:
    """The options of `course grade` that are limits, where their words and ranges are said once."""
    from autograder.cli import LIMITS

    return LIMITS
