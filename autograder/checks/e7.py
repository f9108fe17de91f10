"""E7: the training loop, run on batches, rates and losses that the grader drew."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.evidence.recording import Run, rehearse, rehearsed
from autograder.checks.evidence.reports import (
    advise_on_no_evaluation,
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
from autograder.checks.framework import Exercise, remark
from autograder.probe.view import Student

E7 = Exercise("E7", "The training loop", ("train",), minutes=50, difficulty=3)

STILL = 1e-7  # a rate so small that the weights, and so the losses, stay as they are


# One rehearsal serves several claims, each of which looks at its own side of it.


def steady_run(student: Student, rng: Draw) -> Run:
    """Four updates of one batch each, at one rate; some are neither logged nor evaluated."""
    return rehearsed(student, rng, "steady", max_iters=4, log_interval=2, eval_interval=3)


def scheduled_run(student: Student, rng: Draw) -> Run:
    """Six updates of one batch each, every one at a rate of its own."""
    rates = rng.common("rates").uniform(6, low=0.1, high=0.6).tolist()
    return rehearsed(student, rng, "scheduled", max_iters=6, log_interval=3, eval_interval=4,
                     rates=rates)  # fmt: skip


def long_run(student: Student, rng: Draw) -> Run:
    """Seven updates of two batches each; all intervals differ."""
    rates = rng.common("more rates").uniform(7, low=0.1, high=0.6).tolist()
    return rehearsed(student, rng, "long", max_iters=7, accumulation=2, log_interval=2,
                     eval_interval=3, rates=rates)  # fmt: skip


def three_batches(student: Student, rng: Draw) -> Run:
    """One update of three batches."""
    return rehearsed(student, rng, "three batches", accumulation=3)


@E7.check("step", points=0.5, hint="take a batch, work out its loss, let the loss go "
          "backward, and let the optimizer step")  # fmt: skip
def one_update_is_one_gradient_step(student: Student, rng: Draw) -> None:
    """An update moves the weights by the learning rate times the gradient of a training batch's
    loss."""
    expect_plain_step(steady_run(student, rng))


@E7.check("updates", points=0.5, after=("step",))
def each_update_takes_fresh_batches(student: Student, rng: Draw) -> None:
    """There are exactly max_iters updates, and each takes gradient_accumulation_steps fresh batches
    from get_batch("train")."""
    for run in (steady_run(student, rng), long_run(student, rng)):
        expect_counts(run)


@E7.check("schedule", points=0.5, after=("step",), hint="ask the schedule with the number of this "
          "very update, counted from 0, and set the rate before the step")  # fmt: skip
def update_i_uses_rate_i(student: Student, rng: Draw) -> None:
    """Update i uses the learning rate config.get_lr(i), set before the update; i counts from 0."""
    expect_schedule(scheduled_run(student, rng))
    run = long_run(student, rng)
    if run.updates == run.plan.max_iters:  # one that steps too often is told so by another check
        expect_schedule(run)


@E7.check("groups", points=0.5, after=("step",), hint="an optimizer has several parameter "
          "groups, and each has a rate of its own")  # fmt: skip
def all_groups_get_the_rate(student: Student, rng: Draw) -> None:
    """Every parameter group of the optimizer gets the learning rate, at every update."""
    expect_all_groups(scheduled_run(student, rng))


@E7.check("zeroed", points=0.5, after=("step",), hint="zero the gradients once per update: "
          "after the step, or before the first backward()")  # fmt: skip
def gradients_start_from_zero(student: Student, rng: Draw) -> None:
    """No update contains gradients of an earlier one: they are zeroed for each update."""
    expect_no_left_overs(steady_run(student, rng))


@E7.check("accumulated", points=0.5, after=("step",), hint="each of the micro-batches goes "
          "backward; zeroing and stepping belong outside of that inner loop")  # fmt: skip
def all_micro_batches_count(student: Student, rng: Draw) -> None:
    """An update follows the gradients of all its micro-batches, each with the same weight."""
    expect_direction(three_batches(student, rng))


@E7.check("divided", points=0.5, after=("accumulated",), hint="the mean over K batches is the sum "
          "of the losses, each divided by K")  # fmt: skip
def micro_batches_equal_one_big_batch(student: Student, rng: Draw) -> None:
    """K micro-batches of size B give the same update as one batch of size K * B."""
    expect_mean(three_batches(student, rng))
    expect_mean(rehearse(student, rng, accumulation=4))


@E7.check("clip", points=0.5, after=("step",))
def large_gradients_are_clipped(student: Student, rng: Draw) -> None:
    """A gradient whose norm, over all parameters together, exceeds grad_clip is scaled down to
    it; a smaller one is left alone, and grad_clip=0 switches this off."""
    for clip in (*rng.uniform(1, low=0.05, high=0.1).tolist(), 1 + float(rng.uniform(1)), 0.0):
        expect_clipped(rehearse(student, rng, clip=clip))


@E7.check("clip_once", points=0.5, after=("step",), hint="clip when all micro-batches are in, "
          "right before the step")  # fmt: skip
def clipping_comes_after_accumulation(student: Student, rng: Draw) -> None:
    """The norm is clipped once per update, after all micro-batches and before the step."""
    clip = float(rng.uniform(1, low=0.04, high=0.06))
    expect_clipped_once(rehearse(student, rng, accumulation=3, clip=clip))


@E7.check("log", points=0.5, hint="count iterations from 0; the logger hears of those "
          "that are multiples of log_interval")  # fmt: skip
def progress_is_logged_regularly(student: Student, rng: Draw) -> None:
    """Every log_interval iterations logger.train gets the iteration and its learning rate."""
    expect_regular_log(scheduled_run(student, rng))
    expect_regular_log(long_run(student, rng))


@E7.check("log_loss", points=0.5, hint="log the loss as the model returned it, before it is "
          "divided, of the update's last micro-batch or their mean")  # fmt: skip
def the_logged_loss_is_undivided(student: Student, rng: Draw) -> None:
    """The logged loss is that of the update's last micro-batch, or the mean over its micro-batches,
    undivided."""
    # Six updates: the last of three losses is the smallest of them by luck in one of three.
    expect_logged_losses(rehearse(student, rng, max_iters=6, accumulation=3, rates=[STILL] * 6))


@E7.check(
    "evaluation",
    points=0.5,
    hint="in iterations that are multiples of eval_interval, estimate the losses, and hand the "
    "logger what comes out, as it is",
)
def evaluations_take_place_and_are_logged(student: Student, rng: Draw) -> None:
    """Every eval_interval iterations the model is evaluated, and logger.evaluation gets the
    iteration and what estimate_loss returned."""
    expect_regular_evaluations(long_run(student, rng))


@E7.check("best", points=0.5, hint="keep the smallest validation loss seen in any "
          "evaluation, and return it")  # fmt: skip
def the_best_validation_loss_is_returned(student: Student, rng: Draw) -> None:
    """The smallest validation loss of all evaluations is returned."""
    for lowest in (0, 2, 5):
        rise = rng.uniform(6, low=0.1, high=0.3).cumsum(0)
        val = [1.5 + float(rise[abs(clock - lowest)]) for clock in range(6)]
        expect_best(rehearse(student, rng, max_iters=4, val_losses=val))
    advise_on_no_evaluation(student, rng)


@E7.check("mode", points=0.5, after=("step",), hint="choose training mode once, at the start; "
          "estimate_loss leaves the mode as it finds it")  # fmt: skip
def updates_happen_in_training_mode(student: Student, rng: Draw) -> None:
    """Every update happens in training mode, and training mode is what the model is left in."""
    expect_training_mode(
        rehearse(student, rng, max_iters=3, eval_interval=2, eval_factor=0.5, training=True)
    )
    if not all(rehearse(student, rng, training=False).modes):
        remark("your loop trains in whatever mode the model comes in; model.train() at its start "
               "makes sure (no points lost: a new model is in training mode)")  # fmt: skip
