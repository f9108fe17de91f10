"""Runs that are killed at random moments, and what they left against an undisturbed one."""

from __future__ import annotations

import random
import signal
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.parts.figures import say
from benchmarks.parts.grading import (
    CommandFailed,
    grade_command,
    gradebook_rows,
    seconds_of,
    start,
    timeless,
)

LEAST_S = 0.2  # the shortest life of a runner


def run_whole(folder: Path, out: str, options: tuple[object, ...]) -> float:
    """Grade folder/submissions into folder/<out> undisturbed; returns the seconds it took."""
    return seconds_of(grade_command(folder / "submissions", folder / out, *options), cwd=folder)


def run_killed(
    folder: Path, out: str, options: tuple[object, ...], kills: int, whole_s: float,
    moments: random.Random,
) -> list[float]:  # fmt: skip
    """Grade with that many kills, then to the end; returns the seconds that each life lasted.

    Lives are drawn so that together they cover the run, start-up being a part of each. One that
    ends before its kill has nothing left to do; it counts for nothing, and another begins.
    """
    command = grade_command(folder / "submissions", folder / out, *options)
    log = folder / f"{out}.log"
    lives: list[float] = []
    for _ in range(10 * kills):
        if len(lives) == kills:
            break
        life = moments.uniform(LEAST_S, max(1.0, 2.5 * whole_s / kills))
        process = start(command, folder, log)
        try:
            process.wait(life)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            lives.append(round(life, 2))
            say(f"kill {len(lives)} after {life:.2f} s")
    process = start(command, folder, log)
    if (status := process.wait()) != 0:
        raise CommandFailed(f"the last run: exit {status}\n{log.read_text()[-3000:]}")
    return lives


def compared(whole: Path, killed: Path) -> list[str]:
    """Say where results (but for times) or gradebook rows differ."""
    differing = []
    first, second = (by_student(timeless(out)) for out in (whole, killed))
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name):
            differing.append(f"results.json differs: {name}")
    rows = [set(gradebook_rows(out)) for out in (whole, killed)]
    differing += [f"gradebook, undisturbed only: {row}" for row in sorted(rows[0] - rows[1])]
    differing += [f"gradebook, disturbed only: {row}" for row in sorted(rows[1] - rows[0])]
    if len(gradebook_rows(killed)) != len(rows[1]):
        differing.append("the disturbed gradebook holds rows twice")
    return differing


def by_student(results: dict[str, Any]) -> dict[str, Any]:
    """Entries by student, and what stands around them."""
    around = {key: value for key, value in results.items() if key != "submissions"}
    return {"(the run)": around} | {entry["student"]: entry for entry in results["submissions"]}
