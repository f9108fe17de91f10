"""How long `course grade` takes for each submission, and how long the package takes to import.

    python benchmarks/grading.py [COPIES]

Grades copies of those students of the bundled class whose notebooks end by themselves, one worker
and then two in the same run, gradebook, feedback pages and report included.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.build import build
from autograder.demo import write_class
from autograder.pipeline.runner import grade_class

STUDENTS = ("ada", "ben", "chiara", "hiro", "jonas", "noor", "olu", "priya")


def main() -> None:
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    print(f"import autograder        {import_s('autograder'):.2f} s  limit 0.3")
    print(f"import torch             {import_s('torch'):.2f} s")
    built = build(ROOT / "notebooks" / "text" / "assignment4.py", ROOT)
    with tempfile.TemporaryDirectory() as folder:
        submissions = Path(folder) / "submissions"
        write_class(built, submissions, STUDENTS)
        for number in range(1, copies):
            for student in STUDENTS:
                shutil.copytree(submissions / student, submissions / f"{student}{number}")
        count = copies * len(STUDENTS)
        seconds = {}
        for workers in (1, 2):
            started = time.perf_counter()
            out = Path(folder) / f"out{workers}"
            grade_class("assignment4", built.source, submissions, out, workers=workers, seed=1)
            seconds[workers] = (time.perf_counter() - started) / count
            limit = "  limit 2.5" if workers == 1 else ""
            print(f"grade, {workers} worker(s)       {seconds[workers]:.2f} s a submission, "
                  f"{count} submissions{limit}")  # fmt: skip
        print(f"two workers are          {seconds[1] / seconds[2]:.2f} times as fast as one")


def import_s(module: str) -> float:
    """Seconds that a fresh interpreter takes to import a module, less an empty start; median."""
    took = {}
    for code in ("pass", f"import {module}"):
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
            times.append(time.perf_counter() - started)
        took[code] = statistics.median(times)
    return took[f"import {module}"] - took["pass"]


if __name__ == "__main__":
    main()
