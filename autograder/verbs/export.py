"""`course export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autograder.export.formats import FORMATS
from autograder.verbs.common import course_options, fail, marked_folder, needs_clone


@click.command()
@click.argument("assignment")
@click.option("--out", required=True, type=click.Path(exists=True, file_okay=False,
              path_type=Path), help="Course folder that `course grade` has written.")  # fmt: skip
@click.option("--for", "lms", default="table", show_default=True, type=click.Choice(list(FORMATS)),
              help="Who is to read it.")  # fmt: skip
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path),
              help="File to write; the terminal if left out.")  # fmt: skip
@click.option("--fill", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The LMS's own table to put the marks into: Canvas's gradebook, Moodle's grading"
              " worksheet, Blackboard's download. If left out, the roster.")  # fmt: skip
@click.option("--column", metavar="NAME", help="The assignment's column in that table, where its"
              " heading does not tell.")  # fmt: skip
@click.option("--missing", default="empty", show_default=True, type=click.Choice(["empty", "zero"]),
              help="What those get who handed nothing in.")  # fmt: skip
@course_options
def export(
    assignment: str, out: Path, lms: str, file: Path | None, fill: Path | None, column: str | None,
    missing: str, config: Path | None, roster: Path | None,
) -> None:  # fmt: skip
    """Write everybody's marks as CSV, marks by hand and lateness included.

    Every member of a group has a line of their own. The same marks give the same file.
    """
    needs_clone("export")
    from autograder.export.formats import export_as
    from autograder.export.sheet import CannotExport
    from autograder.pipeline.results import write_atomically

    try:
        exported = export_as(lms, gather(assignment, out, config, roster, fill=fill, column=column,
                                         missing=missing))  # fmt: skip
        if file is None:
            click.echo(exported.text, nl=False)
        else:
            write_atomically(file, exported.text)
            count = max(0, exported.students)
            click.echo(f"{file}: {count} {'student' if count == 1 else 'students'}")
    except CannotExport as error:
        fail(str(error))
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror or error}")
    for note in exported.notes:
        click.echo(note, err=True)


def gather(
    assignment: str, out: Path, config: Path | None, roster: Path | None, *, fill: Path | None,
    column: str | None, missing: str,
) -> Any:  # fmt: skip
    """Everything that a format is made of; raises CannotExport."""
    from autograder.checks import TITLES
    from autograder.course.finals import curriculum, final_marks
    from autograder.course.roster import without_zeros
    from autograder.export.comments import comment_of
    from autograder.export.sheet import CannotExport, read_sheet
    from autograder.export.work import Export

    folder, results, decided = marked_folder(assignment, out, config, roster)
    if fault := without_zeros(decided.roster, (e["student"] for e in results["submissions"])):
        raise CannotExport(fault)
    exercises = curriculum(results)
    finals = final_marks(results, decided.of(assignment), decided.roster, exercises)
    return Export(
        assignment, TITLES[assignment], finals, results, decided.roster,
        read_sheet(fill) if fill else None, column, missing, folder.root / "gradebook.db",
        comment_of(results, TITLES[assignment], exercises),
    )  # fmt: skip
