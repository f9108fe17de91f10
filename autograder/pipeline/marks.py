"""Marks that a person gave in formgrader, brought into results, feedback pages and exports."""

from __future__ import annotations

import json
from typing import Any

from autograder.course.settings import AssignmentConfig
from autograder.export.cells import safe
from autograder.export.table import as_csv
from autograder.pipeline.class_marks import StudentMarks, UnreadableGradebook, marks_of_class
from autograder.pipeline.late_penalties import settle_class
from autograder.pipeline.layout import Layout
from autograder.pipeline.recording_marks import take_row
from autograder.pipeline.results import NOT_GRADED, write_results

__all__ = ["NoResults", "as_csv", "read_results", "safe", "take_marks"]


class NoResults(Exception):
    """The folder holds no results, or no marks, of this assignment; the message says what to do."""


def read_results(folder: Layout) -> dict[str, Any]:
    """Read results.json; raises NoResults if `course grade` has not written one here."""
    place = folder.root / "results.json"
    try:
        results: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        if not isinstance(results["submissions"], list):
            raise TypeError("submissions")
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NoResults(
            f"{folder.root} holds no results: run `course grade {folder.assignment}` first"
        ) from error
    if results.get("assignment") != folder.assignment:
        raise NoResults(
            f"{folder.root} holds the results of {results.get('assignment')}, "
            f"not of {folder.assignment}"
        )
    return results


def take_marks(
    folder: Layout, results: dict[str, Any], decided: AssignmentConfig | None = None
) -> dict[str, Any]:
    """Bring what the gradebook says of every submission into the results, and write these.

    decided: what the gradebook's own deadline and penalties are brought up to. Raises NoResults
    where there is a gradebook that cannot be read: no mark is given up for that.
    """
    before, gradebook = json.dumps(results, sort_keys=True), folder.root / "gradebook.db"
    try:
        if decided is not None:
            settle_class(gradebook, folder.assignment, decided, results["submissions"])
        known = marks_of_class(gradebook, folder.assignment)
    except UnreadableGradebook as error:
        raise NoResults(str(error)) from error
    for submission in results["submissions"]:
        if submission["status"] != NOT_GRADED:
            take_mark_of(submission, known.get(submission["student"]))
    if json.dumps(results, sort_keys=True) != before:
        write_results(folder.root / "results.json", results)
    return results


def take_mark_of(submission: dict[str, Any], marks: StudentMarks | None) -> None:
    """Bring one entry up to the gradebook, or say that it is no longer there."""
    lost = "the gradebook no longer holds this submission"
    if marks is not None:
        take_row(submission, marks.cells, marks.score, marks.most, marks.waits)
    elif lost not in submission["notes"]:
        submission["notes"].append(lost)
