"""What an attack came to: points, traces, and what became of the class around it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.attacks.case import Case
from autograder.pipeline.results import NOT_GRADED

# first, middle and last of the class
HONEST: dict[str, dict[str, str]] = {
    "aaron": {},
    "mona": {"E2": "e2_scale_by_hidden_size.py", "E5": "e5_untied.py"},
    "zoe": {"E1": "e1_bias.py", "E6": "", "E8": "e8_no_crop.py"},
}
CONFESSION = "got through:"
SLACK = 1e-9
MOST_MB = 500  # of a class's folder; one submission with its pages takes less than one


@dataclass(frozen=True)
class Outcome:
    """What one attack came to; got: its points, None if it has no mark; through: what it won."""

    case: Case
    got: float | None
    status: str
    reason: str
    through: tuple[str, ...]


def judge(
    case: Case, results: Mapping[str, dict[str, Any]], scores: Mapping[str, float], course: Path
) -> Outcome:
    """Hold one attack's result against what the honest work in it deserves."""
    entry = results.get(case.who)
    if entry is None:
        return Outcome(case, None, "lost", "", ("it has no result at all",))
    got = None if entry["status"] == NOT_GRADED else float(entry["score"])
    through = []
    if float(entry["score"]) > case.honest + SLACK:
        through.append(f"{entry['score']:g} points for work worth {case.honest:g}")
    if abs(scores.get(case.who, 0.0) - (got or 0.0)) > SLACK:
        through.append(f"the gradebook says {scores.get(case.who, 0.0):g} points")
    reason = entry["reason"] or ""
    if got is None and not reason:
        through.append("not graded, and nobody says why")
    if "the grader itself failed" in reason:
        through.append(f"it passes for the grader's own fault: {reason}")
    told = " ".join([reason, *entry["notes"], *(c["message"] or "" for c in entry["checks"])])
    if case.expects and not any(word.lower() in told.lower() for word in case.expects):
        through.append(f"the student is not told of: {' or '.join(case.expects)}")
    through += confessions(course, case.who)
    return Outcome(case, got, entry["status"], reason, tuple(dict.fromkeys(through)))


def confessions(course: Path, student: str) -> list[str]:
    """What the case itself says that it got, in the outputs of its cells."""
    printed = [
        output.text
        for place in sorted((course / "autograded" / student).glob("*/*.ipynb"))
        for cell in nbformat.read(place, 4).cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"  # others quote the code
    ]
    lines = [line for text in printed for line in text.splitlines() if CONFESSION in line]
    return [f"it says: {line.partition(CONFESSION)[2].strip()[:200]}" for line in lines]


def left_in(place: Path) -> list[str]:
    """What lies in the folders that the grader's processes call home, temporary and current.

    Also says if the whole has become too large.
    """
    size_mb = sum(path.lstat().st_blocks for path in place.rglob("*")) / 2048
    large = [f"the class takes {size_mb:.0f} MB of disk"] if size_mb > MOST_MB else []
    # Libraries keep caches at home; what begins with a dot is theirs, but for a shell's start-up.
    return large + [
        f"{found.relative_to(place)} is left"
        for name in ("home", "tmp", "here")
        for found in sorted((place / name).iterdir())
        if name != "home" or not found.name.startswith(".") or found.name.startswith(".bash")
    ]


def compare(alone: Path, among: Path, cases: Iterable[Case]) -> list[str]:
    """Say where the honest students' results differ, and what else the course folder holds."""
    found = []
    ours, theirs = read_results(alone), read_results(among)
    marks_alone, marks_among = gradebook_rows(alone), gradebook_rows(among)
    for name in HONEST:
        if name not in ours or ours.get(name) != theirs.get(name):
            found.append(f"{name}, who is honest, has other results than without the attacks")
        if not marks_alone.get(name) or marks_alone.get(name) != marks_among.get(name):
            found.append(f"{name}, who is honest, stands otherwise in the gradebook")
    known = {*HONEST, *(case.who for case in cases)}
    for name in sorted({*theirs, *marks_among} - known):
        found.append(f"a student {name!r} whom nobody knows has results")
    if alone.is_dir() and among.is_dir():
        extra = {path.name for path in among.iterdir()} - {path.name for path in alone.iterdir()}
        found += [f"the course folder holds {name}" for name in sorted(extra)]
    return found


def read_results(course: Path) -> dict[str, dict[str, Any]]:
    """Everybody's entry in results.json but for times; nothing if there is none."""
    try:
        results = json.loads((course / "results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {entry["student"]: {**entry, "seconds": 0} for entry in results["submissions"]}


def gradebook_rows(course: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every student's marks in the gradebook: cell, points by the checks, by hand, extra ones.

    Nothing if there is no gradebook, or it cannot be read.
    """
    query = (
        "SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score,"
        " grade.manual_score, grade.extra_credit FROM grade"
        " JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id"
        " JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id"
        " JOIN base_cell ON grade.cell_id = base_cell.id ORDER BY 1, 2"
    )
    rows: dict[str, list[tuple[Any, ...]]] = {}
    place = f"{(course / 'gradebook.db').as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(place, uri=True)) as database:
            for student, *marks in database.execute(query):
                rows.setdefault(student, []).append(tuple(marks))
    except sqlite3.Error:
        return {}
    return rows


def gradebook_scores(course: Path) -> dict[str, float]:
    """Everybody's points in the gradebook."""
    return {
        student: sum((auto if manual is None else manual) or 0.0 for _, auto, manual, _ in rows)
        + sum(extra or 0.0 for *_, extra in rows)
        for student, rows in gradebook_rows(course).items()
    }
