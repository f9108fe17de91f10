"""What a speed benchmark measured: one thing done in two ways, as a ratio that travels.

Seconds differ from machine to machine and from hour to hour; how many times as fast one way is as
the other differs little, if the two take turns while they are measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Row:
    """One comparison: how many times as good ours is, and what both were measured at.

    ours and theirs are in the same unit, the ratio is above 1 where ours is the better one; wanted
    is the least ratio that the course promises, None where it promises nothing. remark says in
    half a sentence what a reader needs to know beside the number.
    """

    name: str
    ratio: float
    ours: float
    theirs: float
    unit: str
    wanted: float | None = None
    remark: str = ""

    @property
    def reached(self) -> bool:
        """Whether the ratio is what the course promises; true where it promises nothing."""
        return self.wanted is None or self.ratio >= self.wanted

    def __str__(self) -> str:
        said = f"{self.name}: {self.ratio:.2f} times ({self.ours:,.4g} against {self.theirs:,.4g}"
        said += f" {self.unit}"
        if self.wanted is not None:
            said += f"; wanted {self.wanted:g}, {'reached' if self.reached else 'NOT reached'}"
        return said + ")" + (f"; {self.remark}" if self.remark else "")

    def to_dict(self) -> dict[str, Any]:
        """The row for --json."""
        return asdict(self) | {"reached": self.reached}


def best_seconds(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the shortest time in seconds of each way, all of them taking turns `rounds` times.

    Turns, because what else runs on the machine then slows all of them alike; the shortest,
    because it is the one that was disturbed the least. With a single thread the time is that of
    the processor, in which waiting for others does not count.
    """
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            started = clock()
            way()
            best[name] = min(best[name], clock() - started)
    return best
