"""E3: the position-wise feed-forward network."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.draw import Draw
from autograder.checks.evidence.dropping import (
    expect_independent,
    expect_training_only,
    is_dropped_or,
    largest_factor,
)
from autograder.checks.evidence.reading import Values, apart_from, flat, layouts
from autograder.checks.evidence.trainable import expect_told_by_weights, expect_trainable
from autograder.checks.expectations import (
    agrees,
    expect,
    expect_close,
    expect_tensor,
    output,
)
from autograder.checks.framework import Exercise
from autograder.probe.view import Handle, Parameter, Student

E3 = Exercise("E3", "MLP", ("MLP",), asks="the MLP", minutes=15, difficulty=1)
# GELU's constants are often typed with four digits; ReLU and the other suspects are 0.01 away.
MLP_TOLERANCE = 2e-4
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "GELU": F.gelu,
    "GELU (tanh form)": lambda z: F.gelu(z, approximate="tanh"),
    "ReLU": F.relu,
    "no activation": lambda z: z,
    "SiLU": F.silu,
    "GELU's sigmoid form": lambda z: z * torch.sigmoid(1.702 * z),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "leaky ReLU": F.leaky_relu,
    "ELU": F.elu,
}


@dataclass(frozen=True)
class MLPReading:
    """Where W_1 and W_2 (and b_1, if any) lie among all the parameters, and the activation.

    parameters: those that are trainable, in order; expand (D, 4D), output (D, 4D: the transpose of
    W_2) and bias (4D,) are indices into their numbers laid end to end. b_2 is measured.
    """

    parameters: tuple[Parameter, ...]
    expand: Tensor
    output: Tensor
    bias: Tensor | None
    activation: str

    def predict(self, module: Handle, x: Tensor, values: Values) -> Tensor:
        """What the formula gives for x (N, T, D) with these values, loaded in the module."""
        nothing = torch.zeros(1, 1, x.shape[-1])
        constant = output(module, nothing)[0, 0].double() - self.without_b2(nothing, values)[0, 0]
        return self.without_b2(x, values) + constant

    def without_b2(self, x: Tensor, values: Values) -> Tensor:
        """activation(x W_1 + b_1) W_2, float64."""
        numbers = flat(values, [p.name for p in self.parameters])
        hidden = x.double() @ numbers[self.expand]
        if self.bias is not None:
            hidden = hidden + numbers[self.bias]
        return ACTIVATIONS[self.activation](hidden) @ numbers[self.output].T


def find_mlp(module: Handle, rng: Draw, hidden_size: int) -> MLPReading | None:
    """Search for a reading under which two layers and an activation are what the module computes.

    Leaves fresh weights in the module. D must be at least 5: then no bias has D^2 numbers.
    """
    D = hidden_size
    parameters = [p for p in module.unique_parameters if p.trainable]
    names = tuple(p.name for p in parameters)
    drawn = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    values = {name: drawn[name] for name in names}
    small = {p.name for p in parameters if p.values.numel() < D * D}
    none = {n: torch.zeros_like(values[n]) for n in small}
    module.load(none)
    x = rng.normal(2, 4, D)
    wanted = output(module, x)
    # In four quarters, as if they were heads: a student may keep them apart.
    slots = layouts(parameters, D, 4 * D, 4, skip=small).flatten(2)  # (S, D, 4D)
    found = find_matrices(flat(values | none, names), slots, x, wanted)
    if found is None:
        return None
    module.load(values)
    wanted = output(module, x)
    biases = layouts(parameters, 1, 4 * D, 4, skip=set(names) - small).flatten(1)
    for bias in [None, *biases]:
        reading = MLPReading(tuple(parameters), *found[:2], bias, found[2])
        if agrees(wanted, reading.predict(module, x, values), MLP_TOLERANCE):
            return reading
    return None


def find_matrices(
    numbers: Tensor, slots: Tensor, x: Tensor, wanted: Tensor
) -> tuple[Tensor, Tensor, str] | None:
    """Find W_1, W_2 and the activation where all biases are 0.

    The closest activation counts: on few numbers GELU's exact form passes for its tanh form too.
    Shapes: numbers (P,), slots (S, D, 4D), x and wanted (N, T, D).
    """
    if not len(slots):
        return None
    matrices = numbers[slots]
    hidden = torch.einsum("nti,sih->snth", x.double(), matrices)
    apart = apart_from(slots, len(numbers))
    closest, found = MLP_TOLERANCE * max(1.0, float(wanted.abs().max())), None
    for name, activation in ACTIVATIONS.items():
        y = torch.einsum("snth,roh->srnto", activation(hidden), matrices)
        off = (y - wanted.double()).abs().amax((2, 3, 4)).masked_fill(~apart, math.inf)
        if float(off.min()) <= closest:
            closest = float(off.min())
            expand, output = divmod(int(off.argmin()), len(slots))
            found = slots[expand], slots[output], name
    return found


@E3.check("shape", points=0.5, hint="forward returns the second layer's output")
def the_output_has_the_shape_of_the_input(student: Student, rng: Draw) -> None:
    """The output has the shape of the input, (N, T, D), and depends on the weights."""
    mlp = student.MLP(8, 0.0)
    mlp.eval()
    for N, T in ((2, 5), (1, 1), (3, 7)):
        x = rng.normal(N, T, 8)
        y = expect_tensor(mlp(x), (N, T, 8), "the output")
    expect_told_by_weights(
        mlp, x, y, rng, "register the layers in __init__ and use them in forward"
    )


@E3.check("parameters", points=0.5, after=("shape",))
def the_hidden_layer_is_four_times_as_wide(student: Student, rng: Draw) -> None:
    """There are two matrices to learn, D -> 4D and 4D -> D, together 8 D^2 numbers; biases are
    optional."""
    D = 8
    mlp = student.MLP(D, 0.0)
    count = sum(p.values.numel() for p in mlp.unique_parameters if p.trainable)
    expect(
        count - 8 * D * D in (0, D, 4 * D, 5 * D),
        f"the number of trainable parameters is wrong for hidden_size={D}",
        expected=f"8 * {D} * {D} = {8 * D * D}, and up to {5 * D} for biases", got=count,
        hint="the hidden layer is 4 times as wide as the input and the output",
    )  # fmt: skip


@E3.check("formula", points=1.0, after=("parameters",))
def the_output_is_what_the_formula_gives(student: Student, rng: Draw) -> None:
    """The output at each position is GELU(x W_1 + b_1) W_2 + b_2, from that position alone, and
    gradients reach all weights."""
    mlp = student.MLP(6, 0.0)
    mlp.eval()
    expect_mlp(mlp, rng, 6)
    expect_trainable(mlp, rng.normal(2, 3, 6), rng)


def expect_mlp(mlp: Handle, rng: Draw, D: int) -> None:
    """Fail unless some reading of the module's weights gives its output, with GELU."""
    reading = find_mlp(mlp, rng, D)
    expect(
        reading is not None,
        "no way of reading your weights as W_1 (D, 4D) and W_2 (4D, D) gives your output",
        expected="GELU(x W_1 + b_1) W_2 + b_2, computed from your own weights",
        got=f"another function (hidden_size={D})",
        hint="D -> 4D, then GELU on the hiddens, then 4D -> D, and nothing else",
    )  # fmt: skip
    assert reading is not None
    expect(
        reading.activation.startswith("GELU") and "sigmoid" not in reading.activation,
        "the hiddens go through another activation than GELU",
        expected="GELU, exact or in its tanh form", got=reading.activation,
    )  # fmt: skip
    values = rng.weights_for(mlp, std=D**-0.5, parameters=reading.parameters)
    x = rng.normal(3, 5, D)
    y = mlp(x)
    expect_close(
        y, reading.predict(mlp, x, values),
        "the output differs from the formula's for other weights", tolerance=MLP_TOLERANCE,
    )  # fmt: skip
    if reading.bias is None:
        expect_no_late_bias(mlp, reading, x, y)


