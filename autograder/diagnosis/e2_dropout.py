"""E2: where dropout acts, read off what is left of single outputs.

With biases at 0, a token alone gives y = o (m v) W_O^T: m is what dropout left of its only
attention weight, o what it left of each output. Which of the numbers are 0, alone or together, and
by which factor the others grew, tells what was dropped, and how often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.dropping import LOG_RARE, surprise, without_dust
from autograder.checks.evidence.reading import find_reading, flat
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.modules import NEAR, is_near, output_of
from autograder.probe.view import Handle, Student

D, DRAWS = 8, 1200
RATES = (0.13, 0.31)  # low enough that many outputs lose nothing; nobody's favourite rate
SEEN = 0.02  # of the cases: less is chance


def dropout_diagnosis(
    case: Case, checks: tuple[str, ...], right_otherwise: bool
) -> Iterator[Diagnosis]:
    """What is wrong with dropout, where its place and rate can be read off.

    right_otherwise: whether the module is right without dropout; else only a token alone is looked
    at, with one head, where most mistakes change nothing.
    """
    name = wrong_mode(case.student, case.rng)
    name = name or what_is_dropped(case.student, case.rng, right_otherwise)
    if name:
        yield case.named(name, checks=checks)


def what_is_dropped(student: Student, rng: Draw, right_otherwise: bool) -> str:
    """The misconception; empty if nothing is wrong, or nobody knows."""
    first, second = (Alone.watch(student, rng, rate) for rate in RATES)
    if first is None or second is None:
        return ""
    if not (first.plain and second.plain):
        return before_the_projection(student, rng) if right_otherwise else ""
    name = wrong_rate(first, second)
    if right_otherwise and name in ("", "dropout-not-scaled-up"):
        # rows that sum to one again look unscaled as well
        name = on_the_weights(student, rng, first) or name
    return name


def module_with(student: Student, rng: Draw, n_head: int, rate: float) -> Handle:
    """The student's module in evaluation mode, with fresh matrices and every bias 0."""
    module = student.MultiHeadCausalSelfAttention(D, n_head, rate)
    module.eval()
    rng.weights_for(module, std=D**-0.5, bias=False)
    return module


def wrong_mode(student: Student, rng: Draw) -> str:
    """Whether dropout acts in evaluation, or in neither mode, or at a rate of 0."""
    x = rng.normal(1, 4, D).expand(100, 4, D)
    module = module_with(student, rng, 2, 0.5)
    quiet = output_of(module, x)
    module.train()
    loud = output_of(module, x)
    if quiet is None or loud is None or not torch.isfinite(quiet).all():
        return ""
    in_evaluation, in_training = varies(quiet), varies(loud)
    if in_evaluation:
        return "dropout-in-evaluation" if in_training else "dropout-modes-swapped"
    if not in_training:
        return "no-dropout"
    never = module_with(student, rng, 2, 0.0)
    never.train()
    always = output_of(never, x)
    return "dropout-rate-fixed" if always is not None and varies(always) else ""


def varies(y: Tensor) -> bool:
    """Whether rows that come from the same input differ."""
    return not close(y, y[:1].expand_as(y))


def close(found: Tensor, wanted: Tensor) -> bool:
    """Whether all numbers agree, relative to the largest."""
    return bool(((found - wanted).abs() <= NEAR * wanted.abs().max()).all())


@dataclass(frozen=True)
class Alone:
    """What dropout at a rate makes of one token alone, with one head, seen many times.

    plain: whether each output is 0 or one and the same factor times what it is without dropout.
    rows: the share of cases in which all outputs are 0; outputs: the share of zeros in the others.
    """

    rate: float
    plain: bool
    factor: float | None
    rows: float
    outputs: float

    @classmethod
    def watch(cls, student: Student, rng: Draw, rate: float) -> Alone | None:
        """Look at it; None where no outputs come."""
        module = module_with(student, rng, 1, rate)
        x = rng.normal(1, 1, D)
        quiet = output_of(module, x)
        module.train()
        y = output_of(module, x.expand(DRAWS, 1, D))
        if quiet is None or y is None or bool((quiet == 0).any()):
            return None
        y, quiet = without_dust(y[:, 0].double()), quiet[0, 0].double()
        gone = (y == 0).all(1)
        left = y[~gone]
        if not len(left):
            return None
        at = int(quiet.abs().argmax())
        factors = left[:, at][left[:, at] != 0] / quiet[at]
        factor = float(factors.median()) if len(factors) else 0.0
        plain = factor != 0 and bool(
            ((left - factor * quiet).abs().masked_fill(left == 0, 0.0)
             <= NEAR * abs(factor) * quiet.abs().max()).all()
        )  # fmt: skip
        zeros = float((left == 0).double().mean())
        return cls(rate, plain, factor if plain else None, float(gone.double().mean()), zeros)


