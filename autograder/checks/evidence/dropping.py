"""What dropout does to outputs whose values without it are known."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from autograder.checks.expectations import agrees, expect, largest_difference, output, outputs
from autograder.probe.view import Handle

# Chernoff: the share of n independent events is as far off as q from p with probability below
# 2 exp(-n KL(q, p)); more than 30.6 in the exponent comes once in 10^13 times. The columns of one
# check make up to 210 such shares, so it fails falsely once in 10^10 runs at most.
LOG_RARE = math.log(2 / 1e-13)


def surprise(share: Tensor, probability: Tensor) -> Tensor:
    """KL(share, probability) of events with this probability, of which this share happened."""
    return torch.xlogy(share, share / probability) + torch.xlogy(
        1 - share, (1 - share) / (1 - probability)
    )


def expect_share(happened: Tensor, probability: float, message: str, hint: str = "") -> None:
    """Fail unless events (n,) happen about as often as they should."""
    share = happened.double().mean()
    expect(
        happened.numel() * float(surprise(share, torch.tensor(probability).double())) <= LOG_RARE,
        message, expected=f"{probability:.0%}", got=f"{float(share):.0%}", hint=hint,
    )  # fmt: skip


def expect_independent(dropped: Tensor, rate: float, message: str, hint: str = "") -> None:
    """Fail unless the columns of dropped (n, m) are dropped at this rate and each by itself."""
    n, m = dropped.shape
    numbers = dropped.double()
    both = numbers.T @ numbers / n  # (m, m): how often two are dropped together
    wanted = torch.full((m, m), rate**2).double()
    wanted.fill_diagonal_(rate)
    off = surprise(both, wanted)
    worst = int(off.argmax())
    expect(
        n * float(off.max()) <= LOG_RARE, message,
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
    factors = y[..., largest] / without[largest]
    return float(factors.abs().max()) if factors.numel() else 0.0


def without_dust(y: Tensor) -> Tensor:
    """Outputs with 0 for what is next to nothing, as a finite mask value leaves it."""
    return torch.where(y.abs() < 1e-6 * y.abs().max(), 0.0, y)


def weights_kept(y: Tensor, alone: Tensor, together: Tensor) -> Tensor | None:
    """Tell from each output which of two attention weights it kept; None if that cannot be.

    Shapes: y (n, D), the outputs, with zeros where they were dropped themselves; alone (2, D), what
    each of two tokens gives alone; together (D,), their weighted sum -> (n, 2) of 0 and 1.
    """
    weights = torch.linalg.lstsq(alone.T, together.unsqueeze(1)).solution  # (2, 1)
    fates = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).double()
    could = fates @ (weights * alone)  # (4, D): the output for each fate of its weights
    seen = y.unsqueeze(1)  # (n, 1, D)
    off = torch.where(seen == 0, 0.0, (seen - could).abs()).amax(dim=2)  # (n, 4)
    if not bool((off.amin(dim=1) <= 1e-4 * float(could.abs().max())).all()):
        return None
    kept = fates[off.argmin(dim=1)]
    kept[(y == 0).all(dim=1)] = 0.0
    return kept


def expect_training_only(module: Handle, x: Tensor, hint: str) -> Tensor:
    """Fail unless the outputs stay the same in evaluation and change in training.

    The module comes in evaluation mode and is left in training mode; returns the quiet output.
    hint: what to do where nothing is dropped in training.
    """
    quiet, again = outputs(module, [x, x])
    expect(
        agrees(again, quiet), "in evaluation mode the same input gives different outputs",
        expected="no dropout after eval()",
        got=f"a difference of {largest_difference(again, quiet):.3g}",
        hint="use nn.Dropout, or pass training=self.training",
    )  # fmt: skip
    module.train()
    expect(
        not agrees(output(module, x), quiet, 1e-3), "in training mode nothing is dropped",
        expected="another output than in evaluation", got="the same", hint=hint,
    )  # fmt: skip
    return quiet
