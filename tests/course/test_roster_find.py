"""Whom a word means: never somebody else, and nobody where there is a doubt."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.course.roster import Person, Roster

ROSTER = Roster((
    Person("amueller", "Anna Maria Müller", "anna.m@example.org",
           columns={"SIS Login ID": "amueller", "ID": "1001", "SIS User ID": "S-77"}),
    Person("bobrien", "Ben O'Brien", "ben@example.org", columns={"ID": "1002"}),
    Person("cberg", "Chloé van der Berg-Smith", "chloe@example.org", columns={"ID": "1003"}),
    Person("lee1", "Ann Lee", "ann@example.org"),
    Person("lee2", "Ann Lee", "ann@example.com"),
    Person("müller"), Person("muller"),
    Person("twin", "Kim Twin", "lee1@example.com"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("word", "id"),
    [
        ("amueller", "amueller"),
        (" AMueller ", "amueller"),
        ("1001", "amueller"),
        ("s-77", "amueller"),
        ("anna.m@example.org", "amueller"),
        ("Anna.M", "amueller"),
        ("Müller, Anna Maria", "amueller"),
        ("MULLER ANNA MARIA", "amueller"),
        ("Anna_Maria-Mu\u0308ller", "amueller"),
        ("mullerannamaria", "amueller"),  # as Canvas writes it
        ("O’Brien Ben", "bobrien"),
        ("obrienben", "bobrien"),
        ("van der berg smith chloe", "cberg"),
        ("vanderbergsmithchloe", "cberg"),
        ("müller", "müller"),  # exactly so, though it looks like another one
        ("muller", "muller"),
        ("ann@example.com", "lee2"),
        ("Müller", None),  # neither of them exactly, and both nearly
        ("Anna", None),  # not a whole name
        ("Ann Lee", None),  # two of them
        ("annlee", None),
        ("ann", None),  # two addresses
        ("lee1", None),  # an id, and an address of somebody else
        ("nobody", None),
        ("", None),
        ("  ", None),
        ("@example.org", None),
        ("--", None),
    ],
)
def test_a_word_means_one_person_or_none(word: str, id: str | None) -> None:
    found = ROSTER.find(word)
    assert (found and found.id) == id


def test_words_that_mean_two_people_mean_nobody() -> None:
    assert ROSTER.find("amueller", "1001", "Anna Maria Müller").id == "amueller"
    assert ROSTER.find("nobody", "1002").id == "bobrien"
    assert ROSTER.find("amueller", "1002") is None
    assert ROSTER.find("Ann Lee", "lee2") is None  # whoever has an id for it says the id alone
    assert ROSTER.find() is None


names = st.lists(st.text("abä é'-", min_size=1, max_size=5), min_size=1, max_size=3).map(" ".join)
persons = st.builds(
    Person, st.text("ab1", min_size=1, max_size=3), names,
    st.just("") | st.text("ab1.", min_size=1, max_size=3).map(lambda t: f"{t}@example.org"),
)  # fmt: skip


@given(
    st.lists(persons, min_size=1, max_size=6, unique_by=lambda p: p.id),
    st.data(),
    st.sampled_from([str.upper, str.title, lambda t: unicodedata.normalize("NFD", t), str]),
)
def test_what_a_person_is_called_never_leads_to_another(
    people: list[Person], data: st.DataObject, change: Callable[[str], str]
) -> None:
    person = data.draw(st.sampled_from(people))
    parts = data.draw(st.permutations(person.name.split()))
    word = data.draw(
        st.sampled_from(
            [person.id, person.email, " ".join(parts), ", ".join(parts), "".join(parts)]
        )
    )
    found = Roster(tuple(people)).find(change(word))
    assume(word)
    assert found is None or found is person


@given(persons, st.data())
def test_somebody_alone_on_the_roster_is_found_by_all_they_are_called(
    person: Person, data: st.DataObject
) -> None:
    roster = Roster((person,))
    assert roster.find(person.id) is person
    if person.email:
        assert roster.find(person.email) is roster.find(person.email.split("@")[0]) is person
    parts = data.draw(st.permutations(person.name.split()))
    if any(c.isalpha() for c in person.name):
        assert roster.find(" ".join(parts)) is roster.find(", ".join(parts)) is person
