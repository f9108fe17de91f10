"""A long run with misbehaviour in it: nobody is lost, nothing grows, nothing is left behind.

    python benchmarks/soak.py [--count 1000] [--hostile 0.05] [--workers 2] [--json]

Grades the whole bundled class, loops and broken files included, repeated to that many, some of them
replaced by attacks of autograder/attacks, in one run. Everybody must be accounted for, the honest
with the marks that they get in a small class of the same seed; the runner's memory must stay flat;
no process, socket, System V object or temporary file may remain. On a machine that does something
else meanwhile, what is left behind may be somebody else's: it is named.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.attacks.canaries import Canaries
from benchmarks.parts import processes
from benchmarks.parts.classes import ROOT, everybody, write_class, write_hostile
from benchmarks.parts.figures import Figure, Report, at_most, say
from benchmarks.parts.grading import grade_command, gradebook_rows, results_of, start

RUNNER_MB, GROWTH = 500.0, 1.10
STATUSES = ("graded", "needs manual grading", "not graded")
SEED = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--hostile", type=float, default=0.05, help="share of the submissions")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cell-timeout", type=float, default=4.0)
    parser.add_argument("--sandbox", default="on")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        report = soak(Path(folder), asked)
    report.show(asked.json)
    sys.exit(0 if report.holds else 1)


def soak(folder: Path, asked: argparse.Namespace) -> Report:
    """Do the run in an empty folder, and say what it showed."""
    report = Report("soak")
    folder.chmod(0o755)  # what keeps an attack out must be the sandbox
    temporary = folder / "tmp"
    temporary.mkdir()
    hostile = round(asked.count * asked.hostile)
    honest = write_class(folder / "submissions", asked.count - hostile, everybody())
    with Canaries(canary_folder(folder)) as canaries:
        attackers = write_hostile(folder / "submissions", hostile, canaries.known | places(folder))
        before, traces = processes.descendants(os.getpid()), processes.Traces()
        command = grade_command(
            folder / "submissions", folder / "out", "--workers", asked.workers, "--seed", SEED,
            "--sandbox", asked.sandbox, "--cell-timeout", asked.cell_timeout,
        )  # fmt: skip
        started = time.perf_counter()
        process = start(command, folder, folder / "log.txt", TMPDIR=str(temporary))
        with processes.Watch(process.pid) as watch:
            status = process.wait()
        took = time.perf_counter() - started
        say(f"{asked.count} submissions in {took:.0f} s, exit status {status}")
        left = [f"a process: {said}" for said in processes.still_running(before)]
        left += [f"temporary: {path.name}" for path in temporary.iterdir()]
        left += traces.new()
        touched = canaries.broken()
    report.figures += [
        Figure("seconds per submission, time-outs included", took / asked.count, "s"),
        *memory(watch),
        *accounts(folder / "out", honest, attackers, report.remarks),
        at_most("left behind: processes, sockets, files", len(left), "", 0),
        at_most("things outside that were touched", len(touched), "", 0),
    ]
    report.remarks += [f"left behind: {each}" for each in left]
    report.remarks += [f"touched: {each}" for each in touched]
    report.remarks += [f"{asked.count} submissions, {hostile} of them hostile"]
    report.details = {"runner megabytes": watch.own_mb[::20], "exit status": status}
    return report


def canary_folder(folder: Path) -> Path:
    """An empty folder beside the class."""
    place = folder / "outside"
    place.mkdir()
    return place


def places(folder: Path) -> dict[str, str]:
    """What an attacker who knows the machine knows of the class."""
    return {"out": str(folder / "out"), "submissions": str(folder / "submissions"),
            "root": str(ROOT)}  # fmt: skip


def memory(watch: processes.Watch) -> list[Figure]:
    """The runner's memory: most, and how the last quarter of the run compares with the second.

    The first quarter of a short run is start-up, when memory only grows.
    """
    quarter = max(1, len(watch.own_mb) // 4)
    second, last = (statistics.median(part) for part in (watch.own_mb[quarter : 2 * quarter],
                                                         watch.own_mb[-quarter:]))  # fmt: skip
    return [
        at_most("most memory of the runner", max(watch.own_mb), "MB", RUNNER_MB),
        at_most("runner's memory, last quarter / second", last / second, "times", GROWTH),
        Figure("most memory of any other process", watch.largest_other_mb, "MB"),
        Figure("most processes at a time", watch.most_processes, ""),
    ]


def accounts(
    out: Path, honest: list[str], attackers: dict[str, float], remarks: list[str]
) -> list[Figure]:
    """Whether everybody has a result with a reason, and the same marks as a namesake's copy."""
    results = results_of(out)
    wanted = set(honest) | set(attackers)
    odd = [
        name for name, entry in results.items()
        if entry["status"] not in STATUSES or (entry["status"] == "not graded" and
                                               not entry["reason"])
    ]  # fmt: skip
    marks = {(name.partition("-")[0], results[name]["score"]) for name in honest if name in results}
    in_book = {row[0] for row in gradebook_rows(out)}
    unrecorded = [n for n in wanted & set(results)
                  if (results[n]["status"] != "not graded") != (n in in_book)]  # fmt: skip
    spoils = [n for n in attackers if n in results and results[n]["score"] > attackers[n] + 1e-9]
    remarks += [f"{n} has {results[n]['score']:g} points and deserves {attackers[n]:g}"
                for n in spoils]  # fmt: skip
    torn = {who for who, scores in Counter(who for who, _ in marks).items() if scores > 1}
    for name in honest:
        if name.partition("-")[0] in torn:
            entry = results[name]
            remarks.append(f"{name}, unlike a copy: {entry['score']:g} points, {reasons(entry)}")
    failed = [n for n in results if "the grader itself failed" in (results[n]["reason"] or "")]
    remarks += [f"{n}: {results[n]['reason']}" for n in failed]
    return [
        at_most("submissions without a result", len(wanted - set(results)), "", 0),
        at_most("results of nobody", len(set(results) - wanted), "", 0),
        at_most("results without a status or a reason", len(odd), "", 0),
        at_most("results and gradebook disagree", len(unrecorded), "", 0),
        at_most("the grader itself failed", len(failed), "", 0),
        at_most("honest students whose copies have different points", len(torn), "", 0),
        at_most("hostile submissions with more points than they deserve", len(spoils), "", 0),
    ]  # fmt: skip


def reasons(entry: dict[str, Any]) -> str:
    """What a result says of lost points, the first things of it."""
    lost = [f"{c['id']}: {c['message']}" for c in entry["checks"] if c["status"] != "passed"]
    return "; ".join([*entry["notes"], *lost][:4])[:300]


if __name__ == "__main__":
    main()
