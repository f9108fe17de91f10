"""The same seed gives the same results, byte for byte but for times, however they come about."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.attacks.processes import parent_of
from autograder.pipeline.cluster import ClusterFailed, Threads
from autograder.pipeline.results import write_results
from autograder.pipeline.runner import grade_class
from tests.pipeline.classes import NAME, SEED, built, without_times, write
from tests.pipeline.processes import ZYGOTE, named
from tests.pipeline.test_grading import gradebook_scores

STUDENTS = ("ada", "ben", "chiara", "grace")


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("class"), STUDENTS, copies=3)


@pytest.fixture(scope="module")
def graded(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Graded by one worker, without a break."""
    out = tmp_path_factory.mktemp("out")
    grade_class(NAME, built().source, submissions, out, seed=SEED)
    return out


def assert_same(out: Path, graded: Path) -> None:
    """Results and gradebook are those of the run without a break."""
    assert without_times(results_of(out)) == without_times(results_of(graded))
    assert gradebook_scores(out) == gradebook_scores(graded)


def results_of(out: Path) -> dict[str, Any]:

    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("workers", [2, 4])
def test_the_number_of_workers_changes_nothing(
    submissions: Path, graded: Path, tmp_path: Path, workers: int
) -> None:
    grade_class(NAME, built().source, submissions, tmp_path, workers=workers, seed=SEED)
    assert_same(tmp_path, graded)


