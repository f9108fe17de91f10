"""How a check says what it wants: small sentences that raise CheckFailed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.probe.view import Foreign, Handle

# Half the distance of 1 to the next number: no operation is off by more, relatively.
UNIT_ROUNDOFF = {torch.float64: 2.0**-53, torch.float32: 2.0**-24}
# The longest chain of sums in a check: projections of 16 terms each into queries, keys and values,
# scores, a softmax over 8, the weighted sum of 8, and a projection back.
TERMS = 80
# A sum of n products is off by at most n unit roundoffs of the sum of their absolute values (Higham
# 2002, section 3.1), which may be some times the sum itself where terms cancel.
CANCELLATION = 4


def rounding(dtype: torch.dtype, terms: int = TERMS) -> float:
    """How far apart two right ways to compute may end up, relative to the largest number.

    terms: how many numbers are summed up along the longest chain. For float32 and the checks' sizes
    1.9e-5; every mistake worth a point is above 1e-3.
    """
    return CANCELLATION * terms * UNIT_ROUNDOFF.get(dtype, UNIT_ROUNDOFF[torch.float32])


Picture = Mapping[str, Any]


class CheckFailed(Exception):
    """A check's claim does not hold: what, what was expected, what came, and a hint.

    cause: the misconception that this failure by itself is proof of, without its exercise
    ("no-refusal"); empty where it is none, which is the rule: see autograder/diagnosis. picture: as
    CheckResult has it.
    """

    def __init__(
        self, message: str, expected: str = "", got: str = "", hint: str = "", cause: str = "",
        picture: Picture | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.message, self.expected, self.got, self.hint = message, expected, got, hint
        self.cause, self.picture = cause, picture


def expect(
    holds: bool, message: str, *, expected: Any = "", got: Any = "", hint: str = "",
    cause: str = "", picture: Callable[[], Picture | None] | None = None,
) -> None:  # fmt: skip
    """Fail with this message unless it holds; picture: makes one, and is only then asked to."""
    if not holds:
        drawn = made(picture) if picture is not None else None
        raise CheckFailed(message, str(expected), str(got), hint, cause, drawn)


def made(picture: Callable[[], Picture | None]) -> Picture | None:
    """What a maker of pictures gives, None where it fails: no mark hangs on a picture."""
    try:
        return picture()
    except Exception:
        return None


def expect_tensor(value: Any, shape: tuple[int, ...], what: str, *, whole: bool = False) -> Tensor:
    """Return `value` if it is a tensor of that shape, else fail and say what it is.

    whole: whether it holds whole numbers, such as tokens; else they must be floats.
    """
    if not isinstance(value, Tensor):
        raise CheckFailed(
            f"{what} is not a tensor", f"a tensor of shape {shape}", name_type(value),
            cause="nothing-returned" if value is None
            else "several-returned" if isinstance(value, list) else "",
        )  # fmt: skip
    if tuple(value.shape) != shape:
        raise CheckFailed(f"{what} has the wrong shape", str(shape), str(tuple(value.shape)))
    if not whole and not value.is_floating_point():
        raise CheckFailed(f"{what} does not hold floats", "float32", str(value.dtype)[6:])
    return value


def output(module: Handle, x: Tensor) -> Tensor:
    """What a layer gives for x; fails unless it is a tensor of the shape of x."""
    return expect_tensor(module(x), tuple(x.shape), "the output")


def outputs(module: Handle, inputs: Sequence[Tensor]) -> list[Tensor]:
    """What a layer gives for one input after the other, all in one answer."""
    return [
        expect_tensor(y, tuple(x.shape), "the output")
        for x, y in zip(inputs, module.each(inputs), strict=True)
    ]


def expect_close(
    got: Any, expected: Tensor, message: str, *, hint: str = "", tolerance: float | None = None
) -> None:
    """Fail unless two tensors agree to rounding, relative to the largest expected number."""
    if not isinstance(got, Tensor) or got.shape != expected.shape:
        wanted = f"a tensor of shape {tuple(expected.shape)}"
        raise CheckFailed(message, wanted, name_type(got), hint)
    if agrees(got, expected, tolerance):
        return
    worst = (got.double() - expected.double()).abs().nan_to_num(nan=float("inf")).argmax()
    raise CheckFailed(
        message, f"{expected.flatten()[worst]:.4g}", f"{got.flatten()[worst]:.4g}", hint
    )


def agrees(got: Any, expected: Any, tolerance: float | None = None) -> bool:
    """Whether two tensors agree to rounding; what is none, or has another shape, does not.

    tolerance: relative to the largest expected number; by default what rounding explains in the
    number type of what came.
    """
    if not isinstance(got, Tensor) or not isinstance(expected, Tensor):
        return False
    if got.shape != expected.shape:
        return False
    if not got.numel():
        return True
    allowed = rounding(got.dtype) if tolerance is None else tolerance
    return largest_difference(got, expected) <= allowed * max(1.0, float(expected.abs().max()))


def differs(got: Tensor, other: Tensor, tolerance: float | None = None) -> bool:
    """Whether two tensors of one shape differ by more than rounding where both hold numbers.

    Not the opposite of `agrees`: what is nan throughout neither agrees nor differs.
    """
    numbers = torch.isfinite(got) & torch.isfinite(other) if got.shape == other.shape else None
    return (
        numbers is not None
        and bool(numbers.any())
        and not agrees(got[numbers], other[numbers], tolerance)
    )


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


def finite(value: Any) -> bool:
    """Whether this is a tensor with no entry that is infinite or not a number."""
    return isinstance(value, Tensor) and bool(torch.isfinite(value).all())
