"""Killed at any point and started again, a run ends as if nothing had happened."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.attacks.processes import parent_of
from autograder.pipeline.runner import grade_class
from autograder.pipeline.workers import Workers
from tests.pipeline.classes import NAME, ROOT, SEED, built, write
from tests.pipeline.processes import ZYGOTE, family, named, those_left
from tests.pipeline.test_same_grades import assert_same, results_of


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("class"), ("ada", "ben", "grace"), copies=5)


@pytest.fixture(scope="module")
def unbroken(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    grade_class(NAME, built().source, submissions, out, workers=2, seed=SEED)
    return out


def start(submissions: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """`course grade` as a person starts it, in a session of its own."""
    command = [sys.executable, "-m", "autograder.cli", "grade", NAME, "--submissions",
               str(submissions), "--out", str(out), "--workers", "2", *more]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True, start_new_session=True)  # fmt: skip


def kept(out: Path) -> int:
    """How many submissions have been executed."""
    return len(list((out / ".grading" / NAME / "executed").glob("*.json")))


def wait_until_kept(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    while kept(out) < count and process.poll() is None:
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_runner_killed_at_random_moments_ends_alike_and_leaves_no_process(
    submissions: Path, unbroken: Path, tmp_path: Path, seed: int
) -> None:
    moments = random.Random(seed)
    for _ in range(3):
        runner = start(submissions, tmp_path, "--seed", str(SEED))
        wait_until_kept(tmp_path, kept(tmp_path) + moments.randrange(1, 3), runner)
        time.sleep(moments.uniform(0.0, 0.5))
        below = family(runner.pid)
        runner.kill()
        runner.communicate()
        assert not those_left(below)
    done = kept(tmp_path)
    assert done >= 3
    last = start(submissions, tmp_path)  # the seed is the folder's by now
    _, said = last.communicate(timeout=600)
    assert last.returncode == 0, said
    assert_same(tmp_path, unbroken)
    numbers = re.findall(r"^(\d+) of 8  \w+: ", said, flags=re.MULTILINE)
    assert numbers == [str(n) for n in range(1, 9)]  # all accounted for, none twice


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ctrl_c_ends_with_one_line_and_the_same_command_goes_on(
    submissions: Path, unbroken: Path, tmp_path: Path
) -> None:
    runner = start(submissions, tmp_path, "--seed", str(SEED))
    assert runner.stderr is not None
    first = runner.stderr.readline()
    below = family(runner.pid)
    os.killpg(runner.pid, signal.SIGINT)  # as a terminal does
    rest = runner.stderr.read()
    assert runner.wait(30) == 130, first + rest
    assert "Traceback" not in rest
    assert rest.splitlines()[-1].startswith("course: stopped; what is done is kept")
    assert not those_left(below)
    runner.stderr.close()
    grade_class(NAME, built().source, submissions, tmp_path, workers=2)
    assert_same(tmp_path, unbroken)


def grade_and_kill_once(submissions: Path, out: Path, whom: Callable[[Workers], int]) -> None:
    """Grade with two workers, and kill one process at the first sign of progress."""
    killed: list[int] = []

    def kill_one(line: str) -> None:
        if not killed:
            killed.append(whom(pool))
            os.kill(killed[0], signal.SIGKILL)

    pool = Workers(2, NAME)
    grade_class(NAME, built().source, submissions, out, seed=SEED, progress=kill_one, pool=pool)
    assert killed


def test_a_killed_worker_loses_nothing(submissions: Path, unbroken: Path, tmp_path: Path) -> None:
    grade_and_kill_once(submissions, tmp_path, lambda pool: pool.workers[0].pid)
    assert_same(tmp_path, unbroken)


def test_a_killed_warm_process_costs_nobody_a_point(
    submissions: Path, unbroken: Path, tmp_path: Path
) -> None:
    def a_worker_s_twin(pool: Workers) -> int:
        found = named(os.getpid(), ZYGOTE)
        return next(pid for pid in found if parent_of(pid) in found)

    grade_and_kill_once(submissions, tmp_path, a_worker_s_twin)
    assert_same(tmp_path, unbroken)


def test_a_submission_at_which_workers_die_is_given_up_and_the_others_are_graded(
    submissions: Path, unbroken: Path, tmp_path: Path
) -> None:
    pool, over = Workers(2, NAME), threading.Event()

    def kill_whoever_has_ada() -> None:
        while not over.wait(0.02):
            for worker in list(pool.workers):
                if worker.pid and worker.jobs and worker.jobs[0]["student"] == "ada":
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(worker.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_whoever_has_ada)
    killer.start()
    try:
        grade_class(NAME, built().source, submissions, tmp_path, seed=SEED, pool=pool)
    finally:
        over.set()
        killer.join()
    ada, *others = results_of(tmp_path)["submissions"]
    assert ada["reason"] == ("the grader itself failed (the process that graded it was ended by "
                             "signal 9, twice); run it again")  # fmt: skip
    assert [{**s, "seconds": 0} for s in others] == [
        {**s, "seconds": 0} for s in results_of(unbroken)["submissions"][1:]
    ]


def test_workers_end_with_their_runner(tmp_path: Path) -> None:
    code = ("import sys, time\nfrom autograder.pipeline.workers import Workers\n"
            "pool = Workers(1, 'assignment4')\npool.workers[0].connection.recv_bytes()\n"
            "print('warm', flush=True)\ntime.sleep(100)")  # fmt: skip
    runner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE,
                              text=True)  # fmt: skip
    assert runner.stdout is not None and runner.stdout.readline() == "warm\n"
    below = family(runner.pid)
    assert below
    runner.kill()
    runner.wait()
    runner.stdout.close()
    assert not those_left(below)
