"""Marks that a person gave in formgrader, brought into results, feedback pages and exports."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from nbgrader.api import MissingEntry

from autograder.checks import assignment, full_marks
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.recording import Recorder
from autograder.pipeline.results import NOT_GRADED, write_results
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
    with contextlib.ExitStack() as stack:
        recorder = None
        with contextlib.suppress(MissingEntry):
            recorder = stack.enter_context(Recorder(folder))
        for submission in results["submissions"]:
            if submission["status"] != NOT_GRADED:
                take_mark_of(submission, recorder)
    write_results(folder.root / "results.json", results)
    return results


def take_mark_of(submission: dict[str, Any], recorder: Recorder | None) -> None:
    """Bring one entry up to the gradebook, or say that it is no longer there."""
    lost = "the gradebook no longer holds this submission"
    try:
        if recorder is None:
            raise MissingEntry(lost)
        recorder.take_marks(submission)
    except MissingEntry:
        if lost not in submission["notes"]:
            submission["notes"].append(lost)


def as_csv(results: Mapping[str, Any]) -> str:
    """One line for each student: status, score, full marks, points of each exercise.

    What has no mark is left empty: a person still has to give one, or nothing could be graded.
    Every cell stands in quotes: a spreadsheet that parts cells at another sign than the comma
    would else begin a new one in the middle of a name.
    """
    name = results["assignment"]
    ids = [exercise.id for exercise in assignment(name)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
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
    """A student's name that a spreadsheet does not take for a formula.

    Signs count in their full-width forms too, and behind spaces, quotes and invisible characters,
    which some programs drop. Source: OWASP, CSV injection.
    """
    seen = unicodedata.normalize("NFKC", name)
    told = seen.lstrip("".join(c for c in set(seen) if is_dropped(c)))
    starts = seen.startswith(("\t", "\r", "\n")) or told.startswith(("=", "+", "-", "@", "|", "%"))
    return f"'{name}" if starts else name


def is_dropped(character: str) -> bool:
    """Whether a program may pass over this character at the start of a cell."""
    return character in "'\"`" or unicodedata.category(character)[0] in "ZC"
