"""A kernel that died: what it had defined comes back, and training goes on where it was."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from nbformat import NotebookNode

from tests.notebook.kernels import Kernel

FIRST = "import os; os.environ['COURSE_NOTEBOOK'] = 'mine'"
SETUP = "import math\nfrom autograder.notebook import session, training"
FILE = Path("checkpoints") / "mine_session.json"
# forty updates in place of 250: enough for an interruption in the middle
SHORT = (
    "from dataclasses import replace as _replace\n"
    "training.SETTINGS['quick'] = _replace(training.SETTINGS['quick'], max_iters=40, "
    "eval_interval=10, eval_iters=2, warmup_iters=4)"
)


@pytest.fixture
def kernels(tmp_path: Path) -> Iterator[list[Kernel]]:
    """Kernels to be closed at the end, whatever happens."""
    started: list[Kernel] = []
    yield started
    for kernel in started:
        kernel.close()


def start(kernels: list[Kernel], folder: Path, *cells: str, **variables: str) -> Kernel:
    """A new kernel that has run the first two cells and some more."""
    kernel = Kernel(folder, **variables)
    kernels.append(kernel)
    for code in (FIRST, SETUP, *cells):
        kernel.run(code)
    return kernel


@pytest.mark.slow
def test_a_new_kernel_has_what_the_killed_one_had_defined(kernels, tmp_path):
    cells = ("x = 2\nprint('shown once')", "class A:\n    def f(self):\n        return later() * x",
             "def later():\n    return 21", "print(x)", "y = x + 1")  # fmt: skip
    start(kernels, tmp_path, *cells).kill()
    new = start(kernels, tmp_path)
    told = new.run("session.resume()")
    assert told.startswith("4 cells"), told
    assert "shown once" not in told
    assert new.run("print(A().f(), y)").split() == ["42", "3"]


@pytest.mark.slow
def test_the_latest_version_of_a_cell_counts_and_one_that_failed_does_not(kernels, tmp_path):
    old = start(kernels, tmp_path, "def f():\n    return 1", "g = f()", "def f():\n    return 2")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        old.run("h = 1 / 0")
    old.kill()
    new = start(kernels, tmp_path)
    new.run("session.resume()")
    assert new.run("print(f(), g, 'h' in globals())").split() == ["2", "2", "False"]


@pytest.mark.slow
def test_a_cell_that_no_longer_runs_is_named_and_the_others_count(kernels, tmp_path):
    (tmp_path / "there").write_text("")
    start(kernels, tmp_path, "first = 1", "data = open('there').read()", "last = 3").kill()
    (tmp_path / "there").unlink()
    new = start(kernels, tmp_path)
    told = new.run("session.resume()")
    assert "data = open('there').read()" in told and "FileNotFoundError" in told, told
    assert new.run("print(first, last)").split() == ["1", "3"]


@pytest.mark.slow
def test_a_kernel_that_runs_from_the_top_gets_nothing_that_a_deleted_cell_defined(
    kernels, tmp_path
):
    start(kernels, tmp_path, "a = 1", "helper = 2", "b = 3").kill()
    new = start(kernels, tmp_path, "a = 1", "b = 3")
    assert "Nothing to resume" in new.run("session.resume()")
    assert new.run("print('helper' in globals())").strip() == "False"
    assert "1 cells" in new.run("session.resume(anyway=True)")


@pytest.mark.slow
def test_a_broken_file_and_a_folder_that_takes_none_disturb_nothing(kernels, tmp_path):
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text("{ not json")
    new = start(kernels, tmp_path)
    assert "Nothing to resume" in new.run("session.resume()")
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).parent.rmdir()
    (tmp_path / FILE).parent.write_text("a file in its place")
    assert new.run("z = 1") == ""


@pytest.mark.slow
def test_while_grading_nothing_is_kept_and_nothing_is_run(kernels, tmp_path):
    start(kernels, tmp_path, "x = 1").kill()
    before = (tmp_path / FILE).read_bytes()
    graded = start(kernels, tmp_path, "x = 2", "y = 3", NBGRADER_EXECUTION="autograde")
    assert graded.run("session.resume()") == ""
    assert (tmp_path / FILE).read_bytes() == before


def code_above(notebook: NotebookNode, last: str) -> list[str]:
    """What a student has run above a cell, checks and pictures left out."""
    found = []
    for cell in notebook.cells:
        if cell.id == last:
            break
        role = cell.metadata.get("course", {}).get("role")
        if cell.cell_type == "code" and role in ("given", "exercise", "setting"):
            found.append(cell.source)
    return found


def cell(notebook: NotebookNode, name: str) -> str:
    (found,) = [each.source for each in notebook.cells if each.id == name]
    return str(found)


def final(folder: Path) -> dict:
    """The last checkpoint of the transformer's run."""
    (path,) = [p for p in (folder / "checkpoints").glob("transformer_*.pt") if ".old" not in p.name]
    return dict(torch.load(path, weights_only=True))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_training_that_was_killed_ends_as_if_it_had_not_been(kernels, built, tmp_path):
    """Half of it, SIGKILL, a new kernel: the first two cells, the resume cell, and go on."""
    notebook, names = built.solved, ("settings", "data", "batches_of_the_text")
    below = [SHORT, *(cell(notebook, name) for name in names)]
    training = cell(notebook, "train_transformer")
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole = Kernel(tmp_path / "whole")
    kernels.append(whole)
    for code in [*code_above(notebook, "resume"), *below, training]:
        whole.run(code)

    first = Kernel(tmp_path / "killed")
    kernels.append(first)
    for code in [*code_above(notebook, "resume"), *below]:
        first.run(code)
    folder = tmp_path / "killed" / "checkpoints"
    first.begin(training)
    first.wait_until(lambda: any(folder.glob("transformer_*.pt")))
    first.wait_until(lambda: final(tmp_path / "killed")["iteration"] >= 10)
    first.kill()
    assert final(tmp_path / "killed")["iteration"] < 40, "it was not killed in the middle"

    second = Kernel(tmp_path / "killed")
    kernels.append(second)
    for name in ("install", "setup"):
        second.run(cell(notebook, name))
    assert "ran again" in second.run(cell(notebook, "resume"))
    for code in below:
        second.run(code)
    assert "going on after update" in second.run(training)

    ours, theirs = final(tmp_path / "killed"), final(tmp_path / "whole")
    assert ours["iteration"] == theirs["iteration"] == 40
    for mine, other in zip(ours["evaluations"], theirs["evaluations"], strict=True):
        assert mine == pytest.approx(other, abs=1e-4)  # each run chooses its number of threads
    for name, weights in theirs["model"].items():
        torch.testing.assert_close(ours["model"][name], weights, rtol=1e-3, atol=1e-4)


def test_the_file_holds_text_alone(tmp_path: Path) -> None:
    """What is run again can be read by anybody: no pickles."""
    from autograder.notebook.session import Kept, Session, read

    session = Session(None, tmp_path / "checkpoints" / "s.json")
    session.keep_cell(Kept("x = 1\n", ["x"], "x = 1", here=True))
    session.write()
    told = json.loads((tmp_path / "checkpoints" / "s.json").read_text())
    assert told == {"cells": [{"source": "x = 1\n", "names": ["x"], "shown": "x = 1",
                               "cell_id": None}]}  # fmt: skip
    assert [kept.here for kept in read(tmp_path / "checkpoints" / "s.json")] == [False]
