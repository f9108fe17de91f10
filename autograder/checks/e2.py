"""E2: causal self-attention with several heads, an output projection and two dropouts."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.e1 import (
    WEAK_MASK,
    expect_mask_holds,
    finite_output,
    leaks,
    set_biases_to_zero,
    who_listens_to_whom,
)
from autograder.checks.evidence.dropping import (
    expect_independent,
    expect_share,
    expect_training_only,
    is_dropped_or,
    largest_factor,
    weights_kept,
    without_dust,
)
from autograder.checks.evidence.pictures import wrong_attention_picture
from autograder.checks.evidence.reading import find_reading, is_right_scale
from autograder.checks.evidence.trainable import expect_told_by_weights, expect_trainable
from autograder.checks.expectations import (
    agrees,
    expect,
    expect_close,
    expect_tensor,
    output,
    outputs,
)
from autograder.checks.framework import Exercise
from autograder.probe.errors import StudentFault, StudentMissing
from autograder.probe.view import Handle, Student

E2 = Exercise(
    "E2",
    "Multi-head causal self-attention",
    ("MultiHeadCausalSelfAttention",),
    asks="several heads",
    minutes=60,
    difficulty=3,
)
# Of single dropouts: enough to see a rate of 0.1 in place of 0.2, in each column (see dropping).
DRAWS = 1500
SPLIT_HINT = (
    "each head gets its own d = D / h columns of Q, K and V for all positions: after the split the "
    "shape is (N, T, h, d), and only then the axes of T and h change places"
)


def heads_with_fresh_weights(
    student: Student, rng: Draw, hidden_size: int, n_head: int, dropout: float = 0.0
) -> Handle:
    """Make the student's module in evaluation mode and set its weights."""
    attention = student.MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
    attention.eval()
    rng.weights_for(attention, std=hidden_size**-0.5)
    return attention


