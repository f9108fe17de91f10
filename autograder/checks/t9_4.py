"""T9.4: the gated MLP, without points."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.draw import Draw
from autograder.checks.evidence.reading import apart_from, flat, layouts
from autograder.checks.evidence.trainable import (
    expect_told_by_weights,
    expect_trainable,
    expect_works_in_float64,
)
from autograder.checks.expectations import expect, expect_close, expect_tensor, output
from autograder.checks.framework import Exercise
from autograder.probe.view import Handle, Student

T9_4 = Exercise("T9.4", "SwiGLU", ("SwiGLU",), asks="an MLP with a gate", minutes=10, difficulty=1)
SWIGLU_TOLERANCE = 1e-4
GATES: dict[str, Callable[[Tensor], Tensor]] = {
    "SiLU": F.silu,
    "sigmoid": torch.sigmoid,
    "GELU": F.gelu,
    "ReLU": F.relu,
    "tanh": torch.tanh,
    "no bend at all": lambda z: z,
}
Slots = tuple[Tensor, Tensor, Tensor, str]


@T9_4.check("shape", points=0.0, hint="forward returns what the last matrix gives")
def the_output_has_the_shape_of_the_input(student: Student, rng: Draw) -> None:
    """The output has the shape of the input, (N, T, D), and depends on the weights."""
    mlp = student.SwiGLU(8)
    for N, T in ((2, 5), (1, 1), (3, 7)):
        x = rng.normal(N, T, 8)
        y = expect_tensor(mlp(x), (N, T, 8), "the output")
    expect_told_by_weights(mlp, x, y, rng, "register the layers in __init__")


@T9_4.check("parameters", points=0.0, after=("shape",))
def three_matrices_cost_what_two_did(student: Student, rng: Draw) -> None:
    """There are three matrices between D and 8D/3 numbers, together 8 D^2 (where 8D/3 is not whole,
    rounded down or up), and no bias."""
    for D in (6, 8):
        found = student.SwiGLU(D).unique_parameters
        count = sum(p.values.numel() for p in found if p.trainable)
        hints = {
            12 * D * D: "with 4D hiddens, the third matrix comes on top: the cost is to stay",
            8 * D * D: "" if D % 3 == 0 else "two matrices of 4D: where is the gate's?",
        }
        expect(
            count in (3 * D * (8 * D // 3), 3 * D * math.ceil(8 * D / 3)),
            f"the number of trainable parameters is wrong for hidden_size={D}",
            expected=f"3 * {D} * {8 * D // 3} = {3 * D * (8 * D // 3)}", got=count,
            hint=hints.get(count, ""),
        )  # fmt: skip


@T9_4.check("formula", points=0.0, after=("parameters",))
def the_output_is_what_the_formula_gives(student: Student, rng: Draw) -> None:
    """The output at each position is (SiLU(x W_1) * (x W_3)) W_2, from that position alone."""
    mlp = student.SwiGLU(6)
    found = find_swiglu(mlp, rng, 6)
    expect(
        found is not None,
        "no way of reading your weights as W_1, W_3 (D, 8D/3) and W_2 (8D/3, D) gives your output",
        expected="(SiLU(x W_1) * (x W_3)) W_2, computed from your own weights",
        got="another function (hidden_size=6)",
        hint="two views of x meet number by number; one of them has gone through SiLU",
    )  # fmt: skip
    assert found is not None
    expect(found[3] == "SiLU", "the gate goes through another function than SiLU",
           expected="SiLU: z times the sigmoid of z", got=found[3])  # fmt: skip
    values = rng.weights_for(mlp)
    x = rng.normal(3, 4, 6)
    numbers = flat(values, [p.name for p in mlp.unique_parameters if p.trainable])
    expect_close(
        output(mlp, x), predict(x, numbers, found),
        "the output differs from the formula's for other weights", tolerance=SWIGLU_TOLERANCE,
    )  # fmt: skip


@T9_4.check("general", points=0.0, after=("shape",))
def it_works_in_float64_and_can_be_trained(student: Student, rng: Draw) -> None:
    """It works in float64, and gradients reach every matrix and the input."""
    mlp = student.SwiGLU(6)
    expect_trainable(mlp, rng.normal(2, 3, 6), rng)
    expect_works_in_float64(mlp, rng.normal(2, 3, 6))


def find_swiglu(mlp: Handle, rng: Draw, D: int) -> Slots | None:
    """Search for a reading of the weights, fresh ones, under which a gated MLP gives the output.

    Where W_1, W_3 and the transpose of W_2 lie among all numbers, each (D, 8D/3), and the gate's
    function; the closest counts. 8D/3 must be whole.
    """
    parameters = [p for p in mlp.unique_parameters if p.trainable]
    values = rng.weights_for(mlp, parameters=parameters)
    numbers = flat(values, [p.name for p in parameters])
    x = rng.normal(1, 6, D)
    wanted = output(mlp, x)
    slots = layouts(parameters, D, 8 * D // 3, 1, skip=set()).flatten(2)  # (S, D, 8D/3)
    if not len(slots):
        return None
    apart = apart_from(slots, len(numbers))
    free = apart[:, :, None] & apart[:, None] & apart  # no number is in two of the three
    matrices = numbers[slots]
    hidden = torch.einsum("nti,sih->snth", x.double(), matrices)
    closest, found = SWIGLU_TOLERANCE * max(1.0, float(wanted.abs().max())), None
    for name, bend in GATES.items():
        both = bend(hidden)[:, None] * hidden  # (S, S, N, T, H): a gate for each other view
        y = torch.einsum("gunth,soh->gusnto", both, matrices)
        off = (y - wanted.double()).abs().amax((3, 4, 5)).masked_fill(~free, math.inf)
        if float(off.min()) <= closest:
            closest = float(off.min())
            gate, up, down = (off == off.min()).nonzero()[0].tolist()
            found = slots[gate], slots[up], slots[down], name
    return found


def predict(x: Tensor, numbers: Tensor, slots: Slots) -> Tensor:
    """What the formula gives for x (N, T, D), in float64."""
    gate, up, down, name = slots
    hidden = GATES[name](x.double() @ numbers[gate]) * (x.double() @ numbers[up])
    return hidden @ numbers[down].T
