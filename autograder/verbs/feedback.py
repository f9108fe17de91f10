"""`course feedback`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.verbs.common import graded_folder, needs_clone


@click.command()
@click.argument("assignment")
@click.option("--out", required=True, type=click.Path(exists=True, file_okay=False,
              path_type=Path), help="Course folder that `course grade` has written.")  # fmt: skip
def feedback(assignment: str, out: Path) -> None:
    """Make the pages anew, with the marks that people gave in formgrader."""
    needs_clone("feedback")
    from autograder.pipeline.marks import take_marks
    from autograder.pipeline.runner import write_pages
    from autograder.report.terminal import summary

    folder, results = graded_folder(assignment, out)
    write_pages(folder, take_marks(folder, results))
    click.echo(summary(results["submissions"]))
    click.echo(f"class report    {out / 'report.html'}")
    click.echo(f"feedback pages  {out / 'feedback'}")
