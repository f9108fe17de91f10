"""Known parts put in place of the student's, so that one mistake costs its own exercise only.

A design is plain data, {"kind": ..., ...}; KINDS says what each becomes. Every stand-in writes down
how it was made and what it saw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from autograder.probe.patching import patch
from autograder.probe.stand_in_models import MODELS
from autograder.probe.stand_in_parts import PARTS

Plain = Any


class Log:
    """What a stand-in saw: constructor arguments, and every forward call.

    undo: what gives a patched class back its own methods.
    """

    def __init__(self) -> None:
        self.made: list[list[Plain]] = []
        self.calls: list[dict[str, Plain]] = []
        self.undo: list[Callable[[], None]] = []
        self.instances: list[nn.Module] = []

    def number(self, instance: nn.Module) -> int:
        """Count objects in the order in which they are first used, deep copies too."""
        for number, seen in enumerate(self.instances):
            if seen is instance:
                return number
        self.instances.append(instance)
        return len(self.instances) - 1

    def report(self, start: int) -> dict[str, Plain]:
        """All that was made, and the calls from number `start` on."""
        return {"made": self.made, "calls": self.calls[start:]}

    def saw(self, number: int, training: bool, x: Tensor, y: Any) -> None:
        """Keep copies: a student may go on to change either in place."""
        kept = y.detach().clone() if isinstance(y, Tensor) else y
        self.calls.append(
            {"number": number, "training": training, "x": x.detach().clone(), "y": kept}
        )


def make(design: dict[str, Plain], own: Any, log: Log) -> type[nn.Module]:
    """Turn a design into a class to put in place of `own` (the student's class, or None)."""
    return KINDS[design["kind"]](design, own, log)


def replace_forward(module: nn.Module, design: dict[str, Plain], log: Log) -> None:
    """Give one instance the forward of a stand-in model; its other attributes stay."""
    fake = MODELS[design["kind"]](design, log)

    def forward(*args: Any, **kwargs: Any) -> Any:
        fake.train(module.training)
        return fake(*args, *kwargs.values())  # whatever the student calls them

    module.forward = forward


def known_map(x: Tensor, matrix: Tensor, mixing: bool) -> Tensor:
    """tanh(x' A), with x' the running mean over positions if mixing, else x.

    Shapes: x (N, T, D), matrix (D, D) -> (N, T, D). The checks compute the same on their side.
    """
    if mixing:
        counts = torch.arange(1, x.shape[-2] + 1, dtype=x.dtype).unsqueeze(-1)
        x = x.cumsum(dim=-2) / counts
    return torch.tanh(x @ matrix.to(x.dtype))


def layer(design: dict[str, Plain], own: Any, log: Log) -> type[nn.Module]:
    """A layer (N, T, D) -> (N, T, D): the k-th object used computes known_map with matrix k.

    Design: matrices (K, D, D), mixing (bool), arguments (names of the constructor's arguments),
    subclass (bool: keep the student's own class with all its parts, replace only what it computes),
    parts (what a layer that is not the student's has inside: see stand_in_parts).
    """
    matrices = torch.as_tensor(design["matrices"])
    arguments = list(design.get("arguments", ()))

    def forward(self: nn.Module, x: Tensor, *_: Any, **__: Any) -> Tensor:
        number = log.number(self)
        y = known_map(x, matrices[number % len(matrices)], bool(design.get("mixing")))
        log.saw(number, self.training, x, y)
        return y.clone()  # what comes after may change it in place; tanh's gradient needs y

    if design.get("subclass") and isinstance(own, type) and issubclass(own, nn.Module):
        log.undo += patch(own, len(arguments), log.made, forward)
        return own

    class StandInLayer(PARTS[design.get("parts", "none")]):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            bound = dict(zip(arguments, args, strict=False)) | kwargs
            super().__init__(bound.get("hidden_size", matrices.shape[-1]))
            log.made.append([bound.get(name) for name in arguments])

    StandInLayer.forward = forward
    return StandInLayer


def model(design: dict[str, Plain], own: Any, log: Log) -> Any:
    """A stand-in model of stand_in_models, as a class without arguments."""
    return lambda: MODELS[design["kind"]](design, log)


KINDS: dict[str, Callable[[dict[str, Plain], Any, Log], Any]] = {
    "layer": layer,
    **dict.fromkeys(MODELS, model),
}
