"""Find the design, and the reading, under which a wrong attention computes what it does.

A match must hold on two draws of weights and inputs. Where no design with one change gives the
outputs, those with two are tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.reading import READING_TOLERANCE, flat
from autograder.diagnosis.attention import Change, Design, compute
from autograder.diagnosis.attention_readings import (
    Readings,
    guided_readings,
    is_bias,
    readings_of,
)
from autograder.diagnosis.modules import Experiment, output_of
from autograder.probe.view import Handle, Parameter

FEW = 8  # numbers that are no nan
LEAST = 1e-2  # the largest output, where inputs and weights are about 1
LENGTHS = (5, 6)  # of the two draws; no other number here is the same, so none is mistaken for it
MOST_FOR_PAIRS = 24
MOST_NAMES = 2  # more explanations than that are no explanation


def explanations(
    module: Handle, rng: Draw, hidden_size: int, n_head: int, projected: bool,
    changes: Sequence[Change], *, zero_token: bool = False, in_pairs: bool = True,
) -> list[tuple[str, ...]]:  # fmt: skip
    """The names of the changes that turn the definition into what the module computes.

    An empty list: nothing matches, or too much does. [()]: the definition itself matches.
    zero_token: let the second token be 0, which shows who takes a score of 0 for a hidden one;
    in_pairs: whether to try two changes at once where one alone does not do.
    Biases are 0 here. Leaves fresh weights in the module; raises ProbeError.
    """
    parameters = tuple(p for p in module.unique_parameters if p.trainable)
    D = hidden_size
    first, second = (experiment(module, parameters, rng, D, zero_token, T) for T in LENGTHS)
    readings = readings_of(parameters, D, n_head, projected)
    if first is None or second is None or not len(readings.slots):
        return []
    designs: list[tuple[tuple[str, ...], Design]] = [((), Design())]
    designs += [((name,), replace(Design(), **change)) for name, change in changes]
    found = matching(designs, readings, (first, second))
    if not found:
        # What only shows on single tokens finds W_V and W_O; then any layout will do.
        readings = guided_readings(module, parameters, rng, D, n_head, projected)
        if len(readings.slots):
            found = matching(designs, readings, (first, second))
    if not found and in_pairs:
        readings = readings_of(parameters, D, n_head, projected).some(MOST_FOR_PAIRS)
        found = matching(pairs_of(changes), readings, (first, second))
    found = [names for names in found if names] or found  # one matrix for two may read as right
    return found if len(found) <= MOST_NAMES else []


def pairs_of(changes: Sequence[Change]) -> list[tuple[tuple[str, ...], Design]]:
    """All designs that are two changes away from the right one."""
    return [
        ((one[0], other[0]), replace(Design(), **one[1], **other[1]))
        for one, other in itertools.combinations(changes, 2)
        if not one[1].keys() & other[1].keys() and one[0] != other[0]
    ]


def experiment(
    module: Handle, parameters: Sequence[Parameter], rng: Draw, D: int, zero_token: bool, T: int
) -> Experiment | None:
    """Give the module fresh matrices and run it once; None if what comes is no such output."""
    drawn = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    values = {p.name: torch.zeros_like(p.values) if is_bias(p, D) else drawn[p.name]
              for p in parameters}  # fmt: skip
    module.load(values)
    x = rng.normal(2, T, D)
    if zero_token:
        x[:, 1] = 0.0
    y = output_of(module, x)
    if y is None:
        return None
    return Experiment(flat(values, [p.name for p in parameters]), x, y.double())


def matching(
    designs: Sequence[tuple[tuple[str, ...], Design]], readings: Readings,
    experiments: Sequence[Experiment],
) -> list[tuple[str, ...]]:  # fmt: skip
    """The names of those designs that give the module's outputs in all experiments.

    The right design comes first. Read in a way for which that gives the outputs, no other counts:
    a change that changes nothing here is not proved.
    """
    found: dict[tuple[str, ...], None] = {}
    slots = readings.slots
    for names, design in designs:
        left = slots
        across = "batch" in (design.softmax, design.split) or design.scale == "1/sqrt(N)"
        for each in experiments if across else (experiments[0].first_row(), *experiments):
            read = each.numbers[left]
            output = read[:, 3] if left.shape[1] > 3 else None
            got = compute(design, each.x, read[:, :3], output)
            left = left[same(got, each.y)]
            if not len(left):
                break
        if len(left):
            found[names] = None
        if len(left) and not names:
            right = (slots.flatten(1).unsqueeze(1) == left.flatten(1)).all(-1).any(1)
            slots = slots[~right]
        if not len(slots):
            break
    return list(found)


def same(found: Tensor, wanted: Tensor) -> Tensor:
    """Which of (R, ...) agree with (...), where both are numbers; what is none must be so in both.

    A few numbers, or none but zeros, are no evidence. By chance, a wrong design does not come so
    near on so many as are left.
    """
    numbers = torch.isfinite(wanted)
    size = float(wanted[numbers].abs().max()) if numbers.any() else 0.0
    if int(numbers.sum()) < FEW or size < LEAST:
        return torch.zeros(len(found), dtype=torch.bool)
    alike = (torch.isfinite(found) == numbers).flatten(1).all(1)
    off = (found - wanted).abs().masked_fill(~numbers, 0.0).flatten(1).amax(1)
    return alike & (off <= READING_TOLERANCE * size)
