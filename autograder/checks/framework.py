"""Exercises, their checks, and how they are run against a student.

A check is a function of (student, rng) whose docstring is the sentence that it checks:

    @E1.check("causal", points=1.5, after=("shape",), hint="...")
    def later_tokens_do_not_change_earlier_outputs(student, rng): ...

It returns if the claim holds and raises CheckFailed if not. `after` names checks of the same
exercise that must pass first: a dependent check is then skipped, so that one mistake gives one
message.
"""

from __future__ import annotations

import contextlib
import contextvars
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed
from autograder.checks.outcome import NOT_WRITTEN, CheckResult
from autograder.probe.defaults import torch_defaults
from autograder.probe.errors import (
    ProbeError,
    StudentFault,
    StudentMissing,
    StudentProcessGone,
    StudentTimeout,
)
from autograder.probe.view import Student

CheckFunction = Callable[[Student, Draw], None]
_remarks: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("remarks", default=None)


def remark(text: str) -> None:
    """Give advice that costs no points; shown whether the check passes or fails."""
    remarks = _remarks.get()
    if remarks is not None:
        remarks.append(text)


@dataclass(frozen=True)
class Check:
    """One claim about an exercise, worth some points; after: ids of checks that come first."""

    id: str
    exercise: str
    points: float
    claim: str
    function: CheckFunction
    after: tuple[str, ...] = ()
    hint: str = ""


