"""`course collect`."""

from __future__ import annotations

import json
import sys
from datetime import tzinfo
from pathlib import Path

import click

from autograder.verbs.common import course_options, desk, fail, needs_clone

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
KINDS = ("auto", "folder", "canvas", "moodle", "markus", "blackboard", "repositories")
IN_PAIRS = ("lab11",)  # one submission, two marks


@click.command()
@click.argument("assignment")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--to", "submissions", required=True, type=click.Path(file_okay=False,
              path_type=Path), help="Folder of submissions to write or to add to.")  # fmt: skip
@click.option("--groups", type=FILE, help="CSV that says who is in which group, if the roster does"
              " not: of MarkUs, of Canvas, or with the headings group and id.")  # fmt: skip
@click.option("--pairs/--alone", default=None, help="Whether a submission counts for the partners"
              " too that the roster has; pairs for lab11, else alone.")  # fmt: skip
@click.option("--from", "kind", default="auto", show_default=True, type=click.Choice(KINDS),
              help="What the source is, where that cannot be seen from its names.")  # fmt: skip
@click.option("--times", type=FILE, help="CSV with times of submission, such as Moodle's grading"
              " worksheet.")  # fmt: skip
@click.option("--timezone", metavar="NAME", help="Time zone of the LMS's times, such as"
              " Europe/Berlin; this machine's if left out.")  # fmt: skip
@course_options
@click.option("--json", "as_json", is_flag=True, help="Print plain data.")
def collect(
    assignment: str, source: Path, submissions: Path, groups: Path | None,
    pairs: bool | None, kind: str, times: Path | None, timezone: str | None,
    config: Path | None, roster: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Take in what students handed in: a folder, or the zip file that an LMS lets you download.

    Writes STUDENT/ASSIGNMENT/ for each, as `course grade` takes it. The last attempt counts and the
    others are kept in .attempts. Run it again with a newer download, or with that of another
    section: nothing is deleted. Exit status 1 if something was refused.
    """
    needs_clone("collect")
    from autograder.pipeline.quick import import_nbformat

    import_nbformat()  # what reads notebooks is imported with their limits
    from autograder.checks import ASSIGNMENTS, UnknownName, pick
    from autograder.intake.collect.items import CannotCollect
    from autograder.intake.collect.report import summary
    from autograder.intake.collect.run import Wishes
    from autograder.intake.collect.run import collect as take_in

    decided = desk(config, roster, groups=groups)
    if groups and decided.roster is None:
        raise click.UsageError("--groups needs a --roster")
    try:
        pick(assignment, list(ASSIGNMENTS), "assignment")
        in_pairs = assignment in IN_PAIRS if pairs is None else pairs
        report = take_in(source, assignment, submissions,
                         Wishes(kind, decided.roster, in_pairs, times, zone(timezone),
                                decided.of(assignment)))  # fmt: skip
    except UnknownName as error:
        raise click.UsageError(str(error)) from error
    except CannotCollect as error:
        fail(str(error))
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
    else:
        click.echo(summary(report))
        click.echo(f"submissions     {submissions}")
    if report.failed:
        sys.exit(1)


def zone(name: str | None) -> tzinfo | None:
    """A time zone by its name; a bad one is wrong usage."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError) as error:
        raise click.BadParameter(f"{name!r} is no time zone; one is Europe/Berlin",
                                 param_hint="--timezone") from error  # fmt: skip
