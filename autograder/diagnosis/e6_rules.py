"""E6: what an optimizer did to each parameter, and which rule and arguments that follows from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.e6 import Model, drawn_arguments, optimizer_for, steps
from autograder.probe.view import Student

GRADIENTS = (0.5, -1.0, 0.3)
RULES = ("adamw", "adam", "sgd")
NEARLY_ALL = 0.98  # of the numbers; where decay and gradient cancel, Adam's step is mere rounding


@dataclass(frozen=True)
class Settings:
    """What a group says of itself, as numbers; nan where it says nothing."""

    rate: float
    decay: float
    betas: tuple[float, float]
    eps: float = 1e-8
    momentum: float = 0.0
    uphill: bool = False


@dataclass(frozen=True)
class Group:
    """A group: the names of its parameters (None: not the model's), and its settings."""

    names: tuple[str | None, ...]
    settings: Settings


@dataclass(frozen=True)
class Trial:
    """One call with drawn arguments: the optimizer's groups, and what three steps of it did."""

    given: Settings
    kind: str
    is_adamw: bool
    groups: tuple[Group, ...]
    before: Mapping[str, Tensor]
    after: Mapping[str, Tensor]

    def follows(self, rule: str) -> bool:
        """Whether a rule with each group's own settings brings every parameter where it is now.

        Asked of trainable parameters, and not of what a group holds twice: that is moved twice.
        False if nothing can be asked.
        """
        asked = [
            (name, group.settings)
            for group in self.groups for name in group.names
            if name is not None and name in self.before and self.count(name) == 1
        ]  # fmt: skip
        return bool(asked) and all(
            lands(self.before[name], self.after[name], rule, settings) for name, settings in asked
        )

    def count(self, name: str) -> int:
        """How often the groups hold a parameter."""
        return sum(group.names.count(name) for group in self.groups)


def try_out(student: Student, rng: Draw, model: Model) -> Trial:
    """Ask for an optimizer with drawn arguments and let it make three steps; raises ProbeError."""
    decay, rate, betas = drawn_arguments(rng)
    optimizer = optimizer_for(student, model, decay, rate, betas)
    found = optimizer.groups(model.handle)
    groups = tuple(Group(tuple(g["parameters"]), settings(g["options"])) for g in found["groups"])
    before, after = steps(rng, model, optimizer, GRADIENTS) if groups else ({}, {})
    before = {p.name: before[p.name] for p in model.parameters if p.trainable and groups}
    given = Settings(rate, decay, betas)
    return Trial(given, found["kind"], found["is_adamw"], groups, before, after)


def settings(options: Mapping[str, Any]) -> Settings:
    """Read a group's options, whatever a student's optimizer keeps in them."""
    betas = options.get("betas")
    pair = betas if isinstance(betas, list) and len(betas) == 2 else (math.nan, math.nan)
    return Settings(
        number(options.get("lr")), number(options.get("weight_decay")),
        (number(pair[0]), number(pair[1])), number(options.get("eps", 1e-8)),
        number(options.get("momentum", 0.0)), options.get("maximize") is True,
    )  # fmt: skip


def number(value: Any) -> float:
    """A float, also from a tensor of one number; nan from anything else."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return float(value)
    return float(value) if isinstance(value, (int, float)) else math.nan


def lands(before: Tensor, after: Tensor, rule: str, own: Settings) -> bool:
    """Whether a rule brings a tensor from `before` to `after`, to rounding in float32."""
    expected = follow(rule, own, before)
    near = (after.double() - expected).abs() <= 1e-5 * expected.abs().clamp_min(1.0)
    return bool(near.double().mean() >= NEARLY_ALL)


def follow(
    rule: str, own: Settings, start: Tensor, gradients: Sequence[float] = GRADIENTS
) -> Tensor:
    """Where a rule brings a tensor by these gradients, the same for all numbers, in float64.

    adamw: the decay stands apart from the gradient; adam and sgd: it is a part of the gradient.
    Source: Loshchilov and Hutter 2019, algorithms 1 and 2.
    """
    values = start.double()
    first, second = torch.zeros_like(values), torch.zeros_like(values)
    for t, given in enumerate(gradients, start=1):
        gradient = torch.full_like(values, -given if own.uphill else given)
        if rule == "adamw":
            values = values * (1 - own.rate * own.decay)
        else:
            gradient = gradient + own.decay * values
        if rule == "sgd":
            first = own.momentum * first + gradient
            values = values - own.rate * first
            continue
        first = own.betas[0] * first + (1 - own.betas[0]) * gradient
        second = own.betas[1] * second + (1 - own.betas[1]) * gradient**2
        length = (second / (1 - own.betas[1] ** t)).sqrt() + own.eps
        values = values - own.rate * first / (1 - own.betas[0] ** t) / length
    return values
