"""E1: one head of causal self-attention."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.pictures import attention_picture, wrong_attention_picture
from autograder.checks.evidence.reading import find_reading, is_right_scale
from autograder.checks.evidence.trainable import expect_told_by_weights
from autograder.checks.expectations import (
    agrees,
    expect,
    expect_close,
    expect_tensor,
    finite,
    output,
    outputs,
)
from autograder.checks.framework import Exercise, remark
from autograder.probe.view import Handle, Student

PAIRS = 512  # so many that some have the scores that are looked for, whatever the weights
WEAK_MASK = "the value that hides later keys must be far below every score: -inf is"
E1 = Exercise(
    "E1",
    "Causal self-attention",
    ("CausalSelfAttention",),
    asks="causal self-attention with one head",
    minutes=50,
    difficulty=2,
)


def attention_with_fresh_weights(student: Student, rng: Draw, hidden_size: int) -> Handle:
    """Make the student's module and set its weights: its own initialisation is no matter."""
    attention = student.CausalSelfAttention(hidden_size=hidden_size)
    attention.eval()
    rng.weights_for(attention, std=hidden_size**-0.5)
    return attention


def change_after(x: Tensor, t: int, rng: Draw) -> Tensor:
    """Copy x (N, T, D) and redraw everything after the first t positions."""
    changed = x.clone()
    changed[:, t:] = rng.normal(*x[:, t:].shape)
    return changed


def finite_output(attention: Handle, x: Tensor) -> Tensor:
    """Return the output for x; fail where an entry is no finite number."""
    y = output(attention, x)
    expect(finite(y), "an output is not a finite number", expected="finite numbers", got="nan",
           hint="every position attends to itself as well: hide only what comes after it"
           )  # fmt: skip
    return y


def leaks(attention: Handle, x: Tensor, y: Tensor, rng: Draw) -> Iterator[tuple[int, int, float]]:
    """Redraw what comes after the first t of six positions, for t = 1 to 5, and look before it.

    Yields t, the position up to t (from 1) whose output changes most, and the largest change.
    Shapes: x, and y, the output for it, (N, 6, D).
    """
    later = [change_after(x, t, rng) for t in range(1, 6)]
    for t, changed in enumerate(outputs(attention, later), start=1):
        changes = (changed[:, :t] - y[:, :t]).abs().amax(dim=(0, 2))
        position = int(changes.argmax())
        yield t, position + 1, float(changes[position])


def who_listens_to_whom(attention: Handle, x: Tensor) -> Tensor:
    """Work the attention weights out of the outputs alone: y_t = sum_s w[t, s] v_s, solved for w.

    A token alone listens to itself, so its output is its value. Needs T <= D.
    Shapes: x (T, D) -> (T, T), float64.
    """
    values = output(attention, x.unsqueeze(1))[
        :, 0
    ].double()  # (T, D): each token as a sequence of one
    outputs = output(attention, x.unsqueeze(0))[0].double()  # (T, D)
    weights: Tensor = torch.linalg.lstsq(values.T, outputs.T).solution.T
    expect_close(
        weights @ values, outputs,
        "an output is not a weighted sum of the values of the tokens",
        hint="each row of Y is one row of weights times V, and V is X W_V",
        tolerance=1e-3,
    )  # fmt: skip
    return weights


@E1.check("shape", points=0.5, hint="forward returns weights @ V")
def the_output_has_the_shape_of_the_input(student: Student, rng: Draw) -> None:
    """The output has one vector per position: (N, T, D) in, (N, T, D) out, for any N and T, and
    depends on the weights."""
    attention = student.CausalSelfAttention(hidden_size=8)
    for N, T in ((2, 5), (1, 1), (3, 7)):
        x = rng.normal(N, T, 8)
        y = expect_tensor(attention(x), (N, T, 8), "the output")
        expect(y.dtype == x.dtype, "the output changed its number type",
               expected=str(x.dtype)[6:], got=str(y.dtype)[6:])  # fmt: skip
    expect_told_by_weights(
        attention,
        x,
        y,
        rng,
        "register the weights: nn.Linear or nn.Parameter, assigned in __init__",
    )


@E1.check("parameters", points=0.5, after=("shape",))
def there_are_three_matrices_and_no_bias(student: Student, rng: Draw) -> None:
    """The module learns W_Q, W_K and W_V, together 3 D^2 numbers, and no bias."""
    D = 8
    parameters = student.CausalSelfAttention(hidden_size=D).unique_parameters
    count = sum(p.values.numel() for p in parameters if p.trainable)
    hints = {
        0: "register the weights: nn.Linear or nn.Parameter, assigned in __init__",
        3 * D * D + 3 * D: "the exercise asks for projections without bias units",
        4 * D * D: "there is no output projection in this exercise, it comes in E2",
    }
    expect(
        count == 3 * D * D, f"the number of trainable parameters is wrong for hidden_size={D}",
        expected=f"3 * {D} * {D} = {3 * D * D}", got=count, hint=hints.get(count, ""),
    )  # fmt: skip


