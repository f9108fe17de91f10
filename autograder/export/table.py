"""The course's own table: points of every exercise, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.checks import ASSIGNMENTS
from autograder.course.finals import Final
from autograder.export.cells import points, safe, table
from autograder.export.work import Export, Exported, about
from autograder.pipeline.results import NOT_GRADED
from autograder.report.points import points_by_exercise

OF_FINALS = ("mark", "out_of", "late_penalty", "days_late", "handed_in", "handed_in_as")


def write(export: Export) -> Exported:
    """Everybody's points and final mark."""
    return Exported(
        as_csv(export.results, export.finals, export), len(export.finals), about(export)
    )


def as_csv(
    results: Mapping[str, Any], finals: Sequence[Final] = (), export: Export | None = None
) -> str:
    """One line for each student: status, score, full marks, points of each exercise.

    What has no mark is left empty: a person still has to give one, or nothing could be graded.
    Every member of a group has a line. With finals, columns for the final mark follow, and lines of
    those who handed nothing in.
    """
    ids = list(ASSIGNMENTS[results["assignment"]])
    rows = [["student", "status", "score", "max_score", *ids, *(OF_FINALS if finals else ())]]
    entries = {entry["student"]: entry for entry in results["submissions"]}
    if not finals:
        rows += [line(entry["student"], entry, results, ids) for entry in entries.values()]
    for final in finals:
        entry = entries.get(final.submission or "")
        rows.append([*line(final.student, entry, results, ids, final.status),
                     *of_final(final, export)])  # fmt: skip
    return table(rows)


def line(
    student: str, entry: Mapping[str, Any] | None, results: Mapping[str, Any], ids: Sequence[str],
    status: str | None = None,
) -> list[str]:  # fmt: skip
    """What the grader found out about one student; empty cells where nothing was handed in."""
    if entry is None:
        return [safe(student), status or "", "", points(most(results)), *[""] * len(ids)]
    by_exercise = points_by_exercise(entry)
    score = "" if entry["status"] == NOT_GRADED else points(entry["score"])
    return [safe(student), status or entry["status"], score, points(most(results)),
            *(points(by_exercise.get(id)) for id in ids)]  # fmt: skip


def of_final(final: Final, export: Export | None) -> Iterator[str]:
    """The cells of the final mark."""
    yield export.mark(final) if export else points(final.mark)
    yield points(final.max_points)
    yield points(final.penalty)
    yield str(final.days_late)
    yield final.handed_in.isoformat() if final.handed_in else ""
    yield safe(final.submission or "")


def most(results: Mapping[str, Any]) -> float:
    """Full marks, as the results say; importing the checks takes a second longer."""
    told = [entry.get("max_score") or 0.0 for entry in results["submissions"]]
    if any(told):
        return float(max(told))
    from autograder.checks import full_marks

    return full_marks(results["assignment"])
