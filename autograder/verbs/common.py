"""What several verbs share: where the clone is, how a verb ends, the folder and the course."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from autograder.course.config import AssignmentConfig, CourseConfig
    from autograder.course.roster import Roster

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Desk:
    """What an instructor has decided: the configuration, and the roster if there is one."""

    config: CourseConfig
    roster: Roster | None

    def of(self, assignment: str) -> AssignmentConfig:
        """One assignment's settings."""
        return self.config.of(assignment)


def course_options(command: Any) -> Any:
    """Give a command --config and --roster, for `desk`."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    for name, what in (
        ("--roster", "CSV with everybody who takes the course; else the one that course.toml names,"
         " else that of the folder's last run."),
        ("--config", "course.toml; else that of the folder's last run, else the one in the course"
         " folder, else the one here."),
    ):  # fmt: skip
        command = click.option(name, type=file, help=what)(command)
    return command


def desk(
    config: Path | None, roster: Path | None, out: Path | None = None, groups: Path | None = None
) -> Desk:
    """Read configuration and roster; which they are is remembered in the course folder.

    out: the course folder, if there is one; groups: a second file of the roster's, in place of the
    one that course.toml names. What cannot be read, and what was used before and is gone, ends the
    verb: without it nobody would be late, excused or missing.
    """
    from autograder.course.config import BadConfig, find
    from autograder.course.remembered import lost, recall, remember
    from autograder.course.roster import BadRoster, read_roster

    known, gone = (recall(out), lost(out)) if out else ({}, {})
    try:
        found = find(config or known.get("config"), *([out] if out else []), Path.cwd())
        place = roster or found.roster or known.get("roster")
        for what, used in (("config", found.path), ("roster", place)):
            if what in gone and used is None:
                fail(f"{gone[what]}, last used with {out}, is gone: say with --{what} where it is")
        people = read_roster(place, groups or found.groups) if place else None
    except (BadConfig, BadRoster) as error:
        fail(str(error))
    if out:
        remember(out, config=found.path, roster=roster)
    return Desk(found, people)


def known_assignment(name: str) -> None:
    """End the verb as wrong usage if there is no assignment of this name."""
    from autograder.checks import ASSIGNMENTS, UnknownName, pick

    try:
        pick(name, list(ASSIGNMENTS), "assignment")
    except UnknownName as error:
        raise click.UsageError(str(error)) from error


def graded_folder(name: str, out: Path) -> tuple[Any, dict[str, Any]]:
    """A folder that `course grade` has written, and its results."""
    from autograder.pipeline.layout import Layout
    from autograder.pipeline.marks import NoResults, read_results

    known_assignment(name)
    try:
        folder = Layout(out.resolve(), name)
        return folder, read_results(folder)
    except NoResults as error:
        fail(str(error))


def marked_folder(
    name: str, out: Path, config: Path | None, roster: Path | None
) -> tuple[Any, dict[str, Any], Desk]:
    """The same with the marks that people have given since, and what the instructor decided."""
    from autograder.pipeline.marks import NoResults, take_marks

    folder, results = graded_folder(name, out)
    decided = desk(config, roster, out)
    try:
        take_marks(folder, results, decided.of(name))
    except NoResults as error:
        fail(str(error))
    return folder, results, decided


def needs_clone(verb: str) -> None:
    """Some verbs need the whole repository, not a student's installation."""
    if not (ROOT / "solutions").is_dir():
        fail(f"`course {verb}` needs a clone of the course repository: run it from there")


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what went wrong and exit."""
    click.echo(f"course: {message}", err=True)
    sys.exit(status)
