"""The training loop with its choices open, and the order in which it takes and uses its batches."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from autograder.checks.evidence.rehearsal import Plan


@dataclass(frozen=True)
class Loop:
    """One way to write the loop; the defaults are the right one.

    iterations, inner: how many updates there are, and micro-batches in each; data, target: which
    batches are taken, and what is to be predicted; weight, backward: with what factor a
    micro-batch counts, and whether it does; zero, clip, step: when, and how.
    """

    iterations: str = "M"
    inner: str = "K"
    data: str = "fresh"
    target: str = "y"
    weight: str = "1/K"
    backward: str = "each"
    zero: str = "update"
    clip: str = "norm"
    step: str = "update"


Change = tuple[str, dict[str, str]]

# What else one may do than the exercise says; several rows of one name begin with it.
TABLE: dict[str, dict[str, str]] = {
    "not-divided": {"weight": "1"},
    "divided-twice": {"weight": "1/K^2"},
    "divided-by-batch-size": {"weight": "1/B"},
    "divided-by-batch-size/too": {"weight": "1/(B K)"},
    "divided-by-batch-size/T": {"weight": "1/T"},
    "divided-by-batch-size/T too": {"weight": "1/(T K)"},
    "divided-by-batch-size/B T": {"weight": "1/(B T)"},
    "divided-by-batch-size/B T too": {"weight": "1/(B T K)"},
    "divided-by-micro-batches-so-far": {"weight": "1/(k + 1)"},
    "multiplied-for-divided": {"weight": "K"},
    "goes-uphill": {"weight": "-1/K"},
    "goes-uphill/undivided": {"weight": "-1"},
    "only-the-last-micro-batch": {"backward": "last"},
    "only-the-last-micro-batch/undivided": {"backward": "last", "weight": "1"},
    "only-the-first-micro-batch": {"backward": "first"},
    "backward-twice": {"backward": "twice"},
    "running-total-goes-backward": {"backward": "running total"},
    "never-goes-backward": {"backward": "never"},
    "zeroed-per-micro-batch": {"zero": "micro"},
    "never-zeroed": {"zero": "never"},
    "zeroed-before-step": {"zero": "before step"},
    "zeroed-when-logging": {"zero": "log"},
    "never-clips": {"clip": "never"},
    "clips-each-micro-batch": {"clip": "micro"},
    "clips-each-micro-batch/before its backward": {"clip": "micro, before"},
    "clips-each-micro-batch/its own gradient": {"clip": "own"},
    "clips-without-effect": {"clip": "after step"},
    "clips-values": {"clip": "value"},
    "clips-part-by-part": {"clip": "group"},
    "clips-part-by-part/each parameter": {"clip": "parameter"},
    "clips-one-parameter": {"clip": "first parameter"},
    "clips-one-parameter/last": {"clip": "last parameter"},
    "clips-at-zero": {"clip": "at zero too"},
    "clips-at-a-fixed-limit": {"clip": "1, unless 0"},
    "clips-at-a-fixed-limit/always": {"clip": "1"},
    "clips-only-when-switched-off": {"clip": "inverted"},
    "scales-small-gradients-up": {"clip": "always"},
    "clips-before-dividing": {"clip": "undivided"},
    "clips-by-another-norm": {"clip": "largest"},
    "clips-by-another-norm/1": {"clip": "sum"},
    "same-batch-for-all-micro-batches": {"data": "one per update"},
    "one-batch-for-ever": {"data": "one"},
    "loss-of-another-batch": {"data": "one more when logging"},
    "loss-of-another-batch/late": {"data": "one more when logging late"},
    "predicts-its-own-input": {"target": "x"},
    "predicts-its-own-input/the later one": {"target": "y of y"},
    "input-and-target-swapped": {"target": "swapped"},
    "shifted-once-more": {"target": "shifted"},
    "no-accumulation": {"inner": "1", "weight": "1"},
    "no-accumulation/divided": {"inner": "1"},
    "one-micro-batch-too-few": {"inner": "K - 1"},
    "one-micro-batch-too-many": {"inner": "K + 1"},
    "steps-per-micro-batch": {"step": "micro"},
    "steps-per-micro-batch/zeroed": {"step": "micro", "zero": "step"},
    "steps-per-micro-batch/zeroed, undivided": {"step": "micro", "zero": "step", "weight": "1"},
    "steps-per-micro-batch/undivided": {"step": "micro", "weight": "1"},
    "steps-after-the-first-micro-batch": {"step": "first"},
    "steps-twice": {"step": "twice"},
    "steps-first": {"step": "before"},
    "iterations-are-micro-batches": {"iterations": "micro"},
    "iterations-are-micro-batches/at the first": {"iterations": "micro, first"},
    "iterations-are-micro-batches/undivided": {"iterations": "micro", "weight": "1"},
    "steps-after-the-first-micro-batch/in one loop": {"iterations": "K M, first"},
    "one-update-too-many": {"iterations": "M + 1"},
    "one-update-too-few": {"iterations": "M - 1"},
    "one-update-only": {"iterations": "1"},
    "updates-and-micro-batches-swapped": {"iterations": "K", "inner": "M", "weight": "1/M"},
    "more-updates-than-iterations": {"iterations": "K M"},
    "fewer-updates-than-iterations": {"iterations": "M // K"},
}

# Numbers that are read from another setting than the one meant for them.
ANOTHER = [
    *({"weight": f"1/{other}"} for other in ("M", "log", "eval")),
    *({"inner": other} for other in ("M", "log", "eval")),
    *({"inner": other, "weight": f"1/{other}"} for other in ("M", "log", "eval")),
    *({"iterations": other} for other in ("K", "log", "eval")),
    *({"clip": f"at {other}"} for other in ("M", "K", "log", "eval")),
]
TABLE |= {f"another-setting/{number}": change for number, change in enumerate(ANOTHER)}
CHANGES: list[Change] = [(name.partition("/")[0], change) for name, change in TABLE.items()]

WEIGHTS: dict[str, Callable[[Plan, int], float]] = {
    "1/K": lambda plan, k: 1 / plan.accumulation,
    "1": lambda plan, k: 1.0,
    "1/K^2": lambda plan, k: 1 / plan.accumulation**2,
    "1/B": lambda plan, k: 1 / plan.batch_size,
    "1/(B K)": lambda plan, k: 1 / (plan.batch_size * plan.accumulation),
    "1/T": lambda plan, k: 1 / plan.length,
    "1/(T K)": lambda plan, k: 1 / (plan.length * plan.accumulation),
    "1/(B T)": lambda plan, k: 1 / (plan.batch_size * plan.length),
    "1/(B T K)": lambda plan, k: 1 / (plan.batch_size * plan.length * plan.accumulation),
    "1/(k + 1)": lambda plan, k: 1 / (k + 1),
    "K": lambda plan, k: float(plan.accumulation),
    "1/M": lambda plan, k: 1 / plan.max_iters,
    "1/log": lambda plan, k: 1 / plan.log_interval,
    "1/eval": lambda plan, k: 1 / plan.eval_interval,
    "-1/K": lambda plan, k: -1 / plan.accumulation,
    "-1": lambda plan, k: -1.0,
}


@dataclass(frozen=True)
class Micro:
    """One micro-batch of a loop: iteration and number in it, its batch, the steps after it.

    done: how many steps had been made when its gradient was worked out; early: those of them right
    before it; first, last: whether it begins and ends an update.
    """

    iteration: int
    number: int
    batch: int
    done: int
    steps: int
    first: bool
    last: bool
    early: int = 0


@functools.lru_cache(maxsize=4096)
def order(
    iterations: str, inner: str, data: str, step: str, plan: tuple[int, int, int, int]
) -> tuple[tuple[Micro, ...], int]:
    """All micro-batches in their order, and how many batches are taken for them.

    plan: max_iters, gradient_accumulation_steps, log_interval, eval_interval.
    """
    M, K, log, evaluation = plan
    found: list[Micro] = []
    batch, done = -1, 0
    for i, k, first, last in places(iterations, inner, M, K, {"log": log, "eval": evaluation}):
        if data == "fresh" or data.startswith("one more") or not found or (
            data == "one per update" and first
        ):  # fmt: skip
            batch += 1
        counts = {"micro": 1, "first": int(first), "twice": 2 * last, "before": 0}
        steps = counts.get(step, int(last))
        early = int(step == "before" and first)
        done += early
        found.append(Micro(i, k, batch, done, steps, first, last, early))
        done += steps
        logged = (i if data == "one more when logging" else i + 1) % log == 0
        if last and logged and data.startswith("one more"):
            batch += 1
    return tuple(found), batch + 1


def places(
    iterations: str, inner: str, M: int, K: int, others: Mapping[str, int]
) -> Iterator[tuple[int, int, bool, bool]]:
    """Iteration and number of each micro-batch; whether it is the first, or last, of an update."""
    if iterations in ("micro", "micro, first", "K M, first"):
        remainder = K - 1 if iterations == "micro" else 0
        for m in range(M * K if iterations == "K M, first" else M):
            yield m, m % K, m == 0 or (m - 1) % K == remainder, m % K == remainder
        return
    updates = {"M + 1": M + 1, "M - 1": M - 1, "1": 1, "K": K, "K M": K * M, "M // K": M // K}
    updates |= others
    count = {"1": 1, "K - 1": K - 1, "K + 1": K + 1, "M": M, **others}.get(inner, K)
    for i, k in itertools.product(range(updates.get(iterations, M)), range(count)):
        yield i, k, k == 0, k == count - 1


def order_of(loop: Loop, plan: Plan) -> tuple[tuple[Micro, ...], int]:
    """The micro-batches of a loop in a plan, and how many batches it takes."""
    sizes = (plan.max_iters, plan.accumulation, plan.log_interval, plan.eval_interval)
    return order(loop.iterations, loop.inner, loop.data, loop.step, sizes)
