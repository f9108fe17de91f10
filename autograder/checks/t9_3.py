"""T9.3: attention whose heads share keys and values, without points."""

from __future__ import annotations

from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.e1 import finite_output, leaks
from autograder.checks.evidence.grouped import find_grouped_reading
from autograder.checks.evidence.reading import is_right_scale
from autograder.checks.evidence.trainable import (
    expect_told_by_weights,
    expect_trainable,
    expect_works_in_float64,
)
from autograder.checks.expectations import (
    expect,
    expect_close,
    expect_tensor,
)
from autograder.checks.framework import Exercise
from autograder.probe.view import Student

T9_3 = Exercise(
    "T9.3", "Grouped-query attention", ("GroupedQueryAttention",), asks="heads that share keys",
    minutes=25, difficulty=2,
)  # fmt: skip
D, H = 16, 4
SHARE_HINT = (
    "every query head needs a key and a value head of its own number: how many times does each of "
    "the few stand in for one of the many?"
)


def weights_in_words(n_kv_head: int) -> tuple[int, str]:
    """How many numbers the four matrices hold, and how that comes about."""
    shared = n_kv_head * D // H
    count = 2 * D * D + 2 * D * shared
    return count, f"2 * {D} * {D} + 2 * {D} * {shared} = {count}"


@T9_3.check("shape", points=0.0, hint="forward returns the projection of the concatenated heads")
def the_output_has_the_shape_of_the_input(student: Student, rng: Draw) -> None:
    """The output has the shape of the input, (N, T, D), for every n_kv_head that divides n_head,
    and depends on the weights."""
    for N, T, n_kv_head in ((2, 5, 4), (1, 1, 2), (3, 7, 1), (2, 6, 2)):
        attention = student.GroupedQueryAttention(D, H, n_kv_head)
        x = rng.normal(N, T, D)
        y = expect_tensor(attention(x), (N, T, D), f"the output for n_kv_head={n_kv_head}")
    expect_told_by_weights(attention, x, y, rng, "register the layers in __init__")


@T9_3.check("parameters", points=0.0, after=("shape",))
def keys_and_values_are_fewer(student: Student, rng: Draw) -> None:
    """W_Q and W_O are D x D; W_K and W_V are D x (n_kv_head d), with d = D / n_head; no bias."""
    for n_kv_head in (4, 2, 1):
        found = student.GroupedQueryAttention(D, H, n_kv_head).unique_parameters
        count = sum(p.values.numel() for p in found if p.trainable)
        wanted, words = weights_in_words(n_kv_head)
        hint = "the shared ones are what shrinks: how many heads make keys and values?"
        expect(
            count == wanted,
            f"the number of trainable parameters is wrong for hidden_size={D}, n_head={H}, "
            f"n_kv_head={n_kv_head}", expected=words, got=count,
            hint="no layer has a bias here" if 0 < count - wanted <= 4 * D else hint,
        )  # fmt: skip


@T9_3.check(
    "causal", points=0.0, after=("shape",), hint="set the scores of later keys to -inf before the "
    "softmax, in every head; and share heads, never positions",
)  # fmt: skip
def no_output_sees_the_future(student: Student, rng: Draw) -> None:
    """The output at position t does not change when later tokens change, whoever shares."""
    for n_kv_head in (2, 1):
        attention = student.GroupedQueryAttention(D, H, n_kv_head)
        rng.weights_for(attention, std=D**-0.5)
        x = rng.normal(2, 6, D)
        for t, position, change in leaks(attention, x, finite_output(attention, x), rng):
            expect(
                change <= 1e-5, f"for n_kv_head={n_kv_head} the output at position "
                f"{position} changes when the tokens after position {t} change",
                expected="no change", got=f"a change of {change:.3g}",
            )  # fmt: skip


@T9_3.check("multi_head", points=0.0, after=("parameters",))
def with_as_many_keys_as_heads_it_is_e2(student: Student, rng: Draw) -> None:
    """With n_kv_head = n_head it is the attention of E2, without dropout and biases."""
    expect_formula(student, rng, H, "compare with E2: split the width, 1/sqrt(d), mask, softmax")


@T9_3.check("grouped", points=0.0, after=("parameters",))
def groups_of_heads_share_keys_and_values(student: Student, rng: Draw) -> None:
    """With fewer, each key and value head serves n_head / n_kv_head query heads, and every query
    head asks a question of its own; with one it is multi-query attention."""
    expect_formula(student, rng, 2, SHARE_HINT)
    expect_formula(student, rng, 1, SHARE_HINT)


def expect_formula(student: Student, rng: Draw, n_kv_head: int, hint: str) -> None:
    """Fail unless some reading of the module's weights gives its output, at the right scale."""
    attention = student.GroupedQueryAttention(D, H, n_kv_head)
    reading = find_grouped_reading(attention, rng, D, H, n_kv_head)
    expect(
        reading is not None,
        "no way of reading your weights as W_Q, W_K, W_V and W_O gives your output for "
        f"n_head={H}, n_kv_head={n_kv_head}",
        expected="concat(softmax(Q_i K_g^T / sqrt(d)) V_g) W_O, head i in group g",
        got=f"another function (hidden_size={D})", hint=hint,
    )  # fmt: skip
    assert reading is not None
    expect(
        is_right_scale(reading), "the scores have another scale than 1/sqrt(d)",
        expected=f"1/sqrt(d) with d = D / h = {D // H}", got=reading.scale_name,
        hint="the scores are divided by the square root of the width of what is dotted",
    )  # fmt: skip
    values = rng.weights_for(attention, std=D**-0.5, parameters=reading.parameters)
    x: Tensor = rng.normal(3, 7, D)
    expect_close(attention(x), reading.predict(attention, x, values),
                 "the output differs from the formula's for other weights or lengths",
                 hint=hint)  # fmt: skip


@T9_3.check("general", points=0.0, after=("shape",))
def it_works_in_float64_and_can_be_trained(student: Student, rng: Draw) -> None:
    """It works in float64, and gradients reach every matrix and the input."""
    attention = student.GroupedQueryAttention(D, H, 2)
    expect_trainable(attention, rng.normal(2, 3, D), rng)
    hint = "let masks and constants follow the type of x"
    expect_works_in_float64(attention, rng.normal(2, 4, D), hint)
