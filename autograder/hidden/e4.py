"""E4 once more, with other numbers."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e4 import E4, the_output_is_what_the_formula_gives
from autograder.probe.view import Student


@E4.hidden("e4.formula")
def the_formula_for_other_numbers(student: Student, rng: Draw) -> None:
    """Weights, known parts and inputs are drawn anew; they differ from the notebook's anyway."""
    the_output_is_what_the_formula_gives(student, rng)
