"""Which loss was logged, and which one was returned as the best."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from torch import Tensor

from autograder.checks.evidence.recording import Logged
from autograder.diagnosis.e7_loop import Loop
from autograder.diagnosis.e7_when import Report
from autograder.diagnosis.e7_world import World

NEAR = 2e-4  # room for rounding to four digits before logging; losses here differ by far more

SAME = 1e-5

# What is logged as the loss, given the losses of the update's micro-batches.
Logs = Callable[[list[float], World], float]

LOGGED: dict[str, Logs] = {
    "": lambda losses, world: losses[-1],
    "/mean": lambda losses, world: mean(losses),
    "/over K": lambda losses, world: sum(losses) / world.plan.accumulation,
    "logs-the-divided-loss": lambda losses, world: losses[-1] / world.plan.accumulation,
    "logs-the-divided-loss/mean": lambda losses, world: mean(losses) / world.plan.accumulation,
    "logs-the-divided-loss/twice": lambda losses, world: losses[-1] / world.plan.accumulation**2,
    "logs-the-divided-loss/by B": lambda losses, world: losses[-1] / world.plan.batch_size,
    "logs-the-sum": lambda losses, world: sum(losses),
    "logs-a-multiple": lambda losses, world: losses[-1] * world.plan.accumulation,
    "logs-a-multiple/sum": lambda losses, world: sum(losses) * world.plan.accumulation,
    "logs-a-multiple/by B": lambda losses, world: losses[-1] * world.plan.batch_size,
    "logs-the-first-micro-batch": lambda losses, world: losses[0],
    "logs-the-smallest-loss": lambda losses, world: min(losses),
    "logs-in-another-unit/perplexity": lambda losses, world: math.exp(losses[-1]),
    "logs-in-another-unit/of the mean": lambda losses, world: math.exp(mean(losses)),
    "logs-in-another-unit/bits": lambda losses, world: losses[-1] / math.log(2),
    "logs-in-another-unit/bits of the mean": lambda losses, world: mean(losses) / math.log(2),
    "goes-uphill": lambda losses, world: -losses[-1],
}


def mean(losses: Sequence[float]) -> float:
    return sum(losses) / len(losses)


def loss_names(reports: Sequence[Report], loop: Loop) -> list[str] | None:
    """What was logged as the loss; [] if the right one, None if it is nothing that is known."""
    if any(entry.loss is None for r in reports for entry in r.trained):
        return ["logs-no-number"]
    calls = [(report, number, entry) for report in reports
             for number, entry in enumerate(report.trained)]  # fmt: skip
    if not calls:
        return None
    known: dict[tuple[int, int], list[float]] = {}

    def losses(report: Report, i: int) -> list[float]:
        key = (id(report), i)
        if key not in known:
            known[key] = losses_of(report, i, loop.target)
        return known[key]

    for late in (1, 0):
        where = [report.at(entry, late) for report, _, entry in calls]
        for key, logs in LOGGED.items():
            if all(
                i is not None and close(entry.loss, logs(losses(r, i), r.world))
                for (r, _, entry), i in zip(calls, where, strict=True)
            ):
                name = key.partition("/")[0]
                # Where the step comes after the first micro-batch, that is its last one.
                right = not name or (name == "logs-the-first-micro-batch" and loop.step == "first")
                return [] if right else [name]
    if all(logs_each_micro_batch(r, loop) for r in reports if r.world.plan.log_interval == 1):
        return []
    for name, option in other_losses(loop).items():
        for late in (1, 0):
            where = [report.at(entry, late) for report, _, entry in calls]
            if all(
                i is not None and any(close(entry.loss, x) for x in option(r, number, entry, i))
                for (r, number, entry), i in zip(calls, where, strict=True)
            ):
                return [name.partition("/")[0]]
    if all(running_mean(r, losses) for r in reports if r.world.plan.log_interval == 1):
        return ["logs-a-running-mean"]
    return None


def losses_of(report: Report, i: int, target: str) -> list[float]:
    """The losses of an iteration's micro-batches, each at the weights that it met."""
    world = report.world
    micros = report.iterations[i].micros
    modes, last = world.run.modes, world.run.updates
    return [
        world.loss(s, m.batch + report.offset, target, s < last and not modes[s])
        for m in micros
        for s in [min(m.done, last)]
    ]


