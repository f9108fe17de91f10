"""A diagnosis in words: the cause, a question that leads on, and where to read again.

The words themselves stand in autograder/diagnosis/library. Standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import EITHER, Misconception, misconception, names_in

Lines = list[tuple[str, str]]
COUNTS = {2: "two", 3: "three", 4: "four"}
PLACES = ("first", "second", "third", "fourth")


def guidance(results: Sequence[CheckResult]) -> dict[str, Lines]:
    """For each failed check of which the cause is known, by its id, lines in place of its hint.

    A cause that several checks of an exercise share is explained at the first of them.
    """
    found: dict[str, Lines] = {}
    explained: dict[str, str] = {}
    for result in results:
        text = result.misconception or ""
        lines = explanation(text) if result.status == "failed" else []
        if lines and text in explained:
            lines = [("cause", f"the same as at `{explained[text]}`")]
        elif lines:
            explained[text] = result.id
        if lines:
            found[result.id] = lines
    return found


def explanation(text: str) -> Lines:
    """What to say of "e1.a", "e1.a + e1.b" (both at once) or "e1.a | e1.b" (one of the two).

    Names of later versions are passed over; none of several may hold then, so nothing is said.
    """
    known = misconceptions(text)
    if len(known) < 2:
        return [line for one in known for line in part("cause", one)] + reading(known)
    count = COUNTS.get(len(known), "several")
    if EITHER in text:
        lines = [("cause", f"one of {count} things: what came fits each of them equally well")]
        labels = ("either", *["or"] * (len(known) - 1))
    else:
        lines = [("cause", f"{count} things at once")]
        labels = (PLACES + ("then",) * len(known))[: len(known)]
    for label, one in zip(labels, known, strict=True):
        lines += part(label, one)
    return lines + reading(known)


def misconceptions(text: str | None) -> list[Misconception]:
    """Those that are known; none of several of which one holds, if one is unknown."""
    names = names_in(text)
    known = [one for name in names if (one := misconception(name))]
    return [] if EITHER in (text or "") and len(known) < len(names) else known


def part(label: str, one: Misconception) -> Lines:
    """What happens, and the question."""
    return [(label, f"{one.says} (`{one.name}`)"), ("question", one.asks)]


def reading(known: Sequence[Misconception]) -> Lines:
    """Where in the notebook to read again."""
    headings = dict.fromkeys(f"“{one.see}”" for one in known)
    return [("read again", " and ".join(headings))] if known else []
