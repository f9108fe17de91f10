"""What the prose says of the exercises, written by the build: `{{exercises}}`, `{{about E1}}`.

So a new exercise changes no sentence of the text but those of its own section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from autograder.build.effort import about, about_all, about_part, dots
from autograder.build.errors import BuildError, Place, did_you_mean
from autograder.build.registered import Asked
from autograder.build.text import TextCell

PLACEHOLDER = re.compile(r"\{\{(?P<name>about [A-Za-z0-9. ]+|[A-Za-z][a-z ]*)\}\}")
ABOUT, PART, ALL = "about ", "part ", "all"
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve")  # fmt: skip
IN_WORDS = " in words"


def filled(cell: TextCell, table: Mapping[str, Asked], answers: Sequence[str] = ()) -> str:
    """A prose cell's text with its placeholders filled; a capital letter stays one.

    answers: ids of the answers in words that nobody marks; they take time, too.
    Raises BuildError at a placeholder that there is not.
    """

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        try:
            if name.startswith(ABOUT):
                return _about(name.removeprefix(ABOUT), table, answers)
            return _fact(name, [each for each in table.values() if each.points])
        except LookupError as error:
            line = cell.source.count("\n", 0, found.start()) + 1
            place = Place(cell.place.path, cell.place.line + line)
            hint = did_you_mean(name[0].lower() + name[1:], error.args[0])
            raise BuildError(place, f"no placeholder '{{{{{name}}}}}'{hint}") from None

    return PLACEHOLDER.sub(fill, cell.source)


def _about(name: str, table: Mapping[str, Asked], answers: Sequence[str]) -> str:
    """What `{{about NAME}}` becomes; raises LookupError with the names that there are."""
    if name == ALL or name.startswith(f"{ALL} "):
        letter = name.removeprefix(ALL).strip()  # "all E" leaves out T9.1
        chosen = [each for id, each in table.items() if id.startswith(letter)]
        return about_all(chosen, [id for id in answers if id.startswith(letter)])
    if name.startswith(PART):
        return about_part(name.removeprefix(PART), list(table.values()), answers)
    if name not in table:
        raise LookupError([*(f"{ABOUT}{id}" for id in table), f"{ABOUT}{ALL}", f"{ABOUT}{PART}1"])
    return about(table[name])


def _fact(name: str, graded: Sequence[Asked]) -> str:
    """What any other placeholder becomes; raises LookupError with those that there are."""
    key = name[0].lower() + name[1:]
    plain = key.removesuffix(IN_WORDS)
    if plain not in FACTS or (plain != key and plain not in SUMS):
        raise LookupError([*FACTS, *(f"{each}{IN_WORDS}" for each in SUMS)])
    text = FACTS[plain](graded)
    text = in_words(text) if plain != key else text
    return text[:1].upper() + text[1:] if name != key else text


def exercises(graded: Sequence[Asked]) -> str:
    """A table of the exercises; it says who marks them where not all are marked alike.

    Time and difficulty stand in it where at least one exercise has them.
    """
    head, by_person = ["", "you write", "points"], any(each.by_hand for each in graded)
    timed = any(each.minutes or each.difficulty for each in graded)
    rows = [[f"**{each.id}**", each.asks, f"{each.points:g}"] for each in graded]
    if by_person:
        head = ["", "", "points", "marked by"]
        for row, each in zip(rows, graded, strict=True):
            row.append("a person" if each.by_hand else "tests")
    if timed:
        head += ["minutes", "difficulty"]
        for row, each in zip(rows, graded, strict=True):
            row += [str(each.minutes or ""), dots(each.difficulty) if each.difficulty else ""]
    return "\n".join(_row(cells) for cells in (head, ["---"] * len(head), *rows))


def _row(cells: Sequence[str]) -> str:
    """One line of a table in markdown."""
    if set(cells) == {"---"}:
        return f"|{'|'.join(cells)}|"
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


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
