"""How many threads a model of this size is trained with: found out by trying.

PyTorch takes as many as there are cores. Where others use the machine as well, that can be ten
times slower than one: at the end of every product all threads wait for the one that had to wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

ROUNDS, AT_LEAST, BUDGET_S = 6, 2, 0.5
CLEARLY = 1.1  # more threads must be that many times as fast: they take cores from others


def some_products() -> None:
    """Compute for some milliseconds what a small transformer computes most of."""
    x, w = torch.full((768, 128), 0.5), torch.full((128, 512), 0.5)
    for _ in range(4):
        x @ w


def measured_seconds(work: Callable[[], object], counts: list[int]) -> dict[int, float]:
    """Return the seconds that some work took with each number of threads, taking turns.

    All rounds are added up: with shared cores it is the bad moments that make the difference. A
    machine that is so busy that the rounds take long gets fewer of them.
    """
    before = torch.get_num_threads()
    seconds = dict.fromkeys(counts, 0.0)
    try:
        for done in range(ROUNDS):
            if done >= AT_LEAST and sum(seconds.values()) > BUDGET_S:
                break
            for count in counts:
                torch.set_num_threads(count)
                started = time.perf_counter()
                work()
                seconds[count] += time.perf_counter() - started
    finally:
        torch.set_num_threads(before)
    return seconds


def best_threads(work: Callable[[], object] = some_products) -> int:
    """Return the number of threads that is the fastest now: 1, half of them or all.

    Takes about a tenth of a second; sets nothing.
    """
    most = torch.get_num_threads()
    counts = sorted({1, max(1, most // 2), most})
    if len(counts) == 1:
        return most
    work()  # the first time warms up
    seconds = measured_seconds(work, counts)
    best = counts[0]
    for count in counts[1:]:
        if seconds[count] * CLEARLY < seconds[best]:
            best = count
    return best


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Compute with so many threads inside, with as many as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
