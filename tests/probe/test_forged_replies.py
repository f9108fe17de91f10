"""A process that answers whatever it likes: no check passes for it, and none breaks over it.

A check that breaks counts as the grader's own fault, and the submission as not graded: that would
be a way out for whoever fears the result.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.checks import ASSIGNMENTS, TASKS, exercise
from autograder.checks.framework import run_check
from autograder.checks.outcome import CheckResult
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from autograder.probe.wire import DTYPES
from tests.answers import notebook_namespace

GRADED = [id for ids in ASSIGNMENTS.values() for id in ids if exercise(id).checks]
EXERCISES = [*GRADED, *(id for ids in TASKS.values() for id in ids)]
ODD_NUMBERS = (0, 1, -1, 2, 3, 8, 12, 13, 10**300, -(2**63), 0.5, float("nan"), float("inf"), 1e308)
ODD_TEXTS = ("", "weight", "blocks.0", "train", "\x00", "4 x 10", "b, t, n_embd", "9" * 300, "é")
SIZES = (0, 1, 2, 5, 6, 8, 12, 13)
cheap = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Forger:
    """Plain values of every kind, shape and size."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        """Any plain value, or one that looks like an answer."""
        kinds = [self.atom, self.array]
        return self.rng.choice(kinds if depth > 2 else [*kinds, self.known, self.list, self.dict])(
            depth
        )

    def atom(self, depth: int) -> Any:
        return self.rng.choice((None, True, False, *ODD_NUMBERS, *ODD_TEXTS))

    def array(self, depth: int) -> Any:
        shape = [self.rng.choice(SIZES) for _ in range(self.rng.randrange(4))]
        kind = DTYPES[self.rng.choice(list(DTYPES))]
        values = np.random.default_rng(self.rng.randrange(2**32)).normal(size=shape, scale=3)
        if kind.kind == "f" and values.size and self.rng.random() < 0.3:
            values.flat[0] = self.rng.choice((np.nan, np.inf))
        return np.nan_to_num(values).astype(kind) if kind.kind != "f" else values.astype(kind)

    def known(self, depth: int) -> Any:
        """Something of the form that some verb answers with, its contents any."""
        some = [self.value(depth + 2) for _ in range(3)]
        return self.rng.choice((
            {"handle": self.rng.randrange(9)}, {"foreign": some[0]},
            {"names": ["a", "b"], "values": some[:2], "trainable": [True, some[0]],
             "identity": [1, 2], "storage": [1, 1]},
            {"names": ["a"], "values": [self.array(0)], "trainable": [True], "identity": [1],
             "storage": [5]},
            {"made": [some], "calls": [{"number": 0, "training": True, "x": self.array(0),
                                        "y": some[0]}]},
            {"inputs": some[:1], "parameters": {"a": some[1]}},
            {"output": some[0], "passed": some[1:]},
            {"kind": "AdamW", "is_adamw": True, "groups": [{"parameters": ["a"], "options": {}}]},
            {"kinds": ["memmap"], "dtype": "uint16"},
            some,
        ))  # fmt: skip

    def list(self, depth: int) -> Any:
        return [self.value(depth + 1) for _ in range(self.rng.randrange(4))]

    def dict(self, depth: int) -> Any:
        keys = ("handle", "values", "names", "made", "calls", "weights", "rates", "x", "")
        return {key: self.value(depth + 1) for key in self.rng.sample(keys, 3)}

    def mutated(self, value: Any, chance: float) -> Any:
        """The value with some of its parts replaced, left out or bent."""
        if self.rng.random() < chance:
            return self.bent(value) if self.rng.random() < 0.6 else self.value()
        if isinstance(value, dict):
            return {key: self.mutated(item, chance) for key, item in value.items()
                    if self.rng.random() > chance / 4}  # fmt: skip
        if isinstance(value, list):
            return [self.mutated(item, chance) for item in value if self.rng.random() > chance / 4]
        return value

    def bent(self, value: Any) -> Any:
        """Something near: another number, type, length or shape."""
        if isinstance(value, np.ndarray):
            with np.errstate(all="ignore"):
                return self.rng.choice((
                    value[None], value.reshape(-1), value[:0], value.T.copy(), value[..., :1],
                    np.nan_to_num(value).astype(DTYPES[self.rng.choice(list(DTYPES))]),
                    np.full_like(value, np.nan if value.dtype.kind == "f" else 1),
                    value * 0,
                )) if value.ndim else value.reshape(1)  # fmt: skip
        if isinstance(value, list):
            return self.rng.choice((value[:-1], value + value[-1:], value[::-1], [], [value]))
        if isinstance(value, dict):
            return dict(list(value.items())[:-1])
        if isinstance(value, str):
            return self.rng.choice((value + "x", "", *ODD_TEXTS))
        return self.rng.choice(ODD_NUMBERS)


class ForgingLink:
    """A process that answers every verb with anything."""

    def __init__(self, forger: Forger, faults: bool = False) -> None:
        self.forger, self.faults = forger, faults

    def request(self, verb: str, payload: dict[str, Any]) -> dict[str, Any]:
        rng = self.forger.rng
        if self.faults and rng.random() < 0.3:
            form = rng.choice(("fault", "missing", "nothing", "printed"))
            return {form: self.forger.value(), "printed": self.forger.value()}
        return {"value": self.forger.value(), "printed": self.forger.value()}


class BendingLink(LocalLink):
    """A process that answers rightly, but for some parts of its answers."""

    def __init__(self, namespace: dict[str, Any], forger: Forger, chance: float) -> None:
        super().__init__(namespace)
        self.forger, self.chance = forger, chance

    def request(self, verb: str, payload: dict[str, Any]) -> dict[str, Any]:
        reply = super().request(verb, payload)
        return {key: self.forger.mutated(value, self.chance) for key, value in reply.items()}


@cache
def right_namespace() -> dict[str, Any]:
    """The reference's Assignment 4, and answers to Lab 11 that are of the right kind."""
    return notebook_namespace() | {
        name: value
        for id in EXERCISES
        if not id.startswith("E")
        for name, value in zip(
            exercise(id).defines, [["a line"], 4, (4, 10, 768)] * 3, strict=False
        )
    }


