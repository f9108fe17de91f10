"""What the logger was given beside the loss: iteration, rate, and the losses of an evaluation."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from autograder.checks.evidence.recording import Logged
from autograder.checks.evidence.rehearsal import FIRST_RATE
from autograder.diagnosis.e7_loop import Loop
from autograder.diagnosis.e7_losses import NEAR, close, estimate, losses_of, mean
from autograder.diagnosis.e7_when import Report


def label_and_rate(reports: Sequence[Report]) -> list[str]:
    """What is wrong with the iteration and the rate in the calls of logger.train."""
    for late in (1, 0):
        at = [[report.at(entry, late) for entry in report.trained] for report in reports]
        if any(i is None for numbers in at for i in numbers):
            continue
        calls = [(report, entry, i or 0) for report, numbers in zip(reports, at, strict=True)
                 for entry, i in zip(report.trained, numbers, strict=True)]  # fmt: skip
        return label_names(calls) + rate_names(calls)
    return []


Call = tuple[Report, Logged, int]


def label_names(calls: Sequence[Call]) -> list[str]:
    """The mistake in the iterations that were logged, if any."""
    if any(entry.iteration is None for _, entry, _ in calls):
        return ["logs-no-number"]
    for first in (0, 1):
        if all(entry.iteration == i + first for _, entry, i in calls):
            return []
    for extra in (0, 1):
        if all(
            entry.iteration in (i * r.world.plan.accumulation + extra,
                                (i + 1) * r.world.plan.accumulation - extra)
            for r, entry, i in calls
        ):  # fmt: skip
            return ["logs-the-number-of-micro-batches"]
    return ["logs-another-iteration"]


def rate_names(calls: Sequence[Call]) -> list[str]:
    """The mistake in the rates that were logged, if any."""
    if any(entry.lr is None for _, entry, _ in calls):
        return ["logs-no-number"]

    def always(rate: Callable[[Report, int], Sequence[float]]) -> bool:
        return all(
            any(abs((entry.lr or 0.0) - each) < NEAR for each in rate(r, i))
            for r, entry, i in calls
        )

    def planned(r: Report, i: int) -> list[float]:
        rates = r.world.run.given.rates
        return [rates[i] if 0 <= i < len(rates) else 3.0 * max(rates)]

    if always(lambda r, i: [*planned(r, i), *used_rates(r, i)]):
        return []
    others = (
        lambda r, i: planned(r, i + 1),
        lambda r, i: planned(r, i - 1),
        lambda r, i: planned(r, max(0, i - 1)),
    )
    if any(map(always, others)):
        return ["logs-the-rate-of-another-update"]
    if always(lambda r, i: [FIRST_RATE]) or always(lambda r, i: planned(r, 0)):
        return ["logs-a-fixed-rate"]
    return []


def used_rates(report: Report, i: int) -> list[float]:
    """The rates of the groups at the first step of an iteration."""
    step, rates = report.iterations[i].before, report.world.run.rates
    return [float(rate) for rate in rates[step]] if step < len(rates) else []


def arguments_swapped(reports: Sequence[Report], loop: Loop) -> bool:
    """Whether logger.train got its three arguments in another order."""
    for order in itertools.permutations(range(3)):
        if order == (0, 1, 2):
            continue
        fits = []
        for report in reports:
            for entry in report.trained:
                given = (entry.iteration, entry.loss, entry.lr)
                iteration, loss, rate = (given[order.index(n)] for n in range(3))
                fits.append(call_fits(report, entry, (iteration, loss, rate), loop))
        if fits and all(fits):
            return True
    return False


def call_fits(report: Report, entry: Logged, given: tuple[float | None, ...], loop: Loop) -> bool:
    """Whether iteration, loss and rate are those of an iteration before or after the update."""
    iteration, loss, rate = given
    for late in (1, 0):
        i = report.at(entry, late)
        if i is None or iteration not in (i, i + 1) or rate is None:
            continue
        found = losses_of(report, i, loop.target)
        rates = [*report.world.run.given.rates[i : i + 1], *used_rates(report, i)]
        if any(close(loss, x) for x in (found[-1], mean(found))) and any(
            abs(rate - r) < NEAR for r in rates
        ):
            return True
    return False


def passed_on(reports: Sequence[Report]) -> str:
    """What logger.evaluation got in place of what estimate_loss returned; empty if just that."""
    calls = [(r, entry) for r in reports for entry in r.world.run.evaluated]
    if not calls:
        return ""
    if all(entry.train is None and entry.val is None for _, entry in calls):
        swapped = all(entry.iteration is None for _, entry in calls)
        return "logger-arguments-swapped" if swapped else "losses-taken-apart"
    if any(entry.iteration is None for _, entry in calls):
        return "logs-no-number"
    if not all(named(report, entry) for report, entry in calls):
        return "logs-another-iteration"
    for one, other in (("train", "val"), ("val", "train")):
        if all(close(getattr(e, one), estimate(r, e.clock, other)) for r, e in calls):
            return "training-taken-for-validation"
    return ""


def named(report: Report, entry: Logged) -> bool:
    """Whether a call names its iteration, by the updates made or as this loop counts them.

    One at the end may be called max_iters, also by a loop that does not come so far.
    """
    label = entry.iteration
    if entry is report.world.run.evaluated[-1] and label == report.world.plan.max_iters:
        return True
    numbers = (entry.clock, report.at(entry, 0), report.at(entry, 1))
    return label is not None and any(n is not None and abs(label - n) <= 1 for n in numbers)