def logs_each_micro_batch(report: Report, loop: Loop) -> bool:
    """Whether all losses of all micro-batches were logged, in their order."""
    found = [loss for i in range(len(report.iterations))
             for loss in losses_of(report, i, loop.target)]  # fmt: skip
    logged = [entry.loss for entry in report.trained]
    return len(found) == len(logged) and all(map(close, logged, found))


def other_losses(loop: Loop) -> dict[str, Callable[[Report, int, Logged, int], list[float]]]:
    """Losses of other weights or other data, of which one is logged."""

    def other_batch(r: Report, number: int, entry: Logged, i: int) -> list[float]:
        step = min(entry.clock, len(r.world.run.weights) - 1)
        last = r.iterations[i].micros[-1].batch + r.offset
        numbers = [last + 1, number] if "val" in r.world.run.splits else [last + 1]
        shuffled = [r.world.loss(step, last, "flipped")]
        return [r.world.loss(step, b, "y", e) for b in numbers for e in (False, True)] + shuffled

    def update_before(r: Report, number: int, entry: Logged, i: int) -> list[float]:
        found = losses_of(r, max(0, i - 1), loop.target)
        return [found[-1], mean(found)]

    def estimated(name: str) -> Callable[[Report, int, Logged, int], list[float]]:
        def option(r: Report, number: int, entry: Logged, i: int) -> list[float]:
            values = r.world.run.given.losses[name]
            return [float(values[min(entry.clock, len(values) - 1)])]

        return option

    return {
        "loss-of-another-batch": other_batch,
        "logs-the-loss-of-the-update-before": update_before,
        "logs-the-estimate": estimated("train"),
        "logs-the-estimate/val": estimated("val"),
    }


def running_mean(report: Report, losses: Callable[[Report, int], list[float]]) -> bool:
    """Whether what is logged is a mean over updates: over all so far, or one that forgets."""
    found = [entry.loss or 0.0 for entry in report.trained]
    if len(found) < 4 or len(found) > len(report.iterations):
        return False
    for each in (lambda x: x[-1], mean):
        x = [each(losses(report, i)) for i in range(len(found))]
        if all(close(found[i], mean(x[: i + 1])) for i in range(len(found))):
            return True
        shares = [
            (found[i] - found[i - 1]) / (x[i] - found[i - 1])
            for i in range(1, len(found))
            if abs(x[i] - found[i - 1]) > 0.05
        ]
        if len(shares) > 2 and min(shares) > 0.001 and max(shares) < 0.9999 and (
            max(shares) - min(shares) < 0.01
        ):  # fmt: skip
            return True
    return False


def never_stepped(world: World, ahead: int) -> Iterator[bool]:
    """For each logged loss, whether it is that of the weights that the model came with.

    ahead: how many batches were taken that were not used yet.
    """
    K = world.plan.accumulation
    for entry in world.run.trained:
        batch = max(entry.batches - 1 - ahead, 0)
        wanted = [world.loss(0, batch)]
        first = batch - K + 1
        wanted.append(mean([world.loss(0, b) for b in range(max(0, first), batch + 1)]))
        yield any(close(entry.loss, x) for x in wanted)


def estimate(report: Report, clock: int, name: str) -> float:
    """What estimate_loss answers after so many updates."""
    values = report.world.run.given.losses[name]
    return float(values[min(clock if report.world.run.updates else 0, len(values) - 1)])


Returned = Callable[[list[float], list[float]], float]

