"""`course.toml`: what an instructor decides, read once and checked; wrong keys give the line.

`example` is a file with every setting.
"""

from __future__ import annotations

import difflib
from importlib import resources
from pathlib import Path

from autograder.checks import ASSIGNMENTS
from autograder.course.addresses import as_address, as_branch, as_hub, as_repository
from autograder.course.config_reading import Report, Table, Wrong, as_text, meant, parse
from autograder.course.config_tables import (
    ASSIGNMENT,
    LATE,
    TOP,
    assignment_of,
    late_values,
    limit_words,
    limits_of,
)
from autograder.course.settings import AssignmentConfig, CourseConfig, LatePolicy

__all__ = ["NAME", "AssignmentConfig", "BadConfig", "CourseConfig", "LatePolicy", "example", "find",
           "load"]  # fmt: skip
NAME = "course.toml"


class BadConfig(Exception):
    """Settings that cannot be used; the message has a line for each: file, line, what is wrong and
    what may be meant."""


def load(path: Path, *, files: bool = True) -> CourseConfig:
    """Read a course.toml; raises BadConfig, which names everything that is wrong with it.

    files: look for the roster that it names, and hold it against that.
    """
    try:
        values, lines = parse(path)
    except Wrong as error:
        raise BadConfig(str(error)) from error
    report = Report(path, lines)
    config = config_of(Table(report, (), values), files)
    if files and not report.problems:
        hold_against_roster(report, config)
    if report.problems:
        raise BadConfig(report.as_text())
    return config


def find(given: Path | None, *folders: Path) -> CourseConfig:
    """The configuration in the given file, else in the first of these folders that has one.

    Without any, the defaults. Raises BadConfig.
    """
    for place in [given] if given else [folder / NAME for folder in folders]:
        if given or place.is_file():
            return load(place)
    return CourseConfig()


def example() -> str:
    """A course.toml that shows every setting and says what it does, to begin with."""
    place = resources.files("autograder.course").joinpath("example.toml")
    return place.read_text(encoding="utf-8")


def config_of(top: Table, files: bool) -> CourseConfig:
    """The whole file."""
    names = " or ".join(f"[{name}]" for name in ASSIGNMENTS)
    top.only(TOP, {**limit_words(), **dict.fromkeys(LATE, "below [late]"),
                   **dict.fromkeys(ASSIGNMENT, f"below {names}")})  # fmt: skip
    late = late_values(top.table("late"))
    assignments = {name: assignment_of(top.table(name), late)
                   for name in ASSIGNMENTS if name in top.values}  # fmt: skip
    policies = [late, *(top.table(name).table("late").values for name in assignments)]
    if "cap" in late and not any("per_day" in policy for policy in policies):
        top.table("late").tell("cap", "has no effect: there is no per_day that it could limit")
    return CourseConfig(
        name=top.take("name", as_text) or CourseConfig.name,
        roster=file_of(top, "roster", files),
        groups=file_of(top, "groups", files),
        package=top.take("package", as_address) or "",
        repository=top.take("repository", as_repository) or "",
        branch=top.take("branch", as_branch) or CourseConfig.branch,
        hub=top.take("hub", as_hub) or "",
        limits=limits_of(top.table("limits")),
        assignments=assignments,
        path=top.report.file,
    )


def file_of(top: Table, key: str, must_be_there: bool) -> Path | None:
    """A file that the configuration names, relative to itself."""
    if (name := top.take(key, as_text)) is None:
        return None
    place = top.report.file.parent / Path(name).expanduser()
    if must_be_there and not place.is_file():
        there = [path.name for path in place.parent.iterdir()] if place.parent.is_dir() else []
        near = difflib.get_close_matches(place.name, there, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"it would be {place}"
        top.tell(key, f"there is no file {name!r}; {hint}")
    return place


def hold_against_roster(report: Report, config: CourseConfig) -> None:
    """Tell students whom the roster does not have."""
    from autograder.course.roster import BadRoster, read_roster

    if config.roster is None:
        if config.groups is not None:
            report.tell(("groups",), "there is no roster whose people these groups could have")
        return
    try:
        roster = read_roster(config.roster, config.groups)
    except BadRoster as error:
        report.tell(("roster",), str(error))
        return
    ids = [person.id for person in roster.people]
    for name, settings in config.assignments.items():
        for key in ("extensions", "excused"):
            for student in sorted(set(getattr(settings, key)) - set(ids)):
                person = roster.find(student)
                hint = f"did you mean {person.id!r}?" if person else meant(student, ids, most=12)
                place = (name, key, *((student,) if key == "extensions" else ()))
                report.tell(place, f"{student!r} is not on the roster; {hint}")
