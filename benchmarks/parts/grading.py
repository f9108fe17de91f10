"""`course grade` as a command, and what it leaves: results and the rows of the gradebook."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.parts.classes import ASSIGNMENT

BINARIES = Path(sys.executable).parent
ROWS = """
    SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
           grade.extra_credit, grade.needs_manual_grade
    FROM grade
    JOIN base_cell ON base_cell.id = grade.cell_id
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    ORDER BY 1, 2
"""


class CommandFailed(Exception):
    """A command that was to be timed failed; the message ends in what it said."""


def grade_command(submissions: Path, out: Path, *options: object) -> list[str]:
    """`course grade` with these options, as this interpreter runs it."""
    return [sys.executable, "-m", "autograder.cli", "grade", ASSIGNMENT,
            "--submissions", str(submissions), "--out", str(out), *map(str, options)]  # fmt: skip


def environment(**more: str) -> dict[str, str]:
    """Ours, with this installation's programs found first."""
    return {**os.environ, "PATH": f"{BINARIES}{os.pathsep}{os.environ['PATH']}", **more}


def seconds_of(*commands: list[str], cwd: Path, env: dict[str, str] | None = None) -> float:
    """Wall time until all commands, started together, have ended; raises CommandFailed."""
    started = time.perf_counter()
    running = [
        subprocess.Popen(command, cwd=cwd, env=env or environment(), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for command in commands
    ]  # fmt: skip
    said = [process.communicate()[0] for process in running]
    took = time.perf_counter() - started
    for process, command, text in zip(running, commands, said, strict=True):
        if process.returncode != 0:
            raise CommandFailed(f"{' '.join(command)}: exit {process.returncode}\n{text[-3000:]}")
    return took


def start(command: list[str], cwd: Path, log: Path, **more: str) -> subprocess.Popen[bytes]:
    """Start a command that is watched while it runs; what it says is added to the log."""
    with log.open("ab") as said:
        return subprocess.Popen(command, cwd=cwd, env=environment(**more),
                                stdin=subprocess.DEVNULL, stdout=said, stderr=said)  # fmt: skip


def results_of(out: Path) -> dict[str, Any]:
    """Everybody's entry in results.json, by student; raises OSError or ValueError if not whole."""
    found = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return {entry["student"]: entry for entry in found["submissions"]}


def timeless(out: Path) -> dict[str, Any]:
    """results.json but for the times: what two runs of one seed must agree on."""
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    for entry in found["submissions"]:
        entry["seconds"] = 0
    return found


def gradebook_rows(out: Path) -> list[tuple[Any, ...]]:
    """Every mark in the gradebook in a fixed order; raises ValueError if the file is damaged."""
    with closing(sqlite3.connect(f"file:{out / 'gradebook.db'}?mode=ro", uri=True)) as book:
        if (sound := book.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise ValueError(f"{out / 'gradebook.db'} is damaged: {sound}")
        return book.execute(ROWS).fetchall()


def points_in_gradebook(out: Path) -> dict[str, dict[str, float]]:
    """Each student's points by exercise."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for student, cell, automatic, manual, extra, _ in gradebook_rows(out):
        points = (automatic if manual is None else manual) or 0.0
        found[student][exercise_of(cell)] = points + (extra or 0.0)
    return dict(found)


def points_in_results(out: Path) -> dict[str, dict[str, float]]:
    """Each student's points by exercise."""
    found: dict[str, dict[str, float]] = {}
    for student, entry in results_of(out).items():
        found[student] = defaultdict(float)
        for check in entry["checks"]:
            found[student][check["exercise"]] += check["points"]
    return found


def exercise_of(cell: str) -> str:
    """The exercise that a check cell's name speaks of: e1_check is E1's."""
    return cell.removesuffix("_check").upper()
