"""E2 at other sizes."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e1 import change_after
from autograder.checks.e2 import E2, expect_formula, heads_with_fresh_weights, refuses
from autograder.checks.expectations import expect, expect_close, expect_tensor, output
from autograder.probe.view import Student


@E2.hidden("e2.shape")
def other_widths(student: Student, rng: Draw) -> None:
    """Odd head sizes and heads of width one."""
    for N, T, D, h in ((4, 3, 15, 5), (1, rng.whole(8, 20), 6, 6)):
        attention = student.MultiHeadCausalSelfAttention(D, h, 0.0)
        expect_tensor(attention(rng.normal(N, T, D)), (N, T, D), "the output")


@E2.hidden("e2.causal")
def no_future_in_a_long_sequence(student: Student, rng: Draw) -> None:
    """A cut drawn now, in a sequence longer than the module is wide."""
    T = rng.whole(30, 50)
    attention = heads_with_fresh_weights(student, rng, 8, 2)
    x, cut = rng.normal(2, T, 8), rng.whole(1, T - 1)
    expect_close(
        output(attention, change_after(x, cut, rng))[:, :cut], output(attention, x)[:, :cut],
        "an output changes when later tokens change",
    )  # fmt: skip


@E2.hidden("e2.formula")
def formula_at_other_sizes(student: Student, rng: Draw) -> None:
    """The formula for a number of heads and a head size drawn now."""
    h = rng.whole(2, 4)
    D = h * rng.choice((4, 5, 6))
    attention = student.MultiHeadCausalSelfAttention(D, h, 0.0)
    attention.eval()
    expect_formula(attention, rng, D, h)


@E2.hidden("e2.refusal")
def other_sizes_are_refused(student: Student, rng: Draw) -> None:
    """A pair of sizes drawn now."""
    h = rng.whole(3, 6)
    D = h * rng.whole(2, 4) + rng.whole(1, h - 1)
    expect(refuses(student, rng, D, h), "heads that do not divide the width are accepted")
