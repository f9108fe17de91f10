"""`course report`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from autograder.verbs.common import Desk, course_options, fail, marked_folder, needs_clone

if TYPE_CHECKING:
    from autograder.pipeline.layout import Layout
    from autograder.report.class_report import ClassReport


@click.command()
@click.argument("assignment")
@click.option("--out", required=True, type=click.Path(exists=True, file_okay=False,
              path_type=Path), help="Course folder that `course grade` has written.")  # fmt: skip
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path),
              help="Page to write; report.html in the course folder if left out.")  # fmt: skip
@click.option("--csv", "folder_of_tables", type=click.Path(file_okay=False, path_type=Path),
              help="Also write every table into this folder, a CSV file each.")  # fmt: skip
@click.option("--similar/--no-similar", default=True, show_default=True,
              help="Compare everybody's code.")  # fmt: skip
@click.option("--threshold", metavar="PERCENT", default=70, show_default=True,
              type=click.IntRange(30, 100),
              help="How much of the shorter answer two must share to be listed.")  # fmt: skip
@course_options
@click.option("--json", "as_json", is_flag=True, help="Print all tables as JSON.")
def report(
    assignment: str, out: Path, file: Path | None, folder_of_tables: Path | None, similar: bool,
    threshold: int, config: Path | None, roster: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make the class report anew, with marks from formgrader and code that is alike."""
    needs_clone("report")
    folder, results, decided = marked_folder(assignment, out, config, roster)
    page = file or out / "report.html"
    found = prepared(folder, results, decided, page, threshold / 100 if similar else None)
    tables = found.tables()
    written: list[Path] = []
    try:
        from autograder.pipeline.results import write_atomically
        from autograder.report.of_class.files import write_tables

        write_atomically(page, found.html())
        if folder_of_tables is not None:
            written = write_tables(tables, folder_of_tables)
    except OSError as error:
        fail(f"{error.filename or page} cannot be written: {error.strerror or error}")
    if as_json:
        data = {"assignment": assignment, "report": str(page),
                "tables": {name: table.as_json() for name, table in tables.items()}}  # fmt: skip
        click.echo(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        tell(found, page, folder_of_tables, len(written))


def prepared(
    folder: Layout, results: dict[str, Any], decided: Desk, page: Path, threshold: float | None
) -> ClassReport:
    """Everything that the report tells; threshold: of likeness, None if code is not compared."""
    from autograder.checks import TITLES, assignment
    from autograder.course.finals import final_marks
    from autograder.report.class_report import class_report

    graded = assignment(folder.assignment)
    exercises = [{"id": one.id, "title": one.title, "points": one.points} for one in graded]
    finals = final_marks(results, decided.of(folder.assignment), decided.roster)
    similar = None
    if threshold is not None:
        from autograder.similarity.of_folder import similar_code

        in_code = [one.id for one in graded if not one.by_hand]
        similar = similar_code(folder, results["submissions"], in_code, threshold)
    return class_report(
        results, TITLES[folder.assignment], exercises, finals=finals, roster=decided.roster,
        similar=similar, base=way(page.resolve().parent, folder.root),
    )  # fmt: skip


def way(start: Path, end: Path) -> str:
    """The way from one folder to another as a link; empty if they are the same."""
    steps = os.path.relpath(end, start).split(os.sep)
    return "" if steps == ["."] else "".join(f"{quote(step, safe='')}/" for step in steps)


def tell(found: ClassReport, page: Path, folder: Path | None, tables: int) -> None:
    """Say what was written, and what is to be looked at."""
    from autograder.report.wording import plural

    click.echo(f"class report    {page}")
    if folder is not None:
        click.echo(f"tables          {folder} ({plural(tables, 'CSV file')})")
    if found.similar is not None:
        pairs = found.similar.found.pairs
        told = f"{plural(len(pairs), 'pair')} to look at, no verdict" if pairs else "no pair"
        click.echo(f"code alike      {told}")
