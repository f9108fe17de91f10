"""A small class with attacks in it, graded once undisturbed and once with the runner killed.

The long versions are benchmarks/soak.py and benchmarks/kills.py.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.parts import processes
from benchmarks.parts.classes import write_class, write_hostile
from benchmarks.parts.grading import grade_command, gradebook_rows, results_of, start
from benchmarks.parts.killing import compared, run_killed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's"),
]
COUNT, KILLS, SEED = 24, 3, 6
ATTACKS = ("os_exit", "outlives_grading")
OPTIONS = ("--workers", 2, "--seed", SEED, "--sandbox", "on")

# What matplotlib and IPython keep where the warm process is at home, the same for every run.
CACHES = {".cache", ".config", ".matplotlib", ".ipython", "profile_default"}


@dataclass(frozen=True)
class Soaked:
    """One undisturbed run; left: processes that still ran after it."""

    folder: Path
    honest: list[str]
    deserved: Mapping[str, float]
    watch: processes.Watch
    seconds: float
    left: list[str]


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> Soaked:
    folder = tmp_path_factory.mktemp("soak")
    (folder / "tmp").mkdir()
    honest = write_class(folder / "submissions", COUNT - len(ATTACKS))
    deserved = write_hostile(folder / "submissions", len(ATTACKS), {}, ATTACKS)
    processes.adopt_orphans()
    before = processes.descendants(os.getpid())
    command = grade_command(folder / "submissions", folder / "whole", *OPTIONS)
    process = start(command, folder, folder / "log.txt", TMPDIR=str(folder / "tmp"))
    with processes.Watch(process.pid, every_s=0.2) as watch:
        status = process.wait()
    assert status == 0, (folder / "log.txt").read_text()[-3000:]
    seconds = 0.2 * len(watch.own_mb)
    return Soaked(folder, honest, deserved, watch, seconds, processes.still_running(before))


def test_everybody_is_accounted_for_and_nobody_else_is(soaked: Soaked) -> None:
    results = results_of(soaked.folder / "whole")
    assert set(results) == {*soaked.honest, *soaked.deserved}
    assert {results[name]["status"] for name in soaked.honest} == {"graded"}
    recorded = {row[0] for row in gradebook_rows(soaked.folder / "whole")}
    assert recorded == {name for name, found in results.items() if found["status"] == "graded"}


def test_attacks_around_them_cost_honest_students_nothing(soaked: Soaked) -> None:
    results = results_of(soaked.folder / "whole")
    assert results["ada"]["score"] == results["ada"]["max_score"]
    for name in soaked.honest:
        assert results[name]["score"] == results[name.partition("-")[0]]["score"], name
    for name, most in soaked.deserved.items():
        assert results[name]["score"] <= most, name


def test_a_run_leaves_no_process_and_no_temporary_file(soaked: Soaked) -> None:
    assert soaked.left == []
    made = {path.name for path in (soaked.folder / "tmp").iterdir()}
    assert made <= CACHES


def test_the_runner_stays_small(soaked: Soaked) -> None:
    assert max(soaked.watch.own_mb) < 500


def test_a_runner_killed_three_times_ends_with_an_undisturbed_runs_results(
    soaked: Soaked,
) -> None:
    before = processes.descendants(os.getpid())
    drawn = random.randrange(10**6)
    lives = run_killed(
        soaked.folder, "killed", OPTIONS, KILLS, soaked.seconds, random.Random(drawn)
    )
    told = f"lives {lives}, drawn by random.Random({drawn})"
    assert len(lives) == KILLS, told
    assert compared(soaked.folder / "whole", soaked.folder / "killed") == [], told
    assert processes.still_running(before) == [], told
