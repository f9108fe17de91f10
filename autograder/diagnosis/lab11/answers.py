"""How an answer is written that is no number or no shape: told from the value itself."""

from __future__ import annotations

import math
import re
from typing import Any

from torch import Tensor

from autograder.checks.lab11.reading import LONGEST, MOST_AXES, split
from autograder.probe.errors import ProbeError
from autograder.probe.view import Foreign, Student


def value_of(student: Student, name: str) -> Any:
    """What a variable holds; a ProbeError where it cannot be read."""
    try:
        return student.read(name)
    except ProbeError as error:
        return error


def is_tensor(value: Any) -> bool:
    """Whether this is a tensor with other than one number, or one without any."""
    return value == Foreign("Tensor") or (isinstance(value, Tensor) and value.numel() != 1)


def no_number(value: Any) -> str:
    """What stands where a number is asked for; empty if nobody knows."""
    if value is None:
        return "none-for-an-answer"
    if isinstance(value, bool):
        return "true-for-a-number"
    if isinstance(value, str):
        endless = len(value) > LONGEST and value.isdigit()
        words = re.search(r"[a-z]", value, re.IGNORECASE)
        return "number-without-end" if endless else "words-for-a-number" if words else ""
    if isinstance(value, list):
        return "brackets-around-a-number" if len(value) == 1 else "several-for-one-number"
    if isinstance(value, float) and not math.isfinite(value):
        return "number-not-finite"
    if is_tensor(value):
        return "tensor-for-a-number"
    return "number-without-end" if is_endless(value) else ""


def no_shape(value: Any) -> str:
    """What stands where a shape is asked for; empty if nobody knows."""
    if value is None:
        return "none-for-an-answer"
    if isinstance(value, (bool, int, float)):
        return "number-for-a-shape"
    if is_tensor(value):
        return "tensor-for-its-shape"
    parts = split(value) if isinstance(value, str) else value
    if not isinstance(parts, list):
        return ""
    if not parts:
        return "shape-without-axes"
    if len(parts) > MOST_AXES:
        return "shape-of-too-many-axes"
    return next(filter(None, map(no_axis, parts)), "")


def no_axis(part: Any) -> str:
    """What stands where the length of one axis is asked for."""
    if isinstance(part, bool):
        return "true-for-a-number"
    if isinstance(part, list):
        return "shape-in-a-shape"
    if part is None:
        return "none-for-an-axis"
    if isinstance(part, str) and re.search(r"[a-z]", part, re.IGNORECASE):
        return "name-of-no-size"
    return "number-without-end" if is_endless(part) else ""


def is_endless(value: Any) -> bool:
    """Whether this is a whole number longer than any that is passed on (see probe.values)."""
    return isinstance(value, Foreign) and value.type_name.startswith("int, with")
