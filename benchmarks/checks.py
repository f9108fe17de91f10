"""How long the checks of Assignment 4 take on the reference, in a warm process.

    python benchmarks/checks.py [RUNS]

Prints, for each check, the median over the runs in milliseconds and its limit; then each exercise
and the whole. Beside it stands the time of one matrix product, the yardstick of the machine at
hand, so that figures of two machines can be compared as ratios.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.checks import assignment
from autograder.checks.framework import run_exercise
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from tests.answers import notebook_namespace

SLOW_EXERCISES = ("E7", "E8")  # they train and sample, so the limit of one check is not theirs


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    torch.set_num_threads(1)
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
    yardstick = matrix_product_s()
    for exercise in exercises:
        for check in exercise.checks:
            limit = "" if exercise.id in SLOW_EXERCISES else "  limit 200"
            print(f"{check.id:22}{1000 * statistics.median(times[check.id]):8.1f} ms{limit}")
        print(f"{exercise.id:22}{1000 * statistics.median(times[exercise.id]):8.1f} ms")
    whole = sum(statistics.median(times[exercise.id]) for exercise in exercises)
    print(f"{'all exercises':22}{1000 * whole:8.1f} ms  limit 2000")
    print(f"{'512^3 product':22}{1000 * yardstick:8.1f} ms  ratio {whole / yardstick:.0f}")


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
