"""The roster: who takes the course, with the ids that their LMS knows them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class BadRoster(Exception):
    """A roster that cannot be used; the message says file, line, what is wrong and what to do."""


@dataclass(frozen=True)
class Person:
    """One student.

    id: the name that folders, gradebook and reports use. group: the name of the pair or group, empty
    if alone. columns: the roster's own row by its own headings, for exports.
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
        or a name in any order of its parts; case, accents and punctuation do not matter.
        """
        raise NotImplementedError

    def partners(self, id: str) -> tuple[Person, ...]:
        """Everybody in this person's group, the person included; just the person if alone."""
        raise NotImplementedError


def read_roster(path: Path) -> Roster:
    """Read a CSV with an LMS's columns; raises BadRoster."""
    raise NotImplementedError