def without_biases(student: Student, rng: Draw, D: int, h: int, rate: float) -> Handle:
    """Make the student's module in evaluation mode, with fresh matrices and every bias 0."""
    attention = student.MultiHeadCausalSelfAttention(D, h, rate)
    attention.eval()
    rng.weights_for(attention, std=D**-0.5)
    set_biases_to_zero(attention, D * D // h)
    return attention


@E2.check("shape", points=0.5, hint="forward returns the projection of the concatenated heads")
def the_output_has_the_shape_of_the_input(student: Student, rng: Draw) -> None:
    """The output has the shape of the input, (N, T, D), for any number of heads that divides D, and
    depends on the weights."""
    for N, T, D, h in ((2, 5, 12, 3), (1, 1, 8, 8), (1, 1024, 8, 1), (3, 7, 8, 2)):
        attention = student.MultiHeadCausalSelfAttention(D, h, 0.0)
        attention.eval()
        x = rng.normal(N, T, D)
        y = expect_tensor(attention(x), (N, T, D), f"the output for {h} heads")
    expect_told_by_weights(
        attention, x, y, rng, "register the weights in __init__ and use them in forward"
    )


@E2.check("parameters", points=0.5, after=("shape",))
def there_are_four_matrices(student: Student, rng: Draw) -> None:
    """The module learns W_Q, W_K, W_V and the output projection W_O, together 4 D^2 numbers; biases
    are optional; the number of heads does not matter; gradients reach all of them."""
    D = 12
    for h in (1, 3):
        found = student.MultiHeadCausalSelfAttention(D, h, 0.0).unique_parameters
        count = sum(p.values.numel() for p in found if p.trainable)
        small = count - 4 * D * D
        hint = "each head is D / h wide, not D: together the heads have the width D"
        if 3 * D * D <= count < 4 * D * D:
            hint = "after the heads are put back together there is one more projection, D -> D"
        expect(
            0 <= small <= (3 + h) * D and small % D == 0,
            f"the number of trainable parameters is wrong for hidden_size={D}, n_head={h}",
            expected=f"4 * {D} * {D} = {4 * D * D}, and up to {4 * D} for biases", got=count,
            hint=hint,
        )  # fmt: skip
    x = rng.normal(2, 3, D)
    expect_trainable(student.MultiHeadCausalSelfAttention(D, 3, 0.2), x, rng)


@E2.check(
    "causal", points=1.0, after=("shape",), hint="set the scores of later keys to -inf before the "
    "softmax, in every head",
)  # fmt: skip
def no_output_sees_the_future(student: Student, rng: Draw) -> None:
    """No head sees the future, and each position gathers from all positions up to its own."""
    attention = heads_with_fresh_weights(student, rng, 12, 3)
    x = rng.normal(2, 6, 12)
    y = finite_output(attention, x)
    for t, position, change in leaks(attention, x, y, rng):
        expect(
            change <= 1e-5,
            f"the output at position {position} changes when the tokens after position {t} change",
            expected="no change", got=f"a change of {change:.3g}",
            hint=WEAK_MASK if change < 0.02 else "",
            picture=lambda: wrong_attention_picture(weights_of_one_head(student, rng)),
        )  # fmt: skip
    earlier = [x.clone() for _ in range(5)]
    for s, changed in enumerate(earlier):
        changed[:, s] = rng.normal(2, 12)
    for s, changed in enumerate(outputs(attention, earlier)):
        expect(
            not agrees(changed[:, -1], y[:, -1], 1e-3),
            f"the last output does not change when token {s + 1} changes",
            expected="each position gathers from all positions up to its own", got="no change",
            hint=SPLIT_HINT,
        )  # fmt: skip
    expect_mask_holds(heads_with_fresh_weights(student, rng, 8, 1), rng, 8)


def weights_of_one_head(student: Student, rng: Draw) -> Tensor:
    """What the attention weights of a module with one head are for six tokens: (6, 6).

    Without biases; told from the outputs, where the output projection stands for the values.
    """
    return who_listens_to_whom(without_biases(student, rng, 8, 1, 0.0), rng.normal(6, 8))


@E2.check("one_head", points=0.5, after=("shape",))
def one_head_is_e1_and_a_projection(student: Student, rng: Draw) -> None:
    """With one head it is the attention of E1, followed by the output projection."""
    attention = student.MultiHeadCausalSelfAttention(8, 1, 0.0)
    attention.eval()
    expect_formula(attention, rng, 8, 1)


@E2.check("formula", points=1.5, after=("shape",))
def the_output_is_what_the_formula_gives(student: Student, rng: Draw) -> None:
    """Each head is softmax(Q K^T / sqrt(d)) V in its own d = D / h dimensions; the heads are put
    back together and projected."""
    attention = student.MultiHeadCausalSelfAttention(12, 3, 0.0)
    attention.eval()
    expect_formula(attention, rng, 12, 3)


def expect_formula(attention: Handle, rng: Draw, D: int, h: int) -> None:
    """Fail unless some reading of the module's weights gives its output, at the right scale."""
    reading = find_reading(attention, rng, D, h, projected=True)
    expect(
        reading is not None,
        f"no way of reading your weights as W_Q, W_K, W_V and W_O gives your output for n_head={h}",
        expected="concat(softmax(Q_i K_i^T / sqrt(d)) V_i) W_O, computed from your own weights",
        got=f"another function (hidden_size={D}, n_head={h})",
        hint=SPLIT_HINT if h > 1 else "compare with E1: softmax over keys, mask, V; then project",
    )  # fmt: skip
    assert reading is not None
    expect(
        is_right_scale(reading), "the scores have another scale than 1/sqrt(d)",
        expected=f"1/sqrt(d) with d = D / h = {D // h}", got=reading.scale_name,
        hint="the scores are divided by the square root of the width of what is dotted",
    )  # fmt: skip
    values = rng.weights_for(attention, std=D**-0.5, parameters=reading.parameters)
    x = rng.normal(3, 7, D)
    expect_close(
        attention(x), reading.predict(attention, x, values),
        "the output differs from the formula's for other weights or lengths", hint=SPLIT_HINT,
    )  # fmt: skip


@E2.check("refusal", points=0.5, after=("shape",))
def a_number_of_heads_that_does_not_divide_is_refused(student: Student, rng: Draw) -> None:
    """If n_head does not divide hidden_size, an exception is raised."""
    for D, h in ((8, 3), (10, 4), (4, 8)):
        expect(
            refuses(student, rng, D, h),
            f"hidden_size={D} cannot be split into {h} equal heads, and nothing was raised",
            expected="an exception, in the constructor at best", got="an output",
            hint="the constructor knows both numbers: let it say that they do not fit",
            cause="no-refusal",
        )  # fmt: skip


def refuses(student: Student, rng: Draw, D: int, h: int) -> bool:
    """Whether the student's code raises for these sizes, no later than the first forward."""
    try:
        student.MultiHeadCausalSelfAttention(D, h, 0.0)(rng.normal(2, 12, D))
    except StudentMissing:
        raise
    except StudentFault:
        return True
    return False


@E2.check("dropout_weights", points=0.5, after=("shape",), hint="the first dropout acts on the "
          "attention weights, right after the softmax and before they meet V")  # fmt: skip
def whole_attention_weights_are_dropped(student: Student, rng: Draw) -> None:
    """In training each attention weight is dropped at the given rate, right after the softmax."""
    D, n, rate = 16, DRAWS, rng.whole(20, 40) / 100
    for h in (1, 2):
        # A single token's only weight is 1; where it is dropped in all heads, nothing remains.
        attention = without_biases(student, rng, D, h, rate)
        attention.train()
        y = without_dust(output(attention, rng.normal(1, 1, D).expand(n, 1, D))[:, 0])
        expect_share(
            (y == 0).all(dim=1), rate**h, "a token whose attention weights were all dropped should "
            f"give zeros; for n_head={h} and dropout={rate} this happens in another share of cases",
        )  # fmt: skip
    expect_weights_dropped_one_by_one(student, rng, D, n, rate)


def expect_weights_dropped_one_by_one(
    student: Student, rng: Draw, D: int, n: int, rate: float
) -> None:
    """Two tokens, one head: tell from each output which weights of its row were dropped.

    Whatever the second dropout leaves of an output, y_2 = s (m_1 w_1 u_1 + m_2 w_2 u_2) with one
    factor s for both dropouts; it is measured, as the second one is another check's business.
    """
    attention = without_biases(student, rng, D, 1, rate)
    x = rng.normal(1, 2, D, std=0.5)  # small scores: no weight is next to nothing
    alone = output(attention, x.reshape(2, 1, D))[:, 0].double()  # (2, D): u_1, u_2
    first, second = output(attention, x)[0].double()
    if not agrees(first, alone[0], 1e-3):
        return  # the mask is wrong: other checks say so
    attention.train()
    y = without_dust(output(attention, x.expand(n, 2, D)).double())
    stays = (y[:, 0] != 0).any(dim=1)  # the first token's only weight
    kept_first = y[stays, 0]
    output_rate = float((kept_first == 0).double().mean())
    scale = largest_factor(kept_first, alone[0])
    expect(
        0.9 < scale * (1 - rate) * (1 - output_rate) < 1.1,
        "in training what stays of an attention weight is not scaled as dropout scales it",
        expected=f"divided by 1 - {rate}, once on the weights and once on the output",
        got=f"{scale:.3g} times the weight",
    )  # fmt: skip
    kept = weights_kept(y[:, 1] / scale, alone, second)
    expect(
        kept is not None, "in training the outputs are not the values weighted by what dropout "
        "leaves of the attention weights", expected=f"each weight 0 or divided by 1 - {rate}",
        got="other outputs", hint="the given rate, once on the weights and once on the output",
    )  # fmt: skip
    assert kept is not None
    expect_independent(
        1 - torch.cat([stays.double().unsqueeze(1), kept], dim=1), rate,
        "the attention weights are not dropped each by itself at the given rate",
    )  # fmt: skip


@E2.check("dropout_output", points=0.5, after=("shape",), hint="the second dropout acts on the "
          "result of the output projection")  # fmt: skip
def single_outputs_are_dropped(student: Student, rng: Draw) -> None:
    """In training each number of the projected output is dropped at the given rate, and what stays
    is scaled up."""
    D, n, rate = 16, DRAWS, rng.whole(20, 40) / 100
    attention = without_biases(student, rng, D, 1, rate)
    x = rng.normal(1, 1, D)
    without = expect_tensor(attention(x), (1, 1, D), "the output")[0, 0]
    attention.train()
    y = output(attention, x.expand(n, 1, D))[:, 0]
    y = y[(y != 0).any(dim=1)]  # elsewhere the first dropout took everything
    expect(len(y) > n / 4, "in training nearly all outputs are zero",
           expected=f"a share of {1 - rate:.0%} stays", got=f"{len(y) / n:.0%}")  # fmt: skip
    expect(
        is_dropped_or(y, without, 1 / (1 - rate)) or is_dropped_or(y, without, (1 - rate) ** -2),
        "in training what stays of an output is not scaled as dropout scales it",
        expected=f"0, or the output divided by 1 - {rate} once for each dropout",
        got=f"up to {largest_factor(y, without):.3g} times the output",
        hint="both dropouts have the given rate, and there is no third one",
    )  # fmt: skip
    expect_independent(y == 0, rate, "the outputs are not dropped each by itself at the given rate")


@E2.check("evaluation", points=0.5, after=("shape",))
def dropout_is_active_only_in_training(student: Student, rng: Draw) -> None:
    """Dropout acts in training only: in evaluation, and with dropout=0, nothing is dropped."""
    attention = heads_with_fresh_weights(student, rng, 12, 3, dropout=0.5)
    x = rng.normal(4, 6, 12)
    hint = "pass the rate on to both dropout layers and use them in forward"
    quiet = expect_training_only(attention, x, hint)
    attention.eval()
    expect(agrees(attention(x), quiet), "after training, eval() does not switch dropout off again",
           expected="the output of evaluation", got="another")  # fmt: skip
    none = heads_with_fresh_weights(student, rng, 12, 3, dropout=0.0)
    quiet = output(none, x)
    none.train()
    expect_close(none(x), quiet, "with dropout=0 the output in training differs from evaluation",
                 hint="the rate is the constructor's argument")  # fmt: skip
