"""How the class did in each exercise and each check, and how well each check tells students apart.

Discrimination is the corrected item-total correlation of classical test theory: the point-biserial
correlation between passing a check and the mark on everything else.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.report.of_class.people import quartiles
from autograder.report.of_class.rows import StudentRow
from autograder.report.of_class.table import Column, Table

LEAST_STUDENTS = 20  # a correlation over fewer says next to nothing: its error is about 1 / √n
LEAST_EACH = 3  # students on either side
WEAK = (
    0.2  # below this a check tells little (Ebel and Frisbie, Essentials of Educational Measurement)
)
EXTREMES = 5
TOO_FEW, ALL_PASSED, NONE_PASSED = "too few students", "all passed", "nobody passed"
FEW_PASSED, FEW_FAILED = "hardly anybody passed", "hardly anybody failed"


@dataclass
class Item:
    """One check over the class.

    passed to errored: how many; mean: points earned on average by those for whom it was decided;
    discrimination: from -1 to 1, None where it cannot be told, and remark says why.
    """

    id: str
    exercise: str
    claim: str
    max_points: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    errored: int = 0
    mean: float | None = None
    discrimination: float | None = None
    remark: str = ""

    @property
    def share(self) -> float | None:
        """The share that passed, of those for whom it was decided."""
        decided = self.passed + self.failed + self.skipped
        return self.passed / decided if decided else None


def items(rows: Sequence[StudentRow], exercises: Sequence[str]) -> list[Item]:
    """Every check in the order of the exercises, with everything that is counted."""
    found: dict[str, dict[str, Item]] = {id: {} for id in exercises}
    points: dict[str, list[float]] = {}
    for result in (result for row in rows for result in row.checks):
        if result.exercise not in found:
            continue
        item = found[result.exercise].setdefault(
            result.id, Item(result.id, result.exercise, result.claim, result.max_points)
        )
        setattr(item, result.status, getattr(item, result.status) + 1)
        if result.status != "errored":
            points.setdefault(result.id, []).append(result.points)
    listed = [item for of_exercise in found.values() for item in of_exercise.values()]
    pairs = passed_and_rest(rows)
    for item in listed:
        item.mean = statistics.fmean(points[item.id]) if item.id in points else None
        item.discrimination, item.remark = discrimination(pairs.get(item.id, []))
    return listed


def passed_and_rest(rows: Sequence[StudentRow]) -> dict[str, list[tuple[bool, float]]]:
    """For each check, whether a student passed it and what that student has without it.

    Who has no mark, or wrote nothing, is left out: nothing was tried there. While an answer waits
    for a person's mark, only what was checked counts, of everybody.
    """
    found: dict[str, list[tuple[bool, float]]] = {}
    waiting = any(None in row.points.values() for row in rows)
    for row in rows:
        if row.score is None or row.untouched:
            continue
        total = sum(result.points for result in row.checks) if waiting else row.score
        for result in row.checks:
            if result.status != "errored":
                rest = total - result.points
                found.setdefault(result.id, []).append((result.status == "passed", rest))
    return found


def discrimination(pairs: Sequence[tuple[bool, float]]) -> tuple[float | None, str]:
    """The correlation of passing with the rest of the mark, or None and why there is none."""
    passed = sum(one for one, _ in pairs)
    failed = len(pairs) - passed
    if len(pairs) < LEAST_STUDENTS:
        return None, TOO_FEW
    if passed < LEAST_EACH:
        return None, FEW_PASSED if passed else NONE_PASSED
    if failed < LEAST_EACH:
        return None, FEW_FAILED if failed else ALL_PASSED
    try:
        told = statistics.correlation([float(one) for one, _ in pairs], [rest for _, rest in pairs])
    except statistics.StatisticsError:
        return None, "everybody has the same elsewhere"
    if told < -1 / math.sqrt(len(pairs)):
        return told, "who passed did worse elsewhere: look at the check"
    return told, "tells little" if told < WEAK else ""


@dataclass(frozen=True)
class Extremes:
    """The checks that tell students apart the least and the most.

    constant: those of which it cannot be told, by the reason why; students: how many count.
    """

    least: list[Item]
    most: list[Item]
    constant: dict[str, list[str]]
    students: int


def extremes(found: Sequence[Item], rows: Sequence[StudentRow]) -> Extremes:
    """The two ends of the order by discrimination, which do not overlap."""
    known = sorted((item for item in found if item.discrimination is not None),
                   key=lambda item: (item.discrimination or 0.0, item.id))  # fmt: skip
    count = min(EXTREMES, (len(known) + 1) // 2)
    constant: dict[str, list[str]] = {}
    for item in found:
        if item.discrimination is None and item.remark != TOO_FEW:
            constant.setdefault(item.remark, []).append(item.id)
    students = sum(row.score is not None and not row.untouched for row in rows)
    return Extremes(known[:count], known[count:][-count:][::-1], constant, students)


def checks_table(found: Sequence[Item]) -> Table:
    """Every check."""
    columns = [
        Column("check"), Column("exercise", only_in_file=True), Column("points"),
        Column("mean points", places=2), Column("passed"), Column("failed"), Column("not tried"),
        Column("undecided"), Column("share passed", percent=True),
        Column("discrimination", places=2), Column("remark", only_in_file=True),
        Column("what it asks", wide=True),
    ]  # fmt: skip
    return Table("checks", columns, [
        [item.id, item.exercise, item.max_points, to(item.mean, 2), item.passed, item.failed,
         item.skipped, item.errored, to(item.share, 4), to(item.discrimination, 2), item.remark,
         item.claim]
        for item in found
    ])  # fmt: skip


def exercises_table(rows: Sequence[StudentRow], exercises: Sequence[Mapping[str, Any]]) -> Table:
    """Every exercise: who has points for it, and how many."""
    columns = [
        Column("exercise"), Column("title", wide=True), Column("points"), Column("with points"),
        Column("to be marked"), Column("mean", places=2), Column("lower quartile"),
        Column("median"), Column("upper quartile"), Column("all points", percent=True),
        Column("no points", percent=True),
    ]  # fmt: skip
    table = Table("exercises", columns)
    for exercise in exercises:
        id, most = str(exercise["id"]), float(exercise["points"])
        had = [row.points[id] for row in rows if row.score is not None and id in row.points]
        points = [one for one in had if one is not None]
        table.rows.append([
            id, str(exercise["title"]), most, len(points), len(had) - len(points),
            to(statistics.fmean(points), 2) if points else None,
            *(to(quartile, 2) for quartile in quartiles(points)),
            share([one >= most for one in points]), share([one <= 0 for one in points]),
        ])  # fmt: skip
    return table


def share(holds: Sequence[bool]) -> float | None:
    """The share for which something holds; None of nobody."""
    return to(sum(holds) / len(holds), 4) if holds else None


def to(value: float | None, places: int) -> float | None:
    """Rounded, if there is anything."""
    return None if value is None else round(value, places)
