"""Two lies that cost us half a point each: what only the student's own process can know.

Every other check rests on numbers that a wrong program does not produce. Whether gradients were
recorded while a model wrote, and which arguments a block gave to stand-ins of ours, leaves no trace
in any number: a submission that rewrites our side in its process can say what it likes. These tests
fail on the day when the checks know better; then the files belong among the attacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from autograder.attacks.case import read
from autograder.probe import stand_ins
from tests.answers import explain, grade

HERE = Path(__file__).parent / "statements"
HALF_A_POINT = 0.5


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """The answers change our side of the view in this very process."""
    honest = torch.is_grad_enabled, stand_ins.Log.report
    yield
    torch.is_grad_enabled, stand_ins.Log.report = honest
    torch.set_grad_enabled(True)  # no_grad() put back what it was told


@pytest.mark.parametrize("name", ["nothing_recorded_claimed", "constructor_arguments_claimed"])
def test_a_lie_about_what_leaves_no_trace_wins_half_a_point_and_no_more(name: str) -> None:
    case = read(HERE / f"{name}.txt")
    (part,) = case.parts
    results = grade({part.where: part.code}, seed=5, only=part.where)
    lost = sum(result.max_points - result.points for result in results)
    assert 40.0 - lost == case.honest + HALF_A_POINT, explain(results)
