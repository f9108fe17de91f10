"""The roster: who takes the course, with the ids that their LMS knows them by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from autograder.course.csv_rows import BadTable, Row, read_rows
from autograder.course.person_words import Index
from autograder.course.roster_columns import (
    EMAIL,
    FULL_NAME,
    GROUP,
    IDS,
    SECTION,
    STUDENT,
    Columns,
    with_headings,
)

EXPECTED = (
    "the roster of Canvas (gradebook export: Student, ID, SIS Login ID, Section), Moodle (First "
    "name, Last name, Email address, ID number, Groups), MarkUs (user_name,last_name,first_name,"
    "section,id_number,email) or Blackboard (Last Name, First Name, Username, Student ID), or a "
    "table with the headings id,name,email,group,section"
)


class BadRoster(Exception):
    """A roster that cannot be used; the message says file, line, what is wrong and what to do."""


@dataclass(frozen=True)
class Person:
    """One student.

    id: the name that folders, gradebook and reports use. group: the name of the pair or group,
    empty if alone. columns: the roster's own row by its own headings, for exports.
    """

    id: str
    name: str = ""
    email: str = ""
    group: str = ""
    section: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Roster:
    """Everybody, in the file's order."""

    people: tuple[Person, ...] = ()

    def find(self, *words: str) -> Person | None:
        """The one person to whom one of these words belongs without doubt; None if there is none.

        A word is an id, a login, a number of the LMS, an e-mail address or its part before the @,
        or a name in any order of its parts; case, accents and punctuation do not matter. Words
        that belong to two people leave a doubt, whichever way they do.
        """
        found = self._index.people(words)
        return self.people[found.pop()] if len(found) == 1 else None

    def partners(self, id: str) -> tuple[Person, ...]:
        """Everybody in this person's group, the person included; just the person if alone.

        Nobody if the roster does not have this id.
        """
        person = next((person for person in self.people if person.id == id), None)
        if person is None:
            return ()
        if not person.group:
            return (person,)
        return tuple(other for other in self.people if other.group == person.group)

    @cached_property
    def _index(self) -> Index:
        """Everybody by each word."""
        index = Index()
        for place, person in enumerate(self.people):
            index.add_name(person.name, place)
            index.add_id(person.id, place)
            index.add_email(person.email, place)
            columns = Columns.of(tuple(person.columns))
            values = tuple(person.columns.values())
            for heading in columns.ids:
                index.add_email(columns.cell(Row(0, values), heading), place)
        return index


def without_zeros(roster: Roster | None, ids: Iterable[str]) -> str:
    """A sentence if the roster has ids that lost the zeros at their beginning; else empty.

    ids: those that students are known by already.
    """
    known = {person.id for person in roster.people} if roster else set()
    lost = sorted(id for id in set(ids) - known if id.isdecimal() and id.lstrip("0") in known)
    if not lost:
        return ""
    return (f"the roster has {lost[0].lstrip('0')} for {lost[0]}"
            f"{f', and so for {len(lost) - 1} more' if lost[1:] else ''}: a spreadsheet has taken "
            "zeros away; give the file as the LMS wrote it")  # fmt: skip


def read_roster(path: Path, groups: Path | None = None) -> Roster:
    """Read a CSV with an LMS's columns; raises BadRoster.

    groups: a second file with who is in which group, for a roster that does not say it: Canvas's
    export of a set of groups, MarkUs's (group, members), or the columns group and id.
    """
    try:
        rows = read_rows(path)
        found = with_headings(rows) if rows else None
        if found is None:
            first = rows[0].cells if rows else ()
            seen = ", ".join(repr(cell) for cell in first[:12]) or "nothing"
            raise BadTable(f"{path}:1: no column that tells people apart: this needs {EXPECTED}; "
                           f"the first row holds {seen}")  # fmt: skip
        people = people_of(path, *found)
        if not people:
            raise BadTable(f"{path}: there is nobody below the headings")
        roster = Roster(tuple(people))
        return grouped(roster, groups, read_rows(groups)) if groups else roster
    except BadTable as error:
        raise BadRoster(str(error)) from error


