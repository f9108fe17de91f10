"""E4 once more, with other numbers."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e4 import E4, expect_formula
from autograder.checks.evidence.block_run import run_block
from autograder.probe.view import Student


@E4.hidden("e4.formula")
def the_formula_for_other_numbers(student: Student, rng: Draw) -> None:
    """Weights, known parts and inputs are drawn anew, at another rate."""
    rate = (10 * rng.whole(10, 90) + 7) / 1000
    expect_formula(run_block(student, rng, rate, training=True))
