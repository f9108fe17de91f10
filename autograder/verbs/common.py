"""What several verbs share: where the clone is, how a verb ends, and the folder it works on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

ROOT = Path(__file__).resolve().parents[2]


def graded_folder(name: str, out: Path) -> tuple[Any, dict[str, Any]]:
    """A folder that `course grade` has written, and its results."""
    from autograder.checks import ASSIGNMENTS, UnknownName, pick
    from autograder.pipeline.course_folder import CourseFolder
    from autograder.pipeline.marks import NoResults, read_results

    try:
        pick(name, list(ASSIGNMENTS), "assignment")
        folder = CourseFolder(out.resolve(), name)
        return folder, read_results(folder)
    except UnknownName as error:
        raise click.UsageError(str(error)) from error
    except NoResults as error:
        fail(str(error))


def needs_clone(verb: str) -> None:
    """Some verbs need the whole repository, not a student's installation."""
    if not (ROOT / "solutions").is_dir():
        fail(f"`course {verb}` needs a clone of the course repository: run it from there")


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what went wrong and exit."""
    click.echo(f"course: {message}", err=True)
    sys.exit(status)
