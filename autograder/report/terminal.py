"""The table that `course grade` prints: plain text, one line for each student."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.checks import slug
from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import EITHER
from autograder.report.points import points_by_exercise
from autograder.report.wording import from_json, nothing_written, number, plural, printable

WIDTH = 118
NAME_WIDTH = 20
REASON_WIDTH = 24  # at least


def table(results: Mapping[str, Any]) -> str:
    """All of results.json: student, status, score, points of each exercise, first reason."""
    submissions = sorted(results["submissions"], key=lambda entry: entry["student"])
    if not submissions:
        return "no submissions"
    checks = [[from_json(c) for c in entry.get("checks") or ()] for entry in submissions]
    shares = [points_by_exercise(entry) for entry in submissions]
    ids = sorted({id for points in shares for id in points}, key=natural)
    rows = [["student", "status", "score", *ids, "first reason"]]
    for entry, found, points in zip(submissions, checks, shares, strict=True):
        shown = [written_out(points[id]) if id in points else "-" for id in ids]
        rows.append(row(entry, found, shown))
    return "\n".join([*aligned(rows), "", summary(submissions)])


def written_out(points: float | None) -> str:
    """Points, or a question mark where a person still has to give them."""
    return "?" if points is None else number(points)


def row(
    entry: Mapping[str, Any], checks: Sequence[CheckResult], points: Sequence[str]
) -> list[str]:
    """The cells of one student."""
    mark = "-" if entry["status"] == "not graded" else number(entry.get("score") or 0.0)
    return [one_line(entry["student"]), entry["status"], mark, *points, first_reason(entry, checks)]


def first_reason(entry: Mapping[str, Any], checks: Sequence[CheckResult]) -> str:
    """Why there is no mark, or why the first points are lost."""
    if entry["status"] == "not graded" and entry.get("reason"):
        return one_line(entry["reason"])
    if nothing_written(checks):
        return "nothing written yet"
    for status in ("errored", "failed"):
        for check in checks:
            if check.status == status:
                return one_line(f"{check.id}: {explanation(entry, check)}")
    return one_line(entry.get("reason") or "")


def explanation(entry: Mapping[str, Any], check: CheckResult) -> str:
    """What a check said, behind the name of its cause, if that is known; or what happened to its
    cell: a cell that stopped explains more."""
    cell = f"the cell {slug(check.exercise)}_solution"
    notes = [str(note) for note in entry.get("notes", ()) if str(note).startswith(cell)]
    if notes or not check.misconception:
        return notes[0] if notes else check.message
    prefix = f"{slug(check.exercise)}."
    names = check.misconception.replace(prefix, "").replace(EITHER, " or ")
    return f"{names}: {check.message}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay the cells out in columns, numbers to the right, the reason cut to what is left."""
    last = len(rows[0]) - 1
    widths = [max(width(cells[i]) for cells in rows) for i in range(last)]
    widths[0] = min(widths[0], NAME_WIDTH)
    left = max(REASON_WIDTH, WIDTH - sum(widths) - 2 * last)
    lines = []
    for cells in rows:
        padded = [pad(cut(cells[i], widths[i]), widths[i], right=i > 1) for i in range(last)]
        lines.append("  ".join([*padded, cut(cells[last], left)]).rstrip())
    return [lines[0], "-" * max(map(width, lines)), *lines[1:]]


def summary(submissions: Sequence[Mapping[str, Any]]) -> str:
    """One sentence: how many, of which status, mean and median."""
    states = [entry["status"] for entry in submissions]
    counts = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    line = f"{plural(len(states), 'submission')}: {counts}"
    marks = [entry.get("score") or 0.0 for entry in submissions if entry["status"] != "not graded"]
    if not marks:
        return line
    total = number(max(entry.get("max_score") or 0.0 for entry in submissions))
    mean, median = number(round(statistics.fmean(marks), 1)), number(statistics.median(marks))
    return f"{line}; mean {mean}, median {median} of {total}"


def natural(id: str) -> list[tuple[str, int]]:
    """Sort E10 after E9, and G2.1 after G1.3."""
    return [(part, 0) if not part.isdigit() else ("", int(part)) for part in
            re.findall(r"\d+|\D+", id)]  # fmt: skip


def one_line(text: Any) -> str:
    """Text as one printable line."""
    return printable(" ".join(str(text).split()))


def width(text: str) -> int:
    """How many columns a terminal gives this text: wide letters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def cut(text: str, columns: int) -> str:
    """Shorten to this many columns, with an ellipsis in place of what is lost."""
    if width(text) <= columns:
        return text
    kept = text
    while width(kept) > columns - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def pad(text: str, columns: int, *, right: bool) -> str:
    """Fill up to this many columns."""
    space = " " * (columns - width(text))
    return space + text if right else text + space
