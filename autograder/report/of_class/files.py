"""The tables of the class report as CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograder.export.cells import safe, table
from autograder.pipeline.results import write_atomically
from autograder.report.of_class.table import Cell, Table
from autograder.report.wording import printable


def write_tables(tables: Mapping[str, Table], folder: Path) -> list[Path]:
    """Write each table to NAME.csv in this folder; returns the files. Raises OSError."""
    places = []
    for name, found in tables.items():
        place = folder / f"{name}.csv"
        write_atomically(place, as_csv(found))
        places.append(place)
    return places


def as_csv(found: Table) -> str:
    """One table: headings, then rows; texts are never formulas."""
    headings = [column.heading for column in found.columns]
    return table([headings, *([written(cell) for cell in row] for row in found.rows)])


def written(cell: Cell) -> str:
    """One cell; empty where there is nothing to say."""
    if cell is None:
        return ""
    return safe(printable(cell)) if isinstance(cell, str) else f"{cell:.12g}"
