"""E7: the training loop, with its given hyper-parameters and schedule."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from solutions.assignment4.data import GetBatch


@dataclass(frozen=True)
class TrainConfig:
    """Say how long to train, how much per update, and how fast.

    One iteration is one weight update; learning rates are those of AdamW.
    """

    max_iters: int = 2000
    gradient_accumulation_steps: int = 40
    grad_clip: float = 1.0
    log_interval: int = 10
    eval_interval: int = 250
    learning_rate: float = 1e-3
    min_lr: float = 1e-4
    warmup_iters: int = 100

    def get_lr(self, iteration: int) -> float:
        """Return the learning rate of an update: linear warm-up, then a half cosine to min_lr."""
        if iteration < self.warmup_iters:
            return self.learning_rate * iteration / self.warmup_iters
        progress = (iteration - self.warmup_iters) / max(1, self.max_iters - self.warmup_iters)
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, progress)))
        return self.min_lr + cosine * (self.learning_rate - self.min_lr)


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    config: TrainConfig,
    get_batch: GetBatch,
    estimate_loss: Callable[[nn.Module], dict[str, float]],
    logger: Any,
) -> float:
    """Train for config.max_iters updates and return the best validation loss seen.

    One update: set the learning rate of every group, add up the gradients of
    gradient_accumulation_steps fresh micro-batches (each loss divided by their number), clip the
    norm of the sum once, step. So K micro-batches of size B give the update of one batch of K * B.

    Calls logger.train(iteration, loss, lr) every log_interval iterations with the undivided loss,
    logger.evaluation(iteration, losses) every eval_interval; leaves the model in training mode.
    Losses are in nats per token.
    """
    # BEGIN SOLUTION
    model.train()
    best_val_loss = float("inf")
    for iteration in range(config.max_iters):
        if iteration % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(iteration, losses)
            best_val_loss = min(best_val_loss, losses["val"])

        for group in optimizer.param_groups:
            group["lr"] = config.get_lr(iteration)

        optimizer.zero_grad()
        for _ in range(config.gradient_accumulation_steps):
            _, loss = model(*get_batch("train"))
            (loss / config.gradient_accumulation_steps).backward()
        nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip or math.inf)
        optimizer.step()

        if iteration % config.log_interval == 0:
            logger.train(iteration, loss.item(), config.get_lr(iteration))

    losses = estimate_loss(model)
    logger.evaluation(config.max_iters, losses)
    return min(best_val_loss, losses["val"])
    # END SOLUTION