@E1.check(
    "causal", points=1.5, after=("shape",), hint="set the scores of later keys to -inf before the "
    "softmax, at every position",
)  # fmt: skip
def no_output_sees_the_future(student: Student, rng: Draw) -> None:
    """The output at position t does not change when later tokens change, but earlier ones count."""
    attention = attention_with_fresh_weights(student, rng, 8)
    x = rng.normal(2, 6, 8)
    y = finite_output(attention, x)
    for t, position, change in leaks(attention, x, y, rng):
        expect(
            change <= 1e-5,
            f"the output at position {position} changes when the tokens after position {t} change",
            expected="no change", got=f"a change of {change:.3g}",
            hint=WEAK_MASK if change < 0.02 else "",
            picture=lambda: wrong_attention_picture(who_listens_to_whom(attention, x[0])),
        )  # fmt: skip
    earlier = x.clone()
    earlier[:, 0] = rng.normal(2, 8)
    expect(
        not agrees(output(attention, earlier)[:, -1], y[:, -1], 1e-3),
        "the last output does not change when the first token changes",
        expected="each position gathers from all positions up to its own",
        got="no change",
        hint="the output is a weighted sum over the values of all positions so far",
    )
    expect_mask_holds(attention, rng, 8)


def expect_mask_holds(attention: Handle, rng: Draw, D: int) -> None:
    """Fail if a later token gets a weight of 1e-6 or more where scores are within +-50.

    For one head; biases are set to 0. Scores are told from the outputs alone: where a query's
    vector follows a key's, its weight on the key is a sigmoid of score(q, k) - score(q, q); and the
    zero vector has the score 0. With these a first token is made that scores -50 with itself, and a
    second one that the first scores with +50.
    """
    set_biases_to_zero(attention, D * D)
    n = PAIRS
    q, k = rng.normal(n, D, std=1.5), rng.normal(n, D, std=1.5)
    zero = torch.zeros(n, D)
    pairs = torch.cat([torch.stack([zero, q], 1), torch.stack([k, q], 1)])
    values = output(attention, pairs.reshape(4 * n, 1, D)).double().reshape(2 * n, 2, D)
    weights = weight_of_first(output(attention, pairs)[:, 1].double(), values)
    against_zero, against_key = torch.logit(weights, eps=1e-9).chunk(2)
    own, other = -against_zero, against_key - against_zero  # score(q, q), score(q, k)
    fit = (own < -0.3) & (own > -6) & (other.abs() > 0.3) & (other.abs() < 6)
    if not fit.any():
        return  # not attention at all: other checks say so
    i = int(fit.int().argmax())
    stretch = (50 / -own[i]).sqrt()
    factors = torch.stack([50 / (other[i] * stretch), stretch]).unsqueeze(1)  # of k and of q
    x = torch.stack([k[i], q[i]]) * factors.float()
    leak = float(weight_of_first(
        output(attention, x.flip(0).unsqueeze(0))[0, 0].double(),
        values[n + i] * factors,  # not asked for: the second token's score with itself is any
    ))  # fmt: skip
    expect(
        not abs(leak) >= 1e-5,  # nan is numerical style: rows renormalised from almost nothing
        "where the scores are large, the first position attends to the second",
        expected="a weight below 1e-6 for scores from -50 to 50", got=f"{leak:.3g}",
        hint=WEAK_MASK, cause="weak-mask",
    )  # fmt: skip


def set_biases_to_zero(attention: Handle, least: int) -> None:
    """Set everything that can be learned to 0 where it has fewer numbers than a matrix has."""
    small = [p for p in attention.unique_parameters if p.trainable and p.values.numel() < least]
    attention.load({p.name: torch.zeros_like(p.values) for p in small})


def weight_of_first(y: Tensor, values: Tensor) -> Tensor:
    """Solve y = w v_1 + (1 - w) v_2 for w. Shapes: y (..., D), values (..., 2, D) -> (...)."""
    along = values[..., 0, :] - values[..., 1, :]
    return ((y - values[..., 1, :]) * along).sum(-1) / (along * along).sum(-1)


@E1.check("rows", points=0.5, after=("causal",))
def every_row_of_weights_sums_to_one(student: Student, rng: Draw) -> None:
    """The attention weights of each position sum to 1, and the first position attends to itself."""
    attention = attention_with_fresh_weights(student, rng, 12)
    weights = who_listens_to_whom(attention, rng.normal(5, 12))
    sums = weights.sum(dim=1)
    worst = int((sums - 1).abs().argmax())
    expect(
        agrees(sums, torch.ones(5).double(), 1e-3),
        f"the attention weights of position {worst + 1} do not sum to 1",
        expected=1, got=f"{float(sums[worst]):.4g}",
        hint="softmax over the keys (the last axis), after the mask and not before",
        picture=lambda: attention_picture(weights),
    )  # fmt: skip
    expect(bool((weights > -1e-3).all()), "an attention weight is negative",
           expected="weights from 0 to 1", got=f"{float(weights.min()):.3g}",
           picture=lambda: attention_picture(weights))  # fmt: skip


