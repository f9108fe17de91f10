"""E5: from which distribution a matrix of first weights was drawn, judged by its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from autograder.checks.evidence.gpt_reading import squeezed
from autograder.checks.evidence.known_blocks import Sizes
from autograder.probe.view import Parameter

STD = 0.02
ERRORS = 5.0  # standard errors; each law is one of a few, and must hold for all parameters
# PyTorch's own, what is asked for, and what is asked for of the MLPs' outputs; others are named as
# the misconceptions.
DEFAULT, PLAIN, SCALED, OTHER_STD = "default", "plain", "scaled", "other-std"
CUT = 2.28  # those cut off at two sigma are at most 2.27 times what is left of it


def laws(p: Parameter, sizes: Sizes, table: bool) -> list[str]:
    """The distributions that a matrix may have been drawn from, the likeliest first.

    table: whether it is one of embeddings, which PyTorch draws with a standard deviation of 1.
    """
    v = p.values.double().flatten()
    n, spread, mean = v.numel(), float(v.square().mean().sqrt()), float(v.mean())
    if spread == 0:
        return ["weights-start-at-zero"]
    if abs(mean) > (ERRORS + 2) * float(v.std()) / math.sqrt(n):
        even = is_uniform(v - mean) and float(v.min()) >= 0
        return ["uniform-initialisation" if even else "mean-not-zero"]
    error = ERRORS / math.sqrt(2 * n)
    largest = float(v.abs().max())
    if is_uniform(v):
        even_laws = [
            name for name, bound in bounds(squeezed(p))
            if largest <= bound * (1 + 1e-6) and abs(spread * 3**0.5 / bound - 1) <= error
        ]  # fmt: skip
        return [*even_laws, "uniform-initialisation"]
    # In a small table, none of the normal numbers need be far out: so the others stay possible.
    cut = ["truncated-initialisation"] * (largest < CUT * spread * (1 + error))
    near = [name for name, std in deviations(squeezed(p), sizes, table)
            if abs(spread / std - 1) <= error]  # fmt: skip
    return [*cut, *near, OTHER_STD]


def bounds(shape: Sequence[int]) -> Iterator[tuple[str, float]]:
    """How far out the rules of thumb for uniform weights go, with their names."""
    for fan_in, fan_out in ((shape[-1], shape[0]), (shape[0], shape[-1])):
        yield DEFAULT, fan_in**-0.5
        yield "xavier-initialisation", (6 / (fan_in + fan_out)) ** 0.5
        yield "std-from-width", (6 / fan_in) ** 0.5


def deviations(shape: Sequence[int], sizes: Sizes, table: bool) -> Iterator[tuple[str, float]]:
    """The standard deviations that people write for normal weights, with their names."""
    L, h, D = sizes.n_layer, sizes.n_head, sizes.hidden_size
    yield PLAIN, STD
    for name, factor in (
        (SCALED, 2 * L),
        ("scaled-by-root-of-layers", L),
        ("scaled-without-root", (2 * L) ** 2),
        ("scaled-without-root", L**2),
        ("scaled-by-other-number", 2 * h),
        ("scaled-by-other-number", h),
        ("scaled-by-other-number", D),
        ("scaled-by-other-number", 2 * D),
        ("scaled-by-other-number", 2),
        ("scaled-upwards", 1 / (2 * L)),
    ):
        yield name, STD / math.sqrt(factor)
    yield (DEFAULT if table else "std-of-one"), 1.0
    yield "variance-for-deviation", STD**0.5
    for fan_in, fan_out in ((shape[-1], shape[0]), (shape[0], shape[-1])):
        yield "xavier-initialisation", (2 / (fan_in + fan_out)) ** 0.5
        yield "std-from-width", (2 / fan_in) ** 0.5
        yield "std-from-width", fan_in**-0.5


def is_uniform(centred: Tensor) -> bool:
    """Whether the largest of these numbers around 0 is as near as for uniform ones.

    Those are at most sqrt(3) times their spread, whose standard error is 0.45 / sqrt(n) of it. Of
    hundreds of normal numbers one is farther out.
    """
    most = math.sqrt(3) * (1 + ERRORS * 0.45 / math.sqrt(centred.numel()))
    return float(centred.abs().max()) < most * float(centred.square().mean().sqrt())


def spread_of(p: Parameter) -> float:
    """The standard deviation around 0."""
    return float(p.values.double().square().mean().sqrt())


def buffer_name(p: Parameter) -> str:
    """Whether a parameter started as what no training should change: a mask, or 0, 1, 2 ..."""
    values = p.values.squeeze()
    found = False
    if values.dim() == 1 and len(values) > 2:
        found = torch.equal(values, torch.arange(len(values)).to(values.dtype))
    if values.dim() == 2 and min(values.shape) > 2:
        lower = torch.ones_like(values).tril()
        hidden = torch.where(lower > 0, 0.0, float("-inf")).to(values.dtype)
        masks = (lower, 1 - lower, lower.T, 1 - lower.T, hidden, hidden.T)
        found = any(torch.equal(values, mask) for mask in masks)
    return "buffer-as-parameter" if found else ""
