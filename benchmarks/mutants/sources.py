"""The right programs that are changed, and a sample of their mutants."""

from __future__ import annotations

import ast
import random
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from benchmarks.mutants.mutant import Mutant, Source, mutants
from tests.answers import REFERENCE, SOLUTIONS, answers, reference


def sources(exercise: str) -> list[Source]:
    """The reference of an exercise, then the right answers to it."""
    file, names = REFERENCE[exercise]
    text = (SOLUTIONS / file).read_text(encoding="utf-8")
    first = next(n.lineno for n in ast.parse(text).body if getattr(n, "name", "") == names[0])
    found = [Source(exercise, f"solutions/assignment4/{file}", reference(exercise), first)]
    return found + [
        Source(exercise, f"tests/right_answers/{answer.name}.py", answer.code)
        for answer in answers("right")
        if answer.exercise == exercise
    ]


def all_mutants(exercise: str) -> list[Mutant]:
    """All mutants of all sources of an exercise, each program once."""
    seen: set[str] = set()
    found = []
    for source in sources(exercise):
        for mutant in mutants(source):
            if mutant.code not in seen:
                seen.add(mutant.code)
                found.append(mutant)
    return found


def sample(found: Iterable[Mutant], size: int, seed: int) -> list[Mutant]:
    """Some mutants: the operators take turns, those of the reference first, the rest by lot."""
    draw = random.Random(seed)
    piles: dict[str, deque[Mutant]] = defaultdict(deque)
    shuffled = sorted(found, key=lambda mutant: mutant.id)
    draw.shuffle(shuffled)
    for mutant in sorted(shuffled, key=lambda m: not m.source.key.endswith("/reference")):
        piles[mutant.operator].append(mutant)
    return [mutant for _, mutant in zip(range(size), turns(piles), strict=False)]


def turns(piles: dict[str, deque[Mutant]]) -> Iterator[Mutant]:
    """One from each pile in turn until all are empty."""
    while any(piles.values()):
        for operator in sorted(piles):
            if piles[operator]:
                yield piles[operator].popleft()
