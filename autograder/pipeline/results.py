"""The results of a grading run: what results.json holds, and nothing else does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from autograder.checks.outcome import CheckResult

VERSION = 1
GRADED, MANUAL, NOT_GRADED = "graded", "needs manual grading", "not graded"
GRADER_FAILED = "the grader itself failed"  # how a reason begins that no student can help


@dataclass
class WrittenResult:
    """An answer in words; points: None until a person has marked it; comment: the marker's."""

    exercise: str
    points: float | None
    max_points: float
    answer: str
    comment: str = ""


@dataclass
class SubmissionResult:
    """One student's result; reason says why where there is no mark.

    seconds: wall time of executing and checking; changed: what a person did to checked exercises,
    their points (or None) and a comment, by exercise; notes: what was noticed on the way (a cell
    that raised or ran too long), each a sentence for the student; mended: the same for what was
    amiss with the notebook and has been mended. handed_in: when, ISO 8601, if that is known;
    members: the ids of all who handed it in, empty if that is the student alone.
    """

    student: str
    status: str
    reason: str | None = None
    score: float = 0.0
    max_score: float = 0.0
    seconds: float = 0.0
    checks: list[CheckResult] = field(default_factory=list)
    written: list[WrittenResult] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    handed_in: str | None = None
    members: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        found = asdict(self)
        found["checks"] = [
            {k: v for k, v in check.items() if k not in ("detail", "seconds", "seed")}
            for check in found["checks"]
        ]
        return found


def is_graders_fault(result: SubmissionResult) -> bool:
    """Whether there is no mark because the grader failed: running it again may help."""
    return result.status == NOT_GRADED and (result.reason or "").startswith(GRADER_FAILED)


def run_as_json(assignment: str, seed: int, submissions: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole of results.json, students in alphabetical order; submissions: their entries."""
    return {
        "version": VERSION,
        "assignment": assignment,
        "seed": seed,
        "submissions": sorted(submissions, key=lambda entry: str(entry["student"])),
    }


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Write a text, or its pieces, beside and rename: a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        file.writelines([text] if isinstance(text, str) else text)
    os.replace(temporary, path)


def write_results(path: Path, results: dict[str, Any]) -> None:
    """Write results.json, piece by piece: a large class's is large."""
    pieces = json.JSONEncoder(indent=1, ensure_ascii=False).iterencode(results)
    write_atomically(path, chain(pieces, "\n"))
