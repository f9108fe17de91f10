"""The record of a fine-tuning run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class History:
    """Losses in nats per token, by iteration: the number of updates made before the loss was taken.

    train: (iteration, loss) of each update's own windows; evaluations: (iteration, train loss,
    val loss), dropout off; best: (iteration, val loss) of the weights that were kept, or None.
    """

    tokens_per_update: int
    train: list[tuple[int, float]] = field(default_factory=list)
    evaluations: list[tuple[int, float, float]] = field(default_factory=list)
    best: tuple[int, float] | None = None

    def add_update(self, iteration: int, loss: float) -> None:
        """Note an update's loss; one that is made once more after an interruption counts once."""
        put(self.train, (iteration, loss))

    def improves(self, val: float) -> bool:
        """Say whether a validation loss is lower than that of the weights that were kept."""
        return self.best is None or val < self.best[1]

    def add_evaluation(self, iteration: int, train: float, val: float) -> None:
        """Note an evaluation, likewise once; the best weights so far are its own if it improves."""
        put(self.evaluations, (iteration, train, val))
        if self.improves(val):
            self.best = (iteration, val)

    def to_dict(self) -> dict[str, Any]:
        """Return the record in plain lists and tuples, which History(**record) takes back."""
        return asdict(self)


def put(entries: list[Any], entry: tuple[Any, ...]) -> None:
    """Append an entry, in place of the last one if that is of the same iteration."""
    if entries and entries[-1][0] == entry[0]:
        entries.pop()
    entries.append(entry)
