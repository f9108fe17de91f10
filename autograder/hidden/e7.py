"""E7 with other numbers of updates, micro-batches and groups, and other intervals."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.checks.draw import Draw
from autograder.checks.e7 import E7, STILL
from autograder.checks.evidence.recording import Run, rehearse, rehearsed
from autograder.checks.evidence.reports import (
    expect_best,
    expect_logged_losses,
    expect_regular_evaluations,
    expect_regular_log,
)
from autograder.checks.evidence.updates import (
    expect_all_groups,
    expect_clipped,
    expect_clipped_once,
    expect_counts,
    expect_direction,
    expect_mean,
    expect_no_left_overs,
    expect_plain_step,
    expect_schedule,
    expect_training_mode,
)
from autograder.probe.view import Student


def wider_run(student: Student, rng: Draw) -> Run:
    """Another vocabulary, width, batch and number of updates, and three groups."""
    drawn = rng.common("wider")
    return rehearsed(
        student, rng, "wider", max_iters=drawn.whole(3, 6), groups=3, batch_size=3,
        vocab_size=drawn.whole(7, 9), width=drawn.whole(5, 7), length=drawn.whole(5, 6),
    )  # fmt: skip


def scheduled_run(student: Student, rng: Draw) -> Run:
    """Three groups, and rates that start from 0."""
    rates = [0.0, *rng.common("rates, hidden").uniform(6, low=0.05, high=0.7).tolist()]
    return rehearsed(student, rng, "scheduled, hidden", max_iters=7, rates=rates, groups=3)


def many_batches(student: Student, rng: Draw) -> Run:
    """One single update of many batches."""
    K = rng.common("many").whole(5, 7)
    return rehearsed(student, rng, "many batches", accumulation=K)


def reported_runs(student: Student, rng: Draw) -> Iterator[Run]:
    """Intervals drawn now, one that divides the number of updates, different ones for both.

    The losses are in no order, as large and as small as they may be.
    """
    drawn = rng.common("reports")
    for max_iters, k, scale in ((6, 2, 100.0), (drawn.whole(9, 11), 4, 0.01)):
        rates = drawn.uniform(max_iters, low=0.1, high=0.6).tolist()
        val = (scale * drawn.uniform(max_iters + 2, low=0.5, high=1.5)).tolist()
        log_interval, eval_interval = (k, k + 1) if drawn.whole(0, 1) else (k + 1, k)
        yield rehearsed(
            student, rng, f"reported {max_iters}", max_iters=max_iters, rates=rates,
            log_interval=log_interval, eval_interval=eval_interval, val_losses=val,
        )  # fmt: skip


@E7.hidden("e7.step")
def a_step_of_a_wider_model(student: Student, rng: Draw) -> None:
    """Another vocabulary, width and batch, and three groups."""
    expect_plain_step(wider_run(student, rng))


@E7.hidden("e7.updates")
def other_numbers_of_updates(student: Student, rng: Draw) -> None:
    """Numbers drawn now; and one single update."""
    expect_counts(wider_run(student, rng))
    expect_counts(many_batches(student, rng))


@E7.hidden("e7.schedule")
def a_longer_schedule(student: Student, rng: Draw) -> None:
    """More updates, starting from a rate of 0."""
    expect_schedule(scheduled_run(student, rng))


@E7.hidden("e7.groups")
def three_groups(student: Student, rng: Draw) -> None:
    """Three groups instead of two."""
    expect_all_groups(scheduled_run(student, rng))


@E7.hidden("e7.zeroed")
def more_updates(student: Student, rng: Draw) -> None:
    """Another number of updates, another model."""
    expect_no_left_overs(wider_run(student, rng))


@E7.hidden("e7.accumulated")
def more_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches."""
    expect_direction(many_batches(student, rng))


@E7.hidden("e7.divided")
def many_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches."""
    expect_mean(many_batches(student, rng))


@E7.hidden("e7.clip")
def clipping_over_three_groups(student: Student, rng: Draw) -> None:
    """Another limit, three groups."""
    clip = float(rng.uniform(1, low=0.02, high=0.12))
    expect_clipped(rehearse(student, rng, clip=clip, groups=3))


@E7.hidden("e7.clip_once")
def clipping_after_more_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches, another limit."""
    clip = float(rng.uniform(1, low=0.02, high=0.05))
    expect_clipped_once(rehearse(student, rng, accumulation=rng.whole(2, 5), clip=clip))


@E7.hidden("e7.log")
def another_log_interval(student: Student, rng: Draw) -> None:
    """Other intervals."""
    for run in reported_runs(student, rng):
        expect_regular_log(run)


@E7.hidden("e7.log_loss")
def losses_of_more_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches."""
    run = rehearse(student, rng, max_iters=2, accumulation=rng.whole(2, 5), rates=[STILL] * 2)
    expect_logged_losses(run)


@E7.hidden("e7.evaluation")
def another_eval_interval(student: Student, rng: Draw) -> None:
    """Other intervals."""
    for run in reported_runs(student, rng):
        expect_regular_evaluations(run)


@E7.hidden("e7.best")
def another_best_loss(student: Student, rng: Draw) -> None:
    """Losses in no order, as large and as small as they may be."""
    for run in reported_runs(student, rng):
        expect_best(run)


@E7.hidden("e7.mode")
def training_mode_with_several_micro_batches(student: Student, rng: Draw) -> None:
    """Evaluations in every iteration, several micro-batches."""
    run = rehearse(student, rng, max_iters=2, accumulation=2, eval_interval=1, eval_factor=0.3)
    expect_training_mode(run)
