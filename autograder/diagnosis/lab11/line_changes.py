"""What people do to a list of lines, besides choosing whose they are.

Each change takes the lines, whose they are, and the list that was found (from which it learns how
many are left, or how long a text may be), and gives what would come of it.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable
from typing import Any

Texts = list[str]
Change = Callable[[Texts, str, Texts], Texts]


def each(change: Callable[[str], str]) -> Change:
    """The same done to every text."""
    return lambda lines, name, found: [change(line).strip() for line in lines]


def without_short_ones(lines: Texts, name: str, found: Texts) -> Texts:
    """Only texts at least as long as the shortest that was found, where that leaves out more than
    the empty ones."""
    least = min(map(len, found))
    kept = [line for line in lines if len(line) >= least]
    return lines if kept == without_empty_ones(lines, name, found) else kept


def without_empty_ones(lines: Texts, name: str, found: Texts) -> Texts:
    """Only texts with something in them."""
    return [line for line in lines if line]


def cut_off(lines: Texts, name: str, found: Texts) -> Texts:
    """Every text ends after as many characters as the longest that was found."""
    most = max(map(len, found))
    return [line[:most].strip() for line in lines]


def in_order(key: Callable[[str], Any], reverse: bool = False) -> Change:
    """The texts sorted, where those that were found begin so."""

    def change(lines: Texts, name: str, found: Texts) -> Texts:
        first = found[:50]
        is_so = first == sorted(first, key=key, reverse=reverse)
        return sorted(lines, key=key, reverse=reverse) if is_so else lines

    return change


def scrambled(lines: Texts, name: str, found: Texts) -> Texts:
    """The same texts in any order but those that have a name of their own."""
    if len(found) != len(lines) or sorted(found) != sorted(lines):
        return lines
    own = (sorted(lines), sorted(lines, key=len), lines[::-1], sorted(lines, reverse=True))
    return lines if found in own else found


def any_order_once(lines: Texts, name: str, found: Texts) -> Texts:
    """Each text once, in no order: what a set makes of a list."""
    once = list(dict.fromkeys(lines))
    if len(found) != len(once) or len(once) == len(lines) or set(found) != set(once):
        return lines
    return lines if found in (once, sorted(once), once[::-1]) else found


def several_times(lines: Texts, name: str, found: Texts) -> Texts:
    """The whole list, or every line of it, several times."""
    times = len(found) // max(1, len(lines))
    if not 2 <= times <= 100:
        return lines
    one_by_one = [line for line in lines for _ in range(times)]
    return one_by_one if one_by_one == found else lines * times


def in_quotes(line: str) -> str:
    """As it is written in code."""
    return json.dumps(line, ensure_ascii=False)


def from_the_middle(lines: Texts, name: str, found: Texts) -> Texts:
    """A piece from the middle, neither from the first line on nor up to the last."""
    if not 2 <= len(found) < len(lines) - 1:
        return lines
    for start in range(1, len(lines) - len(found)):
        if lines[start] == found[0] and lines[start : start + len(found)] == found:
            return found
    return lines


def every_other(lines: Texts, name: str, found: Texts) -> Texts:
    """One of two lines, or of three, ..."""
    steps = range(2, 11) if len(found) > 2 else ()
    return next((lines[start::step] for step in steps for start in range(step)
                 if lines[start::step] == found), lines)  # fmt: skip


WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
# Several rows of one name begin with it.
OF_THE_LIST: dict[str, Change] = {
    "empty-lines-left-out": without_empty_ones,
    "short-lines-left-out": without_short_ones,
    "each-text-once": lambda lines, name, found: list(dict.fromkeys(lines)),
    "set-for-a-list/made a list": any_order_once,
    "sorted": in_order(str),
    "sorted/backwards": in_order(str, reverse=True),
    "sorted/by length": in_order(len),
    "turned-round": lambda lines, name, found: lines[::-1],
    "order-lost": scrambled,
    "only-the-first": lambda lines, name, found: lines[: len(found)],
    "first-ones-missing": lambda lines, name, found: lines[max(0, len(lines) - len(found)) :],
    "piece-of-the-middle": from_the_middle,
    "only-some-of-the-lines": every_other,
    "lines-repeated": several_times,
}
OF_THE_TEXTS: dict[str, Change] = {
    "upper-or-lower-case/lower": each(str.lower),
    "upper-or-lower-case/upper": each(str.upper),
    "upper-or-lower-case/title": each(str.title),
    "upper-or-lower-case/capital": each(str.capitalize),
    "name-in-front/colon": lambda lines, name, found: [f"{name}: {line}".strip() for line in lines],
    "name-in-front/first name": lambda lines, name, found: [
        f"{name.split()[0]}: {line}".strip() for line in lines
    ],
    "name-in-front/capitals": lambda lines, name, found: [
        f"{name.upper()}: {line}".strip() for line in lines
    ],
    "punctuation-taken-out": each(lambda line: line.translate(WITHOUT_PUNCTUATION)),
    "punctuation-taken-out/other signs": each(lambda line: re.sub(r"[^\w\s]", "", line)),
    "white-space-changed": each(lambda line: " ".join(line.split())),
    "white-space-changed/taken out": each(lambda line: "".join(line.split())),
    "white-space-changed/line ends": each(lambda line: line.replace("\n", " ")),
    "texts-cut-off": cut_off,
    "quotes-around-the-texts": each(in_quotes),
    "quotes-around-the-texts/single": each(repr),
    "end-mark-added": lambda lines, name, found: [f"{line}<|endoftext|>" for line in lines],
}
CHANGES = OF_THE_LIST | OF_THE_TEXTS
