"""The record of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class History:
    """Losses in nats per character, by iteration of the whole run.

    train: (iteration, loss, learning rate); evaluations: (iteration, train loss, val loss).
    seconds: how long it trained so far, evaluations included, pauses not; nan if nobody knows.
    """

    train: list[tuple[int, float, float]] = field(default_factory=list)
    evaluations: list[tuple[int, float, float]] = field(default_factory=list)
    seconds: float = 0.0
