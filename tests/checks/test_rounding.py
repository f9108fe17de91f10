"""Tolerances are derived from the number type: right answers pass in single and double precision.

Eight seeds for each of the right answers, more than a thousand in all, in each number type.
"""

from __future__ import annotations

import pytest
import torch

from autograder.checks.expectations import agrees, rounding
from autograder.probe import defaults
from tests.answers import Answer, answers, explain, grade

RIGHT = answers("right")
SEEDS = -(-1000 // len(RIGHT))


@pytest.mark.parametrize("dtype", (torch.float32, torch.float64), ids=lambda d: str(d)[6:])
@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.name)
def test_right_answers_pass_whatever_is_drawn(
    answer: Answer, dtype: torch.dtype, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defaults, "CHECKED_IN", dtype)
    for number in range(SEEDS):
        results = grade({answer.exercise: answer.code}, seed + number, only=answer.exercise)
        assert all(r.status == "passed" for r in results), explain(results)


def test_the_tolerance_follows_the_number_type() -> None:
    exact = torch.linspace(1, 2, 50, dtype=torch.float64)
    off = exact * (1 + 1e-6)
    assert agrees(off.float(), exact)
    assert not agrees(off, exact)
    assert rounding(torch.float32) == rounding(torch.float64) * 2**29


def test_it_is_what_a_long_sum_needs(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for _ in range(200):
        a, b = torch.randn(2, 64, 80, generator=generator)
        exact = (a.double() * b.double()).sum(-1)
        one_by_one = torch.zeros(64)
        for i in range(80):
            one_by_one = one_by_one + a[:, i] * b[:, i]
        assert agrees(one_by_one, exact)
