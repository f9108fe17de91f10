"""Properties of a layer that no formula shows: which lengths work, whether its weights matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import agrees, differs
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle

NEAR = 1e-3  # relative: rounding is far smaller, what dropout does to a number far larger


@dataclass(frozen=True)
class Experiment:
    """One draw of weights, and what the student's module gave for them: x, y (N, T, D)."""

    numbers: Tensor
    x: Tensor
    y: Tensor

    def first_row(self) -> Experiment:
        """The first sequence of the batch, which is quicker to compare."""
        return Experiment(self.numbers, self.x[:1], self.y[:1])


def is_near(found: float, wanted: float) -> bool:
    """Whether two factors are the same."""
    return abs(found - wanted) <= NEAR * abs(wanted)


def lengths_that_work(module: Handle, rng: Draw, D: int, lengths: Sequence[int]) -> list[int]:
    """Those sequence lengths for which an output of the input's shape comes."""
    works = []
    for T in lengths:
        x = rng.normal(1, T, D)
        if output_of(module, x) is not None:
            works.append(T)
    return works


def length_fault(module: Handle, rng: Draw, D: int) -> str:
    """Which misconception keeps the module from taking any length; empty if none is proved."""
    works = lengths_that_work(module, rng, D, (4, D, D + 1, 64, 256, 512, 1023, 1024))
    if works in ([4, D], [D]):
        return "mask-as-wide-as-the-model"
    if 4 in works:
        return "" if 1024 in works else "short-mask"
    return "fixed-length" if len(works) == 1 else ""


def output_of(module: Handle, x: Tensor) -> Tensor | None:
    """What a layer gives for x; None where that raises or has another shape than x."""
    try:
        y = module(x)
    except StudentFault:
        return None
    fits = isinstance(y, Tensor) and y.shape == x.shape and y.is_floating_point()
    return y if fits else None


def untold_by_weights(module: Handle, rng: Draw, x: Tensor) -> str:
    """Why other weights give the same output; empty if they do not, or nobody knows.

    Raises ProbeError.
    """
    y = module(x)
    if not isinstance(y, Tensor):
        return ""
    if y.shape == x.shape and agrees(y, x):
        return "input-returned"
    if not any(p.trainable for p in module.parameters):
        return "weights-not-registered"
    rng.weights_for(module)
    again = module(x)
    if isinstance(again, Tensor) and again.shape == y.shape and not differs(again, y, 1e-3):
        return "weights-not-used"
    return ""


def gradient_is_cut(module: Handle, rng: Draw, x: Tensor) -> bool:
    """Whether some weight changes the output and gets no gradient, or only zeros.

    Leaves fresh weights in the module; raises ProbeError.
    """
    own = rng.weights_for(module)
    trainable = [p for p in module.unique_parameters if p.trainable]
    y = module(x)
    if not isinstance(y, Tensor):
        return False
    _, gradients = module.gradients(x, cotangent=rng.normal(*y.shape))
    for p in trainable:
        gradient = gradients.get(p.name)
        if gradient is not None and bool((gradient != 0).any()):
            continue
        module.load({p.name: own[p.name] + rng.normal(*p.values.shape)})
        changed = module(x)
        module.load({p.name: own[p.name]})
        if isinstance(changed, Tensor) and changed.shape == y.shape and differs(changed, y, 1e-3):
            return True
    return False
