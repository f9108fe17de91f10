"""The class in numbers: who has a mark, how the marks lie, who was late, how long grading took."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from autograder.course.finals import EXCUSED, MISSING
from autograder.report.figures import bins_of
from autograder.report.of_class.people import PersonRow, quartiles
from autograder.report.of_class.rows import StudentRow
from autograder.report.of_class.table import Column, Table
from autograder.report.wording import number, plural

SLOWEST = 5


def summary_numbers(
    rows: Sequence[StudentRow], people: Sequence[PersonRow], max_score: float
) -> list[tuple[str, str]]:
    """Numbers with their names; mean and quartiles are over those who have a mark."""
    marks = [person.mark for person in people if person.mark is not None]
    states = Counter(person.status for person in people)
    found = [
        (number(len(rows)), "submission" if len(rows) == 1 else "submissions"),
        (number(len(marks)), "with a mark"),
    ]
    if marks:
        low, middle, high = quartiles(marks)
        found += [
            (number(round(statistics.fmean(marks), 1)), f"mean, of {number(max_score)}"),
            (number(middle or 0.0), f"median, of {number(max_score)}"),
            (f"{number(low or 0.0)} – {number(high or 0.0)}", "the middle half"),
        ]
    found.append((number(sum(row.score is None for row in rows)), "not graded"))
    if states["needs manual grading"]:
        found.append((number(states["needs manual grading"]), "to be marked by hand"))
    if untouched := sum(row.untouched for row in rows):
        found.append((number(untouched), "nothing written yet"))
    if late := sum(person.days_late > 0 for person in people):
        found.append((number(late), "late"))
    found += [(number(states[what]), what) for what in (MISSING, EXCUSED) if states[what]]
    return found


def distribution_table(marks: Sequence[float], max_score: float) -> Table:
    """The histogram's bars in numbers."""
    edges, students = bins_of(marks, max_score)
    table = Table("distribution", [Column(word) for word in ("from", "to", "students")])
    table.rows = [
        [low, high, count] for (low, high), count in zip(pairwise(edges), students, strict=True)
    ]
    return table


def late_table(people: Sequence[PersonRow]) -> Table | None:
    """How many were how late, and what it cost them; None if nobody was."""
    columns = [Column("days late"), Column("students"), Column("mean penalty"), Column("who")]
    table = Table("late", columns)
    for days in sorted({person.days_late for person in people if person.days_late}):
        late = [person for person in people if person.days_late == days]
        cost = round(statistics.fmean(person.penalty for person in late), 2)
        table.rows.append([days, len(late), cost, ", ".join(person.student for person in late)])
    return table if table.rows else None


def times_table(rows: Sequence[StudentRow]) -> Table:
    """Seconds of executing and checking: all together, on average, and of the slowest."""
    table = Table("times", [Column("what"), Column("seconds", places=1)])
    seconds = [row.seconds for row in rows if row.seconds]
    if seconds:
        table.rows += [
            ["all together, one after the other", round(sum(seconds), 1)],
            ["mean", round(statistics.fmean(seconds), 2)],
            ["median", round(statistics.median(seconds), 2)],
        ]
    slow = sorted((row for row in rows if row.seconds), key=lambda r: (-r.seconds, r.student))
    table.rows += [[f"slowest: {row.student}", round(row.seconds, 2)] for row in slow[:SLOWEST]]
    return table


def describe_marks(marks: Sequence[float], max_score: float) -> str:
    """The histogram in words."""
    if not marks:
        return "Histogram of the marks: nobody has a mark yet."
    return (
        f"Histogram of the marks of {plural(len(marks), 'student')}, from {number(min(marks))} to "
        f"{number(max(marks))} of {number(max_score)} points, median "
        f"{number(statistics.median(marks))}."
    )


def describe_shares(shares: Sequence[tuple[str, float]]) -> str:
    """The bars in words: every check with its share."""
    listed = ", ".join(f"{id} {100 * share:.0f} %" for id, share in shares)
    return f"Bars with the share of the class that passed each check: {listed}."


def describe_exercises(shares: Sequence[tuple[str, Sequence[float]]]) -> str:
    """The box plots in words: every exercise with its median."""
    listed = ", ".join(f"{id} {100 * statistics.median(points):.0f} %" for id, points in shares)
    return f"Box plots of the share of the points earned in each exercise; medians: {listed}."
