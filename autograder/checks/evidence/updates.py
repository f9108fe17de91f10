"""What each update of a training loop must have done to the weights."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.evidence.pictures import series_picture
from autograder.checks.evidence.recording import Run
from autograder.checks.evidence.rehearsal import FIRST_RATE
from autograder.checks.expectations import CheckFailed, agrees, expect

# Weights are float32 of size about one, rates 0.5: a gradient worked out from two of them is right
# to about 1e-6, and clip_grad_norm_ adds 1e-6 to the norm. Every mistake is above 1e-3.
TOLERANCE = 1e-4


def expect_plain_step(run: Run) -> None:
    """The first update is one step along the gradient of its batch."""
    followed, slope = run.gradient_followed(0), run.slope(0)
    expect_scale(followed, slope, "the first update is not a step down the gradient of the loss of "
                 "the first batch")  # fmt: skip


def expect_counts(run: Run) -> None:
    """max_iters updates, gradient_accumulation_steps fresh training batches in each."""
    plan, taken = run.plan, len(run.splits)
    expect(
        run.updates == plan.max_iters, "the number of updates is wrong",
        expected=f"max_iters = {plan.max_iters}", got=run.updates,
        hint="one iteration is one update: count iterations from 0 to max_iters - 1, and call "
        "optimizer.step() once in each",
    )  # fmt: skip
    others = sorted({str(split) for split in run.splits} - {"train"})
    expect(not others, "get_batch is asked for something else than training data",
           expected='get_batch("train")', got=f"get_batch({', '.join(map(repr, others))})",
           hint="only estimate_loss looks at the validation data")  # fmt: skip
    wanted = plan.max_iters * plan.accumulation
    expect(
        taken in (wanted, wanted + 1), "the number of batches is wrong",
        expected=f"{plan.accumulation} fresh batches in each of {plan.max_iters} updates: {wanted}",
        got=f"get_batch was called {taken} times",
        hint="call get_batch for every micro-batch, inside the inner loop",
    )  # fmt: skip


def expect_schedule(run: Run) -> None:
    """In one group at least, update i used rate i."""
    run.require(run.plan.max_iters - 1)
    wanted = torch.tensor(run.given.rates, dtype=torch.float64)
    used = run.rates[: len(wanted)]
    if any(agrees(used[:, group], wanted, TOLERANCE) for group in range(used.shape[1])):
        return
    first = int(((used[:, 0] - wanted).abs() > TOLERANCE).nonzero()[0])
    rate = float(used[first, 0])
    others = [i for i, other in enumerate(run.given.rates) if abs(rate - other) < TOLERANCE]
    whose = "the optimizer's own rate, as it came" if abs(rate - FIRST_RATE) < TOLERANCE else ""
    if others:
        whose = f"config.get_lr({others[0]})"
    raise CheckFailed(
        f"update {first} does not use the learning rate config.get_lr({first})",
        f"{float(wanted[first]):.4f}", f"{rate:.4f}" + (f", {whose}" if whose else ""),
        picture=series_picture(wanted.tolist(), used[:, 0].tolist(), "learning rate", "update"),
    )  # fmt: skip


def expect_all_groups(run: Run) -> None:
    """At every update all groups have the same rate, and it is not the one they came with."""
    for i, rates in enumerate(run.rates):
        expect(
            float(rates.max() - rates.min()) < TOLERANCE,
            f"at update {i} the parameter groups have different learning rates",
            expected=f"config.get_lr({i}) in all {len(rates)} groups",
            got=", ".join(f"{float(rate):.4f}" for rate in rates),
        )
    expect(
        bool((run.rates - FIRST_RATE).abs().max() > TOLERANCE),
        "no parameter group gets a learning rate: all keep the one that they came with",
        expected="config.get_lr(i) at update i", got=f"{FIRST_RATE} at every update",
    )  # fmt: skip


def expect_no_left_overs(run: Run) -> None:
    """No update contains the gradients of those before it."""
    left_over = torch.zeros_like(run.weights[0])
    for i in range(run.plan.max_iters):
        followed, slope = run.gradient_followed(i), run.slope(i)
        left_over = left_over + slope
        expect(
            i == 0 or not agrees(followed, left_over, TOLERANCE),
            f"update {i} still contains the gradients of the updates before it",
            expected="the gradient of its own batches", got="the sum of all gradients so far",
        )  # fmt: skip
        expect_scale(followed, slope, f"update {i} does not follow the gradient of its own batch")


def expect_direction(run: Run) -> None:
    """The update goes along the mean gradient of its batches, however long the step."""
    followed, slope = run.gradient_followed(0), run.slope(0)
    if same_direction(followed, slope):
        return
    batches = run.batches(0)
    alone = [
        number + 1
        for number, batch in enumerate(batches)
        if same_direction(followed, run.given.gradient(run.weights[0], [batch]))
    ]
    raise CheckFailed(
        "the update does not follow the mean gradient of its micro-batches",
        f"all {len(batches)} micro-batches count alike",
        f"only micro-batch {alone[0]} of {len(batches)} counts" if alone else "another direction",
    )


def expect_mean(run: Run) -> None:
    """The update equals that of one batch made of all its micro-batches."""
    K = run.plan.accumulation
    message = f"{K} micro-batches do not give the update of one batch {K} times as large"
    expect_scale(run.gradient_followed(0), run.slope(0), message)


def expect_clipped(run: Run) -> None:
    """The only update follows its gradient, scaled down to grad_clip if it is longer."""
    clip, followed, slope = run.plan.clip, run.gradient_followed(0), run.slope(0)
    wanted = clipped(slope, clip)
    if agrees(followed, wanted, TOLERANCE):
        return
    lengths = f"a norm of {float(wanted.norm()):.3g}", f"a norm of {float(followed.norm()):.3g}"
    if clip == 0:
        raise CheckFailed("grad_clip=0 does not switch clipping off", *lengths,
                          hint="0 means no clipping at all")  # fmt: skip
    if clip > float(slope.norm()):
        raise CheckFailed(f"a gradient of norm {float(slope.norm()):.3g} is changed although "
                          f"grad_clip={clip:.3g}", *lengths,
                          hint="leave gradients alone that are shorter than grad_clip")  # fmt: skip
    raise CheckFailed(
        f"a gradient of norm {float(slope.norm()):.3g} is not scaled down to grad_clip={clip:.3g}",
        *lengths, hint=why_not_clipped(run, followed, slope),
    )  # fmt: skip


def why_not_clipped(run: Run, followed: Tensor, slope: Tensor) -> str:
    """Guess what a clipping that went wrong has done."""
    clip = run.plan.clip
    if agrees(followed, slope, TOLERANCE):
        return "clip the gradients between backward() and optimizer.step(), at config.grad_clip"
    if agrees(followed, slope.clamp(-clip, clip), TOLERANCE):
        return "this clips each number by itself; scale the whole gradient so that its norm fits"
    matrices, bias = slope.split([len(slope) - run.plan.vocab_size, run.plan.vocab_size])
    if agrees(followed, torch.cat([clipped(matrices, clip), clipped(bias, clip)]), TOLERANCE):
        return "take one norm over all parameters together, not one per group"
    return "take one norm over all parameters together, and config.grad_clip as its limit"


def expect_clipped_once(run: Run) -> None:
    """The only update follows the mean gradient of all micro-batches, clipped after the sum."""
    followed, slope = run.gradient_followed(0), run.slope(0)
    clip, K = run.plan.clip, run.plan.accumulation
    wanted = clipped(slope, clip)
    if agrees(followed, wanted, TOLERANCE):
        return
    length = f"{float(followed.norm()):.3g}"
    if same_direction(followed, slope):
        raise CheckFailed(
            "the accumulated gradient does not have the norm grad_clip at the step",
            f"a norm of {float(wanted.norm()):.3g}", f"a norm of {length}",
            "divide first, clip then, step last",
        )  # fmt: skip
    raise CheckFailed(
        "the gradient is not clipped as a whole, after accumulation",
        f"the direction of the mean gradient of all {K} micro-batches, with norm {clip:.3g}",
        f"another direction, with norm {length}",
    )


def expect_training_mode(run: Run) -> None:
    """Every update was one in training mode, and so is the model at the end."""
    for i in range(min(run.updates, run.plan.max_iters)):
        in_eval = agrees(run.gradient_followed(i), run.slope(i, eval_mode=True), TOLERANCE)
        expect(
            run.modes[i] and not in_eval,
            f"update {i} happens in evaluation mode",
            expected="training mode at every update",
            got="evaluation mode",
        )
    expect(run.training, "the model is left in evaluation mode",
           expected="training mode at the end", got="evaluation mode")  # fmt: skip


def expect_scale(followed: Tensor, slope: Tensor, message: str) -> None:
    """Fail unless the gradients agree; say so if only their lengths differ."""
    if agrees(followed, slope, TOLERANCE):
        return
    factor = float(followed @ slope / (slope @ slope))
    hint = ""
    if float(followed.abs().max()) == 0:
        got, hint = "no change at all", "the weights must change: backward(), then optimizer.step()"
    elif agrees(followed, factor * slope, 10 * TOLERANCE):
        got = f"a step {factor:.3g} times as long"
        hint = "the step goes uphill" if factor < 0 else ""
    else:
        got = "a step in another direction"
    raise CheckFailed(message, "the step that the gradient gives", got, hint)


def same_direction(a: Tensor, b: Tensor) -> bool:
    """Whether two gradients differ by a positive factor only."""
    if float(a.norm()) == 0 or float(b.norm()) == 0:
        return False
    return agrees(a / a.norm(), b / b.norm(), TOLERANCE)


def clipped(gradient: Tensor, limit: float) -> Tensor:
    """Scale a gradient down to a norm; a limit of 0 means none."""
    norm = float(gradient.norm())
    return gradient * (limit / norm) if 0 < limit < norm else gradient
