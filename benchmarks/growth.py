"""Whether cost grows with the number of submissions and no faster; what Dask adds; an estimate.

    python benchmarks/growth.py [--sizes 30 300 1000] [--dask 150] [--workers 2] [--json]

Grades classes of growing size, each in a fresh folder, and prints seconds per submission: all in
all, and for each submission more than a class of two has, so that start-up falls away. The two
smallest are graded again after each of the others, and their medians stand: a short run shows the
moods of a machine most. Then the same class on a Dask cluster of one local worker and of two, in
turn, each cluster started and warm beforehand as it is at a computing centre. `--dask 0` leaves
that out.

The last figures are the estimate of docs/scale.md for 100,000 submissions on 64 cores: cells and
checks are shared by the workers, recording is done by the one process that started the run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.parts.classes import write_class
from benchmarks.parts.figures import Figure, Report, at_least, at_most, say
from benchmarks.parts.grading import CommandFailed, grade_command, results_of, start
from benchmarks.parts.processes import Watch

TINY = 2
SPREAD, DASK_GAIN = 1.10, 1.8
MANY, CORES = 100_000, 64
HOUR_S = 3600.0


@dataclass(frozen=True)
class Run:
    """One class graded: wall time, what the runner alone used, what lies on the disk afterwards."""

    size: int
    seconds: float
    runner_cpu_s: float
    runner_mb: float
    disk_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 300, 1000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dask", type=int, default=150, help="size of the class; 0: no Dask")
    parser.add_argument("--rounds", type=int, default=2, help="of the comparison on Dask")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = Report("growth")
    runs = grown(sorted(asked.sizes), asked.workers)
    report.figures += growth(runs)
    report.details = {"runs": [asdict(run) for run in runs]}
    if asked.dask:
        report.figures += on_dask(asked.dask, asked.rounds)
    report.figures += estimate(runs[-2], runs[-1], asked.workers)
    report.show(asked.json)


def grade(size: int, *options: object) -> Run:
    """Grade a class of that size in a fresh folder; everybody must get a mark."""
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        place = Path(folder)
        names = write_class(place / "submissions", size)
        command = grade_command(place / "submissions", place / "out", "--sandbox", "on", *options)
        started = time.perf_counter()
        process = start(command, place, place / "log.txt")
        with Watch(process.pid, every_s=0.2) as watch:
            status = process.wait()
        seconds = time.perf_counter() - started
        if status != 0:
            raise CommandFailed((place / "log.txt").read_text()[-3000:])
        results = results_of(place / "out")
        if lost := [name for name in names if results[name]["status"] != "graded"]:
            raise CommandFailed(f"{len(lost)} of {size} were not graded, {lost[0]} first")
        say(f"{size} submissions in {seconds:.1f} s: {seconds / size:.3f} s each")
        return Run(size, seconds, watch.own_cpu_s, max(watch.own_mb), size_mb(place / "out"))


def size_mb(folder: Path) -> float:
    """Megabytes that the files of a folder take on the disk."""
    return sum(path.lstat().st_blocks for path in folder.rglob("*")) * 512 / 1e6


def margin(fewer: Run, more: Run, what: Callable[[Run], float]) -> float:
    """How much of something each submission more costs."""
    return (what(more) - what(fewer)) / (more.size - fewer.size)


def grown(sizes: list[int], workers: int) -> list[Run]:
    """A run of each size, the smallest first: a class of two, then those asked for."""
    smallest, *larger = sizes

    def both() -> list[Run]:
        return [grade(size, "--workers", workers) for size in (TINY, smallest)]

    short, long = [both()], []
    for size in larger:
        long.append(grade(size, "--workers", workers))
        short.append(both())
    middle = [sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
              for runs in zip(*short, strict=True)]  # fmt: skip
    return [*middle, *long]


def growth(runs: list[Run]) -> list[Figure]:
    """Seconds per submission, whole and without start-up, and how far the sizes lie apart."""
    tiny, *sized = runs
    whole = [run.seconds / run.size for run in sized]
    more = [margin(tiny, run, lambda each: each.seconds) for run in sized]
    return [
        *(Figure(f"{run.size} submissions, start-up included", each, "s a submission")
          for run, each in zip(sized, whole, strict=True)),
        *(Figure(f"each submission more than {TINY}, of {run.size}", each, "s")
          for run, each in zip(sized, more, strict=True)),
        at_most("dearest / cheapest size, start-up included", max(whole) / min(whole), "times",
                SPREAD),
        at_most("dearest / cheapest size, each submission more", max(more) / min(more), "times",
                SPREAD),
    ]  # fmt: skip


def on_dask(size: int, rounds: int) -> list[Figure]:
    """Throughput of a Dask cluster of two local workers against one worker.

    Runner and scheduler need a core as well. Where there are two, two workers share theirs with
    them, and one worker does not; one worker that shares its only core is the third comparison.
    """
    ways = {"1 worker": (1, False), "2 workers": (2, False), "1 worker, all on 1 core": (1, True)}
    short: dict[str, list[Run]] = {way: [] for way in ways}
    took: dict[str, list[Run]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, (workers, on_one) in ways.items():
            with on_one_core() if on_one else nullcontext(), cluster(workers) as address:
                grade(TINY, "--scheduler", address)  # its workers are warm now
                short[way].append(grade(TINY, "--scheduler", address))
                took[way].append(grade(size, "--scheduler", address))

    def more(way: str, what: Callable[[Run], float]) -> float:
        return statistics.median(margin(tiny, run, what) for tiny, run in
                                 zip(short[way], took[way], strict=True))  # fmt: skip

    whole = {way: statistics.median(run.seconds for run in took[way]) / size for way in ways}
    each = {way: more(way, lambda run: run.seconds) for way in ways}
    one, two, shared = ways
    return [
        *(Figure(f"Dask, {way}, {size} submissions, start-up included", whole[way],
                 "s a submission") for way in ways),
        *(Figure(f"Dask, {way}, each submission more", each[way], "s") for way in ways),
        at_least("Dask: two workers' throughput / one's, start-up included",
                 whole[one] / whole[two], "times", DASK_GAIN),
        at_least("Dask: two workers' throughput / one's, each submission more",
                 each[one] / each[two], "times", DASK_GAIN),
        Figure("Dask: two workers' throughput / one's on one core, each submission more",
               each[shared] / each[two], "times"),
        Figure("Dask: recording and sending, each submission more",
               more(two, lambda run: run.runner_cpu_s), "core s"),
    ]  # fmt: skip


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """The address of a Dask cluster on this machine."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True,
                      dashboard_address=None) as found:  # fmt: skip
        yield found.scheduler_address


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep this process, and what it starts meanwhile, to the first of its cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def estimate(fewer: Run, more: Run, workers: int) -> list[Figure]:
    """The figures of docs/scale.md, from what each submission more costs.

    Workers keep their cores busy, and the runner takes its share of the same cores: what it does
    not take is what executing takes.
    """
    recording = margin(fewer, more, lambda run: run.runner_cpu_s)
    executing = workers * margin(fewer, more, lambda run: run.seconds) - recording
    memory = margin(fewer, more, lambda run: run.runner_mb)
    disk = margin(fewer, more, lambda run: run.disk_mb)
    return [
        Figure("executing, each submission more", executing, "core s"),
        Figure("recording, each submission more", recording, "core s"),
        Figure("workers that one recording process keeps busy", executing / recording, ""),
        Figure("memory of the runner, each submission more", 1000 * memory, "KB"),
        Figure("disk, each submission more", disk, "MB"),
        Figure(f"estimate: {MANY:,} on {CORES} cores, executing",
               MANY * executing / (CORES - 1) / HOUR_S, "hours"),
        Figure(f"estimate: {MANY:,}, recording in one gradebook", MANY * recording / HOUR_S,
               "hours"),
        Figure(f"estimate: {MANY:,}, memory of the runner",
               (more.runner_mb + memory * (MANY - more.size)) / 1000, "GB"),
        Figure(f"estimate: {MANY:,}, disk", MANY * disk / 1000, "GB"),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
