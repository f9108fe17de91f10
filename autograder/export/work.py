"""What every format is made of: everybody's final mark, and the LMS's own table to put it into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.course.finals import EXCUSED, MISSING, Final
from autograder.course.roster import Person, Roster
from autograder.export.cells import is_formula, points
from autograder.export.sheet import CannotExport, Sheet, sheet_of
from autograder.report.wording import number, plural, printable


@dataclass(frozen=True)
class Export:
    """One export.

    finals: everybody's marks; results: what results.json holds; sheet: the LMS's own table, if one
    was given; column: heading or name of the assignment's column there; missing: what who handed
    nothing in gets, "empty" or "zero"; gradebook: nbgrader's; comment: a short text for a student,
    by final mark.
    """

    assignment: str
    title: str
    finals: Sequence[Final]
    results: Mapping[str, Any]
    roster: Roster | None = None
    sheet: Sheet | None = None
    column: str | None = None
    missing: str = "empty"
    gradebook: Path | None = None
    comment: Callable[[Final], str] = field(default=lambda final: "")

    @property
    def most(self) -> float:
        """Full marks, as the course counts them."""
        return max((final.max_points for final in self.finals), default=0.0)

    def mark(self, final: Final, excused: str = "") -> str:
        """The cell with somebody's mark; empty where there is none."""
        if final.status == EXCUSED:
            return excused
        if final.status == MISSING:
            return "0" if self.missing == "zero" else ""
        return points(final.mark)

    def lms_sheet(self, what: str) -> Sheet:
        """The LMS's table, else the roster as one; what: which it is to be, for the message."""
        sheet = self.sheet or (sheet_of(self.roster) if self.roster else None)
        if sheet is None:
            raise CannotExport(f"this format needs {what}: give it with --fill, or as the roster")
        return sheet

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """The roster by id."""
        return {person.id: person for person in self.roster.people} if self.roster else {}

    def person(self, final: Final) -> Person:
        """Who that is on the roster; a person of that id and no more if not there."""
        return self.people.get(final.student, Person(final.student))


@dataclass(frozen=True)
class Exported:
    """A file's text; students: how many are in it; notes: about what is not, for the instructor."""

    text: str
    students: int
    notes: list[str]


@dataclass(frozen=True)
class Matched:
    """An LMS's rows with the marks that belong to them, by the rows' places.

    strange: places of rows that belong to nobody here; lost: marks that no row belongs to.
    """

    finals: Mapping[int, Final]
    strange: Sequence[int]
    lost: Sequence[Final]


def match(export: Export, sheet: Sheet, identity: Sequence[str]) -> Matched:
    """Find out whose each row is.

    identity: the headings of what identifies a student, the surest first. A student whom two rows
    fit gets neither.
    """
    by_id = {final.student: final for final in export.finals}
    folded = {final.student.casefold(): final for final in export.finals}
    found: dict[int, Final] = {}
    for place, row in enumerate(sheet.rows):
        if sheet.people:
            final = by_id.get(sheet.people[place].id)
        else:
            words = [word for name in identity if (word := sheet.cell(row, name))]
            final = final_of(words, by_id, folded, export.roster)
        if final is not None:
            found[place] = final
    students = [final.student for final in found.values()]
    sure = {place: final for place, final in found.items() if students.count(final.student) == 1}
    there = {final.student for final in sure.values()}
    return Matched(sure, [place for place in range(len(sheet.rows)) if place not in sure],
                   [final for final in export.finals if final.student not in there])  # fmt: skip


def final_of(
    words: Sequence[str], by_id: Mapping[str, Final], folded: Mapping[str, Final],
    roster: Roster | None,
) -> Final | None:  # fmt: skip
    """Whose row holds these words: by the first that says it."""
    for word in words:
        person = roster.find(word) if roster else None
        known = by_id.get(person.id) if person else folded.get(word.casefold())
        if known is not None:
            return known
    if roster is None:  # the part of an address before the @ is an id often enough
        return next((folded[name] for word in words
                     if (name := word.partition("@")[0].casefold()) in folded), None)  # fmt: skip
    return None


def without_formulas(
    finals: Iterable[tuple[Final, Sequence[str]]],
) -> tuple[list[tuple[Final, Sequence[str]]], list[str]]:
    """Rows that can go out, and a sentence about the others.

    Each comes with the cells that the LMS matches it by: changed they would match nobody, unchanged
    a spreadsheet would compute them.
    """
    found = list(finals)
    kept = [(final, ids) for final, ids in found if not any(map(is_formula, ids))]
    out = [final for final, ids in found if any(map(is_formula, ids))]
    why = "an id of theirs is a formula to a spreadsheet, so enter these marks by hand"
    return kept, [f"left out, because {why}: {names(out)}"] if out else []


def about(export: Export) -> list[str]:
    """Sentences about who has no mark in the file, whatever the format."""
    groups = (
        ("excused", [f for f in export.finals if f.status == EXCUSED]),
        ("not handed in", [f for f in export.finals if f.status == MISSING]),
        ("without a final mark", [f for f in export.finals if f.mark is None
                                  and f.status not in (EXCUSED, MISSING)]),
    )  # fmt: skip
    zero = {"not handed in": " (0 points)"} if export.missing == "zero" else {}
    return [f"{what}{zero.get(what, '')}: {names(found)}" for what, found in groups if found]


def unmatched(sheet: Sheet, matched: Matched, what: str) -> list[str]:
    """Sentences about marks without a row, and rows without a mark."""
    told = []
    if matched.lost:
        told.append(f"not in {sheet.name}; enter these marks by hand: {names(matched.lost)}")
    if matched.strange:
        told.append(f"{plural(len(matched.strange), 'row')} of {sheet.name} {what}")
    return told


def other_maximum(export: Export, theirs: str, lms: str) -> list[str]:
    """A sentence where the LMS counts other points than this course; theirs: as its cell says."""
    try:
        most = float(theirs.replace(",", "."))
    except ValueError:
        return []
    if abs(most - export.most) < 0.005:
        return []
    return [f"{lms} counts {number(most)} points and these marks are out of {number(export.most)}: "
            f"say `points = {number(most)}` in course.toml, or change it in {lms}"]  # fmt: skip


def names(finals: Iterable[Final]) -> str:
    """Who, in one line that no name can break."""
    return ", ".join(printable(" ".join(final.student.split())) for final in finals)
