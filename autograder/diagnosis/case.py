"""What a failed exercise gives to work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.checks import slug
from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed
from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import Diagnosis
from autograder.probe.errors import StudentFault
from autograder.probe.view import Student


@dataclass(frozen=True)
class Case:
    """One exercise of a student's, after its checks have run and some have failed.

    results: all of the exercise's, by check id; errors: what each failed check met, a CheckFailed
    or a ProbeError. rng: draws of the diagnosis's own, repeatable from the run's seed.
    """

    exercise: str
    student: Student
    rng: Draw
    results: Mapping[str, CheckResult]
    errors: Mapping[str, Exception]

    @property
    def prefix(self) -> str:
        """How the ids of its checks and misconceptions begin: "e1", "g2_5"."""
        return slug(self.exercise)

    def failed(self, *names: str) -> tuple[str, ...]:
        """The ids of those of these checks that failed; without names: of all that failed."""
        ids = [id for id, result in self.results.items() if result.status == "failed"]
        wanted = {f"{self.exercise.lower()}.{name}" for name in names}
        return tuple(id for id in ids if not names or id in wanted)

    def fault(self, id: str) -> StudentFault | None:
        """What the student's code raised in a check, if it did, in a hidden case too."""
        error = self.errors.get(id)
        if isinstance(error, CheckFailed):
            error = error.__cause__ if isinstance(error.__cause__, Exception) else None
        return error if isinstance(error, StudentFault) else None

    def named(self, *names: str, checks: tuple[str, ...], either: bool = False) -> Diagnosis:
        """A diagnosis by short names: "no-mask" for "e1.no-mask"."""
        return Diagnosis(tuple(f"{self.prefix}.{name}" for name in names), checks, either)
