"""What the prose says of all exercises together, written by the build: `{{exercises}}`, and more.

So a new exercise changes no sentence of the text but those of its own section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from autograder.build.errors import BuildError, Place, did_you_mean
from autograder.build.registered import Asked
from autograder.build.text import TextCell

PLACEHOLDER = re.compile(r"\{\{(?P<name>[A-Za-z][a-z ]*)\}\}")
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve")  # fmt: skip
IN_WORDS = " in words"


def filled(cell: TextCell, table: Mapping[str, Asked]) -> str:
    """A prose cell's text with its placeholders filled; a capital letter stays one.

    Raises BuildError at a placeholder that there is not.
    """
    graded = [each for each in table.values() if each.points]

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        key = name[0].lower() + name[1:]
        plain = key.removesuffix(IN_WORDS)
        if plain not in FACTS or (plain != key and plain not in SUMS):
            line = cell.source.count("\n", 0, found.start()) + 1
            known = [*FACTS, *(f"{each}{IN_WORDS}" for each in SUMS)]
            raise BuildError(
                Place(cell.place.path, cell.place.line + line),
                f"no placeholder '{{{{{name}}}}}'{did_you_mean(key, known)}",
            )
        text = FACTS[plain](graded)
        text = in_words(text) if plain != key else text
        return text[:1].upper() + text[1:] if name != key else text

    return PLACEHOLDER.sub(fill, cell.source)


def exercises(graded: Sequence[Asked]) -> str:
    """A table of the exercises; it says who marks them where not all are marked alike."""
    if any(each.by_hand for each in graded):
        lines = ["| | | points | marked by |", "|---|---|---|---|"]
        return "\n".join(lines + [
            f"| **{e.id}** | {e.asks} | {e.points:g} | {'a person' if e.by_hand else 'tests'} |"
            for e in graded
        ])  # fmt: skip
    lines = ["| | you write | points |", "|---|---|---|"]
    return "\n".join(lines + [f"| **{e.id}** | {e.asks} | {e.points:g} |" for e in graded])


def by_hand(graded: Sequence[Asked]) -> str:
    """The ids of those that a person marks: "G1.2, G1.3 and G2.1"."""
    ids = [each.id for each in graded if each.by_hand]
    return " and ".join(filter(None, (", ".join(ids[:-1]), *ids[-1:])))


def in_words(number: str) -> str:
    """A small whole number in words, any other as it is."""
    return NUMBERS[int(number)] if number.isdecimal() and int(number) < len(NUMBERS) else number


SUMS: dict[str, Callable[[Sequence[Asked]], str]] = {
    "points": lambda graded: f"{sum(each.points for each in graded):g}",
    "points by tests": lambda graded: f"{sum(e.points for e in graded if not e.by_hand):g}",
    "points by hand": lambda graded: f"{sum(e.points for e in graded if e.by_hand):g}",
}
FACTS = {**SUMS, "exercises": exercises, "exercises by hand": by_hand}
