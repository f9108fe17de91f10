"""Whether a recorded training run (E7) is right in another way than its source's.

The curriculum leaves open when the loop logs and evaluates, as long as it does so at every so
many-th iteration; everything else about a run must be as in the source's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from benchmarks.mutants.comparison import difference

Record = Mapping[str, Any]
Runs = Mapping[str, list[tuple[Any, Any]]]


def reports_otherwise(runs: Runs) -> bool:
    """Whether every run of the mutant logs, evaluates and returns as the readings have it."""
    return all(
        logs_regularly(design, *entries)
        for (design, _), entries in zip(runs["design"], runs["trained"], strict=True)
    ) and all(
        evaluates_regularly(design, evaluated, estimated, returned)
        for (design, _), (_, evaluated), (_, estimated), (_, returned) in zip(
            runs["design"], runs["evaluated"], runs["estimated"], runs["returned"], strict=True
        )
    )


def logs_regularly(design: Record, old: list[Any], new: list[Any]) -> bool:
    """Whether the iterations logged are regular, with their rates, and their losses where known."""
    n, k = design["max_iters"], design["log_interval"]
    if any(entry[name] is None for entry in new for name in ("iteration", "loss", "lr")):
        return False
    known = {entry["iteration"]: entry["loss"] for entry in old}
    numbers = [entry["iteration"] for entry in new]
    regular = (
        {i for i in range(n) if i % k == 0},
        {i for i in range(n) if (i + 1) % k == 0},
        {i for i in range(1, n + 1) if i % k == 0},
    )
    extra = ({}, {0}, {n - 1}, {0, n - 1})
    fits = any(set(numbers) | set(e) == base | set(e) for base in regular for e in extra)
    return fits and len(set(numbers)) == len(numbers) and all(
        entry["lr"] in (design["rates"][min(n, int(i)) - 1], design["rates"][min(n - 1, int(i))])
        and math.isclose(entry["loss"], known.get(i, entry["loss"]), rel_tol=1e-5)
        for i, entry in zip(numbers, new, strict=True)
    )  # fmt: skip


def evaluates_regularly(
    design: Record, evaluated: list[Any], estimated: list[Any], returned: Any
) -> bool:
    """Whether evaluations are regular, reported as they are, and the best one is returned."""
    n, k = design["max_iters"], design["eval_interval"]
    clocks = [entry["updates"] for entry in evaluated]
    regular = (
        {i for i in range(n) if i % k == 0},
        {i + 1 for i in range(n) if i % k == 0},
        {i for i in range(n) if (i + 1) % k == 0},
        {i + 1 for i in range(n) if (i + 1) % k == 0},
    )
    extra = ({}, {0}, {n}, {0, n})
    fits = any(set(clocks) | set(e) == base | set(e) for base in regular for e in extra)
    values = [entry["val"] for entry in evaluated]
    if any(entry[name] is None for entry in evaluated for name in ("iteration", "train", "val")):
        return False
    best = min(values) if values else None
    return (
        fits and is_best(returned, best) and clocks == [entry["updates"] for entry in estimated]
        and all(entry["model"] for entry in estimated)
        and all(entry["iteration"] - entry["updates"] in (0, -1) for entry in evaluated)
    )  # fmt: skip


def is_best(returned: Any, best: float | None) -> bool:
    """Whether this is the best loss, or what stands for none where nothing was evaluated."""
    if best is None:
        return returned in (None, math.inf) or returned != returned
    return isinstance(returned, (int, float)) and math.isclose(returned, best, rel_tol=1e-6)


def same_but_for_rounding(runs: Runs) -> bool:
    """Whether weights and logs of all runs agree to a ten-thousandth of the largest number."""
    return all(
        difference(left, right) <= 1e-4
        for what in ("weights", "trained")
        for left, right in runs[what]
    )


def same_where_it_comes_in_training_mode(runs: Runs) -> bool:
    """Whether all runs of a model that comes in training mode are the same."""
    return all(
        difference(left, right) <= 1e-6
        for what, pairs in runs.items()
        for (left, right), (design, _) in zip(pairs, runs["design"], strict=True)
        if what != "design" and design["training"]
    )
