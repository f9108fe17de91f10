"""Submissions that are alike, as the report shows them: pairs, and passages side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.report.of_class.table import Column, Table

if TYPE_CHECKING:
    from autograder.similarity.code import Work
    from autograder.similarity.pairs import Likeness, Pair, Shared
    from autograder.similarity.passages import Row

PAIRS = 30  # shown; the file has all
PASSAGES = 3  # exercises of a pair whose code is shown, the most unusual


@dataclass(frozen=True)
class Passage:
    """What a pair shares in one exercise; rows: its code side by side."""

    shared: Shared
    rows: Sequence[Row]


@dataclass(frozen=True)
class PairView:
    """One pair as the page shows it; others: the exercises whose code is not shown."""

    pair: Pair
    passages: Sequence[Passage]
    others: Sequence[str]


@dataclass(frozen=True)
class Similar:
    """What was compared and found.

    works: the code of everybody by student; reference: the reference solution by exercise.
    """

    found: Likeness
    works: Mapping[str, Work]
    reference: Mapping[str, str]

    @property
    def left_out(self) -> int:
        """How many pairs only the file has."""
        return max(0, len(self.found.pairs) - PAIRS)

    @property
    def too_short(self) -> list[str]:
        """Exercises that leave too little room to compare anybody's answer."""
        return [id for id, count in self.found.compared.items() if count < 2]

    def pairs(self) -> list[PairView]:
        """The most unusual pairs with their passages."""
        return [self.view(pair) for pair in self.found.pairs[:PAIRS]]

    def like_reference(self) -> list[PairView]:
        """The same of students whose code is like the reference solution's."""
        return [self.view(pair) for pair in self.found.reference[:PAIRS]]

    def view(self, pair: Pair) -> PairView:
        """A pair with its code, the exercises with the most unusual code first."""
        from autograder.similarity.passages import side_by_side

        ordered = sorted(pair.shared, key=lambda one: (-one.weight, one.exercise))
        passages = []
        for one in ordered[:PASSAGES]:
            first = self.works[pair.first].code[one.exercise]
            work = self.works.get(pair.second)
            second = (work.code if work else self.reference)[one.exercise]
            common = self.found.common[one.exercise]
            rows = side_by_side(first, second, self.found.given, common)
            passages.append(Passage(one, rows))
        return PairView(pair, passages, [one.exercise for one in ordered[PASSAGES:]])

    def table(self) -> Table:
        """Every pair, one row for each exercise."""
        columns = [
            Column("first"), Column("second"), Column("exercise"),
            Column("share of the first", percent=True), Column("share of the second", percent=True),
            Column("unusual fingerprints"), Column("weight"), Column("weight of the pair"),
        ]  # fmt: skip
        return Table("similar", columns, [
            [pair.first, pair.second, one.exercise, round(one.of_first, 3),
             round(one.of_second, 3), one.unusual, one.weight, round(pair.weight, 1)]
            for pair in (*self.found.pairs, *self.found.reference) for one in pair.shared
        ])  # fmt: skip