RETURNED: dict[str, Returned] = {
    "": lambda val, train: min(val),
    "returns-the-last-loss": lambda val, train: val[-1],
    "returns-the-first-loss": lambda val, train: val[0],
    "returns-the-largest-loss": lambda val, train: max(val),
    "returns-the-mean-loss": lambda val, train: mean(val),
    "returns-the-training-loss": lambda val, train: min(train),
    "returns-the-training-loss/last": lambda val, train: train[-1],
    "last-evaluation-not-counted": lambda val, train: min(val[:-1], default=math.inf),
    "first-evaluation-not-counted": lambda val, train: min(val[1:], default=math.inf),
    "best-starts-too-low": lambda val, train: 0.0,
    "best-starts-too-low/far": lambda val, train: -math.inf,
    "returns-the-largest-loss/of best and last": lambda val, train: max(
        min(val[:-1], default=math.inf), val[-1]
    ),
    "best-never-updated": lambda val, train: math.inf,
    "best-never-updated/finite": lambda val, train: 1e9,
    "returns-the-training-loss/at the best": lambda val, train: train[val.index(min(val))],
}


def returned_names(reports: Sequence[Report], loop: Loop) -> list[str] | None:
    """What was returned in place of the smallest validation loss; several if equally good.

    [] if it is that, None if nothing that is known.
    """
    runs = [(r, r.world.run) for r in reports if r.world.run.estimated]
    if not runs:
        return None
    values = [run.returned.item() if isinstance(run.returned, Tensor) and run.returned.numel() == 1
              else run.returned for _, run in runs]  # fmt: skip
    if all(isinstance(value, (dict, list)) for value in values):
        return ["returns-several-losses"]
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in values):
        return None
    found: dict[str, None] = {}
    for entries in ("evaluated", "estimated"):
        for key, returned in RETURNED.items():
            if all(
                series and alike(value, returned(*series))
                for (r, run), value in zip(runs, values, strict=True)
                for series in [series_of(r, [e.clock for e in getattr(run, entries)])]
            ):
                found[key.partition("/")[0]] = None
    if not found and all(
        value in training_losses(r, loop) for (r, _), value in zip(runs, values, strict=True)
    ):
        found["returns-the-loss-of-a-batch"] = None
    if not found and all(best_clock(r, value) for (r, _), value in zip(runs, values, strict=True)):
        found["returns-the-iteration-of-the-best"] = None
    return [] if "" in found else list(found) or None


def series_of(report: Report, clocks: Sequence[int]) -> tuple[list[float], list[float]] | None:
    """The validation and the training losses at these times."""
    if not clocks:
        return None
    val, train = ([estimate(report, c, name) for c in clocks] for name in ("val", "train"))
    return val, train


class Losses(list[float]):
    """Numbers of which one is near."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, float) and any(close(value, each) for each in self)


def training_losses(report: Report, loop: Loop) -> Losses:
    """The last and the smallest loss of all micro-batches, of all updates."""
    found = [losses_of(report, i, loop.target) for i in range(len(report.iterations))]
    found = [losses for losses in found if losses]
    if not found:
        return Losses()
    lasts, means = [losses[-1] for losses in found], [mean(losses) for losses in found]
    K = report.world.plan.accumulation
    smallest = [min(lasts), min(means), min(x for losses in found for x in losses), lasts[-1]]
    return Losses([*smallest, min(lasts) / K, means[-1], max(lasts)])


def best_clock(report: Report, value: float) -> bool:
    """Whether a value is the time at which the validation loss was smallest."""
    clocks = [entry.clock for entry in report.world.run.estimated]
    best = min(clocks, key=lambda clock: estimate(report, clock, "val"))
    return abs(value - best) <= 1 and value == int(value)


def close(value: float | None, wanted: float) -> bool:
    """Whether a logged number is this one."""
    return value is not None and abs(value - wanted) < NEAR * max(1.0, abs(wanted))


def alike(value: float, wanted: float) -> bool:
    """Whether a returned number is this one; infinite ones too."""
    return value == wanted or abs(value - wanted) < SAME * max(1.0, abs(wanted))
