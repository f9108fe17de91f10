"""E5: a wrong model seen at work, twice at each of two sizes, and the tables it works with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.gpt_reading import Table, Values, fresh_weights, squeezed
from autograder.checks.evidence.known_blocks import KnownGPT, Seen, Sizes, known_gpt
from autograder.checks.expectations import CheckFailed
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.probe.errors import StudentFault

SMALL = Sizes()
# Other sizes, all different again: what is written out instead of read shows here, and what
# happens to be the same number at the small sizes is none here.
OTHER = Sizes(vocab_size=23, context_size=9, hidden_size=24, n_layer=4, n_head=6)
BATCHES = ((2, 6), (3, 5))
TOLERANCE = 3e-4  # relative: a LayerNorm's eps may be 1e-5 or 1e-6, see NORM_TOLERANCE
Names = tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One call with fresh weights: tokens x (N, T), what blocks and output gave, the weights."""

    gpt: KnownGPT
    x: Tensor
    seen: Seen
    values: Values

    @property
    def entry(self) -> Tensor | None:
        """What the first block took, (N, T, D); None for a model without Block."""
        return self.seen.calls[0]["x"] if self.seen.calls else None

    @property
    def exit(self) -> Tensor | None:
        """What the last block gave."""
        return self.seen.calls[-1]["y"] if self.seen.calls else None

    def token_tables(self) -> list[Tensor]:
        """Parameters as tables of V x D."""
        return [t for t in self.tables() if len(t) == self.gpt.sizes.vocab_size]

    def tables(self) -> list[Tensor]:
        """All parameters outside the blocks that are a table of vectors of hidden_size."""
        D, found = self.gpt.sizes.hidden_size, []
        for p in self.gpt.outside:
            shape = squeezed(p)
            if len(shape) == 2 and D in shape:
                found.append(Table(p.name, shape[1] != D).find(self.values))
        return found

    def vectors(self) -> list[Tensor]:
        """All parameters outside the blocks of hidden_size numbers."""
        D = self.gpt.sizes.hidden_size
        return [self.values[p.name].flatten() for p in self.gpt.outside if squeezed(p) == (D,)]


def run(gpt: KnownGPT, rng: Draw, N: int, T: int) -> Run:
    """Run the model on tokens that every table of embeddings has a row for."""
    values = fresh_weights(gpt, rng)
    x = rng.tokens(min(gpt.sizes.vocab_size, gpt.sizes.context_size), N, T)
    return Run(gpt, x, gpt.forward(x), values)


def explained(case: Case, names_of: Callable[[Run], Sequence[Names]]) -> list[Names]:
    """The explanations that hold in each of two runs, at the first sizes where none is "right".

    names_of: those that hold in one run; () among them means that nothing is wrong there.
    """
    for sizes in (SMALL, OTHER):
        with known_gpt(case.student, case.rng, sizes) as gpt:
            found: list[Names] | None = None
            for N, T in BATCHES:
                names = names_of(run(gpt, case.rng, N, T))
                found = [n for n in dict.fromkeys(names) if found is None or n in found]
                if not found:
                    break
        if () not in (found or ()):
            return fewest(found or [])
    return []


def fewest(found: Sequence[Names]) -> list[Names]:
    """Those explanations that need the fewest names."""
    least = min(map(len, found), default=0)
    return [names for names in found if len(names) == least]


def told(case: Case, found: Sequence[Names], checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """One explanation of one or more names; or two of one name each, of which one holds."""
    if len(found) == 1 and found[0]:
        yield case.named(*found[0], checks=checks)
    elif len(found) == 2 and all(len(names) == 1 for names in found):
        yield case.named(*(names[0] for names in found), checks=checks, either=True)


def quietly(part: Iterator[Diagnosis]) -> Iterator[Diagnosis]:
    """What a part finds; nothing more of it where the student's model does not even run."""
    try:
        yield from part
    except (StudentFault, CheckFailed):
        return


def same(found: Tensor, wanted: Tensor) -> bool:
    """Whether two tensors of numbers of about size 1 agree to rounding, and are not all 0."""
    if found.shape != wanted.shape or not torch.isfinite(wanted).all():
        return False
    size = float(wanted.abs().max())
    return size > 1e-6 and bool(((found - wanted).abs() <= TOLERANCE * size).all())


def multiple(found: Tensor, wanted: Tensor) -> float | None:
    """The c for which found = c wanted; None if there is none."""
    if found.shape != wanted.shape or not torch.isfinite(wanted).all():
        return None
    square = float(wanted.double().square().sum())
    if square == 0:
        return None
    c = float((found.double() * wanted.double()).sum()) / square
    return c if same(found, c * wanted) else None
