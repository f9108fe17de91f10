"""`course feedback`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autograder.verbs.common import course_options, fail, marked_folder, needs_clone


@click.command()
@click.argument("assignment")
@click.option("--out", required=True, type=click.Path(exists=True, file_okay=False,
              path_type=Path), help="Course folder that `course grade` has written.")  # fmt: skip
@click.option("--zip", "archive", type=click.Path(dir_okay=False, path_type=Path),
              help="Also put all pages into this zip file, to be uploaded.")  # fmt: skip
@click.option(
    "--for",
    "lms",
    default="plain",
    show_default=True,
    type=click.Choice(["plain", "moodle", "canvas"]),
    help="Whose names the files in the zip have: plain is one folder for each student.",
)
@click.option("--fill", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="What tells an LMS's names: Moodle's grading worksheet, or the zip of"
              " submissions that Canvas gave. If left out, the roster.")  # fmt: skip
@course_options
def feedback(
    assignment: str, out: Path, archive: Path | None, lms: str, fill: Path | None,
    config: Path | None, roster: Path | None,
) -> None:  # fmt: skip
    """Make the pages anew, with the marks that people gave in formgrader.

    Beside each page lies a short text for an e-mail or a comment.
    """
    needs_clone("feedback")
    if archive is None and (fill or lms != "plain"):
        raise click.UsageError("--for and --fill say how --zip names its files: give that, too")
    from autograder.pipeline.runner import write_pages
    from autograder.report.terminal import summary

    folder, results, decided = marked_folder(assignment, out, config, roster)
    write_pages(folder, results, decided=decided.of(assignment), roster=decided.roster)
    click.echo(summary(results["submissions"]))
    click.echo(f"class report    {out / 'report.html'}")
    click.echo(f"feedback pages  {out / 'feedback'}")
    if archive is not None:
        put_into_zip(archive, lms, fill, folder, results, decided)


def put_into_zip(
    archive: Path, lms: str, fill: Path | None, folder: Any, results: dict[str, Any], decided: Any
) -> None:
    """Write the zip, and say who is not in it."""
    from autograder.checks import TITLES
    from autograder.course.finals import final_marks
    from autograder.export.feedback_zip import names_for, write_zip
    from autograder.export.sheet import CannotExport
    from autograder.export.work import Export
    from autograder.report.feedback import readers

    name = folder.assignment
    finals = final_marks(results, decided.of(name), decided.roster)
    try:
        known, notes = names_for(
            lms, Export(name, TITLES[name], finals, results, decided.roster), fill
        )
        pages = {
            known[student]: folder.feedback(place)
            for entry in results["submissions"]
            for student, place, _ in readers(entry, finals)
            if student in known
        }
        write_zip(archive, {name: page.read_bytes() for name, page in pages.items()})
    except CannotExport as error:
        fail(str(error))
    except OSError as error:
        fail(f"{archive} cannot be written: {error.strerror or error}")
    click.echo(f"zip             {archive}")
    for note in notes:
        click.echo(note, err=True)
