"""What a training loop must have told its logger, when, and what it returned."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.pictures import series_picture
from autograder.checks.evidence.recording import Logged, Run, rehearse
from autograder.checks.expectations import CheckFailed, Picture, expect, name_type
from autograder.checks.framework import remark
from autograder.probe.errors import StudentFault
from autograder.probe.view import Student

LOSS_TOLERANCE = 6e-3  # leaves room for rounding to two digits before logging
RATE_TOLERANCE = 1e-3
SAME = 1e-5  # float32 of what was handed out in float32


def expect_regular_log(run: Run) -> None:
    """logger.train was called every log_interval iterations, with the iteration and its rate.

    A call after c updates belongs to iteration c, if it comes before the update, or c - 1.
    """
    require_calls(run, run.trained, "train", "logger.train(iteration, loss, lr)")
    k = run.plan.log_interval
    regular = False
    for late in (1, 0):
        iterations = [entry.clock - late for entry in run.trained]
        if not regularly(iterations, k, run.iterations):
            continue
        regular = True
        if labels_fit(run.trained, iterations) and rates_fit(run, iterations):
            return
    if not regular:
        raise CheckFailed(
            f"logger.train is not called every log_interval={k} iterations",
            f"calls in iterations {spell(range(0, run.iterations, k))} or "
            f"{spell(range(k - 1, run.iterations, k))} of {run.iterations}",
            f"calls after {spell([entry.clock for entry in run.trained])} updates",
        )
    late = 1 if run.trained[0].clock else 0
    expected = [max(entry.clock - late, 0) for entry in run.trained]
    calls = list(zip(run.trained, expected, strict=True))
    first, entry = next(
        ((i, e) for e, i in calls if not labels_fit([e], [i]) or not rate_fits(run, e, i)),
        (expected[0], run.trained[0]),
    )
    raise CheckFailed(
        "logger.train gets a wrong iteration or a wrong learning rate",
        f"iteration {first} with lr {run.given.rates[min(first, len(run.given.rates) - 1)]:.4f}",
        f"iteration {show(entry.iteration)} with lr {show(entry.lr)}",
        "logger.train(iteration, loss, lr), with the lr of this very update",
        picture=None if all(rate_fits(run, e, i) for e, i in calls) else logged_rates(run, calls),
    )


def logged_rates(run: Run, calls: Sequence[tuple[Logged, int]]) -> Picture:
    """The rates that were logged beside those of their iterations."""
    wanted = [run.given.rates[min(i, len(run.given.rates) - 1)] for _, i in calls]
    got = [math.nan if entry.lr is None else entry.lr for entry, _ in calls]
    return series_picture(wanted, got, "logged learning rate", "call")


def expect_regular_evaluations(run: Run) -> None:
    """The model was evaluated every eval_interval iterations, and the losses passed on."""
    call = "logger.evaluation(iteration, losses)"
    require_calls(run, run.evaluated, "evaluation", call)
    k, total = run.plan.eval_interval, run.iterations
    clocks = [entry.clock for entry in run.evaluated]
    expect(
        any(evaluated_regularly(run.evaluated, k, total, late) for late in (0, 1)),
        f"logger.evaluation is not called every eval_interval={k} iterations with the iteration",
        expected=f"iterations {spell(range(0, total, k))} or {spell(range(k - 1, total, k))} of "
        f"{total}, and one more at the end if you like",
        got=", ".join(f"iteration {show(e.iteration)} after {e.clock} updates"
                      for e in run.evaluated[:6]),
    )  # fmt: skip
    expect(
        {entry.clock for entry in run.estimated} <= set(clocks),
        "estimate_loss is called at other times than logger.evaluation",
        expected="one evaluation, one entry in the log",
        got=f"{len(run.estimated)} evaluations, {len(run.evaluated)} entries",
        hint="an evaluation takes as long as many updates: only every eval_interval iterations",
    )
    expect(all(entry.model for entry in run.estimated), "estimate_loss does not get the model",
           expected="estimate_loss(model)", got="something else")  # fmt: skip
    for entry in run.evaluated:
        for name in ("train", "val"):
            expect_passed_on(run, entry, name)


def expect_passed_on(run: Run, entry: Logged, name: str) -> None:
    """One of the two losses in the log is the one that estimate_loss gave there."""
    wanted, got = estimate(run, entry, name), getattr(entry, name)
    expect(
        got is not None and abs(got - wanted) < LOSS_TOLERANCE,
        "logger.evaluation does not get what estimate_loss returned",
        expected=f'losses["{name}"] = {wanted:.4f} after {entry.clock} updates', got=show(got),
        hint="pass the dictionary of both losses on as it is",
    )  # fmt: skip


def expect_logged_losses(run: Run) -> None:
    """Each logged loss is that of the update's last micro-batch, or the mean over them.

    The rates are so small that the weights stay where they are.
    """
    require_calls(run, run.trained, "train", "logger.train(iteration, loss, lr)")
    for put_aside in (1, 0) if run.one_more else (0,):
        known = [
            [float(run.given.loss(run.given.weights, n)) for n in run.batches(i, put_aside)]
            for i in range(run.plan.max_iters)
        ]
        if any(losses_fit(run.trained, known, late) for late in (1, 0)):
            return
    got, losses, K = run.trained[0].loss, known[0], len(known[0])
    mean, last = sum(losses) / K, losses[-1]
    hint = ""
    if got is None:
        hint = "a number, or a tensor with one number"
    elif min(abs(got - loss / run.plan.accumulation) for loss in (mean, last)) < LOSS_TOLERANCE:
        hint = "this is the loss after it was divided; log it as the model returned it"
    elif K > 1 and abs(got - sum(losses)) < LOSS_TOLERANCE:
        hint = "this is the sum over the micro-batches; log their mean"
    elif K > 1 and abs(got - losses[0]) < LOSS_TOLERANCE:
        hint = "this is the first micro-batch's loss"
    raise CheckFailed("logger.train does not get the update's loss",
                      f"{last:.4f} (last micro-batch) or {mean:.4f} (mean) at the first update",
                      show(got), hint)  # fmt: skip


def expect_best(run: Run) -> None:
    """The smallest validation loss that estimate_loss gave is returned."""
    expect(bool(run.estimated), "estimate_loss is never called", expected="estimate_loss(model)",
           got="no call")  # fmt: skip
    # A loop that looks at the loss more often than it logs it may count either.
    logged = [estimate(run, entry, "val") for entry in run.evaluated]
    seen = [estimate(run, entry, "val") for entry in run.estimated]
    value = run.returned
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CheckFailed("the best validation loss is not returned", "one number",
                          name_type(run.returned),
                          cause="nothing-returned" if run.returned is None else "")  # fmt: skip
    names = {"the last one": seen[-1], "the first one": seen[0], "the largest one": max(seen)}
    which = [name for name, loss in names.items() if abs(loss - value) < SAME]
    best = min(abs(value - min(losses)) for losses in (seen, logged or seen)) < SAME
    expect(
        best,
        "what is returned is not the best validation loss",
        expected=f"{min(seen):.4f}, the smallest of {', '.join(f'{loss:.4f}' for loss in seen)}",
        got=f"{value:.4f}" + (f", {which[0]}" if which else ""),
    )  # fmt: skip


def advise_on_no_evaluation(student: Student, rng: Draw) -> None:
    """A run that is too short for any evaluation should still end in peace."""
    try:
        rehearse(student, rng, max_iters=1, eval_interval=1000)
    except StudentFault as error:
        remark(f"a run too short for any evaluation ends in an error: {error} (no points lost)")


def require_calls(run: Run, entries: Sequence[Logged], name: str, call: str) -> None:
    """Fail if the logger was never called that way."""
    others = ", ".join(f"logger.{other}" for other in dict.fromkeys(run.unknown))
    expect(bool(entries), f"logger.{name} is never called", expected=call,
           got=f"calls of {others}" if others else "no call")  # fmt: skip


def regularly(iterations: Sequence[int], k: int, total: int) -> bool:
    """Whether these are all i < total with i % k == 0, or all with (i + 1) % k == 0.

    With the first, where nothing was learned yet, or without it; the last one may be there as well.
    """
    found, first, last = list(iterations), {0}, {total - 1}
    for regular in (set(range(0, total, k)), set(range(k - 1, total, k))):
        for pattern in (regular, regular | first, regular - first):
            if found in (sorted(pattern), sorted(pattern | last)):
                return bool(found)
    return False


def evaluated_regularly(entries: Sequence[Logged], k: int, total: int, late: int) -> bool:
    """The same for evaluations, and one more may follow at the end.

    Each names its iteration: the one before or after the update, counted from 0 or from 1.
    """
    for count in (len(entries), len(entries) - 1):
        iterations = [entry.clock - late for entry in entries[:count]]
        rest = entries[count:]
        at_the_end = all(entry.clock >= total - 1 for entry in rest)
        if regularly(iterations, k, total) and at_the_end:
            named = [e.iteration is not None and abs(e.iteration - e.clock) <= 1 for e in entries]
            return all(named)
    return False


def labels_fit(entries: Sequence[Logged], iterations: Sequence[int]) -> bool:
    """Whether each call names its iteration; counting from 1 in the log is fine."""
    return any(
        all(entry.iteration == i + first for entry, i in zip(entries, iterations, strict=True))
        for first in (0, 1)
    )


def rates_fit(run: Run, iterations: Sequence[int]) -> bool:
    """Whether each call gives the rate of its update: the scheduled one, or the one in use."""
    return all(rate_fits(run, entry, i) for entry, i in zip(run.trained, iterations, strict=True))


def rate_fits(run: Run, entry: Logged, iteration: int) -> bool:
    """Whether one call gives the rate of this iteration's update."""
    used: list[float] = list(run.rates[iteration]) if iteration < run.updates else []
    options = [*run.given.rates[iteration : iteration + 1], *used]
    return entry.lr is not None and any(abs(entry.lr - r) < RATE_TOLERANCE for r in options)


def losses_fit(entries: Sequence[Logged], known: Sequence[Sequence[float]], late: int) -> bool:
    """Whether each call gives the last or the mean loss of the micro-batches of its update."""
    for entry in entries:
        i = entry.clock - late
        if entry.loss is None or i < 0:
            return False
        if i >= len(known):
            continue  # an update too many: another check says so
        options = (known[i][-1], sum(known[i]) / len(known[i]))
        if not any(abs(entry.loss - loss) < LOSS_TOLERANCE for loss in options):
            return False
    return True


def estimate(run: Run, entry: Logged, name: str) -> float:
    """What estimate_loss answers after as many updates as there were at that call."""
    losses = run.given.losses[name]
    return float(losses[min(entry.clock if run.updates else 0, len(losses) - 1)])


def spell(numbers: Sequence[int]) -> str:
    """0, 3, 6 ... : at most eight of them."""
    shown = ", ".join(str(number) for number in list(numbers)[:8])
    return shown + (", ..." if len(numbers) > 8 else "")


def show(value: float | None) -> str:
    """A number as it came, or that there was none."""
    return "no number" if value is None else f"{value:.4g}"
