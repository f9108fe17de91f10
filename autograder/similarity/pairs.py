"""Which submissions share code, and how unusual in this class what they share is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations

from autograder.similarity.code import Work
from autograder.similarity.fingerprints import given, hashes

THRESHOLD = 0.7  # of an answer's own code; see tests/similarity: independent answers stay below
LEAST_OWN = 60  # fingerprints: an answer with fewer of its own has little room to differ
LEAST_RARE = 20  # fingerprints that two share and few others have
RARE_SHARE, RARE_LEAST, RARE_MOST = 0.05, 3, 15  # of the class, and students: more is a habit
REFERENCE = "the reference solution"


@dataclass(frozen=True)
class Shared:
    """What two answers to one exercise share.

    of_first, of_second: the share, from 0 to 1, of either one's own code; unusual: how many
    fingerprints of it few others have; weight: the same, each the heavier the fewer have it.
    """

    exercise: str
    of_first: float
    of_second: float
    unusual: int
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two submissions with exercises in which they are alike; second may be REFERENCE."""

    first: str
    second: str
    shared: tuple[Shared, ...]

    @property
    def weight(self) -> float:
        """How unusual all is that they share."""
        return sum(one.weight for one in self.shared)


@dataclass
class Likeness:
    """All of a class: pairs of students, and students with the reference, most unusual first.

    compared: how many answers to each exercise had enough code of their own; rare: how many may
    have written a passage for it to count as unusual; common: by exercise, the fingerprints that
    are too frequent; given: those of code that everybody was given.
    """

    threshold: float
    pairs: list[Pair] = field(default_factory=list)
    reference: list[Pair] = field(default_factory=list)
    compared: dict[str, int] = field(default_factory=dict)
    rare: dict[str, int] = field(default_factory=dict)
    common: dict[str, Set[int]] = field(default_factory=dict)
    given: Set[int] = frozenset()


def compare_class(
    works: Sequence[Work], exercises: Sequence[str], given_code: Iterable[str],
    reference: Mapping[str, str] | None = None, threshold: float = THRESHOLD,
) -> Likeness:  # fmt: skip
    """Compare everybody's answers to each exercise; those who handed in together are one.

    reference: the reference solution by exercise, which takes part without being counted.
    """
    found = Likeness(threshold, given=given(given_code))
    of_pair: dict[tuple[int, int], list[Shared]] = {}
    everybody = [*works, Work(REFERENCE, frozenset(), reference or {})]
    for exercise in exercises:
        own = own_code(everybody, exercise, found.given)
        for pair, shared in alike(own, exercise, len(works), found):
            if not everybody[pair[0]].members & everybody[pair[1]].members:
                of_pair.setdefault(pair, []).append(shared)
    for (i, j), shares in of_pair.items():
        listed = found.reference if j == len(works) else found.pairs
        listed.append(Pair(everybody[i].student, everybody[j].student, tuple(shares)))
    for listed in (found.pairs, found.reference):
        listed.sort(key=lambda pair: (-pair.weight, pair.first, pair.second))
    return found


def own_code(works: Sequence[Work], exercise: str, given: Set[int]) -> dict[int, set[int]]:
    """The fingerprints of each answer that are not given, by place, where these are enough."""
    seen: dict[str, set[int]] = {}
    found = {}
    for place, work in enumerate(works):
        code = work.code.get(exercise, "")
        if code not in seen:
            seen[code] = hashes(code) - given
        if len(seen[code]) >= LEAST_OWN:
            found[place] = seen[code]
    return found


def alike(
    own: Mapping[int, Set[int]], exercise: str, reference: int, found: Likeness
) -> Iterable[tuple[tuple[int, int], Shared]]:
    """Pairs of places whose answers are alike; reference: the place of the reference solution.

    Only pairs that share something rare are looked at: an index leads from fingerprints to answers.
    """
    holders: dict[int, list[int]] = {}
    for place, fingerprints in own.items():
        for one in fingerprints:
            holders.setdefault(one, []).append(place)
    students = sum(place != reference for place in own)
    most = max(RARE_LEAST, min(RARE_MOST, int(RARE_SHARE * students)))
    found.compared[exercise], found.rare[exercise] = students, most
    counts = {one: len(who) - (reference in who[-1:]) for one, who in holders.items()}
    found.common[exercise] = {one for one, count in counts.items() if count > most}
    # many fingerprints have the same holders: each group is gone through once
    groups = Counter(tuple(who) for one, who in holders.items()
                     if len(who) > 1 and counts[one] <= most)  # fmt: skip
    unusual: Counter[tuple[int, int]] = Counter()
    weight: Counter[tuple[int, int]] = Counter()
    for who, count in groups.items():
        # one who wrote it and the reference are as rare as two who wrote it
        heavy = count * math.log(max(students, 3) / max(2, len(who) - (who[-1] == reference)))
        for pair in combinations(who, 2):
            unusual[pair] += count
            weight[pair] += heavy  # type: ignore[assignment]
    for pair, count in unusual.items():
        first, second = own[pair[0]], own[pair[1]]
        both = len(first & second) if count >= LEAST_RARE else 0
        if both and both / min(len(first), len(second)) >= found.threshold:
            yield pair, Shared(exercise, both / len(first), both / len(second), count,
                               round(weight[pair], 1))  # fmt: skip
