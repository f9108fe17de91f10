"""What a small training run is given, and its gradients, worked out in float64.

Everything comes from the check's own generator: batches, weights, learning rates, the results of
the evaluations. So every number that a right loop produces is known here beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.draw import Draw

NO_CLIP = 1e6  # a grad_clip that no gradient here reaches
RATE = 0.5  # large, so that a mistake in a gradient shows in the weights
FIRST_RATE = 0.77  # the optimizer's own rate, where the schedule asks for others
# Gradients of this size: a loop that always clips at 1.0 changes nothing, unless it is asked to.
SMALLEST_NORM, LARGEST_NORM = 0.15, 0.95


@dataclass(frozen=True)
class Plan:
    """The sizes of a rehearsal: as in TrainConfig, and V, D, B, T of the model and its batches.

    rates: the schedule, one rate throughout if left out; val_losses: after 0, 1 ... updates;
    groups: of parameters, 2 or 3; eval_factor: how much evaluation mode changes the model;
    training: the mode it comes in.
    """

    max_iters: int = 1
    accumulation: int = 1
    clip: float = NO_CLIP
    log_interval: int = 1
    eval_interval: int = 1
    rates: Sequence[float] = ()
    val_losses: Sequence[float] = ()
    groups: int = 2
    eval_factor: float = 1.0
    training: bool = True
    vocab_size: int = 6
    width: int = 4
    batch_size: int = 2
    length: int = 4


@dataclass(frozen=True)
class Material:
    """A plan with its numbers: x, y (batches, B, T), weights (P,), losses by split, rates."""

    plan: Plan
    x: Tensor
    y: Tensor
    weights: Tensor
    losses: dict[str, Tensor]
    rates: list[float]

    def loss(self, weights: Tensor, batch: int, eval_mode: bool = False) -> Tensor:
        """The model's loss on one batch, in float64. Shapes: weights (P,) -> ()."""
        embedding, output, bias = self.split(weights.double())
        hidden = torch.tanh(embedding[self.x[batch]])
        hidden = hidden * (self.plan.eval_factor if eval_mode else 1.0)
        logits = hidden @ output.T + bias
        return F.cross_entropy(logits.flatten(0, 1), self.y[batch].flatten())

    def gradient(self, weights: Tensor, batches: Sequence[int], eval_mode: bool = False) -> Tensor:
        """The gradient of the mean loss over some batches, in float64. Shapes: (P,) -> (P,)."""
        return self.gradients(weights, batches, eval_mode).mean(0)

    def gradients(self, weights: Tensor, batches: Sequence[int], eval_mode: bool = False) -> Tensor:
        """The gradient of the loss on each of some batches, in float64: (P,) -> (batches, P).

        By the chain rule, written out: many times as fast as autograd for so few numbers.
        """
        batches = list(batches)
        embedding, output, bias = self.split(weights.double())
        factor = self.plan.eval_factor if eval_mode else 1.0
        one_hot = torch.eye(self.plan.vocab_size, dtype=torch.float64)
        tokens, targets = (one_hot[ids[batches].flatten(1)] for ids in (self.x, self.y))
        tanh = torch.tanh(tokens @ embedding)
        hidden = tanh * factor
        off = (torch.softmax(hidden @ output.T + bias, -1) - targets) / tokens.shape[1]
        back = (off @ output) * factor * (1 - tanh**2)
        parts = (tokens.mT @ back, off.mT @ hidden, off.sum(1))
        return torch.cat([part.flatten(1) for part in parts], dim=1)

    def dull(self, batches: Sequence[int]) -> list[int]:
        """Those of some batches whose gradient is small or large, so that it may hide a mistake."""
        norms = self.gradients(self.weights, batches).norm(dim=1).tolist()
        return [
            batch
            for batch, norm in zip(batches, norms, strict=True)
            if not SMALLEST_NORM < norm < LARGEST_NORM
        ]

    def split(self, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Cut (P,) into embedding (V, D), output (V, D) and bias (V,)."""
        V, D = self.plan.vocab_size, self.plan.width
        embedding, output, bias = weights.split([V * D, V * D, V])
        return embedding.view(V, D), output.view(V, D), bias

    def design(self) -> dict[str, Any]:
        """The same as plain data for probe.training."""
        plan = self.plan
        embedding, output, bias = self.split(self.weights)
        steady = len(set(self.rates)) == 1
        return {
            "max_iters": plan.max_iters,
            "gradient_accumulation_steps": plan.accumulation,
            "grad_clip": plan.clip,
            "log_interval": plan.log_interval,
            "eval_interval": plan.eval_interval,
            "learning_rate": self.rates[0] if steady else FIRST_RATE,
            "rates": self.rates,
            "weights": {"embedding": embedding, "output": output, "bias": bias},
            "x": self.x,
            "y": self.y,
            "losses": self.losses,
            "groups": plan.groups,
            "eval_factor": plan.eval_factor,
            "training": plan.training,
        }


def draw_material(plan: Plan, rng: Draw) -> Material:
    """Draw it all; the first batches anew until their gradients can hide no mistake."""
    V, D = plan.vocab_size, plan.width
    shape = (plan.max_iters * plan.accumulation + 2, plan.batch_size, plan.length)
    x, y = rng.tokens(V, *shape), rng.tokens(V, *shape)
    if plan.val_losses:
        val = torch.tensor(plan.val_losses)
    else:
        val = rng.uniform(plan.max_iters + 2, low=1.0, high=3.0)
    losses = {"val": val, "train": rng.uniform(len(val), low=0.1, high=0.9)}
    rates = list(plan.rates) or [RATE] * plan.max_iters
    weights = rng.normal(2 * V * D + V, std=0.7)
    material = Material(plan, x, y, weights, losses, rates)
    dull = material.dull(range(plan.accumulation + 1))
    for _ in range(100):
        if not dull:
            break
        for batch in dull:
            x[batch], y[batch] = rng.tokens(V, *shape[1:]), rng.tokens(V, *shape[1:])
        dull = material.dull(dull)
    return material
