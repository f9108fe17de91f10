"""`course export`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.verbs.common import fail, graded_folder, needs_clone


@click.command()
@click.argument("assignment")
@click.option("--out", required=True, type=click.Path(exists=True, file_okay=False,
              path_type=Path), help="Course folder that `course grade` has written.")  # fmt: skip
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path),
              help="File to write; the terminal if left out.")  # fmt: skip
def export(assignment: str, out: Path, file: Path | None) -> None:
    """Write everybody's points as CSV, marks by hand included."""
    needs_clone("export")
    from autograder.pipeline.marks import as_csv, take_marks
    from autograder.pipeline.results import write_atomically

    folder, results = graded_folder(assignment, out)
    text = as_csv(take_marks(folder, results))
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        write_atomically(file, text)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror or error}")
    waiting = [s["student"] for s in results["submissions"] if s["status"] != "graded"]
    click.echo(f"{file}: {len(results['submissions'])} students")
    if waiting:
        click.echo(f"without a final mark: {', '.join(waiting)}", err=True)
