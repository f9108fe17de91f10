"""E7 with other numbers of updates, micro-batches and groups, and other intervals."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e7 import E7, STILL
from autograder.checks.evidence.recording import rehearse
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


@E7.hidden("e7.step")
def a_step_of_a_wider_model(student: Student, rng: Draw) -> None:
    """Another vocabulary, width and batch, and three groups."""
    sizes = {"vocab_size": rng.whole(7, 9), "width": rng.whole(5, 7), "length": rng.whole(5, 6)}
    expect_plain_step(rehearse(student, rng, batch_size=3, groups=3, **sizes))


@E7.hidden("e7.updates")
def other_numbers_of_updates(student: Student, rng: Draw) -> None:
    """Numbers drawn now; and one single update."""
    for max_iters, K in ((rng.whole(6, 9), rng.choice((2, 4))), (1, 5)):
        expect_counts(rehearse(student, rng, max_iters=max_iters, accumulation=K))


@E7.hidden("e7.schedule")
def a_longer_schedule(student: Student, rng: Draw) -> None:
    """More updates, starting from a rate of 0."""
    rates = [0.0, *rng.uniform(8, low=0.05, high=0.7).tolist()]
    expect_schedule(rehearse(student, rng, max_iters=9, rates=rates))


@E7.hidden("e7.groups")
def three_groups(student: Student, rng: Draw) -> None:
    """Three groups instead of two."""
    rates = rng.uniform(5, low=0.1, high=0.6).tolist()
    expect_all_groups(rehearse(student, rng, max_iters=5, rates=rates, groups=3))


@E7.hidden("e7.zeroed")
def more_updates(student: Student, rng: Draw) -> None:
    """Another number of updates."""
    expect_no_left_overs(rehearse(student, rng, max_iters=rng.whole(5, 7), groups=3))


@E7.hidden("e7.accumulated")
def more_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches."""
    expect_direction(rehearse(student, rng, accumulation=rng.whole(4, 6)))


@E7.hidden("e7.divided")
def many_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches."""
    expect_mean(rehearse(student, rng, accumulation=rng.whole(5, 7)))


@E7.hidden("e7.clip")
def clipping_over_three_groups(student: Student, rng: Draw) -> None:
    """Other limits, three groups."""
    for clip in (float(rng.uniform(1, low=0.02, high=0.12)), 1.5, 0.0):
        expect_clipped(rehearse(student, rng, clip=clip, groups=3))


@E7.hidden("e7.clip_once")
def clipping_after_more_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches, another limit."""
    clip = float(rng.uniform(1, low=0.02, high=0.05))
    expect_clipped_once(rehearse(student, rng, accumulation=rng.whole(2, 5), clip=clip))


@E7.hidden("e7.log")
def another_log_interval(student: Student, rng: Draw) -> None:
    """Intervals drawn now, one that divides the number of updates, and different ones for both."""
    for max_iters, k in ((9, 4), (6, 2), (rng.whole(10, 12), 5)):
        rates = rng.uniform(max_iters, low=0.1, high=0.6).tolist()
        expect_regular_log(
            rehearse(student, rng, max_iters=max_iters, log_interval=k, eval_interval=k + 1,
                     rates=rates)
        )  # fmt: skip


@E7.hidden("e7.log_loss")
def losses_of_more_micro_batches(student: Student, rng: Draw) -> None:
    """Another number of micro-batches."""
    run = rehearse(student, rng, max_iters=4, accumulation=rng.whole(2, 5), rates=[STILL] * 4)
    expect_logged_losses(run)


@E7.hidden("e7.evaluation")
def another_eval_interval(student: Student, rng: Draw) -> None:
    """Intervals drawn now, one that divides the number of updates, and different ones for both."""
    for max_iters, k in ((9, 4), (6, 2), (rng.whole(10, 12), 5)):
        expect_regular_evaluations(
            rehearse(student, rng, max_iters=max_iters, eval_interval=k, log_interval=k + 1)
        )


@E7.hidden("e7.best")
def another_best_loss(student: Student, rng: Draw) -> None:
    """Losses in no order, as large and as small as they may be."""
    for scale in (0.01, 1.0, 100.0):
        val = (scale * rng.uniform(12, low=0.5, high=1.5)).tolist()
        expect_best(rehearse(student, rng, max_iters=10, eval_interval=3, val_losses=val))


@E7.hidden("e7.mode")
def training_mode_with_several_micro_batches(student: Student, rng: Draw) -> None:
    """Evaluations in every iteration, several micro-batches."""
    run = rehearse(student, rng, max_iters=3, accumulation=2, eval_interval=1, eval_factor=0.3)
    expect_training_mode(run)
