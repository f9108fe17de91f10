"""A table of the class report: the same cells on the page and in its CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.report.wording import number

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A heading; percent: its numbers are shares from 0 to 1, shown in percent.

    places: digits behind the point, as many as it takes if None. wide: a sentence stands in it;
    only_in_file: the page shows this otherwise, or not at all.
    """

    heading: str
    percent: bool = False
    places: int | None = None
    wide: bool = False
    only_in_file: bool = False


@dataclass
class Table:
    """name: of its CSV file; rows: one cell for each column, None where there is nothing to say."""

    name: str
    columns: Sequence[Column]
    rows: list[Sequence[Cell]] = field(default_factory=list)

    def shown(self) -> Table:
        """The columns that the page shows."""
        places = [i for i, column in enumerate(self.columns) if not column.only_in_file]
        return Table(self.name, [self.columns[i] for i in places],
                     [[row[i] for i in places] for row in self.rows])  # fmt: skip

    def is_number(self, place: int) -> bool:
        """Whether a column holds numbers alone."""
        return not any(isinstance(row[place], str) for row in self.rows)

    def as_json(self) -> list[dict[str, Cell]]:
        """Each row by its headings."""
        names = [column.heading for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def in_words(cell: Cell, column: Column) -> str:
    """A cell as the page shows it."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if column.percent:
        return f"{100 * cell:.0f} %"
    return number(cell) if column.places is None else f"{cell:.{column.places}f}"