def expect_no_late_bias(mlp: Handle, reading: MLPReading, x: Tensor, y: Tensor) -> None:
    """Fail if a vector as wide as the hiddens moves the outputs, though not from within GELU."""
    width = reading.expand.shape[1]
    wide = [p for p in reading.parameters if p.values.numel() == width]
    mlp.load({p.name: torch.zeros_like(p.values) for p in wide})
    expect_close(
        mlp(x), y, "the bias of the first layer is not a part of what goes through GELU",
        hint="look at the brackets of the formula: on which side of GELU is b_1?",
        tolerance=MLP_TOLERANCE,
    )  # fmt: skip


@E3.check("dropout", points=0.5, after=("shape",), hint="one dropout, after the second layer")
def single_outputs_are_dropped(student: Student, rng: Draw) -> None:
    """In training each number of the output is dropped at the given rate and what stays is scaled
    up; nothing else is dropped."""
    expect_outputs_dropped(student, rng, 10, rng.whole(20, 40) / 100)


def expect_outputs_dropped(student: Student, rng: Draw, D: int, rate: float) -> None:
    """Fail unless dropout acts on the outputs only, at this rate."""
    mlp = student.MLP(D, rate)
    mlp.eval()
    rng.weights_for(mlp)
    x = rng.normal(1, 1, D)
    without = expect_tensor(mlp(x), (1, 1, D), "the output")[0, 0]
    mlp.train()
    y = output(mlp, x.repeat(1500, 2, 1))
    expect(
        is_dropped_or(y, without, 1 / (1 - rate)),
        "in training an output is neither 0 nor scaled up as dropout scales it",
        expected=f"0, or the output divided by 1 - {rate}",
        got=f"up to {largest_factor(y, without):.3g} times the output",
        hint="the given rate, on the outputs only: not on the hiddens",
    )  # fmt: skip
    expect_independent(
        y.flatten(1) == 0, rate, "the outputs are not dropped each by itself at the given rate"
    )


@E3.check("evaluation", points=0.5, after=("shape",))
def dropout_is_active_only_in_training(student: Student, rng: Draw) -> None:
    """Dropout acts in training only: in evaluation, and with dropout=0, nothing is dropped."""
    mlp = student.MLP(8, 0.5)
    mlp.eval()
    rng.weights_for(mlp)
    x = rng.normal(4, 6, 8)
    expect_training_only(mlp, x, "pass the rate on to the dropout layer and use it in forward")
    none = student.MLP(8, 0.0)
    rng.weights_for(none)
    y = none(x)
    none.eval()
    quiet = output(none, x)
    expect_close(y, quiet, "with dropout=0 the output in training differs from evaluation",
                 hint="the rate is the constructor's argument")  # fmt: skip
    expect_rate_without_effect(mlp, none, x)


def expect_rate_without_effect(mlp: Handle, none: Handle, x: Tensor) -> None:
    """Fail unless two modules of different rates agree in evaluation, given the same weights."""
    own, other = mlp.unique_parameters, none.unique_parameters
    if [p.values.shape for p in own] != [p.values.shape for p in other]:
        return  # no telling which is which
    none.load({p.name: q.values for p, q in zip(other, own, strict=True)})
    mlp.eval()
    expect_close(
        output(mlp, x), output(none, x), "in evaluation mode the outputs depend on the rate",
        hint="what is lost in training is made up for in training: evaluation changes nothing",
    )  # fmt: skip
