"""A fine-tuning run that is stopped and resumed is the run that was never stopped."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.notebook import finetuning
from solutions.lab11.finetune import fine_tune
from tests.notebook.finetuning_helpers import (
    CONFIG,
    DROPOUT,
    TRAIN,
    VAL,
    best,
    go,
    interrupted_after,
    new_model,
    optimizer_of,
    same,
    state,
    weights,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    go(folder, new_model(**DROPOUT))
    return folder


@pytest.mark.parametrize("calls", [0, 1, 5, 8, 11])
def test_an_interrupted_and_resumed_run_ends_like_an_unbroken_one(
    calls: int, unbroken: Path, tmp_path: Path
) -> None:
    first = go(tmp_path, interrupted_after(calls, **DROPOUT))
    assert (first.iteration, first.finished) == (calls, False)
    torch.manual_seed(99)  # a new kernel has drawn other numbers, and its weights are others
    go(tmp_path, new_model(seed=1, **DROPOUT))
    assert same(state(tmp_path), state(unbroken))
    assert same(best(tmp_path), best(unbroken))


def test_an_interruption_between_the_parts_of_an_update_loses_only_that_update(
    unbroken: Path, tmp_path: Path
) -> None:
    config = replace(CONFIG, micro_batch_size=4)
    go(tmp_path / "whole", new_model(**DROPOUT), config)
    model = interrupted_after(11, **DROPOUT)  # two calls an update: in the middle of the sixth
    stopped = go(tmp_path / "parts", model, config)
    assert stopped.iteration == 5
    model.calls_left = -1
    go(tmp_path / "parts", model, config)  # the same kernel: gradients of the half are still there
    assert same(state(tmp_path / "parts"), state(tmp_path / "whole"))


def test_weights_that_are_half_changed_are_not_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class BreaksOff(torch.optim.AdamW):
        """Is interrupted in its sixth step, when the weights have changed and it is not over."""

        steps = 0

        def step(self, closure: Any = None) -> None:  # type: ignore[override]
            super().step()
            self.steps += 1
            if self.steps == 6:
                raise KeyboardInterrupt

    model = new_model(**DROPOUT)
    optimizer = optimizer_of(model)
    optimizer.__class__ = BreaksOff
    run = finetuning.run(fine_tune, model, optimizer, CONFIG, TRAIN, VAL, folder=tmp_path)
    assert run.iteration == 5
    assert "stopped after update 5. Run the cell again to go on." in capsys.readouterr().out
    assert state(tmp_path)["iteration"] == 4  # of the evaluation before


def test_a_finished_run_is_loaded_and_not_trained_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = go(tmp_path)
    again = go(tmp_path, interrupted_after(0, seed=1))
    assert torch.equal(weights(again.model), weights(first.model))
    assert again.history == first.history
    assert "fine-tuned before, loaded from" in capsys.readouterr().out


def test_a_finished_run_can_be_made_longer(tmp_path: Path) -> None:
    longer = replace(CONFIG, max_iters=20)
    go(tmp_path / "parts")
    parts = go(tmp_path / "parts", config=longer)
    whole = go(tmp_path / "whole", config=longer)
    assert torch.equal(weights(parts.model), weights(whole.model))
    assert parts.history == whole.history


def test_the_scaler_of_sixteen_bits_goes_on_too(tmp_path: Path) -> None:
    for folder, model in (("whole", new_model()), ("parts", interrupted_after(7))):
        go(tmp_path / folder, model, precision="float16")
    go(tmp_path / "parts", precision="float16")
    assert state(tmp_path / "parts")["scaler"]["_growth_tracker"] == 12
    assert same(state(tmp_path / "parts"), state(tmp_path / "whole"))


def test_the_size_that_fitted_is_remembered(tmp_path: Path) -> None:
    run = finetuning.Run(new_model(), optimizer_of(new_model()), CONFIG, TRAIN, VAL, tmp_path)
    run.micro_batches.size = 2
    run.begin_update(0)
    run.save()
    assert go(tmp_path).micro_batches.size == 2
    chosen = replace(CONFIG, micro_batch_size=4, max_iters=13)
    assert go(tmp_path, config=chosen).micro_batches.size == 4


def test_all_generators_go_on_where_they_were(tmp_path: Path) -> None:
    drawn: list[list[float]] = []

    def loop(*given: Any) -> None:
        *_, run = given
        for _ in run.iterations():
            if len(drawn) == 3:
                raise KeyboardInterrupt
            drawn.append([torch.rand(()).item(), random.random(), float(np.random.rand())])

    go(tmp_path, loop=loop)
    saved_at_3 = [torch.rand(()).item(), random.random(), float(np.random.rand())]
    drawn.append([])
    torch.manual_seed(5), random.seed(5), np.random.seed(5)
    go(tmp_path, loop=loop)
    assert drawn[4] == saved_at_3


def test_an_error_is_raised_and_what_was_done_is_saved(tmp_path: Path) -> None:
    model = interrupted_after(6)
    model.error = ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        go(tmp_path, model)
    assert state(tmp_path)["iteration"] == 6


def test_between_evaluations_close_together_the_state_is_written_once(tmp_path: Path) -> None:
    model = interrupted_after(10)
    model.error = SystemExit  # the kernel ends without a word
    written: list[int] = []

    def loop(*given: Any) -> None:
        *_, run = given
        save = run.save
        run.save = lambda: (written.append(run.iteration), save())
        fine_tune(*given)

    with pytest.raises(SystemExit):
        go(tmp_path, model, replace(CONFIG, save_every_s=1000.0), loop)
    assert written == [0, 10]


KILLED = """
import sys, time, torch
torch.set_num_threads(1)
from tests.notebook.finetuning_helpers import *
class Slow(GPT):
    def forward(self, *given):
        time.sleep(0.01)
        return super().forward(*given)
torch.manual_seed(int(sys.argv[2]))
model = Slow(replace(MODEL, dropout=0.3))
go(Path(sys.argv[1]), model, replace(CONFIG, max_iters=40, eval_interval=2))
"""


@pytest.mark.slow
def test_a_run_that_is_killed_and_resumed_ends_like_an_unbroken_one(
    tmp_path: Path, seed: int
) -> None:
    moments = random.Random(seed)

    def start(folder: str, seed: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", KILLED, str(tmp_path / folder), str(seed)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    assert start("whole").wait() == 0
    kills = 0
    for attempt in range(20):
        process = start("parts", seed=attempt)
        before = mark(tmp_path / "parts")
        while process.poll() is None and mark(tmp_path / "parts") == before:
            time.sleep(0.001)
        time.sleep(moments.uniform(0, 0.4))
        if kills < 3 and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        if process.wait() == 0:
            break
    assert kills == 3
    assert same(state(tmp_path / "parts"), state(tmp_path / "whole"))
    assert same(best(tmp_path / "parts"), best(tmp_path / "whole"))


def mark(folder: Path) -> int:
    """What changes when a run writes its state."""
    path = folder / "state.pt"
    return path.stat().st_mtime_ns if path.exists() else 0