def test_the_bytes_are_equal_but_for_times(submissions: Path, graded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    grade_class(NAME, built().source, submissions, out, workers=2, seed=SEED)
    files = []
    for folder in (out, graded):
        results = results_of(folder)
        for submission in results["submissions"]:
            submission["seconds"] = 0.0
        write_results(tmp_path / "timeless.json", results)
        files.append((tmp_path / "timeless.json").read_bytes())
    assert files[0] == files[1]


def test_another_seed_gives_other_inputs_and_the_same_marks(
    submissions: Path, graded: Path, tmp_path: Path
) -> None:
    results = grade_class(NAME, built().source, submissions, tmp_path, workers=2, seed=SEED + 1)
    assert {s["student"]: s["score"] for s in results["submissions"]} == {
        s["student"]: s["score"] for s in results_of(graded)["submissions"]
    }
    assert without_times(results) != without_times(results_of(graded))


# ---- on a Dask cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, as processes of their own, each with one thread."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as found:
        yield found


def test_a_dask_cluster_changes_nothing(
    submissions: Path, graded: Path, tmp_path: Path, cluster: Any
) -> None:
    grade_class(NAME, built().source, submissions, tmp_path, seed=SEED,
                scheduler=cluster.scheduler_address)  # fmt: skip
    assert_same(tmp_path, graded)
    before = (tmp_path / "results.json").read_bytes()
    grade_class(NAME, built().source, submissions, tmp_path, scheduler=cluster.scheduler_address)
    assert (tmp_path / "results.json").read_bytes() == before
    assert handed_in(tmp_path) == handed_in(graded)


def handed_in(out: Path) -> dict[str, bytes]:
    """What lies where nbgrader looks for submissions."""
    top = out / "submitted"
    return {str(path.relative_to(top)): path.read_bytes()
            for path in top.rglob("*") if path.is_file()}  # fmt: skip


def test_what_is_odd_about_a_submission_is_the_same_on_a_dask_cluster(
    tmp_path: Path, cluster: Any
) -> None:
    """Files beside, half a character, no notebook, a name of its own, and the next version."""
    submissions = write(tmp_path / "class", ("ben",), copies=4)
    put_in_folder(submissions / "silent0", "mine = open('beside.txt').read()")
    (submissions / "silent0" / NAME / "beside.txt").write_text("mine", encoding="utf-8")
    place = submissions / "silent1" / f"{NAME}.ipynb"
    place.write_text(place.read_text(encoding="utf-8").replace("# ", "\\ud800", 1), "utf-8")
    (submissions / "silent2" / f"{NAME}.ipynb").write_text("{", encoding="utf-8")
    (submissions / "silent3" / f"{NAME}.ipynb").rename(submissions / "silent3" / "own.ipynb")
    outs = [tmp_path / "here", tmp_path / "there"]
    for again in (False, True):
        for out, where in zip(outs, (None, cluster.scheduler_address), strict=True):
            grade_class(NAME, built().source, submissions, out, seed=SEED, scheduler=where)
        assert_same(*reversed(outs))
        assert handed_in(outs[1]) == handed_in(outs[0])
        if not again:
            found = {entry["student"]: entry for entry in results_of(outs[1])["submissions"]}
            assert [found[f"silent{n}"]["status"] for n in range(4)] == [
                "graded", "graded", "not graded", "graded"]  # fmt: skip
            assert not found["silent0"]["notes"], "its cell found the file beside it"
            assert "half a character" in found["silent1"]["mended"][0]
            assert "own.ipynb" in found["silent3"]["mended"][0]
            (submissions / "silent0" / NAME / "beside.txt").write_text("new", encoding="utf-8")


def put_in_folder(place: Path, code: str) -> None:
    """Move a notebook to where files beside belong to it, with code at the top of E1's cell."""
    notebook = json.loads((place / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "e1_solution":
            cell["source"] = code
    (place / NAME).mkdir()
    (place / NAME / f"{NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (place / f"{NAME}.ipynb").unlink()


def test_a_dask_worker_that_dies_loses_nothing(
    submissions: Path, graded: Path, tmp_path: Path, cluster: Any
) -> None:
    killed: list[int] = []

    def kill_one(line: str) -> None:
        if not killed:
            killed.extend(named(os.getpid(), ZYGOTE)[:1])  # only a worker at work has one
            os.kill(parent_of(killed[0]), signal.SIGKILL)

    grade_class(NAME, built().source, submissions, tmp_path, seed=SEED, progress=kill_one,
                scheduler=cluster.scheduler_address)  # fmt: skip
    assert killed
    assert_same(tmp_path, graded)


def test_a_scheduler_that_dies_costs_no_work_and_is_named_in_one_sentence(
    submissions: Path, graded: Path, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    file, out = tmp_path / "scheduler.json", tmp_path / "out"
    with dask("scheduler", "--port", "0", "--scheduler-file", str(file)) as scheduler:
        wait_for(file)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        with dask("worker", address, "--nthreads", "1", "--death-timeout", "20"):
            told: list[str] = []

            def kill_it(line: str) -> None:
                told.append(line)
                scheduler.kill()

            with pytest.raises(ClusterFailed) as failed:
                grade_class(NAME, built().source, submissions, out, seed=SEED, scheduler=address,
                            progress=kill_it)  # fmt: skip
    assert "goes on from there" in str(failed.value) and "\n" not in str(failed.value)
    grade_class(NAME, built().source, submissions, out)
    assert_same(out, graded)


@contextlib.contextmanager
def dask(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of Dask's own commands, for as long as needed."""
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          start_new_session=True) as process:  # fmt: skip
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(file: Path) -> None:
    """Wait until a file is there and whole."""
    for _ in range(300):
        if file.exists() and file.read_text(encoding="utf-8").rstrip().endswith("}"):
            return
        time.sleep(0.1)
    raise TimeoutError(file)


def test_an_address_that_does_not_answer_is_named_in_one_sentence(
    submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.pipeline.cluster.ANSWER_S", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://nowhere"):
        with pytest.raises(ClusterFailed) as refused:
            grade_class(NAME, built().source, submissions, tmp_path, scheduler=address)
        assert address in str(refused.value) and "\n" not in str(refused.value)


def test_a_connection_lost_before_the_client_knows_is_named_as_well() -> None:
    comm = pytest.importorskip("distributed.comm.core")

    class CutOff:
        status = "running"

        def nthreads(self) -> dict[str, int]:
            raise comm.CommClosedError("reset by peer")

    with pytest.raises(ClusterFailed, match="goes on from there"):
        Threads(CutOff()).number()
