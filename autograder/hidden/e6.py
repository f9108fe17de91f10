"""E6 on another model, with other arguments."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e6 import E6, check_arguments, check_decay, check_once, drawn_arguments
from autograder.probe.view import Student

OTHER_SIZES = (11, 9, 8, 1, 4, 0.1)


@E6.hidden("e6.once")
def once_in_another_model(student: Student, rng: Draw) -> None:
    """Other sizes, and one block."""
    check_once(student, rng, OTHER_SIZES)


@E6.hidden("e6.decay")
def decay_in_another_model(student: Student, rng: Draw) -> None:
    """Other sizes, and one block."""
    check_decay(student, rng, OTHER_SIZES)


@E6.hidden("e6.arguments")
def other_arguments(student: Student, rng: Draw) -> None:
    """Arguments drawn now."""
    check_arguments(student, rng, OTHER_SIZES, *drawn_arguments(rng))
