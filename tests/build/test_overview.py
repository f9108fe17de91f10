"""What the prose says of all exercises together follows from the check modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.build import BuildError
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


def test_formulas_stay_as_they_are() -> None:
    formula = r"$\frac{{a}_1}{{2}}$ and $x^{{\top}}$ and {one} brace"
    assert fill(formula, CODE) == formula


def test_an_unknown_placeholder_is_refused_with_its_line() -> None:
    with pytest.raises(BuildError) as error:
        fill("One line,\n{{exercise}} on the next.", CODE)
    assert str(error.value) == (
        "notebooks/text/tiny.py:9: no placeholder '{{exercise}}'; did you mean 'exercises'?"
    )


def test_a_title_becomes_a_phrase() -> None:
    titles = ["Several heads", "RMSNorm", "MLP", "A block"]
    assert list(map(as_phrase, titles)) == ["several heads", "RMSNorm", "MLP", "a block"]
