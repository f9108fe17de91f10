"""Judge first weights by their distribution, with bounds that follow from how many there are.

Every bound is exceeded by right weights less than once in 10^9 checks: means and standard
deviations may be off by 7 standard errors (2.6e-12 each, some 50 parameters), and the distance
between the sample's and the normal's distribution function follows from Massart 1990 (the
Dvoretzky-Kiefer-Wolfowitz inequality): P(distance > e) <= 2 exp(-2 n e^2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from autograder.checks.evidence.pictures import histogram_picture
from autograder.checks.expectations import expect, finite
from autograder.probe.view import Parameter

STANDARD_ERRORS = 7.0
ERROR_RATE = 1e-10


def is_normal(values: Tensor, std: float) -> bool:
    """Whether mean and standard deviation are those of Normal(0, std), within the bounds above."""
    n = values.numel()
    return (
        finite(values)
        and abs(float(values.mean())) <= STANDARD_ERRORS * std / math.sqrt(n)
        and abs(spread(values) / std - 1) <= STANDARD_ERRORS / math.sqrt(2 * n)
    )


def spread(values: Tensor) -> float:
    """The standard deviation around 0."""
    return float(values.double().square().mean().sqrt())


def expect_normal(parameters: Sequence[Parameter], std: float, what: str, hint: str = "") -> None:
    """Fail unless each of these, and all together, look drawn from Normal(0, std)."""
    expect(bool(parameters), f"there is no matrix to judge ({what} ...)",
           expected="matrices among the model's parameters", got="none")  # fmt: skip
    for p in parameters:
        expect(
            is_normal(p.values, std), f"{what} {p.name} is not drawn from Normal(0, {std:.3g})",
            expected=f"mean 0, standard deviation {std:.3g}",
            got=f"mean {float(p.values.mean()):.2g}, standard deviation {spread(p.values):.3g}",
            hint=hint, picture=partial(histogram_picture, p.values, std),
        )  # fmt: skip
    together = torch.cat([p.values.flatten().double() for p in parameters]) / std
    expect(
        is_normal(together, 1.0), f"together, the weights ({what} ...) have the wrong spread",
        expected=f"standard deviation {std:.3g}", got=f"{spread(together) * std:.3g}",
        hint="nn.init.normal_ cuts nothing off",
        picture=lambda: histogram_picture(together * std, std),
    )  # fmt: skip
    distance = distance_from_normal(together)
    expect(
        distance <= math.sqrt(math.log(2 / ERROR_RATE) / (2 * len(together))),
        f"the weights have the right spread but are not normally distributed ({what} ...)",
        expected="the bell curve of Normal(0, std)",
        got=f"a distribution function that is off by {distance:.3f}",
        hint="draw from a normal distribution, neither uniform nor cut off",
        picture=lambda: histogram_picture(together * std, std),
    )


def distance_from_normal(values: Tensor) -> float:
    """The largest distance between the sample's distribution function and Normal(0, 1)'s."""
    ordered, n = torch.from_numpy(np.sort(values.numpy())), values.numel()  # torch takes 3 ms here
    wanted = torch.special.ndtr(ordered)
    steps = torch.arange(n + 1, dtype=torch.float64) / n
    return float(torch.maximum((wanted - steps[:-1]).abs(), (wanted - steps[1:]).abs()).max())


def expect_different(parameters: Sequence[Parameter]) -> None:
    """Fail if two matrices hold the same numbers."""
    seen: dict[bytes, str] = {}
    for p in parameters:
        key = p.values.flatten()[:64].numpy().tobytes()
        expect(
            key not in seen, f"{seen.get(key)} and {p.name} start with the same numbers",
            expected="every matrix drawn anew", got="a copy",
            hint="initialise after all blocks are made",
        )  # fmt: skip
        seen[key] = p.name
