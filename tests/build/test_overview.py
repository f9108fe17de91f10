"""What the prose says of all exercises together follows from the check modules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.build import BuildError
from autograder.build.effort import in_hours
from autograder.build.errors import Place
from autograder.build.overview import filled
from autograder.build.registered import Asked, as_phrase
from autograder.build.text import TextCell

CODE = Asked("E1", 2.5, "boxes")
MORE = Asked("E2", 1.0, "more boxes")
TASK = Asked("T1", 0.0, "nothing")
WORDS = Asked("E3", 4.0, "why boxes", by_hand=True)


def fill(text: str, *exercises: Asked) -> str:
    cell = TextCell("prose", "", text, None, Place(Path("notebooks/text/tiny.py"), 7))
    return filled(cell, {each.id: each for each in exercises})


def test_the_table_lists_what_gives_points_and_who_marks_it() -> None:
    assert fill("{{exercises}}", CODE, TASK, MORE).splitlines() == [
        "| | you write | points |",
        "|---|---|---|",
        "| **E1** | boxes | 2.5 |",
        "| **E2** | more boxes | 1 |",
    ]
    assert fill("{{exercises}}", CODE, WORDS).splitlines()[1:] == [
        "|---|---|---|---|",
        "| **E1** | boxes | 2.5 | tests |",
        "| **E3** | why boxes | 4 | a person |",
    ]


def test_sums_are_digits_or_words_and_keep_a_capital_letter() -> None:
    said = fill(
        "{{points}}: {{points by tests}} + {{points by hand}}. {{Points by hand in words}}, not "
        "{{points in words}}, {{points by tests in words}}.",
        MORE, WORDS,
    )  # fmt: skip
    assert said == "5: 1 + 4. Four, not five, one."
    assert fill("{{points in words}} {{points in words}}", CODE) == "2.5 2.5"
    assert fill("{{points in words}}", Asked("E1", 13.0)) == "13"


def test_ids_that_a_person_marks_are_listed() -> None:
    more = [Asked(f"E{n}", 1.0, by_hand=True) for n in (4, 5)]
    assert fill("{{exercises by hand}}", CODE, WORDS) == "E3"
    assert fill("{{exercises by hand}}", CODE, WORDS, *more) == "E3, E4 and E5"
    assert fill("{{exercises by hand}}", CODE) == ""


def test_time_and_difficulty_stand_in_the_table_where_they_are_known() -> None:
    timed = Asked("E4", 2.0, "crates", minutes=25, difficulty=2)
    assert fill("{{exercises}}", timed, MORE).splitlines() == [
        "| | you write | points | minutes | difficulty |",
        "|---|---|---|---|---|",
        "| **E4** | crates | 2 | 25 | ●●○ |",
        "| **E2** | more boxes | 1 | | |",
    ]


def test_an_exercise_says_what_it_is_worth_and_how_long_it_takes() -> None:
    timed = Asked("E4", 2.0, minutes=25, difficulty=3)
    assert fill("{{about E4}}", timed) == "*2 points · about 25 minutes · ●●●*"
    assert fill("{{about E2}}", MORE) == "*1 point*"
    assert fill("{{about T1}}", TASK) == ""


def test_a_part_adds_up_its_exercises_and_the_answers_in_words_inside_it() -> None:
    parts = {
        id: Asked(id, points, minutes=minutes)
        for id, points, minutes in [("G1.1", 1.0, 20), ("T1.2", 0.0, 24), ("G2.1", 3.0, 70)]
    }
    words = ["T1.2", "T1.3", "T2.1", "T10.1"]
    cell = TextCell("prose", "", "", None, Place(Path("tiny.py"), 1))

    def said(text: str) -> str:
        return filled(replace(cell, source=text), parts, words)

    assert said("{{about part 1}}") == "*1 point · about 50 minutes*"  # 44, and two answers
    assert said("{{about part 10}}") == "*no points · about 5 minutes*"
    assert said("{{about all}}") == "about 2 hours"
    assert said("{{about all G}}") == "about 1½ hours"


def test_hours_are_rounded_to_halves_and_minutes_to_five() -> None:
    said = {minutes: in_hours(minutes) for minutes in (7, 88, 90, 135, 305)}
    assert said == {
        7: "about 5 minutes",
        88: "about 90 minutes",
        90: "about 1½ hours",
        135: "about 2 hours",
        305: "about 5 hours",
    }


def test_formulas_stay_as_they_are() -> None:
    formula = r"$\frac{{a}_1}{{2}}$ and $x^{{\top}}$ and {one} brace"
    assert fill(formula, CODE) == formula


def test_an_unknown_placeholder_is_refused_with_its_line() -> None:
    with pytest.raises(BuildError) as error:
        fill("One line,\n{{exercise}} on the next.", CODE)
    assert str(error.value) == (
        "notebooks/text/tiny.py:9: no placeholder '{{exercise}}'; did you mean 'exercises'?"
    )
    with pytest.raises(BuildError, match=r"\{\{about E11\}\}'; did you mean 'about E1'\?"):
        fill("{{about E11}}", CODE)


def test_a_title_becomes_a_phrase() -> None:
    titles = ["Several heads", "RMSNorm", "MLP", "A block"]
    assert list(map(as_phrase, titles)) == ["several heads", "RMSNorm", "MLP", "a block"]
