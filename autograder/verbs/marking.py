"""`course marking`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from autograder.verbs.common import fail, graded_folder, needs_clone


@click.command()
@click.argument("assignment")
@click.option("--out", required=True, type=click.Path(exists=True, file_okay=False,
              path_type=Path), help="Course folder that `course grade` has written.")  # fmt: skip
@click.option("--second-marker", "marker", metavar="NAME",
              help="Draw a sample for a second marker, or say how far both agree.")  # fmt: skip
@click.option("--share", type=click.FloatRange(0, 100, min_open=True), default=10.0,
              show_default=True,
              help="Percent of the answers to each task; at least five.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the draw.")
def marking(assignment: str, out: Path, marker: str | None, share: float, seed: int) -> None:
    """Say what waits for a mark and where to give it; have a sample marked twice."""
    needs_clone("marking")
    folder, _ = graded_folder(assignment, out)
    with opened(folder) as book:
        if marker is None:
            waiting(book, assignment, out)
        else:
            second_marker(book, folder, marker, share, seed)


@contextmanager
def opened(folder: Any) -> Iterator[Any]:
    """The marks of a course folder."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import DatabaseError
    from traitlets.config import ConfigFileNotFound

    from autograder.marking.book import Book
    from autograder.pipeline.course_folder import CourseFolder

    try:
        coursedir, _ = CourseFolder(folder.root, folder.assignment).nbgrader()
        found = Gradebook(folder.gradebook_url)
    except ConfigFileNotFound:
        fail(f"{folder.root} has no nbgrader_config.py: `course grade` writes it again")
    except DatabaseError as error:
        fail(f"{folder.root / 'gradebook.db'} cannot be read: {error.orig}")
    with found as gradebook:
        yield Book(gradebook, coursedir)


def waiting(book: Any, assignment: str, out: Path) -> None:
    """Print how many answers wait in each task."""
    tasks = [task for task in book.tasks() if task.assignment == assignment]
    if not tasks:
        click.echo(f"{assignment} has no tasks that a person marks")
        return
    for task in tasks:
        count, open_ones = book.counts(task)
        click.echo(f"{task.title:8}{count - open_ones} of {count} marked")
    click.echo(f"to mark: `jupyter lab` in {out}, then /by-task/ in place of /lab in its address")


def second_marker(book: Any, folder: Any, marker: str, share: float, seed: int) -> None:
    """Draw the sample if there is none, and say how far the marks agree."""
    from autograder.marking import agreement, second

    try:
        if second.place_of(folder.root, folder.assignment, marker).exists():
            sample = second.load(folder.root, folder.assignment, marker)
        else:
            sample = second.draw(book, folder.assignment, marker, share, seed)
            second.keep(folder.root, sample)
            click.echo(f"drawn: {len(sample.answers)} answers (seed {seed})")
    except (second.NoSample, OSError) as error:
        fail(str(error))
    tasks = [task for task in book.tasks() if task.assignment == folder.assignment]
    for line in agreement.report(tasks, sample, agreement.compare(book, sample)):
        click.echo(line)
    if any(answer.points is None for answer in sample.answers):
        click.echo(f"to mark: `jupyter lab` in {folder.root}, then /by-task/?second={marker} in "
                   "place of /lab in its address")  # fmt: skip