@E1.check("formula", points=1.5, after=("shape",))
def the_output_is_what_the_formula_gives(student: Student, rng: Draw) -> None:
    """The output is softmax(Q K^T / sqrt(D)) V with Q, K, V = X W_Q, X W_K, X W_V of its own
    weights."""
    for D in (8, 12):
        attention = student.CausalSelfAttention(hidden_size=D)
        attention.eval()
        expect_formula(attention, rng, D)


def expect_formula(attention: Handle, rng: Draw, D: int) -> None:
    """Fail unless some reading of the module's weights gives its output, at the right scale."""
    reading = find_reading(attention, rng, D, 1, projected=False)
    expect(
        reading is not None,
        "no way of reading your weights as W_Q, W_K and W_V gives your output",
        expected="softmax(Q K^T / sqrt(D)) V, computed from your own weights",
        got=f"another function (hidden_size={D})",
        hint="check, in this order: the axis of the softmax, the mask, the order of products, V",
    )
    assert reading is not None
    expect(
        is_right_scale(reading), "the scores have another scale than 1/sqrt(D)",
        expected="1/sqrt(D)", got=reading.scale_name,
        hint="the scores are divided by the square root of the width of what is dotted",
    )  # fmt: skip
    values = rng.weights_for(attention, std=D**-0.5, parameters=reading.parameters)
    x = rng.normal(3, 7, D)
    expect_close(
        attention(x), reading.predict(attention, x, values),
        "the output differs from softmax(Q K^T / sqrt(D)) V for other weights or lengths",
    )  # fmt: skip


@E1.check("general", points=0.5, after=("shape",))
def long_sequences_float64_and_gradients_work(student: Student, rng: Draw) -> None:
    """It works for sequences of up to 1,024 tokens and in float64, and gradients reach every
    weight."""
    attention = attention_with_fresh_weights(student, rng, 8)
    y = expect_tensor(attention(rng.normal(1, 1024, 8)), (1, 1024, 8), "the output for T = 1024")
    expect(finite(y), "the output for T = 1024 has entries that are not finite numbers",
           expected="finite numbers", got="nan or inf")  # fmt: skip
    if not finite(attention(1000.0 * rng.normal(2, 4, 8))):
        remark("for very large scores your softmax overflows: subtract each row's maximum before "
               "exp, or use torch.softmax (no points lost)")  # fmt: skip
    attention.double()
    x = rng.normal(2, 4, 8).double()
    y = expect_tensor(attention(x), (2, 4, 8), "the output in float64")
    expect(y.dtype == torch.float64, "a float64 module returns another number type",
           expected="float64", got=str(y.dtype)[6:],
           hint="let masks and constants follow the type of x", cause="number-type-fixed",
           )  # fmt: skip
    expect_gradients(attention, rng, x)


def expect_gradients(module: Handle, rng: Draw, x: Tensor) -> None:
    """Fail unless every weight's gradient says how the output changes with it (in float64)."""
    hint = "do not detach, round or copy on the way from the weights to the output"
    cotangent = rng.normal(*x.shape).double()
    values = {p.name: p.values for p in module.unique_parameters if p.trainable}
    expect(bool(values), "the module has no weights that could have gradients",
           expected="W_Q, W_K and W_V", got="none")  # fmt: skip
    _, found = module.gradients(x, cotangent=cotangent)
    gradients = {}
    for name in values:
        gradient = found.get(name)
        expect(
            gradient is not None and gradient.shape == values[name].shape and finite(gradient)
            and bool(gradient.abs().max() > 0),
            f"no useful gradient reaches the parameter {name}",
            expected="a finite gradient, not all zero",
            got="no gradient" if gradient is None else "zeros or nan", hint=hint,
        )  # fmt: skip
        assert gradient is not None
        gradients[name] = gradient
    # 1e-9: rounding, where the derivative itself is 0
    size = math.sqrt(sum(float(gradients[n].norm()) ** 2 for n in values))
    for _ in range(3):
        step = {n: rng.normal(*v.shape, std=1e-4).double() for n, v in values.items()}
        ends = []
        for sign in (1, -1):
            module.load({n: v + sign * step[n] for n, v in values.items()})
            ends.append(float((output(module, x) * cotangent).sum()))
        told = sum(float((gradients[n] * s).sum()) for n, s in step.items())
        expect(
            abs((ends[0] - ends[1]) / 2 - told) <= 0.01 * 1e-4 * size + 1e-9,
            "the gradient of the weights is not how the output changes with them",
            expected="the whole derivative", got="a part of it", hint=hint, cause="gradient-cut",
        )  # fmt: skip