def results(id: str, student: Student, seed: int) -> list[CheckResult]:
    """Every check of an exercise by itself, whatever came of those before it."""
    found = exercise(id)
    student.forget()
    return [
        run_check(check, found.hidden_cases.get(check.id, []), student, seed)[0]
        for check in found.checks
    ]


def no_check_breaks(found: list[CheckResult]) -> None:
    broken = [f"{r.id}\n{r.detail}" for r in found if r.status == "errored"]
    assert not broken, "\n".join(broken)


CORPUS = [("u1", "Rachel Green", "a line"), ("u2", "Ross Geller", "another")]


@pytest.mark.parametrize("id", EXERCISES)
@cheap
@given(seed=st.integers(0, 2**32))
def test_whatever_is_answered_no_check_passes_or_breaks(id: str, seed: int) -> None:
    for corpus in (None, CORPUS):
        found = results(id, Student(ForgingLink(Forger(seed)), corpus), seed)
        no_check_breaks(found)
        assert [r.id for r in found if r.status == "passed" and r.max_points] == []


@pytest.mark.parametrize("id", EXERCISES)
@cheap
@given(seed=st.integers(0, 2**32))
def test_faults_and_replies_of_no_form_break_no_check(id: str, seed: int) -> None:
    no_check_breaks(results(id, Student(ForgingLink(Forger(seed), faults=True)), seed))


@pytest.mark.parametrize("id", GRADED)
@cheap
@given(seed=st.integers(0, 2**32), chance=st.sampled_from((0.002, 0.01, 0.05)))
def test_right_answers_with_some_parts_forged_break_no_check(
    id: str, seed: int, chance: float
) -> None:
    link = BendingLink(dict(right_namespace()), Forger(seed), chance)
    no_check_breaks(results(id, Student(link, CORPUS), seed))
