"""`course config`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.verbs.common import desk, fail

if TYPE_CHECKING:
    from autograder.course.config import AssignmentConfig


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--example", "show_example", is_flag=True,
              help="Print a course.toml with every setting, to begin with.")  # fmt: skip
def config(file: Path | None, show_example: bool) -> None:
    """Check a course.toml and the roster that it names, and say what follows from them."""
    from autograder.course.config import NAME, example

    if show_example:
        click.echo(example(), nl=False)
        return
    place = file or Path(NAME)
    if not place.is_file():
        fail(f"there is no {place}: `course config --example > {NAME}` makes one to begin with")
    found = desk(place, None)
    click.echo(f"{place}: {found.config.name}")
    if found.roster is not None:
        click.echo(f"roster       {len(found.roster.people)} people")
    for name, settings in found.config.assignments.items():
        click.echo(f"{name:<13}{'; '.join(in_words(settings))}")


def in_words(settings: AssignmentConfig) -> list[str]:
    """What an assignment's settings come to."""
    said = ["no deadline"]
    if settings.deadline is not None:
        said = [f"deadline {settings.deadline:%-d %B %Y, %H:%M %z}"]
        if settings.late.per_day:
            said.append(f"{settings.late.per_day:g} % of the {settings.late.of} for each day late")
    if settings.points is not None:
        said.append(f"{settings.points:g} points in all")
    if settings.exercise_points:
        said.append(", ".join(f"{id} {points:g}" for id, points in settings.exercise_points.items())
                    + " points")  # fmt: skip
    if settings.extensions:
        said.append(f"extended for {', '.join(sorted(settings.extensions))}")
    if settings.excused:
        said.append(f"excused: {', '.join(sorted(settings.excused))}")
    if settings.diagnoses:
        said.append(f"diagnoses {settings.diagnoses}")
    return said
