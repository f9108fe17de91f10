"""E3 at other sizes."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e3 import E3, expect_mlp, expect_outputs_dropped
from autograder.checks.expectations import expect
from autograder.probe.view import Student


@E3.hidden("e3.parameters")
def count_at_another_width(student: Student, rng: Draw) -> None:
    """8 D^2 and biases at a width drawn now."""
    D = rng.whole(9, 20)
    found = student.MLP(D, 0.1).unique_parameters
    count = sum(p.values.numel() for p in found if p.trainable)
    expect(count - 8 * D * D in (0, D, 4 * D, 5 * D), "the number of trainable parameters is wrong "
           "for another hidden_size", expected="8 D^2 and biases", got="another number"
           )  # fmt: skip


@E3.hidden("e3.formula")
def formula_at_another_width(student: Student, rng: Draw) -> None:
    """The formula at a width drawn now."""
    D = rng.choice((5, 7, 9, 11))
    mlp = student.MLP(D, 0.0)
    mlp.eval()
    expect_mlp(mlp, rng, D)


@E3.hidden("e3.dropout")
def another_rate(student: Student, rng: Draw) -> None:
    """A rate and a width drawn now."""
    expect_outputs_dropped(student, rng, rng.whole(6, 12), rng.whole(10, 60) / 100)
