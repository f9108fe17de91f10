"""Submissions joined with the roster: whose each is, and nobody's whose it is not without doubt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.roster import Person, Roster
from autograder.intake.collect.formats import Owner
from autograder.intake.collect.names import safe_id, squashed, told_apart

CANVAS_NUMBER = "ID"  # the heading in Canvas's gradebook


@dataclass(frozen=True)
class Who:
    """Whose a submission is.

    person: the one on the roster, None if there is none without doubt or it is a group's. members:
    of the group, empty if there is none. surely: by an id, not only by a name. unclear: why it is
    nobody's, if it could be somebody's.
    """

    person: Person | None = None
    members: tuple[Person, ...] = ()
    surely: bool = False
    unclear: str = ""


class People:
    """Finds people and groups by an LMS's words."""

    def __init__(self, roster: Roster) -> None:
        """Index names without their spaces, and groups."""
        self.roster = roster
        self.ids = {person.id: person for person in roster.people}
        self.names: dict[str, set[str]] = defaultdict(set)
        self.members: dict[str, list[Person]] = defaultdict(list)
        for person in roster.people:
            for name in orders(person.name):
                self.names[name].add(person.id)
            if squashed(person.group):
                self.members[squashed(person.group)].append(person)

    def who(self, owner: Owner) -> Who:
        """Whose a submission is."""
        known = [(word, p) for word in owner.ids if (p := self.roster.find(word))]
        sure = {person.id: person for _, person in known}
        named, group = self.by_name(owner.name), self.members.get(squashed(owner.name), [])
        if named is None and "-" in owner.name and not (sure or group):
            named, group = self.in_team(owner.name)
        if number := self.by_number(owner.number, named, group):
            sure[number.id] = number
        claims = sure | ({named.id: named} if named and not (sure and group) else {})
        if len(claims) > 1:
            names = " and ".join(sorted(claims))
            return Who(unclear=f"its name and ids belong to {names}")
        if not claims and not group and len(same := self.names.get(squashed(owner.name), ())) > 1:
            return Who(unclear=f"its name is that of {' and '.join(sorted(same))}")
        person = next(iter(claims.values()), None)
        if group and person and person.id not in {member.id for member in group}:
            return Who(unclear=f"its name is {person.id}'s and a group's")
        by_id = any(squashed(word) not in orders(p.name) for word, p in known) or bool(number)
        return Who(person, tuple(group), by_id)

    def by_name(self, name: str) -> Person | None:
        """The person of this name; Canvas leaves spaces and commas out of names."""
        if found := self.roster.find(name):
            return found
        ids = self.names.get(squashed(name), set())
        return self.ids[next(iter(ids))] if len(ids) == 1 else None

    def in_team(self, name: str) -> tuple[Person | None, list[Person]]:
        """The person and the team of a name like "Team-Ada Lovelace", as Moodle once wrote them."""
        parts = name.split("-")
        for at in range(1, len(parts)):
            team = self.members.get(squashed("-".join(parts[:at])), [])
            person = self.by_name("-".join(parts[at:]))
            if person and person.id in {member.id for member in team}:
                return person, team
        return None, []

    def by_number(
        self, number: str, named: Person | None, group: Iterable[Person]
    ) -> Person | None:  # fmt: skip
        """The person of an LMS's number, where it cannot be another number of somebody else.

        Numbers of Canvas and of a university may be the same: a number counts if the roster has it
        as Canvas's, or if the name says the same.
        """
        found = self.roster.find(number) if number else None
        if found is None:
            return None
        known = found.columns.get(CANVAS_NUMBER, "").strip() == number
        agrees = found.id in {p.id for p in (named, *group) if p is not None}
        return found if known or agrees else None

    def partners(self, person: Person) -> tuple[Person, ...]:
        """Everybody in a person's group, in the roster's order; nobody if alone."""
        found = self.roster.partners(person.id)
        return found if len(found) > 1 else ()

    def own_id(self, owner: Owner) -> str:
        """The folder's name of a submission that is nobody's on the roster."""
        name = owner.ids[0] if owner.key.startswith("blackboard ") else owner.name
        if owner.number and owner.number not in name:
            name = f"{name}_{owner.number}"
        elif owner.key.startswith("moodle ") and not owner.key.endswith(name):
            name = f"{name}_{owner.key.split()[1]}"
        found = safe_id(name)
        taken = {safe_id(id).casefold() for id in self.ids}
        return f"{found}-{told_apart(owner.key)}" if found.casefold() in taken else found


def orders(name: str) -> set[str]:
    """A name in one word, begun at each of its parts: with the last name first, and so on."""
    parts = name.replace(",", " ").split()
    return {squashed("".join(parts[at:] + parts[:at])) for at in range(len(parts))} - {""}
