"""E5 compared: the model, its logits and losses, how it begins and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import torch

from benchmarks.mutants.comparison import RAISED, Comparison
from benchmarks.mutants.layers import (
    compare_initial_values,
    compare_parameters,
    fill,
    gradients,
    in_both,
)

SIZES = (  # V, C, D, L, h, p
    (13, 7, 8, 2, 2, 0.0), (11, 6, 6, 1, 3, 0.3), (5, 9, 4, 3, 1, 0.2), (8, 8, 8, 2, 4, 0.5),
    (3, 1, 2, 1, 1, 0.0),
)  # fmt: skip
NAMES = ("vocab_size", "context_size", "hidden_size", "n_layer", "n_head", "dropout")
WIDE = ((97, 61, 48, 2, 4, 0.0), (101, 53, 32, 3, 2, 0.0))  # enough numbers for a distribution


def compare_gpt(c: Comparison) -> None:
    """E5."""
    for number, sizes in enumerate(SIZES):
        if number % 2:
            named = dict(zip(NAMES, sizes, strict=True))
            pair = c.pair(lambda n, named=named: n["GPT"](**named))
        else:
            pair = c.pair(lambda n, sizes=sizes: n["GPT"](*sizes))
        if RAISED in pair:
            continue
        compare_parameters(c, pair)
        fill(pair)
        compare_model(c, pair, sizes[0], sizes[1])
    for sizes in WIDE:
        compare_initial_values(c, lambda n, sizes=sizes: n["GPT"](*sizes))
        c.same("equal initial values", lambda n, sizes=sizes: equal_ones(n["GPT"](*sizes)))


def compare_model(c: Comparison, pair: Any, V: int, C: int) -> None:
    """Logits, losses and gradients for all lengths; longer ones are refused."""
    generator = torch.Generator().manual_seed(V + C)
    common = in_both(pair)
    for T in (t for t in sorted({1, 2, 3, C // 2 or 1, C - 1 or 1, C}) if t <= C):
        for N in (1, 3, T):
            x, y = (torch.randint(V, (N, T), generator=generator) for _ in range(2))
            for training in (False, True):
                mode = "training" if training else "evaluation"

                def call(model: Any, x: Any = x, y: Any = y, training: bool = training) -> Any:
                    model.train(training)
                    model.zero_grad()
                    logits, loss = model(x, y)
                    (loss + logits.sin().mean()).backward()
                    return logits, loss, gradients(model, common), model.training

                c.same(f"{mode}: logits, loss and gradients", call, pair)
                c.same("without targets", lambda m, x=x: without_targets(m, x), pair)
    for T in (C + 1, C + 5):
        x = torch.randint(V, (2, T), generator=generator)
        c.same("too long", lambda m, x=x: [m(x, x) and "accepted"], pair)


def without_targets(model: Any, x: Any) -> Any:
    """The logits, and what stands for the loss."""
    with torch.no_grad():
        logits, loss = model(x)
    return logits, loss


def equal_ones(model: Any) -> list[list[str]]:
    """Which matrices begin with the same numbers, and how far apart those of one shape are."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for name, p in sorted(model.named_parameters()):
        if p.dim() > 1:
            key = (tuple(p.shape), round(math.fsum(p.detach().flatten()[:40].tolist()), 12))
            found.setdefault(key, []).append(name)
    return sorted(names for names in found.values() if len(names) > 1)
