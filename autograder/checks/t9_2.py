"""T9.2: rotary positions, without points.

Which two numbers of a vector make a pair, and in which direction a pair turns, is free: both leave
every score as it is. So the checks ask for what is the same in all of these.
"""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import (
    CheckFailed,
    agrees,
    expect,
    expect_close,
    expect_tensor,
    finite,
)
from autograder.checks.framework import Exercise
from autograder.probe.view import Student

T9_2 = Exercise(
    "T9.2", "Rotary positions", ("rotate",), asks="positions as angles", minutes=20, difficulty=2
)
BASE = 10_000.0


def rotated(student: Student, x: Tensor) -> Tensor:
    """What the student's function gives; fails unless it has the shape of x and real numbers."""
    y = expect_tensor(student.function("rotate", x), tuple(x.shape), "the result")
    expect(finite(y), "the result has entries that are not finite numbers",
           expected="finite numbers", got="nan or inf")  # fmt: skip
    return y


def matrices(student: Student, T: int, d: int) -> Tensor:
    """The linear map that the function is at each position, (T, d, d), float64.

    Each of the d unit vectors is turned at every position; they are the sequences of one batch.
    """
    units = torch.eye(d).view(d, 1, 1, d).expand(d, 1, T, d)
    return rotated(student, units.contiguous())[:, 0].permute(1, 2, 0).double()


@T9_2.check("shape", points=0.0, hint="the last line returns the turned vectors")
def the_result_has_the_shape_and_type_of_the_input(student: Student, rng: Draw) -> None:
    """The result has the shape of the input, (N, h, T, d), and its number type."""
    for shape in ((2, 3, 5, 8), (1, 1, 1, 2), (3, 1, 9, 4)):
        x = rng.normal(*shape)
        for given in (x, x.double()):
            y = rotated(student, given)
            expect(y.dtype == given.dtype, "the result has another number type than the input",
                   expected=str(given.dtype)[6:], got=str(y.dtype)[6:],
                   hint="let positions and angles follow the type of x")  # fmt: skip


@T9_2.check("first", points=0.0, after=("shape",), hint="positions count from 0, along the axis T")
def the_first_position_stays(student: Student, rng: Draw) -> None:
    """At position 0 nothing turns, and at position 1 something does."""
    x = rng.normal(2, 3, 4, 8)
    y = rotated(student, x)
    expect_close(y[:, :, 0], x[:, :, 0], "a vector at position 0 changes")
    expect(not agrees(y[:, :, 1], x[:, :, 1], 1e-2), "a vector at position 1 stays as it is",
           expected="a turn", got="no change")  # fmt: skip


@T9_2.check("lengths", points=0.0, after=("shape",), hint="a turned pair (a, b) has two new "
            "numbers, and each of these needs both a and b")  # fmt: skip
def every_vector_keeps_its_length(student: Student, rng: Draw) -> None:
    """Turning changes no vector's length."""
    x = rng.normal(2, 3, 7, 8)
    expect_close(
        rotated(student, x).norm(dim=-1), x.norm(dim=-1), "a vector's length changes",
        tolerance=1e-4,
    )  # fmt: skip


@T9_2.check("alike", points=0.0, after=("shape",), hint="angles depend on the position and the "
            "pair alone: is it the axis T that you count along?")  # fmt: skip
def every_sequence_and_head_is_turned_alike(student: Student, rng: Draw) -> None:
    """All sequences and all heads are turned by the same angles, whatever the vectors hold."""
    x = rng.normal(2, 3, 5, 8)
    wanted = torch.einsum("tij,nhtj->nhti", matrices(student, 5, 8), x.double())
    expect_close(rotated(student, x), wanted, "two heads or sequences are turned differently",
                 tolerance=1e-4)  # fmt: skip


@T9_2.check("relative", points=0.0, after=("shape",), hint="the angle is the position times a "
            "frequency: twice as far, twice the angle")  # fmt: skip
def scores_depend_on_the_distance_alone(student: Student, rng: Draw) -> None:
    """The score of a query with a key depends on how far apart they stand, not on where."""
    T, d = 9, 8
    q, k = (rng.normal(1, 1, 1, d).expand(1, 1, T, d).contiguous() for _ in range(2))
    turned_q, turned_k = rotated(student, q)[0, 0], rotated(student, k)[0, 0]
    scores = turned_q @ turned_k.T  # (T, T)
    expect_close(
        scores[1:, 1:], scores[:-1, :-1], "a query and a key have another score one position on",
        tolerance=1e-3,
    )  # fmt: skip


@T9_2.check("frequencies", points=0.0, after=("first", "lengths", "alike"))
def the_pairs_turn_at_their_own_speeds(student: Student, rng: Draw) -> None:
    """From one position to the next, pair i turns by 10000^(-2i/d): the first by 1 radian, the last
    by little more than 1/10000."""
    for d in (2, 8):
        wanted = BASE ** (-torch.arange(0, d, 2).double() / d)
        got = angles(matrices(student, 2, d)[1])
        expect(
            bool(((got - wanted).abs() <= 0.01 * wanted).all()),
            f"from position 0 to 1 the {d // 2} pairs of d={d} numbers turn by other angles",
            expected=in_words(wanted), got=in_words(got),
            hint="i counts pairs, from 0 to d/2 - 1; and is it radians?",
        )  # fmt: skip
    turned = angles(matrices(student, 4, 2)[3])
    expect(bool((turned - 3).abs() <= 0.03), "three positions on, the pair has not turned 3 times",
           expected="3", got=in_words(turned))  # fmt: skip


def angles(matrix: Tensor) -> Tensor:
    """By how much a rotation (d, d) turns each of its planes, largest first: (d / 2,)."""
    try:
        found = torch.linalg.eigvals(matrix)
    except RuntimeError as error:  # no rotation at all
        raise CheckFailed("what happens to a vector is no rotation") from error
    return found.angle().abs().sort(descending=True).values[::2]


def in_words(numbers: Tensor) -> str:
    """A few angles in a row."""
    return ", ".join(f"{float(number):.4g}" for number in numbers)
