"""E3: where dropout acts, read off which single outputs are 0, alone or together.

The student's weights are set so that few numbers travel through the MLP, on known roads: one input
to two hiddens, one of these to two outputs. Outputs that always vanish together lost their common
hidden; those of two hiddens, their common input. By which factor the others grew tells the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.dropping import surprise
from autograder.checks.expectations import agrees
from autograder.diagnosis.mlp import ACTIVATIONS, compute
from autograder.diagnosis.mlp_match import Found, is_gain, is_vector
from autograder.diagnosis.modules import NEAR, is_near
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle, Student

D = 9
RATES = (0.23, 0.41)  # nobody's favourites
CALLS, ROWS = 8, 250
LARGE = 12.0  # so far from 0, GELU and its like are straight
ROADS = ((0, 0, 4), (0, 0, 5), (0, 1, 6), (1, 2, 7))  # input, hidden, output
STRAIGHT = ("nothing", "input added", "positions' mean taken away", "positions' mean added")
OUTPUTS = [road[2] for road in ROADS]
# Right sites are wrong together with probability 1e-6; the wrong ones tried here are 40 away.
UNLIKELY = 15.0


@dataclass(frozen=True)
class Seen:
    """What training at a rate makes of the roads: which outputs are 0 (n, 4), and the factor of the
    others. sharing: the misconception if numbers share their fate."""

    rate: float
    zero: Tensor
    factor: float
    sharing: str


def dropout_names(student: Student, rng: Draw, found: Found | None) -> tuple[str, ...] | None:
    """The misconceptions about dropout; () if there are none, None if nobody knows.

    found: what the module computes without dropout. Raises ProbeError.
    """
    mode = wrong_mode(student, rng)
    if mode is None:
        return None
    if mode in ("no-dropout", "dropout-modes-swapped"):
        return (mode,)
    sites = site_names(student, found) if found is not None else None
    if sites is None:
        fixed = varies(student, rng, 0.0, training=True)
        sites = ("dropout-rate-fixed",) if fixed else None
    if sites is None:
        return (mode,) if mode else None
    return ((mode,) if mode else ()) + sites


def wrong_mode(student: Student, rng: Draw) -> str | None:
    """Whether dropout acts in evaluation too, or only there, or in neither mode; empty if it is
    right, None if training gives something else that is no dropout."""
    in_training = varies(student, rng, 0.5, training=True)
    if varies(student, rng, 0.5, training=False):
        return "dropout-in-evaluation" if in_training else "dropout-modes-swapped"
    if in_training:
        return ""
    module = student.MLP(D, 0.5)
    module.eval()
    rng.weights_for(module)
    x = rng.normal(2, 3, D)
    quiet = stacked(module, [x])
    module.train()
    loud = stacked(module, [x])
    return "no-dropout" if quiet is not None and agrees(loud, quiet, NEAR) else None


def varies(student: Student, rng: Draw, rate: float, training: bool) -> bool:
    """Whether one and the same input gives several outputs, in one call or in several."""
    module = student.MLP(D, rate)
    module.train() if training else module.eval()
    rng.weights_for(module)
    x = rng.normal(1, 3, D).expand(40, 3, D)
    y = stacked(module, [x] * 3)
    return y is not None and not bool(((y - y[:1, :1]).abs() <= NEAR * y.abs().max()).all())


def stacked(module: Handle, inputs: list[Tensor]) -> Tensor | None:
    """The outputs for inputs of one shape, one after the other; None if they are no such."""
    try:
        found = module.each(inputs)
    except StudentFault:
        return None
    if any(not isinstance(y, Tensor) or y.shape != inputs[0].shape for y in found):
        return None
    return torch.stack([y.double() for y in found])


def is_straight(found: Found) -> bool:
    """Whether a factor by which a number on the roads has grown shows as that factor at the end."""
    act = ACTIVATIONS[found.design.activation][1]
    at = act(torch.tensor([0.0, LARGE, 3 * LARGE]).double())
    return float(at[0].abs()) < 1e-9 and abs(float(at[2] / at[1]) - 3) < NEAR


def site_names(student: Student, found: Found) -> tuple[str, ...] | None:
    """What is wrong with place, rate and scale; () if nothing is, None if nobody knows."""
    if found.design.layers != "two" or found.reading.width < 3:
        return None
    first, second = (watch(student, rate, found) for rate in RATES)
    if first is None or second is None:
        return None
    if first.sharing or second.sharing:
        return (first.sharing,) if first.sharing == second.sharing else None
    for total in (1, 2, 3):
        explained = {
            names for hypothesis in hypotheses(first, second, total, is_straight(found))
            if (names := names_of(hypothesis, first, second)) is not None
        }  # fmt: skip
        if explained in ({()}, {("dropout-not-scaled-up",)}):
            return scaled_in_evaluation(student, found) or explained.pop()
        if explained:
            return explained.pop() if len(explained) == 1 else None
    return None


def roads(found: Found, module: Handle) -> tuple[Tensor, Tensor]:
    """Load the weights that make the roads.

    Returns an input (3, D): twice the same token, and zeros; and what the module gives for the
    first two if nothing is dropped, (2, 4).
    """
    reading = found.reading
    numbers = torch.zeros(sum(p.values.numel() for p in reading.parameters))
    for i, hidden, o in ROADS:
        numbers[reading.first[i, hidden]] = 1.0
        numbers[reading.second[o, hidden]] = 1.0
    parts = numbers.split([p.values.numel() for p in reading.parameters])
    module.load({
        p.name: p.values if is_vector(p) and is_gain(p) else part.view(p.values.shape)
        for p, part in zip(reading.parameters, parts, strict=True)
    })  # fmt: skip
    x = torch.zeros(3, D)
    x[:2, :2] = LARGE
    first, second = (numbers[m].double().unsqueeze(0) for m in (reading.first, reading.second))
    return x, compute(found.design, x.double().unsqueeze(0), first, second)[0, 0, :2, OUTPUTS]


def watch(student: Student, rate: float, found: Found) -> Seen | None:
    """Run the roads in training; None unless each output is 0 or one factor times the expected."""
    module = student.MLP(D, rate)
    module.train()
    x, expected = roads(found, module)
    y = stacked(module, [x.expand(ROWS, 3, D)] * CALLS)  # (calls, rows, 3, D)
    if y is None:
        return None
    share = y[:, :, :2, OUTPUTS] / expected  # (calls, rows, 2, 4)
    factor = float(share.flatten()[share.abs().argmax()])
    zero = share.abs() <= 1e-9
    if not torch.isfinite(share).all() or not bool(zero.any()):
        return None
    if not bool((zero | ((share - factor).abs() <= NEAR * abs(factor))).all()):
        return None
    return Seen(rate, zero.flatten(0, 2), factor, sharing(zero))


def sharing(zero: Tensor) -> str:
    """Whether numbers that should be dropped by themselves always share one fate.

    Shapes: zero (calls, rows, 2 tokens, 4 outputs), of which the last has nothing in common with
    the others.
    """
    if bool((zero[..., 3] == zero[..., 0]).all()):
        return "dropout-of-whole-vectors"
    if bool((zero[:, :, 0] == zero[:, :, 1]).all()) or bool((zero == zero[:, :1]).all()):
        return "dropout-shared"
    return ""


@dataclass(frozen=True)
class Hypothesis:
    """How often inputs, hiddens and outputs are dropped, at which rates in the two runs, and what
    is wrong with these rates."""

    counts: tuple[int, ...]
    rates: tuple[float, float]
    name: str


def hypotheses(first: Seen, second: Seen, total: int, straight: bool) -> Iterator[Hypothesis]:
    """The sites and rates that might explain two runs, with this many dropouts altogether.

    straight: whether factors show from inputs and hiddens to outputs; else only these are judged.
    """
    right = first.rate, second.rate
    for counts in itertools.product((0, 1, 2), repeat=3):
        if sum(counts) != total or not (straight or counts[2] == total):
            continue
        yield Hypothesis(counts, right, "")
        yield Hypothesis(counts, (1 - right[0], 1 - right[1]), "dropout-rate-inverted")
        own = [1 - abs(seen.factor) ** (-1 / total) for seen in (first, second)]
        if abs(own[0] - own[1]) <= NEAR and 0 < own[0] < 1:
            yield Hypothesis(counts, (own[0], own[0]), "dropout-rate-fixed")


def names_of(hypothesis: Hypothesis, first: Seen, second: Seen) -> tuple[str, ...] | None:
    """The misconceptions in a hypothesis, None if it does not explain both runs."""
    runs = list(zip((first, second), hypothesis.rates, strict=True))
    if not all(fits(seen, hypothesis.counts, rate) for seen, rate in runs):
        return None
    names = {hypothesis.name, *names_of_sites(hypothesis.counts)} - {""}
    total = sum(hypothesis.counts)
    if not all(is_near(seen.factor, (1 - rate) ** -total) for seen, rate in runs):
        names.add(wrong_scale(first, second))
        if "" in names:
            return None
    return tuple(sorted(names))


def names_of_sites(counts: tuple[int, ...]) -> set[str]:
    """What is wrong with dropping inputs, hiddens and outputs so many times."""
    inputs, hiddens, outputs = counts
    names = set()
    if inputs:
        names.add("dropout-on-the-input")
    if hiddens:
        names.add("dropout-on-hiddens-too" if outputs else "dropout-on-hiddens")
    if max(counts) > 1:
        names.add("dropout-twice")
    return names


def fits(seen: Seen, counts: tuple[int, ...], rate: float) -> bool:
    """Whether zeros come, alone and together, as often as these sites make them."""
    for size in (1, 2):
        for chosen in itertools.combinations(range(len(ROADS)), size):
            kept = (~seen.zero[:, list(chosen)]).all(1).double().mean()
            sites = [len({ROADS[i][kind] for i in chosen}) for kind in range(3)]
            power = sum(count * site for count, site in zip(counts, sites, strict=True))
            chance = torch.tensor((1 - rate) ** power).double()
            if len(seen.zero) * float(surprise(kept, chance)) > UNLIKELY:
                return False
    return True


def wrong_scale(first: Seen, second: Seen) -> str:
    """What is wrong with the factor of what stays; empty if nobody knows."""
    runs = first, second
    if all(is_near(seen.factor, 1.0) for seen in runs):
        return "dropout-not-scaled-up"
    factors = (lambda p: 1 - p, lambda p: 1 / p, lambda p: p, lambda p: 1 + p,
               lambda p: (1 - p) ** -2, lambda p: (1 - p) ** -0.5)  # fmt: skip
    if any(all(is_near(seen.factor, wrong(seen.rate)) for seen in runs) for wrong in factors):
        return "dropout-scaled-wrongly"
    return ""


def scaled_in_evaluation(student: Student, found: Found) -> tuple[str, ...]:
    """Whether outputs are multiplied in evaluation by a factor that depends on the rate."""
    for rate in RATES:
        module = student.MLP(D, rate)
        module.eval()
        x, expected = roads(found, module)
        y = stacked(module, [x.unsqueeze(0)])
        if y is None:
            return ()
        share = y[0, 0, :2, OUTPUTS] / expected
        if not any(bool(((share - f).abs() <= NEAR * f).all()) for f in (1 - rate, 1 / (1 - rate))):
            return ()
    return ("dropout-scaled-in-evaluation",)
