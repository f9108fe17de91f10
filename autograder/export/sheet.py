"""A table as an LMS gave it, to be given back with marks in it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.course.roster import Person, Roster

BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
        codecs.BOM_UTF8: "utf-8-sig"}  # fmt: skip
DELIMITERS = ",;\t"
# what LMSs write behind the name of an assignment: Canvas its number, Blackboard points and number
BEHIND = re.compile(r"\s*(\(\d+\)|\[Total Pts:.*|\|\d+)\s*$")


class CannotExport(Exception):
    """A format that cannot be written; the message says what is missing and where to get it."""


@dataclass(frozen=True)
class Sheet:
    """An LMS's table: name for messages, headings, and rows of as many cells.

    people: whose the rows are, where that is known: a sheet that is the roster itself.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    people: tuple[Person, ...] = ()

    def has(self, *headings: str) -> bool:
        """Whether all of these columns are there."""
        return all(heading in self.headings for heading in headings)

    def cell(self, row: tuple[str, ...], heading: str) -> str:
        """A row's cell below a heading; empty if there is no such column."""
        return row[self.headings.index(heading)].strip() if heading in self.headings else ""


def read_sheet(path: Path) -> Sheet:
    """Read a table with its headings in the first line; raises CannotExport."""
    try:
        rows = [row for row in parted(decoded(path.read_bytes())) if any(row)]
    except (OSError, csv.Error, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise CannotExport(f"{path} cannot be read as a table: {why}") from error
    if not rows:
        raise CannotExport(f"{path} is empty: download it from the LMS again")
    headings = tuple(heading.strip() for heading in rows[0])
    width = len(headings)
    cells = (tuple([*row, *[""] * width][:width]) for row in rows[1:])
    return Sheet(path.name, headings, tuple(cells))


def sheet_of(roster: Roster) -> Sheet | None:
    """The roster as the LMS gave it; None if it is empty."""
    if not roster.people:
        return None
    headings = tuple(roster.people[0].columns)
    rows = (tuple(person.columns.get(heading, "") for heading in headings)
            for person in roster.people)  # fmt: skip
    return Sheet("the roster", headings, tuple(rows), roster.people)


def decoded(content: bytes) -> str:
    """Text in the encodings that LMSs and spreadsheets write."""
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return content.decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeError:
        return content.decode("cp1252")


def parted(text: str) -> list[list[str]]:
    """Rows of cells, parted at the sign that gives the first line the most cells."""
    readings = (list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
                for delimiter in DELIMITERS)  # fmt: skip
    return max(readings, key=lambda rows: len(rows[0]) if rows else 0)


def find_column(sheet: Sheet, assignment: str, wanted: str | None, taken: tuple[str, ...]) -> str:
    """The heading of an assignment's column, exactly as the LMS wrote it.

    wanted: the heading, or the assignment's name in the LMS; the one that tells the assignment's
    own name if left out ("Lab 11: GPT-2 (4711)" for lab11). taken: headings of other things. One
    that is wanted and not there is the name of a new column. Raises CannotExport.
    """
    others = [heading for heading in sheet.headings if heading not in taken]
    if wanted is None:
        key = re.compile(re.escape(plain(assignment)) + r"(?!\d)")
        found = [heading for heading in others if key.search(plain(title_of(heading)))]
    elif wanted in others:
        return wanted
    else:
        found = [heading for heading in others if plain(title_of(heading)) == plain(wanted)]
    if len(found) == 1:
        return found[0]
    if wanted is not None and not found:
        return wanted
    which = "several columns" if found else "no column"
    listed = "; ".join(found or others) or "none but those of the students"
    raise CannotExport(
        f"{sheet.name} has {which} for {assignment}: name one with --column (there are: {listed})"
    )


def title_of(heading: str) -> str:
    """An assignment's name without what the LMS writes behind it."""
    while (shorter := BEHIND.sub("", heading)) != heading:
        heading = shorter
    return heading


def plain(name: str) -> str:
    """A name for comparing: letters and digits."""
    return re.sub(r"[\W_]+", "", name.casefold())