def wrong_rate(first: Alone, second: Alone) -> str:
    """Whether the factor tells of another rate than the given one, or of another count of dropouts.

    Dropout at rate p divides what stays by 1 - p, once for each time.
    """
    assert first.factor and second.factor
    on_weights, on_outputs = first.rows > SEEN, first.outputs > SEEN
    if not (on_weights or on_outputs):
        return ""
    if is_near(first.factor, 1.0) and is_near(second.factor, 1.0):
        return "dropout-not-scaled-up"
    times = {
        count for count in range(1, 5)
        if all(is_near(seen.factor or 0.0, (1 - seen.rate) ** -count) for seen in (first, second))
    }  # fmt: skip
    if not times:
        for count in (1, 2):
            if all(is_near(seen.factor or 0.0, seen.rate**-count) for seen in (first, second)):
                return "dropout-rate-inverted"
        for given in (0, 1):  # how many dropouts have the given rate; the others one of their own
            own = [(seen.factor or 0.0) * (1 - seen.rate) ** given for seen in (first, second)]
            if is_near(*own) and own[0] > 1 + SEEN:
                return "dropout-rate-fixed"
        return ""
    if max(times) > on_weights + on_outputs:
        if on_weights and not on_outputs and times == {2}:
            return "dropout-of-whole-outputs"
        return "dropout-too-often" if max(times) > 2 else ""
    if on_weights and on_outputs and times == {1}:
        return "dropout-not-scaled-up"
    if on_weights and not on_outputs:
        return "no-dropout-on-output"
    return ""


def on_the_weights(student: Student, rng: Draw, alone: Alone) -> str:
    """What happens to the two attention weights of the second of two tokens, with one head."""
    module = module_with(student, rng, 1, alone.rate)
    x = rng.normal(1, 2, D)
    single = output_of(module, x.reshape(2, 1, D))
    quiet = output_of(module, x)
    module.train()
    y = output_of(module, x.expand(DRAWS, 2, D))
    if single is None or quiet is None or y is None:
        return ""
    y = without_dust(y.double())
    values, weights = single[:, 0].double(), fitted(single[:, 0].double(), quiet[0, 1:].double())
    if weights is None:
        return ""
    whole = (y[:, 1] != 0).all(1) | (y[:, 1] == 0).all(1)
    kept = fitted(values, y[whole, 1])
    if kept is None or len(kept) < 50:
        return ""
    if not varies(kept) and alone.outputs > SEEN:
        return "no-dropout-on-weights"
    share = kept / weights  # (n, 2): 0, or a factor
    factor = float(share.max())
    if bool(((share.abs() < NEAR * factor) | ((share - factor).abs() < NEAR * factor)).all()):
        fates = share.abs() > NEAR * factor
        if bool((fates[:, 0] == fates[:, 1]).all()):
            return "dropout-of-whole-maps"
        return shared_by_heads(student, rng)
    sums = kept.sum(1)
    there = sums.abs() > NEAR
    if not close(sums[there], sums[there][:1].expand(int(there.sum()))):
        return ""
    return rows_that_sum(kept[there] / sums[there, None], weights[0], alone.rate)


def rows_that_sum(kept: Tensor, weights: Tensor, rate: float) -> str:
    """Rows that always sum to one: dropped and renormalised, or scores dropped before the softmax.

    Shapes: kept (n, 2), weights (2,). Dropped scores are 0 or s / (1 - rate), so the logits of the
    first weight are 0, a, -b and a - b, of which a - b is known.
    """
    fates = torch.stack([weights, torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])])
    if float((kept[:, None] - fates).abs().amax(2).amin(1).max()) < NEAR:
        return "renormalised-after-dropout"
    logits = (kept[:, 0] / kept[:, 1]).log()
    levels = logits.round(decimals=3).unique()
    both = float((weights[0] / weights[1]).log()) / (1 - rate)
    rest = [float(z) for z in levels if abs(float(z)) > 0.01 and abs(float(z) - both) > 0.01]
    if len(levels) <= 6 and rest and abs(max(rest) + min(rest) - both) < 0.01:
        return "dropout-before-softmax"
    return ""


