"""A class of six and its final marks, as the exports get them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

from autograder.course.finals import EXCUSED, MISSING, Final
from autograder.course.roster import Person, Roster
from autograder.export.work import Export

WHEN = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
PEOPLE = (  # id, name, Canvas's row
    ("ada", "Ada Lovelace", ("Lovelace, Ada", "101", "S1", "ada", "Lab A")),
    ("ben", "Ben Ångström", ("Ångström, Ben", "102", "S2", "ben", "Lab A")),
    ("cleo", "Cleo Smith", ("Smith, Cleo", "103", "S3", "cleo", "Lab B")),
    ("dan", "Dan Excused", ("Excused, Dan", "104", "S4", "dan", "Lab B")),
    ("eve", "Eve Missing", ("Missing, Eve", "105", "S5", "eve", "Lab B")),
    ("finn", "=1+1", ("=1+1", "106", "S6", "finn", "Lab B")),
)


def roster(columns: tuple[str, ...] = CANVAS) -> Roster:
    """Everybody, with Canvas's columns."""
    return Roster(tuple(
        Person(id, name, f"{id}@example.org", columns=dict(zip(columns, row, strict=True)))
        for id, name, row in PEOPLE
    ))  # fmt: skip


def finals() -> list[Final]:
    """A pair that was a day late, one waiting, one excused, one missing, one on time."""
    late = {"days_late": 1, "late_words": "1 day late: 2 points off", "handed_in": WHEN}
    return [
        Final("ada", "ada", "graded", 9.0, 10.0, 2.0, 7.0, {"G1.1": 1.0, "G1.2": 0.5}, **late),
        Final("ben", "ada", "graded", 9.0, 10.0, 2.0, 7.0, {"G1.1": 1.0, "G1.2": 0.5}, **late),
        Final("cleo", "cleo", "needs manual grading", None, 10.0, 0.0, None),
        Final("dan", None, EXCUSED, None, 10.0, 0.0, None),
        Final("eve", None, MISSING, None, 10.0, 0.0, None),
        Final("finn", "finn", "graded", 3.333, 10.0, 0.0, 3.333),
    ]


def entry(student: str, status: str, score: float, **more: Any) -> dict[str, Any]:
    """An entry of results.json."""
    return {"student": student, "status": status, "score": score, "max_score": 10.0, "checks": [],
            "written": [], "notes": [], **more}  # fmt: skip


def results() -> dict[str, Any]:
    """results.json of the class."""
    check = {"id": "g1.1.lines", "exercise": "G1.1", "status": "passed", "points": 1.0,
             "max_points": 1.0, "claim": "The lines.", "message": ""}  # fmt: skip
    answer = {"exercise": "G1.2", "points": 0.5, "max_points": 1.0, "answer": "So.", "comment": ""}
    return {"assignment": "lab11", "seed": 1, "version": 1, "submissions": [
        entry("ada", "graded", 9.0, checks=[check], written=[answer], members=["ada", "ben"]),
        entry("cleo", "needs manual grading", 4.0),
        entry("finn", "graded", 3.333),
    ]}  # fmt: skip


def export(**more: Any) -> Export:
    """What the formats are made of."""
    told: dict[str, Any] = {"roster": roster(), **more}
    return Export("lab11", "Lab 11: GPT-2", finals(), results(), **told)


def rows_of(text: str) -> list[list[str]]:
    """A file's rows."""
    return list(csv.reader(io.StringIO(text, newline="")))
