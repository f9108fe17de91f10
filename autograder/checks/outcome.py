"""What a check says: plain data, without torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["passed", "failed", "skipped", "errored"]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    claim: the sentence that was checked; message: what was wrong, with expected, got and hint
    folded in for plain text; points: earned, of max_points. An errored check is the grader's fault.
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
    seconds: float = 0.0
    seed: int | None = None
    detail: str = field(default="", repr=False)  # our own traceback, for no student


def score(results: list[CheckResult]) -> float:
    """Points earned by these checks together."""
    return sum(result.points for result in results)