@dataclass
class Exercise:
    """An exercise of the curriculum: its id, title, what the student defines, and its checks.

    asks: what students do in it, for the notebook's table; the title if left out. by_hand: points
    that a person gives; an exercise has these or the points of its checks. draws: whether its
    checks draw inputs, so that a seed repeats them. minutes, difficulty (1 to 3): an estimate for
    the notebook, 0 where none is given. module: where its checks stand below autograder.checks, and
    its diagnosis below autograder.diagnosis; `exercise` says it.
    """

    id: str
    title: str
    defines: tuple[str, ...] = ()
    asks: str = ""
    by_hand: float = 0.0
    draws: bool = True
    minutes: int = 0
    difficulty: int = 0
    module: str = ""
    checks: list[Check] = field(default_factory=list)
    hidden_cases: dict[str, list[CheckFunction]] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """All points that this exercise can give; 0 for a task that is not graded."""
        return self.by_hand + sum(check.points for check in self.checks)

    def check(
        self, name: str, *, points: float, after: tuple[str, ...] = (), hint: str = ""
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Register a check under `<exercise>.<name>`."""
        prefix = self.id.lower()

        def register(function: CheckFunction) -> CheckFunction:
            claim = " ".join((function.__doc__ or "").split("\n\n")[0].split())
            if not claim:
                raise ValueError(f"{prefix}.{name}: a check needs a docstring, its claim")
            needs = tuple(f"{prefix}.{other}" for other in after)
            known = {check.id for check in self.checks}
            if missing := set(needs) - known:
                raise ValueError(f"{prefix}.{name}: no earlier check {', '.join(sorted(missing))}")
            self.checks.append(
                Check(f"{prefix}.{name}", self.id, points, claim, function, needs, hint)
            )
            return function

        return register

    def hidden(self, check_id: str) -> Callable[[CheckFunction], CheckFunction]:
        """Register one more case of a check, at sizes that students do not see."""
        if check_id not in {check.id for check in self.checks}:
            raise ValueError(f"no check {check_id!r} in {self.id}")

        def register(function: CheckFunction) -> CheckFunction:
            self.hidden_cases.setdefault(check_id, []).append(function)
            return function

        return register


@torch_defaults()
def run_exercise(exercise: Exercise, student: Student, seed: int) -> list[CheckResult]:
    """Run all checks of one exercise in order; never raises for a student's or a check's fault."""
    student.forget()
    try:
        return run_checks(exercise, student, seed)
    finally:
        student.forget()
        with contextlib.suppress(ProbeError):
            student.settle()  # a student's own classes are the student's again


def run_checks(exercise: Exercise, student: Student, seed: int) -> list[CheckResult]:
    """Run all checks of one exercise in order, as far as the student's process goes along."""
    results: dict[str, CheckResult] = {}
    errors: dict[str, Exception] = {}
    gone = ""
    for check in exercise.checks:
        blocked = [id for id in check.after if results[id].status != "passed"]
        if gone:
            results[check.id] = outcome(check, "failed", message=gone)
        elif blocked:
            why = f"not tried: first make {blocked[0]} pass"
            results[check.id] = outcome(check, "skipped", message=why)
        else:
            started = time.perf_counter()
            hidden = exercise.hidden_cases.get(check.id, [])
            result, error = run_check(check, hidden, student, seed)
            if error is not None:
                errors[check.id] = error
            if isinstance(error, (StudentTimeout, StudentProcessGone)):
                gone = f"not tried: {error}"
            seconds = time.perf_counter() - started
            drawn = seed if exercise.draws else None
            results[check.id] = replace(result, seconds=round(seconds, 4), seed=drawn)
    found = list(results.values())
    if gone or not any(map(is_written, errors.values())):
        return found
    from autograder.diagnosis import diagnosed  # the many who have no failure do without

    return diagnosed(exercise.module, exercise.id, student, seed, found, errors)


def is_written(error: Exception) -> bool:
    """Whether a failed check met something that a student wrote, not the stub and not nothing."""
    return not isinstance(error, StudentMissing) and not (
        isinstance(error, StudentFault) and error.unwritten
    )


def run_check(
    check: Check, hidden: list[CheckFunction], student: Student, seed: int
) -> tuple[CheckResult, Exception | None]:
    """Run one check and its hidden cases; also what it met, if it failed."""
    remarks: list[str] = []
    token = _remarks.set(remarks)
    met: Exception | None = None
    try:
        attempt(check.function, student, Draw(seed, check.id))
        for number, case in enumerate(hidden):
            try:
                attempt(case, student, Draw(seed, check.id, f"hidden {number}"))
            except (CheckFailed, StudentFault) as error:
                raise as_hidden(error) from error
        result = outcome(check, "passed")
    except CheckFailed as error:
        met = error
        result = outcome(
            check, "failed", error.message, error.expected, error.got, error.hint or check.hint,
            error.picture,
        )  # fmt: skip
    except StudentFault as error:
        met = error
        result = outcome(check, "failed", NOT_WRITTEN if error.unwritten else str(error))
    except ProbeError as error:
        met = error
        result = outcome(check, "failed", str(error))
    except Exception as error:
        message = f"the grader itself failed here ({type(error).__name__}); no points are decided"
        result = replace(outcome(check, "errored", message), detail=traceback.format_exc())
    finally:
        _remarks.reset(token)
    return replace(result, remarks=tuple(dict.fromkeys(remarks))), met


def attempt(function: CheckFunction, student: Student, rng: Draw) -> None:
    """Run one check function, with its own draws and without what others put in place."""
    student.begin(rng.seed % 2**31)
    function(student, rng)


def as_hidden(error: Exception) -> CheckFailed:
    """Say that a case beyond the notebook's failed, without showing its input.

    A student's own exception may quote that input, so of it only kind and line are passed on; and
    a picture of it none at all.
    """
    cause = ""
    if isinstance(error, StudentFault):
        what = str(StudentFault(error.kind, "", error.line))
    elif isinstance(error, CheckFailed):
        what, cause = error.message, error.cause
    else:
        what = str(error)
    return CheckFailed(
        f"right on the notebook's sizes, but not on others: {what}",
        hint="try other batch sizes, lengths, widths and settings than those of the notebook",
        cause=cause,
    )


def outcome(
    check: Check, status: Any, message: str = "", expected: str = "", got: str = "", hint: str = "",
    picture: Mapping[str, Any] | None = None,
) -> CheckResult:  # fmt: skip
    """A result of this check; points only where it passed."""
    points = check.points if status == "passed" else 0.0
    return CheckResult(
        check.id, check.exercise, status, points, check.points, check.claim,
        message, expected, got, hint, picture=picture,
    )  # fmt: skip
