"""Find the design, and the reading of the student's numbers, by which an MLP computes.

A reading says where the matrices lie among the numbers. Where a wrong module computes what a design
gives, for one reading, on two draws of weights and inputs, that design is what it computes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.reading import apart_from, flat, layouts
from autograder.diagnosis.mlp import LAYERS, Design, compute, nearest, pairs
from autograder.diagnosis.modules import Experiment, output_of
from autograder.probe.view import Handle, Parameter

TOLERANCE = 2e-4  # of the largest output: constants of GELU are often typed with four digits
LEAST = 1e-2  # the largest output, where inputs and weights are about 1
LENGTHS = (5, 7)  # of the two draws; no other number here is the same
MOST_READINGS = 400


@dataclass(frozen=True)
class Reading:
    """Where W_1 and W_2 lie among the student's numbers, as indices (D, W); W_2 with its output
    first."""

    parameters: tuple[Parameter, ...]
    first: Tensor
    second: Tensor

    @property
    def width(self) -> int:
        """Of the hidden layer."""
        return self.first.shape[-1]


@dataclass(frozen=True)
class Found:
    """What the student's module computes."""

    design: Design
    reading: Reading


def is_vector(parameter: Parameter) -> bool:
    """Whether a parameter is a bias or a gain, in whatever shape."""
    return len([size for size in parameter.values.shape if size > 1]) < 2


def is_gain(parameter: Parameter) -> bool:
    """Whether a vector has its own good value: a LayerNorm's weight, the slope of a PReLU."""
    return bool((parameter.values == 1).all()) or parameter.values.numel() == 1


def load_matrices(module: Handle, parameters: Sequence[Parameter], rng: Draw, D: int) -> Tensor:
    """Draw fresh matrices, set biases to 0, leave gains as they are; all numbers end to end."""
    drawn = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    values = {
        p.name: drawn[p.name] if not is_vector(p)
        else p.values if is_gain(p)
        else torch.zeros_like(p.values)
        for p in parameters
    }  # fmt: skip
    module.load(values)
    return flat(values, [p.name for p in parameters])


def experiments(
    module: Handle, parameters: Sequence[Parameter], rng: Draw, D: int
) -> list[Experiment] | None:
    """Two draws; None where what comes is no such output. Raises ProbeError."""
    found = []
    for T in LENGTHS:
        numbers = load_matrices(module, parameters, rng, D)
        x = rng.normal(3, T, D, std=1.5)
        y = output_of(module, x)
        if y is None or not bool(torch.isfinite(y).all()) or float(y.abs().max()) < LEAST:
            return None
        found.append(Experiment(numbers, x.double(), y.double()))
    return found


def explanation(module: Handle, rng: Draw, D: int) -> Found | None:
    """The nearest design that gives what the module gives; None if none does.

    Leaves fresh weights in the module; raises ProbeError.
    """
    parameters = tuple(p for p in module.unique_parameters if p.trainable)
    seen = experiments(module, parameters, rng, D)
    if seen is None:
        return None
    usual = {layers: list(usual_readings(parameters, D, layers)) for layers in LAYERS}
    found = matching(nearest(), usual, parameters, seen)
    if found is None:
        others = {layers: list(readings_of(parameters, D, layers)) for layers in LAYERS}
        found = matching(nearest(), others, parameters, seen)
    return found or matching(pairs(), usual, parameters, seen)


def matching(
    designs: Iterable[Design], readings: Mapping[str, Sequence[tuple[Tensor, Tensor]]],
    parameters: tuple[Parameter, ...], seen: Sequence[Experiment],
) -> Found | None:  # fmt: skip
    """The first design that gives the outputs of all experiments, with its reading."""
    for design in designs:
        for first, second in readings[design.layers]:
            for each in (seen[0].first_row(), *seen):
                y = compute(design, each.x, each.numbers[first], each.numbers[second])
                fits = same(y, each.y)
                first, second = first[fits], second[fits]
                if not len(first):
                    break
            if len(first):
                return Found(design, Reading(parameters, first[0], second[0]))
    return None


def same(found: Tensor, wanted: Tensor) -> Tensor:
    """Which of (R, ...) agree with (...) to rounding."""
    off = (found - wanted).abs().flatten(1).amax(1)
    return off <= TOLERANCE * float(wanted.abs().max())


def readings_of(
    parameters: Sequence[Parameter], D: int, layers: str
) -> Iterator[tuple[Tensor, Tensor]]:
    """All ways to read two matrices (or one), of any hidden width; many at once, (R, D, W)."""
    vectors = {p.name for p in parameters if is_vector(p)}
    sizes = [p.values.numel() for p in parameters if p.name not in vectors]
    widths = {size // D for size in sizes if size % D == 0} | {4 * D}
    widths |= {sum(sizes) // 2 // D} if layers == "two" else set()
    for width in sorted(widths, key=lambda w: w != 4 * D):
        if layers == "one" and width != D:
            continue
        quarters = 4 if width % 4 == 0 else 1
        slots = layouts(parameters, D, width, quarters, skip=vectors).flatten(2)  # (S, D, W)
        if not len(slots):
            continue
        apart = apart_from(slots, sum(p.values.numel() for p in parameters))
        if layers == "one":
            pairs = torch.eye(len(slots)).nonzero()
        elif layers == "two":
            pairs = apart.nonzero()
        else:  # the same numbers twice, one way or another
            sets = slots.flatten(1).sort(1).values
            pairs = (sets.unsqueeze(1) == sets).all(-1).nonzero()
        pairs = pairs[:MOST_READINGS]
        if len(pairs):
            yield slots[pairs[:, 0]], slots[pairs[:, 1]]


def both_ways(parameters: Sequence[Parameter]) -> list[list[Tensor]]:
    """Each matrix as places (in, out), read as x @ W.T and as x @ W; of several in one, each."""
    starts = [0, *itertools.accumulate(p.values.numel() for p in parameters)]
    found = []
    for p, start in zip(parameters, starts, strict=False):
        place = torch.arange(start, start + p.values.numel())
        place = place.view([size for size in p.values.shape if size > 1] or [1])
        if not is_vector(p) and place.dim() in (2, 3):
            found += [[m.T, m] for m in (place if place.dim() == 3 else [place])]
    return found


def usual_readings(
    parameters: Sequence[Parameter], D: int, layers: str
) -> Iterator[tuple[Tensor, Tensor]]:
    """The readings as two whole matrices (or one), such as nn.Linear has them."""
    matrices = both_ways(parameters)
    choices: Iterable[tuple[list[Tensor], list[Tensor]]] = zip(matrices, matrices, strict=True)
    if layers == "two":
        choices = itertools.permutations(matrices, 2)
    for one, other in choices:
        for first, second in itertools.product(one, other):
            if first.shape[0] == D and first.shape == second.T.shape:
                if layers == "one" and first.shape[1] != D:
                    continue
                yield first.unsqueeze(0), second.T.unsqueeze(0)
