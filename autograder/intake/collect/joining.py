"""Which folder each submission gets, when several are one person's or one group's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.course.roster import Person
from autograder.intake.collect.attempts import Attempt, HandedIn
from autograder.intake.collect.names import safe_id, told_apart
from autograder.intake.collect.people import People, Who
from autograder.intake.collect.store import Staged
from autograder.intake.manifest import Collected


@dataclass
class Entry:
    """What one user of the LMS handed in, on its way to a folder.

    good: attempts whose files are staged, the last one last; refused: a sentence for each of the
    others; last_refused: whether the last attempt is one of those. id and members: of the folder,
    once they are settled. twins: others who handed in the same files for the same group.
    """

    handed: HandedIn
    who: Who = field(default_factory=Who)
    good: list[tuple[Attempt, Staged]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    last_refused: bool = False
    id: str = ""
    members: tuple[Person, ...] = ()
    twins: list[Entry] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The digest of the attempt that counts; empty if there is none."""
        return self.good[-1][1].digest if self.good else ""

    @property
    def name(self) -> str:
        """The LMS's name for who handed this in."""
        return self.handed.owner.name


def settle(
    entries: Sequence[Entry], people: People, pairs: bool, before: Mapping[str, Collected]
) -> tuple[list[Entry], list[str]]:
    """Give every submission its folder; returns those left, and sentences for the instructor.

    pairs: whether one partner's submission counts for both, by the roster's groups. Only identical
    submissions are ever made one.
    """
    told: list[str] = []
    for entry in entries:
        entry.who = people.who(entry.handed.owner)
        if entry.who.unclear:
            told.append(f"{entry.name}: {entry.who.unclear}; it is kept under a name of its own")
    left = one_for_each_person(list(entries), told)
    for entry in left:
        partners = people.partners(entry.who.person) if pairs and entry.who.person else ()
        entry.members = entry.who.members or partners
    left = one_for_each_group(left, told)
    name_folders(left, people, before)
    return left, told


def one_for_each_person(entries: list[Entry], told: list[str]) -> list[Entry]:
    """Several submissions that claim one person: the one with the id counts, or nobody's does."""
    claims: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.who.person:
            claims[entry.who.person.id].append(entry)
    for person, several in claims.items():
        if len(several) < 2 or merge(several, entries):
            continue
        sure = [entry for entry in several if entry.who.surely]
        others = several if len(sure) != 1 else [e for e in several if e is not sure[0]]
        for entry in others:
            entry.who = Who(unclear=f"{len(several)} submissions are {person}'s by their names")
        names = ", ".join(entry.name for entry in several)
        kept = f"that of {sure[0].name} counts, by its id" if len(sure) == 1 else "none counts"
        told.append(f"{len(several)} submissions are {person}'s by their names ({names}): {kept}; "
                    "the others are kept under names of their own")  # fmt: skip
    return entries


def one_for_each_group(entries: list[Entry], told: list[str]) -> list[Entry]:
    """Several submissions of one group: identical ones are one, others count for their senders."""
    groups: dict[frozenset[str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.members:
            groups[frozenset(member.id for member in entry.members)].append(entry)
    for several in groups.values():
        if len(several) < 2 or merge(several, entries):
            continue
        senders = {entry.who.person.id for entry in several if entry.who.person}
        for entry in several:
            rest = tuple(m for m in entry.members if m.id not in senders)
            entry.members = () if entry.who.person else rest
        names = ", ".join(entry.name for entry in several)
        told.append(
            f"{names} are one group and handed in different work: each counts for its sender"
        )
    return entries


def merge(several: Sequence[Entry], entries: list[Entry]) -> bool:
    """Make identical submissions one, if they are; the others leave the list."""
    if not several[0].digest or len({entry.digest for entry in several}) > 1:
        return False
    several[0].twins += several[1:]
    for entry in several[1:]:
        entries.remove(entry)
    return True


def name_folders(
    entries: Sequence[Entry], people: People, before: Mapping[str, Collected]
) -> None:  # fmt: skip
    """Settle the folders' names: a member's who has one already, else the first on the roster."""
    used: set[str] = set()
    for entry in sorted(entries, key=lambda entry: entry.who.person is None):
        ids = [safe_id(member.id) for member in entry.members]
        if entry.who.person and not ids:
            ids = [safe_id(entry.who.person.id)]
        free = [id for id in ids if id not in used]
        found = next((id for id in free if id in before), free[0] if free else "")
        if not found:
            found = people.own_id(entry.handed.owner)
        if found.casefold() in {name.casefold() for name in used}:
            found = f"{found}-{told_apart(entry.handed.owner.key)}"
        used.add(found)
        entry.id = found
