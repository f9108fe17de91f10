"""The bounds on first weights: right draws stay inside, the usual wrong ones fall out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from autograder.checks.evidence.normality import expect_normal
from autograder.checks.expectations import CheckFailed
from autograder.probe.view import Parameter

STD = 0.02
SHAPES = [(50, 32), (21, 32)] + 3 * [(96, 32), (32, 32), (128, 32)]


def laplace(w: Tensor) -> Tensor:
    return w.copy_(STD * torch.distributions.Laplace(0, 0.5**0.5).sample(w.shape))


def drawn(fill: Callable[[Tensor], object]) -> list[Parameter]:
    parameters = []
    for number, shape in enumerate(SHAPES):
        values = torch.empty(*shape)
        fill(values)
        parameters.append(Parameter(f"p{number}", values, True, str(number), str(number)))
    return parameters


@pytest.mark.parametrize("far", [3.5, 100.0])
def test_normal_draws_and_those_cut_off_far_out_pass(far: float) -> None:
    for seed in range(50):
        torch.manual_seed(seed)
        expect_normal(drawn(lambda w: nn.init.normal_(w, 0, STD)), STD, "the weight")
        expect_normal(
            drawn(lambda w: nn.init.trunc_normal_(w, 0, STD, -far * STD, far * STD)),
            STD,
            "the weight",
        )


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        (lambda w: nn.init.uniform_(w, -STD * 3**0.5, STD * 3**0.5), "not normally distributed"),
        (lambda w: nn.init.trunc_normal_(w, 0, STD, -2 * STD, 2 * STD), "Normal|spread"),
        (lambda w: nn.init.normal_(w, 0, 1.1 * STD), "Normal|spread"),
        (lambda w: nn.init.normal_(w, 0.3 * STD, STD), "Normal"),
        (lambda w: w.copy_(STD * torch.randint(2, w.shape) * 2 - STD), "not normally distributed"),
        (laplace, "not normally distributed"),
        (lambda w: w.zero_(), "Normal"),
        (lambda w: w.fill_(float("nan")), "Normal"),
    ],
)  # fmt: skip
def test_other_draws_fall_out(fill: Callable[[Tensor], object], words: str) -> None:
    torch.manual_seed(0)
    with pytest.raises(CheckFailed, match=words):
        expect_normal(drawn(fill), STD, "the weight")
