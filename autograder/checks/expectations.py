"""How a check says what it wants: small sentences that raise CheckFailed."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograder.probe.view import Foreign

# float32 carries 24 bits: 6e-8 relative per operation. A few hundred operations on numbers of size
# about one stay below 1e-5; every mistake worth a point is above 1e-3.
RELATIVE_TOLERANCE = 2e-5


class CheckFailed(Exception):
    """A check's claim does not hold: what, what was expected, what came, and a hint."""

    def __init__(self, message: str, expected: str = "", got: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.expected, self.got, self.hint = message, expected, got, hint


def expect(holds: bool, message: str, *, expected: Any = "", got: Any = "", hint: str = "") -> None:
    """Fail with this message unless it holds."""
    if not holds:
        raise CheckFailed(message, str(expected), str(got), hint)


def expect_tensor(value: Any, shape: tuple[int, ...], what: str) -> Tensor:
    """Return `value` if it is a tensor of that shape, else fail and say what it is."""
    if not isinstance(value, Tensor):
        raise CheckFailed(f"{what} is not a tensor", f"a tensor of shape {shape}", name_type(value))
    if tuple(value.shape) != shape:
        raise CheckFailed(f"{what} has the wrong shape", str(shape), str(tuple(value.shape)))
    return value


def expect_close(
    got: Tensor, expected: Tensor, message: str, *, hint: str = "", tolerance: float | None = None
) -> None:
    """Fail unless two tensors agree to rounding, relative to the largest expected number."""
    distance = largest_difference(got, expected)
    allowed = (tolerance or RELATIVE_TOLERANCE) * max(1.0, float(expected.abs().max()))
    if not distance <= allowed:  # also when it is nan
        worst = (got.double() - expected.double()).abs().nan_to_num(nan=float("inf")).argmax()
        raise CheckFailed(
            message,
            f"{expected.flatten()[worst]:.4g}",
            f"{got.flatten()[worst]:.4g}",
            hint,
        )


def agrees(got: Tensor, expected: Tensor, tolerance: float = RELATIVE_TOLERANCE) -> bool:
    """Whether two tensors agree to rounding."""
    if got.shape != expected.shape:
        return False
    return largest_difference(got, expected) <= tolerance * max(1.0, float(expected.abs().max()))


def largest_difference(got: Tensor, expected: Tensor) -> float:
    """The largest absolute difference; nan if either holds one."""
    return float((got.double() - expected.double()).abs().max()) if got.numel() else 0.0


def name_type(value: Any) -> str:
    """Say in a student's words what a value is."""
    if value is None:
        return "None (is the return statement missing?)"
    if isinstance(value, Foreign):
        return f"an object of type {value.type_name}"
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)} and type {str(value.dtype)[6:]}"
    if isinstance(value, list):
        return f"{len(value)} values: " + ", ".join(name_type(item) for item in value[:3])
    return f"{type(value).__name__} {value!r}"[:80]


def finite(value: Tensor) -> bool:
    """Whether no entry is infinite or not a number."""
    return bool(torch.isfinite(value).all())
