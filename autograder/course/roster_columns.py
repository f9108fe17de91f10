"""Which column of a roster is what, by the headings of Canvas, Moodle, MarkUs and Blackboard.

A person's id is taken from the first of `IDS` that the roster has and that anybody has a value in:
the login comes first, since folders, repositories and most downloads are named by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.course.csv_rows import Row

# headings as `heading` writes them
IDS = (
    "sis login id", "login id", "login", "username", "user name",  # Canvas, Moodle, MarkUs, …
    "id", "student id", "user id", "sis user id", "id number", "canvas user id",
    "email", "email address", "e mail", "e mail address", "mail",
)  # fmt: skip
EMAIL = ("email", "email address", "e mail", "e mail address", "mail")
FULL_NAME = ("name", "full name", "student name")
FIRST = ("first name", "firstname", "given name", "forename")
LAST = ("last name", "lastname", "surname", "family name")
GROUP = ("group", "group name", "groups", "team")
SECTION = ("section", "sections", "section name")
STUDENT = "student"  # Canvas's "Last, First"; beside a name it is an id
MARKUS = ("user_name", "last_name", "first_name", "section", "id_number", "email")


@dataclass(frozen=True)
class Columns:
    """The columns of a table: headings as they stand there, and as they are compared."""

    headings: tuple[str, ...]
    known: Mapping[str, int]

    @classmethod
    def of(cls, headings: Sequence[str]) -> Columns:
        """The columns of these headings; of two alike the first counts."""
        known: dict[str, int] = {}
        for place, text in enumerate(headings):
            known.setdefault(heading(text), place)
        return cls(tuple(headings), known)

    @property
    def ids(self) -> list[str]:
        """Headings of columns that can give ids, best first."""
        found = [name for name in IDS if name in self.known]
        return [*found, *([STUDENT] if STUDENT in self.known and self.has_names else [])]

    @property
    def has_names(self) -> bool:
        """Whether names stand in columns of their own."""
        return any(name in self.known for name in (*FULL_NAME, *FIRST, *LAST))

    @property
    def is_canvas(self) -> bool:
        """Whether this is Canvas's gradebook."""
        return STUDENT in self.known and not self.has_names

    def first(self, row: Row, names: Sequence[str]) -> str:
        """What stands in the first of these columns that has anything."""
        return next((found for name in names if (found := self.cell(row, name))), "")

    def cell(self, row: Row, name: str) -> str:
        """What a row has in a column."""
        place = self.known.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def name(self, row: Row) -> str:
        """A person's name, as it is spoken."""
        if whole := self.first(row, FULL_NAME):
            return whole
        if self.is_canvas:
            last, comma, first = self.cell(row, STUDENT).partition(",")
            return f"{first.strip()} {last.strip()}" if comma else last
        return f"{self.first(row, FIRST)} {self.first(row, LAST)}".strip()

    def is_nobody(self, row: Row) -> bool:
        """Whether this is one of the rows of Canvas's gradebook that are no people."""
        if not self.is_canvas:
            return False
        name = self.cell(row, STUDENT)
        return name in ("", "Student, Test", "Test Student") or name.startswith("Points Possible")


def heading(text: str) -> str:
    """A heading as it is compared: case, punctuation and Moodle's extra words do not matter."""
    return " ".join(re.sub(r"[^\w]|_", " ", text.casefold()).split())


def with_headings(rows: Sequence[Row]) -> tuple[Columns, Sequence[Row]] | None:
    """The columns and the rows of people; MarkUs writes no headings. None: no column is known."""
    columns = Columns.of(rows[0].cells)
    if columns.ids:
        return columns, rows[1:]
    if all(len(row.cells) == len(MARKUS) for row in rows) and (
        all(row.cells[0] and "@" not in row.cells[0] for row in rows)
        and all("@" in row.cells[5] for row in rows if row.cells[5])
        and any(row.cells[5] for row in rows)
    ):
        return Columns.of(MARKUS), rows
    return None
