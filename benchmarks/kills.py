"""Kill the runner again and again; what it ends with must equal a run that nobody disturbed.

    python benchmarks/kills.py [--count 200] [--kills 20] [--workers 2] [--random SEED] [--json]

`kill -9` of the runner's process alone, at moments drawn at random over the whole run, and a new
start of the same command each time; its workers have to notice by themselves. results.json (but for
times) and the rows of the gradebook are compared with those of an undisturbed run of the same seed,
and nothing that the runs started may still run.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.parts import processes
from benchmarks.parts.classes import write_class
from benchmarks.parts.figures import Figure, Report, at_least, at_most
from benchmarks.parts.killing import compared, run_killed, run_whole

SEED = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sandbox", default="on")
    parser.add_argument("--random", type=int, help="of the moments; drawn and printed if left out")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    drawn = secrets.randbelow(10**6) if asked.random is None else asked.random
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        report = kill(Path(folder), asked, drawn)
    report.show(asked.json)
    sys.exit(0 if report.holds else 1)


def kill(folder: Path, asked: argparse.Namespace, drawn: int) -> Report:
    """Do both runs in an empty folder, and compare them."""
    report = Report("kills")
    processes.adopt_orphans()
    write_class(folder / "submissions", asked.count)
    options = ("--workers", asked.workers, "--seed", SEED, "--sandbox", asked.sandbox)
    whole_s = run_whole(folder, "whole", options)
    started = time.perf_counter()
    random_moments = random.Random(drawn)
    killed = run_killed(folder, "killed", options, asked.kills, whole_s, random_moments)
    took = time.perf_counter() - started
    differing = compared(folder / "whole", folder / "killed")
    left = processes.still_running()
    report.figures += [
        Figure("an undisturbed run", whole_s, "s"),
        Figure("the disturbed one, all its lives together", took, "s"),
        at_least("kills", len(killed), "", asked.kills),
        at_most("results or gradebook rows that differ", len(differing), "", 0),
        at_most("processes left", len(left), "", 0),
    ]
    report.remarks += [*differing[:20], *(f"left: {each}" for each in left)]
    report.remarks.append(f"{asked.count} submissions; moments drawn with --random {drawn}")
    report.details = {"moments": killed, "random": drawn}
    return report


if __name__ == "__main__":
    main()
