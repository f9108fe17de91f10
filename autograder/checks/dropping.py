"""What dropout does to outputs whose values without it are known."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from autograder.checks.expectations import expect

# Hoeffding: the share of n independent events is further off with probability below 1e-13. The
# columns of one check make up to 210 such shares, so it fails falsely once in 10^10 runs at most.
LOG_RARE = math.log(2 / 1e-13)


def allowed_distance(n: int) -> float:
    """How far the observed share of n independent events may lie from its probability."""
    return math.sqrt(LOG_RARE / (2 * n))


def expect_share(happened: Tensor, probability: float, message: str, hint: str = "") -> None:
    """Fail unless events (n,) happen about as often as they should."""
    share = float(happened.double().mean())
    expect(
        abs(share - probability) <= allowed_distance(happened.numel()), message,
        expected=f"{probability:.0%}", got=f"{share:.0%}", hint=hint,
    )  # fmt: skip


def expect_independent(dropped: Tensor, rate: float, message: str, hint: str = "") -> None:
    """Fail unless the columns of dropped (n, m) are dropped at this rate and each by itself."""
    n, m = dropped.shape
    numbers = dropped.double()
    both = numbers.T @ numbers / n  # (m, m): how often two are dropped together
    wanted = torch.full((m, m), rate**2).double()
    wanted.fill_diagonal_(rate)
    worst = int((both - wanted).abs().argmax())
    distance = float((both - wanted).abs().max())
    expect(
        distance <= allowed_distance(n), message,
        expected=f"{wanted.flatten()[worst]:.0%}", got=f"{both.flatten()[worst]:.0%}", hint=hint,
    )  # fmt: skip


def is_dropped_or(y: Tensor, without: Tensor, factor: float) -> bool:
    """Whether every output is 0 or `factor` times what it is without dropout, to rounding.

    Not by division: an output may happen to be tiny.
    """
    kept = without.double() * factor
    off = torch.where(y == 0, 0.0, (y.double() - kept).abs())
    return bool((off <= 1e-4 * kept.abs().max()).all())


def largest_factor(y: Tensor, without: Tensor) -> float:
    """About how many times the output without dropout an output is at most, for messages."""
    largest = int(without.abs().argmax())
    return float((y[..., largest] / without[largest]).abs().max())
