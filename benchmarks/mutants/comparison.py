"""Two programs run side by side on the same inputs, and what differs.

What is compared has names, "outputs", "gradients", "parameters" ...: so that a rule can say which
differences do not matter. Every number is float64 unless a case asks for float32.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

TOLERANCE = 1e-9  # relative to the largest number; float64 carries 16 digits, sums lose a few
Namespace = dict[str, Any]


class Raised:
    """What a call gave that gave nothing: any exception is as good as any other."""

    def __repr__(self) -> str:
        return "an exception"


RAISED = Raised()


class Enough(Exception):
    """One difference is found, and no more were asked for."""


@dataclass
class Comparison:
    """What was compared and found: per name, how many inputs, the largest difference, the first.

    whole: go on after a difference. differing: name to what the two sides gave.
    """

    original: Namespace
    mutant: Namespace
    whole: bool = True
    inputs: dict[str, int] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    differing: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[tuple[Any, Any]]] = field(default_factory=dict)
    runs: int = 0

    def same(self, what: str, function: Callable[[Any], Any], pair: Any = None) -> tuple[Any, Any]:
        """Call a function with both namespaces, or with both of a pair, and compare its values."""
        left, right = (self.original, self.mutant) if pair is None else pair
        self.runs += 1
        values = attempt(function, left, self.runs), attempt(function, right, self.runs)
        self.note(what, *values)
        return values

    def note(self, what: str, left: Any, right: Any, tolerance: float = TOLERANCE) -> None:
        """Compare two values under a name."""
        self.inputs[what] = self.inputs.get(what, 0) + 1
        off = difference(left, right)
        if off <= tolerance:
            self.largest[what] = max(self.largest.get(what, 0.0), off)
            return
        self.differing.setdefault(what, f"{shown(left)} and {shown(right)}")
        if not self.whole:
            raise Enough

    def pair(self, make: Callable[[Namespace], Any], what: str = "refusals") -> tuple[Any, Any]:
        """The same object made on both sides; where both or one refuse, that is compared."""
        self.runs += 1
        made = attempt(make, self.original, self.runs), attempt(make, self.mutant, self.runs)
        self.note(what, *(value is RAISED for value in made))
        return made


def attempt(function: Callable[[Any], Any], subject: Any, seed: int) -> Any:
    """The function's value, RAISED if it raises or its subject could not be made."""
    if subject is RAISED:
        return RAISED
    reseed(seed)
    grad = torch.is_grad_enabled()
    try:
        return function(subject)
    except (Exception, SystemExit):
        return RAISED
    finally:
        torch.set_grad_enabled(grad)


def reseed(seed: int) -> None:
    """The same random numbers again, whichever library they are drawn with."""
    # torch.manual_seed writes a traceback down for each device there might be: 4 ms a call
    torch.default_generator.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


def difference(left: Any, right: Any) -> float:
    """How far apart two values are, relative to the largest number; infinite for other kinds."""
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        return between_tensors(left, right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        if list(left) != list(right):
            return math.inf
        return max((difference(left[key], right[key]) for key in left), default=0.0)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        if len(left) != len(right):
            return math.inf
        return max((difference(a, b) for a, b in zip(left, right, strict=True)), default=0.0)
    if isinstance(left, float) and isinstance(right, (float, int)):
        return between_tensors(torch.tensor(left).double(), torch.tensor(right).double())
    if isinstance(left, (np.ndarray, np.number)):
        return difference(torch.as_tensor(left), torch.as_tensor(right))
    return 0.0 if type(left) is type(right) and left == right else math.inf


def between_tensors(left: Tensor, right: Tensor) -> float:
    """The same for tensors; nan and infinities must stand in the same places."""
    if left.shape != right.shape or left.dtype != right.dtype:
        return math.inf
    if not left.is_floating_point():
        return 0.0 if torch.equal(left, right) else math.inf
    a, b = left.detach().double(), right.detach().double()
    odd = ~torch.isfinite(a)
    if not torch.equal(odd, ~torch.isfinite(b)):
        return math.inf
    if not torch.equal(a[odd].nan_to_num(nan=1.5), b[odd].nan_to_num(nan=1.5)):
        return math.inf
    a, b = a[~odd], b[~odd]
    if not a.numel():
        return 0.0
    off = float((a - b).abs().max() / max(1e-30, float(a.abs().max())))
    single = left.dtype in (torch.float32, torch.bfloat16, torch.float16)
    return off * 1e-4 if single else off  # float32: 1e-5 of the largest is its rounding


def shown(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, Tensor):
        few = ", ".join(f"{x:.6g}" for x in value.detach().flatten()[:3].tolist())
        return f"{few} ... of {tuple(value.shape)}"
    return repr(value)[:160]


def forget_stdout() -> None:
    """Printed text is no behaviour of most exercises."""
    sys.stdout.flush()
