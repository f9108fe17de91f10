"""How long the checks of Assignment 4 take on the reference, in a warm process.

    python benchmarks/checks.py [RUNS] [SANDBOX]

First as in a student's notebook: for each check the median over the runs in milliseconds, and its
limit. Then as in grading, against a process of its own (SANDBOX: on or none): for each exercise the
CPU time of both sides in milliseconds, and how many requests went from one to the other. Beside it
stands the time of one matrix product, the yardstick of the machine at hand, so that figures of two
machines can be compared as ratios.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.checks import assignment
from autograder.checks.framework import run_exercise
from autograder.checks.outcome import score
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from autograder.sandbox.session import Limits, Session, Zygote, session
from tests.answers import ATTACH, GIVEN, REFERENCE, notebook_namespace, reference, train_config

SLOW_EXERCISES = ("E7", "E8")  # they train and sample, so the limit of one check is not theirs


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    sandbox = sys.argv[2] if len(sys.argv) > 2 else "on"
    torch.set_num_threads(1)
    yardstick = matrix_product_s()
    print(f"{'512^3 product':22}{1000 * yardstick:8.1f} ms")
    in_a_notebook(runs, yardstick)
    with Zygote(sandbox=sandbox) as zygote, session(zygote, Limits(submission_s=3600)) as process:
        in_grading(runs, process)


def in_a_notebook(runs: int, yardstick: float) -> None:
    """Time every check in this very process."""
    student = Student(LocalLink(notebook_namespace()))
    exercises = assignment("assignment4")
    times: dict[str, list[float]] = defaultdict(list)
    for seed in range(-1, runs):  # run -1 warms up
        for exercise in exercises:
            started = time.perf_counter()
            results = run_exercise(exercise, student, seed)
            if seed >= 0:
                times[exercise.id].append(time.perf_counter() - started)
                for result in results:
                    times[result.id].append(result.seconds)
    for exercise in exercises:
        for check in exercise.checks:
            limit = "" if exercise.id in SLOW_EXERCISES else "  limit 200"
            print(f"{check.id:22}{1000 * statistics.median(times[check.id]):8.1f} ms{limit}")
        print(f"{exercise.id:22}{1000 * statistics.median(times[exercise.id]):8.1f} ms")
    whole = sum(statistics.median(times[exercise.id]) for exercise in exercises)
    print(f"{'all exercises':22}{1000 * whole:8.1f} ms  limit 2000, ratio {whole / yardstick:.0f}")


class Counted:
    """A link that counts its requests."""

    def __init__(self, process: Session) -> None:
        self.process, self.requests = process, 0

    def request(self, verb: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.requests += 1
        return self.process.request(verb, payload)


def in_grading(runs: int, process: Session) -> None:
    """Take the CPU time of both sides while the checks run against another process."""
    for id in REFERENCE:
        for code in (GIVEN, train_config(), reference(id), ATTACH.get(id, "")):
            process.run_cell(code)
    link, exercises = Counted(process), assignment("assignment4")
    student = Student(link)
    spent: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    asking = -student_cpu_s(process) + student_cpu_s(process)
    print(f"\n{'exercise':22}{'grader':>8}{'student':>9}{'both':>8}{'requests':>10}")
    for seed in range(-1, runs):
        for exercise in exercises:
            ours, theirs, asked = time.process_time(), student_cpu_s(process), link.requests
            results = run_exercise(exercise, student, seed)
            ours = time.process_time() - ours
            theirs = student_cpu_s(process) - theirs - asking
            if score(results) != exercise.points:
                raise SystemExit(f"{exercise.id}: the reference lost points, seed {seed}")
            if seed >= 0:
                spent[exercise.id].append((ours, theirs, link.requests - asked))
    total = [0.0, 0.0, 0.0]
    for id, rows in spent.items():
        grader, student_s, requests = (
            statistics.median(column) for column in zip(*rows, strict=True)
        )
        total = [a + b for a, b in zip(total, (grader, student_s, requests), strict=True)]
        show(id, grader, student_s, requests)
    show("all exercises", *total)


def show(name: str, grader_s: float, student_s: float, requests: float) -> None:
    """One row: times in milliseconds."""
    both = 1000 * (grader_s + student_s)
    print(f"{name:22}{1000 * grader_s:8.1f}{1000 * student_s:9.1f}{both:8.1f}{requests:10.0f}")


def student_cpu_s(process: Session) -> float:
    """How much CPU time the student's process has taken so far, in seconds."""
    outputs = process.run_cell("import time\nprint(time.process_time())")
    return float(outputs[0]["text"])


def matrix_product_s() -> float:
    """Seconds for one 512 x 512 x 512 product in float32, median of many."""
    a, times = torch.rand(512, 512), []
    for _ in range(30):
        started = time.perf_counter()
        a @ a
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
