"""Evidence as a small picture: plain numbers that the reports draw.

What each kind holds stands at CheckResult. Called only where a check has failed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.checks.expectations import Picture

BARS, MOST_CELLS, MOST_POINTS = 21, 16, 40
FAR = 4.0  # standard deviations to each side that a histogram shows


def attention_picture(weights: Tensor) -> Picture | None:
    """Attention weights beside the causal pattern; shape: (T, T), row = who listens."""
    if weights.dim() != 2 or not 0 < weights.shape[0] == weights.shape[1] <= MOST_CELLS:
        return None
    shown = torch.round(weights.double(), decimals=3) + 0.0  # no "-0.0"
    return {"kind": "attention", "weights": [rounded(row) for row in shown.tolist()]}


def wrong_attention_picture(weights: Tensor) -> Picture | None:
    """The same, where it shows a mistake: a weight above the diagonal, or a row that is not 1."""
    off = torch.cat([weights.triu(1).flatten(), weights.sum(dim=1) - 1]).abs()
    return attention_picture(weights) if bool((off >= 0.005).any()) else None  # two digits shown


def histogram_picture(values: Tensor, std: float) -> Picture | None:
    """How numbers spread, where Normal(0, std) is wanted; any shape."""
    flat = values.detach().double().flatten()
    flat = flat[torch.isfinite(flat)]
    if not len(flat):
        return None
    end = FAR * max(std, float(flat.square().mean().sqrt()))
    edges = torch.linspace(-end, end, BARS + 1, dtype=torch.float64)
    counts = torch.histogram(flat.clamp(-end, end), edges).hist
    return {"kind": "histogram", "std": rounded([std])[0], "edges": rounded(edges.tolist()),
            "got": rounded((counts / len(flat)).tolist())}  # fmt: skip


def series_picture(
    expected: Sequence[float], got: Sequence[float], name: str, index: str
) -> Picture:
    """Numbers one after the other, wanted and come; name, index: what they are, and counted by."""
    count = min(len(expected), len(got), MOST_POINTS)
    # what agrees is to be the same when it is rounded, too
    pairs = zip(expected[:count], got[:count], strict=True)
    got = [e if math.isclose(e, g, rel_tol=1e-3) else g for e, g in pairs]
    return {"kind": "series", "name": name, "index": index,
            "expected": rounded(expected[:count]), "got": rounded(got)}  # fmt: skip


def rounded(values: Sequence[float]) -> list[float | None]:
    """Three digits of each; None for what is no number, which JSON has no word for."""
    return [float(f"{value:.3g}") if math.isfinite(value) else None for value in values]
