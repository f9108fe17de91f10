"""E1 at other sizes."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e1 import E1, attention_with_fresh_weights, change_after, expect_formula
from autograder.checks.expectations import expect, expect_close, expect_tensor, output
from autograder.probe.view import Student


@E1.hidden("e1.shape")
def odd_widths_and_single_tokens(student: Student, rng: Draw) -> None:
    """Widths that are odd, one, or larger than the sequence."""
    for N, T, D in ((1, 1, 1), (4, 3, 5), (2, rng.whole(8, 20), rng.whole(17, 33))):
        expect_tensor(student.CausalSelfAttention(D)(rng.normal(N, T, D)), (N, T, D), "the output")


@E1.hidden("e1.parameters")
def count_at_another_width(student: Student, rng: Draw) -> None:
    """3 D^2 at a width drawn now."""
    D = rng.whole(9, 20)
    found = student.CausalSelfAttention(D).unique_parameters
    count = sum(p.values.numel() for p in found if p.trainable)
    expect(count == 3 * D * D, "the number of trainable parameters is wrong for another "
           "hidden_size", expected="3 D^2", got="another number")  # fmt: skip


@E1.hidden("e1.causal")
def no_future_in_a_long_sequence(student: Student, rng: Draw) -> None:
    """A cut drawn now, in a sequence longer than the module is wide."""
    D, T = 6, rng.whole(30, 50)
    attention = attention_with_fresh_weights(student, rng, D)
    x, cut = rng.normal(2, T, D), rng.whole(1, T - 1)
    expect_close(
        output(attention, change_after(x, cut, rng))[:, :cut], output(attention, x)[:, :cut],
        "an output changes when later tokens change",
    )  # fmt: skip


@E1.hidden("e1.formula")
def formula_at_another_width(student: Student, rng: Draw) -> None:
    """The formula at a width and length drawn now."""
    D = rng.choice((5, 7, 10, 13))
    attention = student.CausalSelfAttention(D)
    attention.eval()
    expect_formula(attention, rng, D)
