"""T9.1: a norm by the root of the mean square, without points."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.trainable import (
    expect_told_by_weights,
    expect_trainable,
    expect_works_in_float64,
)
from autograder.checks.expectations import expect, expect_close, expect_tensor, output
from autograder.checks.framework import Exercise
from autograder.probe.view import Handle, Student

T9_1 = Exercise(
    "T9.1", "RMSNorm", ("RMSNorm",), asks="a norm without a mean", minutes=10, difficulty=1
)
EPS = 1e-6  # the default that the notebook names


@T9_1.check("shape", points=0.0, hint="forward returns the scaled vectors")
def the_output_has_the_shape_of_the_input(student: Student, rng: Draw) -> None:
    """The output has the shape of the input, whatever axes come before the last, and depends on the
    weights."""
    norm = student.RMSNorm(8)
    for shape in ((6, 8), (1, 1, 8), (3, 5, 8)):
        x = rng.normal(*shape)
        y = expect_tensor(norm(x), shape, "the output")
    expect_told_by_weights(norm, x, y, rng, "make the weight an nn.Parameter")


@T9_1.check("weight", points=0.0, after=("shape",))
def there_is_one_weight_for_each_number(student: Student, rng: Draw) -> None:
    """The module learns one factor for each of the D numbers, 1 at first, and nothing else."""
    found = [p for p in student.RMSNorm(8).unique_parameters if p.trainable]
    count = sum(p.values.numel() for p in found)
    expect(
        count == 8, "the number of trainable parameters is wrong for hidden_size=8", expected="8",
        got=count, hint="there is no bias any more: nothing is added" if count == 16 else "",
    )  # fmt: skip
    for parameter in found:
        expect_close(
            parameter.values, torch.ones(parameter.values.shape), "the weight does not start at 1",
            hint="at first the module should do nothing but norm",
        )  # fmt: skip


@T9_1.check("worked", points=0.0, after=("shape",), hint="is a mean subtracted somewhere?")
def the_worked_row_comes_out_as_by_hand(student: Student, rng: Draw) -> None:
    """At first, (2, 4, 4, 6) becomes (0.471, 0.943, 0.943, 1.414): the size is gone, the offset
    stays; and so does any multiple of it."""
    norm, row = student.RMSNorm(4), torch.tensor([[2.0, 4.0, 4.0, 6.0]])
    for factor in (1.0, float(rng.uniform(1, low=2.0, high=9.0))):
        expect_close(
            output(norm, factor * row), row / 18**0.5, "the worked row comes out differently",
            tolerance=1e-4,
        )  # fmt: skip


@T9_1.check("formula", points=0.0, after=("shape",))
def the_output_is_what_the_formula_gives(student: Student, rng: Draw) -> None:
    """Each vector is divided by the root of its own mean square, then multiplied by the weight."""
    norm = student.RMSNorm(6)
    weight = weight_of(norm, rng)
    x = rng.normal(2, 5, 6, std=2.0) + 1.0
    expect_close(
        output(norm, x), normed(x, EPS) * weight, "the output differs from the formula's",
        hint="the mean runs over the last axis alone, and keeps it: what does keepdim do?",
        tolerance=1e-4,
    )  # fmt: skip


@T9_1.check("eps", points=0.0, after=("formula",))
def eps_stands_beside_the_mean_square(student: Student, rng: Draw) -> None:
    """`eps` is added to the mean square, within the root: zeros stay zeros, and are not nan."""
    norm = student.RMSNorm(6)
    zeros = output(norm, torch.zeros(1, 2, 6))
    expect(bool((zeros == 0).all()), "a vector of zeros does not stay one", expected="0",
           got=f"{float(zeros.flatten()[0]):.3g}", hint="what is 0 divided by 0?")  # fmt: skip
    x = rng.normal(2, 3, 6)
    eps = float(rng.uniform(1, low=0.3, high=0.9))
    expect_close(
        output(student.RMSNorm(6, eps), x), normed(x, eps), f"with eps={eps:.2f} the output "
        "differs from the formula's", hint="which comes first, adding eps or taking the root?",
        tolerance=1e-4,
    )  # fmt: skip


@T9_1.check("general", points=0.0, after=("shape",))
def it_works_in_float64_and_can_be_trained(student: Student, rng: Draw) -> None:
    """It works in float64, and gradients reach the weight and the input."""
    norm = student.RMSNorm(6)
    expect_trainable(norm, rng.normal(2, 3, 6), rng)
    expect_works_in_float64(norm, rng.normal(2, 3, 6))


def weight_of(norm: Handle, rng: Draw) -> Tensor:
    """Set the weight to fresh numbers, and return them in one row."""
    drawn = rng.weights_for(norm)
    numbers = torch.cat([values.flatten() for values in drawn.values()])
    return numbers if numbers.numel() in (1, 6) else torch.full((6,), torch.nan)


def normed(x: Tensor, eps: float) -> Tensor:
    """x divided by the root of its mean square, by the definition, in float64."""
    x = x.double()
    return x / (x.pow(2).sum(-1, keepdim=True) / x.shape[-1] + eps).sqrt()
