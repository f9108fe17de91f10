"""E6 on another model, with other arguments."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e6 import E6, check_arguments, check_decay, check_once
from autograder.probe.view import Student

OTHER_SIZES = (11, 9, 8, 3, 4, 0.1)


@E6.hidden("e6.once")
def once_in_a_deeper_model(student: Student, rng: Draw) -> None:
    """One more block."""
    check_once(student, OTHER_SIZES)


@E6.hidden("e6.decay")
def decay_in_a_deeper_model(student: Student, rng: Draw) -> None:
    """One more block."""
    check_decay(student, rng, OTHER_SIZES)


@E6.hidden("e6.arguments")
def other_arguments(student: Student, rng: Draw) -> None:
    """Arguments drawn now."""
    drawn = [float(number) for number in rng.uniform(4)]
    check_arguments(
        student, rng, OTHER_SIZES, weight_decay=0.1 + drawn[0],
        learning_rate=0.01 + 0.05 * drawn[1],
        betas=(0.4 + 0.5 * drawn[2], 0.5 + 0.45 * drawn[3]),
    )  # fmt: skip