def fitted(values: Tensor, y: Tensor) -> Tensor | None:
    """The factors by which two values were summed to y; None if they were not.

    Shapes: values (2, D), y (n, D) -> (n, 2).
    """
    factors = torch.linalg.lstsq(values.T, y.T).solution.T
    return factors if len(y) and close(factors @ values, y) else None


def shared_by_heads(student: Student, rng: Draw) -> str:
    """Whether two heads always drop the same weights: a lone token then loses both at once."""
    rate = RATES[1]
    module = module_with(student, rng, 2, rate)
    module.train()
    y = output_of(module, rng.normal(1, 1, D).expand(DRAWS, 1, D))
    if y is None:
        return ""
    share = (y == 0).all(-1).double().mean()
    fits = {p: DRAWS * float(surprise(share, torch.tensor(p).double())) <= LOG_RARE
            for p in (rate, rate**2)}  # fmt: skip
    return "dropout-shared-by-heads" if fits[rate] and not fits[rate**2] else ""


def before_the_projection(student: Student, rng: Draw) -> str:
    """What is dropped that still goes through a matrix: heads, values, or the input itself."""
    rate = RATES[0]
    module = student.MultiHeadCausalSelfAttention(D, 1, rate)
    module.eval()
    reading = find_reading(module, rng, D, 1, projected=True)
    if reading is None or reading.output is None:
        return ""
    drawn = rng.weights_for(module, std=D**-0.5, bias=False, parameters=reading.parameters)
    numbers = flat(drawn, [p.name for p in reading.parameters])
    back = torch.linalg.inv(numbers[reading.output].flatten(1).T)
    value = numbers[reading.value].flatten(1)
    x = rng.normal(1, 2, D)
    quiet = output_of(module, x)
    module.train()
    y = output_of(module, x.expand(DRAWS, 2, D))
    if quiet is None or y is None:
        return ""
    gone = (y == 0).all(-1)
    on_weights, on_outputs = happens(gone), happens(y[~gone] == 0)
    first = heads_of(y[:, 0].double(), back)
    entries = x[0].double() @ value  # (2, D): v_1, v_2
    if not len(first):
        return ""
    if dropped_from(first @ torch.linalg.inv(value), x[0, 0].double()):
        return "dropout-on-the-input"
    if not dropped_from(first, entries[0]):
        return ""
    whole = quiet[0, 1].double() @ back
    weights = fitted(entries, whole.unsqueeze(0))
    if weights is None:
        return ""
    second = heads_of(y[:, 1].double(), back)
    parts = growth(first, entries[0]) * weights[0, :, None] * entries  # (2, D)
    if by_rows(second, parts):
        if on_weights and on_outputs:
            return "dropout-too-often"
        return "dropout-on-heads" if on_outputs else "dropout-before-projection"
    return "dropout-on-values" if by_entries(second, parts) else ""


def happens(happened: Tensor) -> bool:
    """Whether something happens more than by chance."""
    return float(happened.double().mean()) > SEEN


def heads_of(y: Tensor, back: Tensor) -> Tensor:
    """The heads' results behind those outputs (n, D) of which none was dropped."""
    return y[(y != 0).all(1)] @ back


def growth(found: Tensor, whole: Tensor) -> float:
    """The factor by which what is left of (D,) in (n, D) has grown, from the largest entry."""
    at = int(whole.abs().argmax())
    return float((found[:, at] / whole[at]).max())


def dropped_from(found: Tensor, whole: Tensor) -> bool:
    """Whether every number (n, D) is 0 or one factor times what it is in (D,), and both occur."""
    grown = growth(found, whole) * whole
    size = NEAR * grown.abs().max()
    zero, kept = found.abs() <= size, (found - grown).abs() <= size
    return bool((zero | kept).all()) and bool(zero.any()) and bool(kept.any())


FATES = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).double()


def by_rows(found: Tensor, parts: Tensor) -> bool:
    """Whether each row (D,) of found lost whole parts (2, D), and then single numbers."""
    seen, size = found.unsqueeze(1), NEAR * parts.abs().max()
    fits = ((seen - FATES @ parts).abs() <= size) | (seen.abs() <= size)
    return bool(fits.all(2).any(1).all())


def by_entries(found: Tensor, parts: Tensor) -> bool:
    """Whether each number lost single entries of the parts."""
    size = NEAR * parts.abs().max()
    return bool(((found.unsqueeze(1) - FATES @ parts).abs() <= size).any(1).all())
