"""Findings about the parts of an answer, and which failed checks each of them explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis


@dataclass(frozen=True)
class Finding:
    """A misconception that is proved, by its short name, or several of which one holds.

    explains: names of the checks that it makes fail by itself; may: of those that fail with it,
    where nothing else that was found explains them.
    """

    names: tuple[str, ...]
    explains: tuple[str, ...]
    may: tuple[str, ...] = ()


def explained(case: Case, found: Sequence[Finding]) -> Iterator[Diagnosis]:
    """One diagnosis for each failed check that the findings explain; it may hold several names."""
    for id in case.failed():
        check = id.partition(".")[2]
        here = [f for f in found if check in f.explains] or [f for f in found if check in f.may]
        open_ones = [f for f in here if len(f.names) > 1]
        if len(here) == 1:
            yield case.named(*here[0].names, checks=(id,), either=bool(open_ones))
        elif here and not open_ones:
            yield case.named(*dict.fromkeys(f.names[0] for f in here), checks=(id,))
