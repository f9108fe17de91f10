"""E8: let the model write."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from solutions.assignment4.gpt import GPT


def generate(self: nn.Module, x: Tensor, max_new_tokens: int, temperature: float = 1.0) -> Tensor:
    """Extend each sequence by tokens drawn from the model's own distribution.

    p = softmax(logits of the last position / temperature), one draw per sequence and step; the
    model sees the last context_size tokens. No gradients; the model's mode is restored.

    Shapes: x (N, T) long -> (N, T + max_new_tokens) long.
    """
    # BEGIN SOLUTION
    was_training = self.training
    self.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = self(x[:, -self.context_size :])
            probabilities = torch.softmax(logits[:, -1] / temperature, dim=-1)  # (N, V)
            x = torch.cat([x, torch.multinomial(probabilities, num_samples=1)], dim=1)
    self.train(was_training)
    return x
    # END SOLUTION


GPT.generate = generate  # type: ignore[attr-defined]
