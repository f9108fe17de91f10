"""E6: which parameters decay."""

from __future__ import annotations

import torch
from torch import nn

from solutions.assignment4.gpt import GPT


def configure_optimizers(
    self: nn.Module, weight_decay: float, learning_rate: float, betas: tuple[float, float]
) -> torch.optim.AdamW:
    """Build AdamW with two parameter groups: matrices decay, vectors do not.

    Parameters with two or more dimensions get weight_decay; biases and LayerNorm parameters, whose
    resting place is not 0 or which are few, get 0. Each trainable parameter is in exactly one
    group, a tied one once.

    Source: decoupled weight decay, Loshchilov and Hutter 2019.
    """
    # BEGIN SOLUTION
    trainable = [parameter for parameter in self.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trainable if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trainable if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
    # END SOLUTION


GPT.configure_optimizers = configure_optimizers  # type: ignore[attr-defined]
