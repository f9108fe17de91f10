"""When a loop called its logger and evaluated: as asked for, or in which other iterations."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograder.checks.evidence.recording import Logged
from autograder.diagnosis.e7_loop import Loop, Micro, order_of
from autograder.diagnosis.e7_updates import first_batch
from autograder.diagnosis.e7_world import World


@dataclass(frozen=True)
class Iteration:
    """One iteration: the updates made before and after it, and its micro-batches."""

    before: int
    after: int
    micros: tuple[Micro, ...]


@dataclass(frozen=True)
class Report:
    """A rehearsal as the reports see it: its iterations in order, and which batch was the first."""

    world: World
    iterations: tuple[Iteration, ...]
    offset: int = 0

    @property
    def trained(self) -> list[Logged]:
        return self.world.run.trained

    def at(self, entry: Logged, late: int) -> int | None:
        """The iteration of a call that comes before (0) or after (1) its update, if there is one.

        Where an iteration is less than an update, the number of batches tells.
        """
        found = [
            i
            for i, iteration in enumerate(self.iterations)
            if entry.clock == (iteration.after if late else iteration.before)
        ]
        if len(found) < 2:
            return found[0] if found else None
        taken = {self.iterations[i].micros[-1].batch + 1 + self.offset: i for i in found}
        return taken.get(entry.batches)


def reports_of(worlds: Sequence[World], loop: Loop, kind: str) -> list[Report]:
    """The rehearsals as the reports see them.

    A loop over micro-batches may count them or updates there: as it gives regular calls of this
    kind ("train" or "evaluation").
    """
    offsets = [first_batch(loop, world) for world in worlds]
    over_micro_batches = loop.iterations.startswith(("micro", "K M"))
    ways = [(False, False), (True, False), (True, True)][: 3 if over_micro_batches else 1]
    options = [
        [report_of(world, loop, first, *way) for world, first in zip(worlds, offsets, strict=True)]
        for way in ways
    ]
    fitting = (each for each in options if pattern_of(each, kind) == "regular")
    return next(fitting, options[0])


def report_of(
    world: World, loop: Loop, offset: int, by_updates: bool = False, whole: bool = False
) -> Report:
    """The iterations of a rehearsal, of the loop that the student's is.

    by_updates: whether K of its iterations are one for the logger; whole: without one that is cut
    off at the end.
    """
    micros = order_of(loop, world.plan)[0]
    K = world.plan.accumulation if by_updates else 1
    micros = micros[: len(micros) // K * K] if whole else micros
    found: list[Iteration] = []
    for _, group in itertools.groupby(micros, lambda micro: micro.iteration // K):
        part = tuple(group)
        after = part[-1].done + part[-1].steps
        found.append(Iteration(part[0].done - part[0].early, after, part))
    return Report(world, tuple(found), offset)


# When: the iterations of which a call was made, given their number, the interval asked for, and the
# other one.
Pattern = Callable[[int, int, int], list[int]]

PATTERNS: dict[str, Pattern] = {
    "every-iteration": lambda n, k, other: list(range(n)),
    "at-the-other-interval": lambda n, k, other: list(range(0, n, other)),
    "at-the-other-interval/late": lambda n, k, other: list(range(other - 1, n, other)),
    "condition-inverted": lambda n, k, other: [i for i in range(n) if i % k],
    "condition-inverted/late": lambda n, k, other: [i for i in range(n) if (i + 1) % k],
    "only-once": lambda n, k, other: [n - 1],
    "only-once/first": lambda n, k, other: [0],
    "only-once/both": lambda n, k, other: [0, n - 1],
    "only-once/at the interval": lambda n, k, other: [k],
    "only-at-first": lambda n, k, other: list(range(k)),
    "starts-elsewhere": lambda n, k, other: list(range(1, n, k)),
    "starts-elsewhere/at 2": lambda n, k, other: list(range(2, n, k)),
}


def pattern_of(reports: Sequence[Report], kind: str) -> str:
    """When calls of a kind ("train", "evaluation" or "estimate") were made.

    "regular" as asked for, "never", or a pattern's name; empty if it is none that is known.
    """
    several = [r for r in reports if intervals(r, kind)[0] > 1]
    calls = [times(report, kind) for report in several]
    if not any(calls):
        return "never"
    for late in (0, 1):
        if all(regular(report, kind, late) for report in several):
            return "regular"
    for key, pattern in PATTERNS.items():
        for late, more in itertools.product((0, 1), (0, 1)):
            if all(matches(report, kind, pattern, late, more) for report in several):
                return key.partition("/")[0]
    for chosen in (PATTERNS["every-iteration"], lambda n, k, other: list(range(0, n, k))):
        if calls == [per_micro_batch(report, kind, chosen) for report in several]:
            return "every-micro-batch"
    return ""


def per_micro_batch(report: Report, kind: str, pattern: Pattern) -> list[int]:
    """When calls would be made that stand in the inner loop."""
    chosen = chosen_by(pattern, report, kind)
    return [m.done for i in chosen for m in report.iterations[i].micros]


def chosen_by(pattern: Pattern, report: Report, kind: str) -> list[int]:
    """The iterations of a pattern, as far as there are any."""
    n = len(report.iterations)
    return [i for i in pattern(n, *intervals(report, kind)) if i < n]


def times(report: Report, kind: str) -> list[int]:
    """After how many updates each call was made."""
    run = report.world.run
    entries = {"train": run.trained, "evaluation": run.evaluated, "estimate": run.estimated}[kind]
    return [entry.clock for entry in entries]


def intervals(report: Report, kind: str) -> tuple[int, int]:
    """The interval that is asked for, and the other one."""
    plan = report.world.plan
    both = plan.log_interval, plan.eval_interval
    return both if kind == "train" else both[::-1]


def regular(report: Report, kind: str, late: int) -> bool:
    """Whether the calls were made in the iterations asked for, as this loop counts them.

    With the first and the last one or without; one evaluation more may follow at the end.
    """
    clocks, n = times(report, kind), len(report.iterations)
    where = [it.after if late else it.before for it in report.iterations]
    k = intervals(report, kind)[0]
    ends = [[]] if kind == "train" else [[], [report.iterations[-1].after]]
    for start, first, last in itertools.product((0, k - 1), (None, True, False), (False, True)):
        chosen = set(range(start, n, k)) | ({0} if first else set()) | ({n - 1} if last else set())
        wanted = [where[i] for i in sorted(chosen - ({0} if first is False else set()))]
        if any(clocks == wanted + end for end in ends):
            return True
    return False


def matches(report: Report, kind: str, pattern: Pattern, late: int, more: int) -> bool:
    """Whether the calls were made in the iterations of a pattern, and `more` at the very end."""
    if kind == "train" and more:
        return False
    where = [it.after if late else it.before for it in report.iterations]
    wanted = [where[i] for i in chosen_by(pattern, report, kind)]
    return times(report, kind) == wanted + [report.iterations[-1].after] * more
