"""torch.compile for runs that are long enough to earn the minutes that it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.notebook.finetuning.memory import is_out_of_memory


class Compiled(nn.Module):
    """A model whose training runs compiled; evaluating and writing, with their shapes, do not.

    The weights are the model's own, and so is whatever else it is asked for. Where compiling fails
    it says so, once, and goes on with the model as it is.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.forward_training: Callable[..., Any] | None = torch.compile(
            model.forward, dynamic=False
        )
        self.works = False  # whether it has been seen to work

    def forward(self, *args: Any, **named: Any) -> Any:
        if not self.training or self.forward_training is None:
            return self.model(*args, **named)
        try:
            result = self.forward_training(*args, **named)
        except Exception as error:  # compilers, drivers and Triton raise anything
            if self.works or (isinstance(error, RuntimeError) and is_out_of_memory(error)):
                raise
            self.give_up(error)
            return self.model(*args, **named)
        self.works = True
        return result

    def give_up(self, error: Exception) -> None:
        """Go on without, in a sentence."""
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(f"torch.compile does not work here, going on without it, only slower: {reason[:200]}")
        self.forward_training = None

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("model"), name)
