"""What a student's numbers are instead, where we know the mistake that makes them."""

from __future__ import annotations

import itertools
import math

from torch import Tensor
from torch.nn import functional as F

from autograder.checks.evidence.gpt_reading import (
    NORM_TOLERANCE,
    Values,
    position_tables,
    squeezed,
    token_tables,
)
from autograder.checks.evidence.known_blocks import KnownGPT
from autograder.checks.expectations import agrees


def loss_hint(logits: Tensor, y: Tensor, loss: float) -> str:
    """Say which other number the loss is, where we know it."""
    flat, targets = logits.flatten(0, 1), y.flatten()
    mean = F.cross_entropy(flat, targets)
    others = {
        "this is the sum over the positions; the exercise asks for their mean": mean * y.numel(),
        "this is the sum over time, averaged over the batch": mean * y.shape[1],
        "cross_entropy takes the logits themselves: the softmax is part of it":
            F.cross_entropy(flat.softmax(-1), targets),
        "all positions count, not only the last": F.cross_entropy(logits[:, -1], y[:, -1]),
        "the targets y are shifted already: compare position t with y[:, t]":
            F.cross_entropy(logits[:, :-1].flatten(0, 1), y[:, 1:].flatten()),
        "the loss is in nats: use the natural logarithm": mean / math.log(2),
        "mind the sign": -mean,
    }  # fmt: skip
    return next((hint for hint, other in others.items()
                 if abs(float(other) - loss) < 1e-4 * max(1.0, abs(loss))), "")  # fmt: skip


def embedding_hint(gpt: KnownGPT, x: Tensor, stream: Tensor, values: Values) -> str:
    """Say what entered the first block instead, where we know it."""
    E, P = token_tables(gpt)[0].find(values)[x], position_tables(gpt)[0].find(values)
    T, D = x.shape[1], gpt.sizes.hidden_size
    if stream.shape != E.shape:
        return "the blocks want one vector of hidden_size for each token: (N, T, D)"
    norms = [values[p.name].flatten() for p in gpt.outside if squeezed(p) == (D,)]
    for weight, bias in itertools.permutations(norms, 2):
        if agrees(stream, F.layer_norm(E + P[:T], (D,), weight, bias), NORM_TOLERANCE):
            return "the LayerNorm comes after the blocks"
    others = {
        "the positions are missing: order would not matter": E,
        "the tokens are missing": P[:T].expand_as(E),
        "the same position everywhere: every t needs its own row": E + P[0],
        "the position table is looked up with the tokens: look it up with 0 .. T-1": E
        + P[x.clamp(max=len(P) - 1)],
        "no scaling by sqrt(D) is asked for": E * D**0.5 + P[:T],
        "positions count from 0 at the first token": E + P[len(P) - T :],
        "the embeddings are multiplied; add them": E * P[:T],
        "in evaluation mode there is no dropout": stream * ((E + P[:T] - stream).abs() < 1e-4),
    }
    return next((hint for hint, other in others.items() if agrees(stream, other)),
                "add two looked-up rows, one for the token and one for its position")  # fmt: skip


def output_hint(gpt: KnownGPT, stream: Tensor, logits: Tensor, values: Values) -> str:
    """Say what makes the logits instead, where we know it."""
    normed = F.layer_norm(stream, stream.shape[-1:])
    for table in token_tables(gpt):
        W = table.find(values)
        others = {
            "the final LayerNorm is missing": stream @ W.T,
            "return logits, not probabilities": (stream @ W.T).softmax(-1),
            "the final LayerNorm is not the model's own layer": normed @ W.T,
        }
        for hint, other in others.items():
            if agrees(logits, other, 2e-4):
                return hint
    return "first the final LayerNorm, then the output layer, then nothing more"


def count_hint(norm: int, D: int, block: int) -> str:
    """Say what is missing or too much, where we know it."""
    if norm == 0:
        return "where is the final LayerNorm?"
    if norm <= D - block:
        return "are all blocks registered, and all different? use nn.ModuleList"
    return "one final LayerNorm, one table of positions, and L blocks" if norm > 2 * D else ""
