"""Marks that a person gave in formgrader, brought into results, feedback pages and exports."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from nbgrader.api import MissingEntry

from autograder.checks import assignment, full_marks, slug
from autograder.pipeline.course_folder import CourseFolder, HandMark
from autograder.pipeline.results import GRADED, MANUAL, NOT_GRADED, write_results
from autograder.report.points import points_by_exercise


class NoResults(Exception):
    """The folder holds no results of this assignment; the message says what to do."""


def read_results(folder: CourseFolder) -> dict[str, Any]:
    """Read results.json; raises NoResults if `course grade` has not written one here."""
    place = folder.root / "results.json"
    try:
        results: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoResults(
            f"{folder.root} holds no results: run `course grade {folder.assignment}` first"
        ) from error
    if results.get("assignment") != folder.assignment:
        raise NoResults(
            f"{folder.root} holds the results of {results.get('assignment')}, "
            f"not of {folder.assignment}"
        )
    return results


def take_marks(folder: CourseFolder, results: dict[str, Any]) -> dict[str, Any]:
    """Bring what the gradebook says of every submission into the results, and write these."""
    for submission in results["submissions"]:
        if submission["status"] != NOT_GRADED:
            try:
                update(folder, submission)
            except MissingEntry:
                submission["notes"].append("the gradebook no longer holds this submission")
    write_results(folder.root / "results.json", results)
    return results


def update(folder: CourseFolder, submission: dict[str, Any]) -> None:
    """Bring one submission up to the gradebook: marks, comments, total, status."""
    marks = folder.marks_by_hand(submission["student"])
    for answer in submission.get("written") or ():
        take_mark(answer, marks)
    score, most, waits = folder.score(submission["student"])
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


def as_csv(results: Mapping[str, Any]) -> str:
    """One line for each student: status, score, full marks, points of each exercise.

    What has no mark is left empty: a person still has to give one, or nothing could be graded.
    """
    name = results["assignment"]
    ids = [exercise.id for exercise in assignment(name)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["student", "status", "score", "max_score", *ids])
    for submission in results["submissions"]:
        points = points_by_exercise(submission)
        score = "" if submission["status"] == NOT_GRADED else f"{submission['score']:g}"
        table.writerow([
            safe(submission["student"]), submission["status"], score, f"{full_marks(name):g}",
            *("" if points.get(id) is None else f"{points[id]:g}" for id in ids),
        ])  # fmt: skip
    return text.getvalue()


def safe(name: str) -> str:
    """A student's name that a spreadsheet does not take for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
