"""What a person did to a submission's marks, brought into its entry of results.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.checks import slug
from autograder.pipeline.results import GRADED, MANUAL


@dataclass(frozen=True)
class HandMark:
    """A cell's mark in the gradebook: what a person gave, if one did; whether it waits for one;
    the points that count now; the comment."""

    manual: float | None
    waits: bool
    points: float
    comment: str


def take_row(
    submission: dict[str, Any], marks: Mapping[str, HandMark], score: float, most: float,
    waits: bool,
) -> None:  # fmt: skip
    """Bring one entry up to the gradebook's rows of it: marks, comments, total, status."""
    for answer in submission.get("written") or ():
        take_mark(answer, marks)
    submission.update(score=score, max_score=most, status=MANUAL if waits else GRADED)
    submission["reason"] = waiting_for(submission) if waits else None
    submission["changed"] = changed_by_hand(submission, marks)


def take_mark(answer: dict[str, Any], marks: Mapping[str, HandMark]) -> None:
    """Bring one written answer up to the gradebook."""
    mark = marks.get(f"{slug(answer['exercise'])}_solution")
    if mark is not None:
        answer["points"] = None if mark.waits else mark.points
        answer["comment"] = mark.comment


def waiting_for(submission: Mapping[str, Any]) -> str:
    """Say which answers wait for a person."""
    waiting = [a["exercise"] for a in submission.get("written") or () if a["points"] is None]
    if not waiting:
        return "a mark given by hand waits for a second look in formgrader"
    return f"{', '.join(waiting)}: waiting for a person's mark"


def changed_by_hand(submission: Mapping[str, Any], marks: Mapping[str, HandMark]) -> dict[str, Any]:
    """What a person did to checked exercises: points in place of the checks' or None, a comment."""
    found = {}
    for exercise in sorted({check["exercise"] for check in submission["checks"]}):
        mark = marks.get(f"{slug(exercise)}_check")
        if mark is not None and (mark.manual is not None or mark.comment):
            points = None if mark.manual is None else mark.points
            found[exercise] = {"points": points, "comment": mark.comment}
    return found
