"""What a check says: plain data, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

NOT_WRITTEN = "not written yet"
Status = Literal["passed", "failed", "skipped", "errored"]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    claim: the sentence that was checked; message: what was wrong, with expected, got and hint
    folded in for plain text; points: earned, of max_points. An errored check is the grader's fault.
    misconception: its name where there is evidence, see autograder.diagnosis.definition.

    picture: what came beside what was expected, where a drawing says more; plain JSON, numbers of
    three digits or None for what is no number, one of

        {"kind": "attention", "weights": rows of T numbers, T <= 16}: row t, column s says how much
            position t listens to position s; above the diagonal 0 is wanted, and rows sum to 1
        {"kind": "histogram", "edges": n + 1 numbers, "got": n shares of the student's numbers
            between them, n <= 40, "std": Normal(0, std) is wanted}
        {"kind": "series", "name": "learning rate", "index": "update", "expected": at most 40
            numbers, "got": as many}
    """

    id: str
    exercise: str
    status: Status
    points: float
    max_points: float
    claim: str
    message: str = ""
    expected: str = ""
    got: str = ""
    hint: str = ""
    remarks: tuple[str, ...] = ()
    misconception: str | None = None
    picture: Mapping[str, Any] | None = None
    seconds: float = 0.0
    seed: int | None = None
    detail: str = field(default="", repr=False)  # our own traceback, for no student


def score(results: list[CheckResult]) -> float:
    """Points earned by these checks together."""
    return sum(result.points for result in results)