def people_of(path: Path, columns: Columns, rows: Sequence[Row]) -> list[Person]:
    """Everybody in the table; raises BadTable."""
    rows = [row for row in rows if not columns.is_nobody(row)]
    id_column = next((name for name in columns.ids if any(columns.cell(r, name) for r in rows)),
                     columns.ids[0])  # fmt: skip
    title = columns.headings[columns.known[id_column]]
    lines: dict[str, int] = {}
    people = []
    for row in rows:
        if any(row.cells[len(columns.headings) :]):
            raise BadTable(f"{path}:{row.line}: {len(row.cells)} cells below "
                           f"{len(columns.headings)} headings: a comma within a cell needs quotes "
                           "around the cell")  # fmt: skip
        id = columns.cell(row, id_column)
        if fault := id_fault(id):
            who = columns.name(row) or columns.first(row, EMAIL) or "this row"
            raise BadTable(f"{path}:{row.line}: {title!r} is the column of ids, and {who} {fault}")
        before = lines.setdefault(id.casefold(), row.line)
        if before != row.line:
            raise BadTable(f"{path}:{row.line}: the id {id!r} ({title!r}) stands in line {before} "
                           "already: everybody needs their own, and stands here once")  # fmt: skip
        cells = (*row.cells, *[""] * len(columns.headings))
        people.append(Person(
            id, columns.name(row), columns.first(row, EMAIL), columns.first(row, GROUP),
            columns.first(row, SECTION), dict(zip(columns.headings, cells, strict=False)),
        ))  # fmt: skip
    return people


def id_fault(id: str) -> str | None:
    """Why this cannot be an id, which names folders and nbgrader's students; None if it can."""
    from autograder.pipeline.student_names import name_fault

    if not id:
        return "has none: fill it in, or take the row out"
    if name_fault(id) or any(sign in id for sign in "/*?[]") or not id.isprintable():
        return f"has {id!r}: an id is a folder's name, without any of / \\ * ? [ ] < > \""
    if id.startswith("."):
        return f"has {id!r}: an id does not begin with a dot"
    if len(id.encode()) > 120:  # nbgrader's gradebook has room for 128
        return f"has {id[:20]!r}…: an id is no longer than 120 letters"
    return None


def grouped(roster: Roster, path: Path, rows: Sequence[Row]) -> Roster:
    """The roster with the groups of a second table; raises BadTable."""
    if not rows:
        raise BadTable(f"{path}: this list of groups is empty")
    groups: dict[str, str] = {}
    for line, group, words in members(rows):
        person = roster.find(*words)
        if person is None:
            raise BadTable(f"{path}:{line}: {', '.join(words) or 'a row without an id'}, of group "
                           f"{group!r}, is nobody on the roster, or not one alone")  # fmt: skip
        if groups.setdefault(person.id, group) != group:
            raise BadTable(f"{path}:{line}: {person.id} is in group {groups[person.id]!r} "
                           f"already, and here in {group!r}")  # fmt: skip
    return Roster(tuple(replace(p, group=groups.get(p.id, p.group)) for p in roster.people))


def members(rows: Sequence[Row]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Line, group, and the words for one member, from each row of a table of groups.

    MarkUs writes no headings: the group, then its members. Elsewhere names count only where a row
    has no id.
    """
    columns = Columns.of(rows[0].cells)
    if not any(name in columns.known for name in GROUP):
        yield from ((row.line, row.cells[0], (cell,)) for row in rows for cell in row.cells[1:]
                    if cell and row.cells[0])  # fmt: skip
        return
    for row in rows[1:]:
        found: list[str] = []
        for names in (IDS, (STUDENT, *FULL_NAME)):
            found = found or [cell for name in names if (cell := columns.cell(row, name))]
        if group := columns.first(row, GROUP):
            yield row.line, group, tuple(dict.fromkeys(found))
