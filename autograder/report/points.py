"""The points of each exercise, as one entry of results.json says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def points_by_exercise(entry: Mapping[str, Any]) -> dict[str, float | None]:
    """Points of each exercise that was looked at; None where a person's mark is still missing.

    What a person has set in place of the checks' points counts.
    """
    points: dict[str, float | None] = {}
    for check in entry.get("checks") or ():
        points[check["exercise"]] = (points.get(check["exercise"]) or 0.0) + check["points"]
    for exercise, mark in (entry.get("changed") or {}).items():
        if mark["points"] is not None:
            points[exercise] = mark["points"]
    for answer in entry.get("written") or ():
        points[answer["exercise"]] = answer["points"]
    return points
