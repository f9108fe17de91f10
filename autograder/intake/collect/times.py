"""When submissions came in, from a table that the LMS gives: Moodle's grading worksheet and others.

Moodle: "Identifier" (Participant 123456), "Full name", "Email address", "Status" and "Last modified
(submission)", as in mod/assign/gradingtable.php. Others: a column of ids, logins, names or e-mail
addresses and one of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.course.csv_rows import BadTable, Row, read_rows
from autograder.intake.collect.formats import Owner
from autograder.intake.collect.items import CannotCollect
from autograder.intake.collect.names import squashed

TIMES = ("last modified (submission)", "submitted_at", "submitted at", "date submitted",
         "submission time", "handed in", "handed_in", "timestamp", "time")  # fmt: skip
PEOPLE = ("identifier", "full name", "email address", "email", "username", "user name", "login",
          "student", "student id", "id number", "id", "name", "group", "group name",
          "sis login id", "sis user id")  # fmt: skip
STATUS, IDENTIFIER = "status", "identifier"
IDS = ("email address", "username", "id number")  # beside Moodle's identifier
FORMATS = (
    "%A, %d %B %Y, %I:%M %p", "%A, %B %d, %Y, %I:%M %p", "%A, %d %B %Y, %H:%M",
    "%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M", "%A, %d %B %Y, %I:%M:%S %p", "%d.%m.%Y %H:%M",
    "%d.%m.%Y, %H:%M",
)  # fmt: skip
NEVER = ("", "-", "never")


@dataclass(frozen=True)
class Told:
    """What the table says of one submission: when it came in, and whether late, None if nothing."""

    at: datetime
    late: bool | None = None


@dataclass(frozen=True)
class Times:
    """What the table says, by everything that its rows call a person; empty without a table.

    ids: what tells a person apart, by Moodle's "Participant 123456".
    """

    rows: Mapping[str, Told | None]
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def known(self, owner: Owner) -> Owner:
        """The owner with the ids that the table has for Moodle's number."""
        more = [id for word in owner.ids for id in self.ids.get(squashed(word), ())]
        return replace(owner, ids=(*owner.ids, *more))

    def of(self, owner: Owner, *others: str) -> Told | None:
        """What is said of one user; None if nothing, or different things."""
        words = (*owner.ids, owner.number, owner.name, owner.group, *others)
        found = {told for word in words if word and (told := self.rows.get(squashed(word)))}
        return found.pop() if len(found) == 1 else None


def read_times(path: Path, zone: tzinfo | None) -> Times:
    """Read the table; zone: of times without an offset, the machine's if None.

    Raises CannotCollect with the line that is wrong.
    """
    try:
        table = read_rows(path)
    except BadTable as error:
        raise CannotCollect(str(error)) from error
    headings = [heading.lower() for heading in table[0].cells] if table else []
    column = next((headings.index(name) for name in TIMES if name in headings), None)
    people = [number for number, name in enumerate(headings) if name in PEOPLE]
    if column is None or not people:
        raise CannotCollect(f"{path.name} has no columns of times and people: it needs one of "
                            f"{', '.join(TIMES[:3])}, and of {', '.join(PEOPLE[:3])}")  # fmt: skip
    status = headings.index(STATUS) if STATUS in headings else None
    rows: dict[str, Told | None] = {}
    for line, row in ((each.line, each.cells) for each in table[1:]):
        try:
            told = told_in(row, column, status, zone)
        except ValueError as error:
            raise CannotCollect(f"{path.name}, line {line}: {error}") from error
        for number in people:
            key = squashed(row[number]) if number < len(row) else ""
            # two rows that say different things of one name: nothing is known
            rows[key] = told if key and rows.get(key, told) == told else None
    return Times(rows, ids_in(headings, table[1:]))


def told_in(
    row: Sequence[str], column: int, status: int | None, zone: tzinfo | None
) -> Told | None:  # fmt: skip
    """What a row says; None if nothing was handed in. Raises ValueError with a sentence."""
    if len(row) <= column or row[column].lower() in NEVER:
        return None
    said = row[status].lower() if status is not None and len(row) > status else ""
    late = bool(re.search(r"\blate\b", said)) if said else None
    return Told(in_zone(parsed(row[column]), zone), late)


def ids_in(headings: Sequence[str], rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """The ids in each row of Moodle's worksheet, by its identifier; two rows of one: none."""
    if IDENTIFIER not in headings:
        return {}
    place, found = headings.index(IDENTIFIER), dict[str, tuple[str, ...]]()
    for cells in (row.cells for row in rows if len(row.cells) > place):
        ids = tuple(cell for heading, cell in zip(headings, cells, strict=False)
                    if heading in IDS and cell)  # fmt: skip
        key = squashed(cells[place])
        found[key] = () if key in found else ids
    return found


def in_zone(at: datetime, zone: tzinfo | None) -> datetime:
    """A time with its offset."""
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=zone) if zone else at.astimezone()


def parsed(text: str) -> datetime:
    """A time as LMSs write it; raises ValueError with a sentence."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(" ".join(text.split()), form)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no time that can be read without doubt: write it as "
                     "2026-11-28 22:10")  # fmt: skip
