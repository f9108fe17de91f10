"""Whether a module can be trained: a backward pass runs, and reaches what it should."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed, differs, expect, finite, output
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle


def expect_backward(module: Handle, x: Tensor, rng: Draw) -> dict[str, Tensor | None]:
    """Return each parameter's gradient; fail where none can be worked out or none reaches x.

    The output must have the shape of x.
    """
    try:
        inputs, gradients = module.gradients(x, cotangent=rng.normal(*x.shape))
    except StudentFault as fault:
        raise CheckFailed(
            "no gradient can be worked out, so that this module cannot be trained",
            "a backward pass that runs", f"{fault.kind}: {fault.text}"[:200],
            "`x += y` and names that end in an underscore overwrite numbers that the backward pass "
            "still needs: `x = x + y` makes new ones",
        ) from fault  # fmt: skip
    back = inputs[0]
    reaches = back is not None and back.shape == x.shape and finite(back)
    expect(reaches, "no gradient reaches the input",
           expected="finite numbers", got="none", hint="do not detach on the way")  # fmt: skip
    return gradients


def expect_trainable(module: Handle, x: Tensor, rng: Draw) -> None:
    """Fail unless a backward pass runs and reaches every trainable parameter."""
    trainable = [p for p in module.unique_parameters if p.trainable]
    gradients = expect_backward(module, x, rng)
    for p in trainable:
        gradient = gradients.get(p.name)
        expect(
            gradient is not None and gradient.shape == p.values.shape and finite(gradient),
            f"no gradient reaches the parameter {p.name}", expected="finite numbers",
            got="none" if gradient is None else "nan or inf",
            hint="do not detach, round or copy on the way from the weights to the output",
        )  # fmt: skip


def expect_works_in_float64(module: Handle, x: Tensor, hint: str = "") -> None:
    """Turn a module into float64, and fail unless it takes x so and answers so."""
    module.double()
    y = output(module, x.double())
    expect(y.dtype == torch.float64, "a float64 module returns another number type",
           expected="float64", got=str(y.dtype)[6:], hint=hint)  # fmt: skip


def expect_told_by_weights(module: Handle, x: Tensor, y: Tensor, rng: Draw, hint: str) -> None:
    """Fail unless input and weights alone tell the output, in evaluation mode.

    y: the output for x with the weights as they are. It must come again; other weights must give
    another one; and with the first weights back it must be the first one.
    """
    own = {p.name: p.values for p in module.parameters}
    expect(not differs(module(x), y), "the same input gives another output the second time",
           expected="the same numbers", got="others")  # fmt: skip
    rng.weights_for(module)
    expect(differs(module(x), y, 1e-3), "other weights give the same output",
           expected="an output that is computed from learnable weights", got="no change",
           hint=hint)  # fmt: skip
    module.load(own)
    expect(not differs(module(x), y), "with its first weights back the module computes otherwise",
           expected="the first output again", got="another",
           hint="the output may depend on the input and the weights only")  # fmt: skip
