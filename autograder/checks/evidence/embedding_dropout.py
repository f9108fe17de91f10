"""Whether a GPT drops out the sum of its embeddings, at the right rate and only in training."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.dropping import LOG_RARE, expect_independent, surprise
from autograder.checks.evidence.gpt_reading import find_head, fresh_weights
from autograder.checks.evidence.known_blocks import Seen, Sizes, known_gpt
from autograder.checks.expectations import agrees, expect, expect_close
from autograder.probe.view import Student


def check_dropout(student: Student, rng: Draw, sizes: Sizes) -> None:
    """Compare what the known blocks take in training with what they take in evaluation."""
    with known_gpt(student, rng, sizes) as gpt:
        values = fresh_weights(gpt, rng)
        x = rng.tokens(sizes.vocab_size, 70, sizes.context_size - 1)
        still = gpt.forward(x)
        expect(agrees(gpt.logits(x), still.logits),
               "in evaluation mode, two calls give different logits",
               expected="dropout in training only", got="a difference")  # fmt: skip
        gpt.model.train()
        noisy = gpt.forward(x)
        if not still.calls or not noisy.calls:
            expect(not agrees(noisy.logits, still.logits, 1e-3),
                   "nothing is dropped in training mode", expected="dropout", got="none",
    )  # fmt: skip
            return
        expect_dropped(noisy.calls[0]["x"], still.calls[0]["x"], sizes.dropout)
        if chained(still):
            expect(chained(noisy), "something is dropped between two blocks",
                   expected="dropout on the embeddings only", got="more")  # fmt: skip
        head = find_head(gpt, still.calls[-1]["y"], still.logits, values)
        if head is not None:
            expect_close(
                noisy.logits, head.predict(noisy.calls[-1]["y"], values),
                "something is dropped after the last block", tolerance=2e-4,
            )  # fmt: skip
        for made in gpt.made:
            expect(
                made[2:] == [sizes.dropout],
                "the blocks get another dropout rate than the model",
                expected=sizes.dropout, got=made[2:] and made[2],
            )  # fmt: skip


def chained(seen: Seen) -> bool:
    """Whether each block takes what the one before it gave."""
    return all(agrees(after["x"], before["y"]) for before, after in pairwise(seen.calls))


def expect_dropped(noisy: Tensor, still: Tensor, rate: float) -> None:
    """Zeros with probability `rate` (to 7 standard errors: one in 10^11), each by itself, the rest
    scaled up; shapes (N, T, D)."""
    expect(noisy.shape == still.shape, "in training mode another stream enters the first block",
           expected=tuple(still.shape), got=tuple(noisy.shape))  # fmt: skip
    kept = noisy != 0
    share, n = 1 - float(kept.double().mean()), noisy.numel()
    expect(
        abs(share - rate) <= 7 * math.sqrt(rate * (1 - rate) / n),
        "in training mode, what enters the first block is not dropped at the model's rate",
        expected=f"{rate:.0%} zeros", got=f"{share:.1%} zeros",
        hint="nn.Dropout on the sum of both embeddings, before the blocks",
    )  # fmt: skip
    dropped = ~kept
    for columns in (dropped.flatten(0, 1), dropped.transpose(1, 2).flatten(0, 1)):
        expect_independent(
            columns, rate, "in training mode, numbers of the stream are dropped together",
            "each number of the sum is dropped or kept by itself",
        )  # fmt: skip
    each = dropped.double().mean(0)  # (T, D), over the sequences
    expect(
        len(dropped) * float(surprise(each, torch.full_like(each, rate)).max()) <= LOG_RARE,
        "in training mode, the same numbers are dropped in every sequence",
        expected="other zeros in each sequence", got="the same",
    )  # fmt: skip
    expect_close(
        noisy[kept], (still / (1 - rate))[kept],
        "what dropout leaves is not the sum of embeddings, scaled by 1 / (1 - rate)",
        hint="dropout comes after the sum",
    )  # fmt: skip
