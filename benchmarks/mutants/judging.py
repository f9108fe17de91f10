"""What becomes of a mutant: equivalent, allowed, caught or survived."""

from __future__ import annotations

import time
import traceback
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder import diagnosis
from autograder.checks import exercise
from autograder.checks.outcome import score
from benchmarks.mutants.allowed import allowed, perhaps_allowed
from benchmarks.mutants.equivalence import Proof, compare
from benchmarks.mutants.mutant import Mutant
from tests.answers import diagnosed_as, grade

HANGS = "it does not end"


@dataclass(frozen=True)
class Graded:
    """What the checks gave a mutant. failed, errored: ids of checks; fault: of a diagnosis."""

    points: float
    full: float
    failed: tuple[str, ...]
    errored: tuple[str, ...]
    diagnosis: tuple[str, ...]
    seconds: float
    fault: str = ""


@dataclass(frozen=True)
class Verdict:
    """kind: "equivalent", "allowed", "caught", "survived", or what went wrong in the benchmark.

    reason: of an allowed one. lost: whether it lost points.
    """

    mutant: Mutant
    kind: str
    lost: bool
    reason: str = ""
    graded: Graded | None = None
    proof: Proof | None = None
    failed: str = ""

    def record(self) -> dict[str, Any]:
        """As a line of the file of proofs."""
        proof = self.proof
        return {
            "id": self.mutant.id,
            "path": self.mutant.source.path,
            "kind": self.kind,
            "lost_points": self.lost,
            "reason": self.reason,
            "diff": self.mutant.diff,
            "compared": proof.inputs if proof else {},
            "largest_difference": proof.largest if proof else {},
            "differing": proof.differing if proof else {},
            "graded": asdict(self.graded) if self.graded else None,
            "failed": self.failed,
        }


def graded(mutant: Mutant, seed: int) -> Graded:
    """Run the checks of its exercise on a mutant."""
    id, started, fault = mutant.source.exercise, time.process_time(), ""
    try:
        results = grade({id: mutant.code}, seed, only=id)  # tests.answers lets faults through
    except Exception:
        fault = traceback.format_exc(limit=-4)
        diagnosis.STRICT = False
        results = grade({id: mutant.code}, seed, only=id)
    return Graded(
        float(score(results)), float(exercise(id).points),
        tuple(r.id for r in results if r.status in ("failed", "skipped")),
        tuple(r.id for r in results if r.status == "errored"),
        tuple(sorted(diagnosed_as(results) - {"none"})), round(time.process_time() - started, 3),
        fault,
    )  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """A proof, and the rule that allows its differences, if there is one."""

    proof: Proof
    reason: str = ""


def compared(mutant: Mutant, lost: bool) -> Compared:
    """Compare a mutant with its source; in full if it kept its points or a rule may allow it."""
    whole = not lost or perhaps_allowed(mutant)
    proof = compare(mutant.source.exercise, mutant.source.code, mutant.code, whole=whole)
    reason = allowed(mutant, proof) if whole and not proof.equivalent else ""
    return Compared(Proof(proof.inputs, proof.largest, proof.differing, {}), reason)


def verdict(mutant: Mutant, grading: Any, comparison: Any) -> Verdict:
    """Put two ended jobs together (see pool.Ended)."""
    marks: Graded | None = grading.value
    hangs = grading.failed == HANGS
    if marks is None and not hangs:
        return Verdict(mutant, "broken", True, failed=grading.failed)
    if marks is not None and marks.errored:
        return Verdict(mutant, "grader failed", True, graded=marks)
    lost = marks is None or marks.points < marks.full
    found: Compared | None = comparison.value
    if found is None and not (lost and comparison.failed == HANGS):
        return Verdict(mutant, "broken", lost, graded=marks, failed=comparison.failed)
    if found is not None and found.proof.equivalent:
        return Verdict(mutant, "equivalent", lost, graded=marks, proof=found.proof)
    if found is not None and found.reason:
        return Verdict(mutant, "allowed", lost, found.reason, marks, found.proof)
    kind = "caught" if lost else "survived"
    proof = found.proof if found else None
    failed = HANGS if hangs or found is None else ""
    return Verdict(mutant, kind, lost, graded=marks, proof=proof, failed=failed)


@dataclass
class Tally:
    """The mutants of one exercise, by what became of them."""

    exercise: str
    verdicts: list[Verdict] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """How many are of a kind."""
        return sum(v.kind == kind for v in self.verdicts)

    def named(self) -> int:
        """How many of the caught ones were given a diagnosis."""
        return sum(v.kind == "caught" and bool(v.graded and v.graded.diagnosis)
                   for v in self.verdicts)  # fmt: skip

    @property
    def wronged(self) -> list[Verdict]:
        """Right programs that lost points: false failures."""
        return [v for v in self.verdicts if v.kind in ("equivalent", "allowed") and v.lost]

    @property
    def faults(self) -> list[Verdict]:
        """Mutants on which a diagnosis failed."""
        return [v for v in self.verdicts if v.graded and v.graded.fault]

    @property
    def wrong(self) -> int:
        """How many are neither equivalent nor allowed."""
        return self.count("caught") + self.count("survived")

    @property
    def share(self) -> float:
        """Caught ones among those that are wrong."""
        return self.count("caught") / self.wrong if self.wrong else 1.0
