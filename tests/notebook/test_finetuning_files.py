"""The files of a fine-tuning run: damaged, of another run, on a full disk; and the best weights."""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

from autograder.notebook import finetuning, lab_curves
from autograder.notebook.finetuning import files
from tests.notebook.finetuning_helpers import (
    CONFIG,
    DROPOUT,
    TRAIN,
    VAL,
    best,
    go,
    interrupted_after,
    names,
    new_model,
    same,
    state,
    text,
    weights,
)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    go(folder, new_model(**DROPOUT))
    return folder


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": new_model(n_embd=16)}, "it is of another model"),
        ({"model": new_model(dropout=0.1)}, "it is of another model: config differs"),
        ({"config": replace(CONFIG, learning_rate=1.0)}, "another setting: learning_rate differs"),
        ({"data": (text(400, seed=9), VAL)}, "it is of another training data"),
        ({"data": (TRAIN, VAL[1:])}, "it is of another validation data"),
    ],
)
def test_a_state_of_another_run_is_put_aside_with_a_word(
    changes: dict[str, Any], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(tmp_path, interrupted_after(6))
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    run = go(tmp_path, **changes)
    said = capsys.readouterr().out
    assert words in said and "state.old.pt, the run begins anew" in said
    assert [iteration for iteration, _ in run.history.train] == list(range(12))
    assert (tmp_path / "state.old.pt").read_bytes() == before["state.pt"]
    assert (tmp_path / "best.old.safetensors").read_bytes() == before["best.safetensors"]


@pytest.mark.parametrize("keep", [0, 1, 1000, -1])
def test_a_state_that_is_cut_off_is_put_aside(
    keep: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(tmp_path, interrupted_after(6))
    content = (tmp_path / "state.pt").read_bytes()[:keep]
    (tmp_path / "state.pt").write_bytes(content)
    run = go(tmp_path)
    assert "it cannot be read" in capsys.readouterr().out
    assert (tmp_path / "state.old.pt").read_bytes() == content
    assert len(run.history.train) == 12


def test_what_was_put_aside_is_never_overwritten(tmp_path: Path) -> None:
    for seed in range(3):
        go(tmp_path, data=(text(400, seed=seed), VAL))
    assert {"state.pt", "state.old.pt", "state.old2.pt"} < set(names(tmp_path))


def test_starting_afresh_forgets_the_run_and_keeps_its_files(tmp_path: Path) -> None:
    go(tmp_path, interrupted_after(6))
    run = go(tmp_path, interrupted_after(2, seed=1), afresh=True)
    assert run.iteration == 2
    assert names(tmp_path) == [
        "best.old.safetensors", "best.safetensors", "state.old.pt", "state.pt",
    ]  # fmt: skip


def test_what_a_kill_left_behind_of_a_file_is_no_obstacle(tmp_path: Path, unbroken: Path) -> None:
    (tmp_path / "state.pt.partial").write_bytes(b"half of a state")
    (tmp_path / "best.safetensors.partial").write_bytes(b"half of a model")
    go(tmp_path, new_model(**DROPOUT))
    assert names(tmp_path) == ["best.safetensors", "state.pt"]
    assert same(state(tmp_path), state(unbroken))


def test_a_full_disk_is_said_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = go(tmp_path, interrupted_after(6))
    assert first.iteration == 6
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    run = go(tmp_path)
    assert run.iteration == 12
    assert "state.pt could not be written, the run goes on without it" in capsys.readouterr().out
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


def test_a_folder_that_cannot_be_made_stops_no_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    assert go(tmp_path / "taken").iteration == 12
    assert "could not be written" in capsys.readouterr().out


def test_a_loss_that_is_no_number_ends_the_run_and_overwrites_nothing(tmp_path: Path) -> None:
    config = replace(CONFIG, learning_rate=1e30)
    with pytest.raises(FloatingPointError, match=r"lower learning_rate and start afresh; .*best"):
        go(tmp_path, config=config)
    assert state(tmp_path)["iteration"] == 0
    assert all(tensor.isfinite().all() for tensor in state(tmp_path)["model"].values())


@pytest.mark.parametrize("name", ["state.pt", "best.safetensors"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_interruption_while_a_file_is_written_loses_nothing(
    name: str, at: int, tmp_path: Path, unbroken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, seen = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        if target.name == name:
            seen.append(target)
            if len(seen) == at:
                raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr(files.os, "replace", interrupted)
    stopped = go(tmp_path, new_model(**DROPOUT))
    assert stopped.iteration == 4 * (at - 1)
    go(tmp_path, new_model(seed=1, **DROPOUT))
    assert same(state(tmp_path), state(unbroken))
    assert same(best(tmp_path), best(unbroken))


def test_while_nbgrader_runs_the_notebook_every_run_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    for _ in range(2):
        config = finetuning.setting("full")
        run = go(tmp_path, config=config, data=(TRAIN, VAL))
        assert [iteration for iteration, _ in run.history.train] == [0, 1]


def test_the_record_of_a_run_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    captions: list[str] = []
    monkeypatch.setattr(lab_curves, "show", lambda _, caption: captions.append(caption))
    run = go()
    lab_curves.loss_curve(run.history, tokens_per_pass=len(TRAIN))
    assert "Loss over 12 updates, 1.4 passes over the training text" in captions[0]


# the best weights


def test_the_best_weights_are_those_of_the_lowest_validation_loss(tmp_path: Path) -> None:
    config = replace(CONFIG, max_iters=60, learning_rate=3e-2)
    run = go(tmp_path, config=config, data=(TRAIN[:30], VAL))  # it learns 30 tokens by heart
    at, val = run.history.best
    assert val == min(loss for _, _, loss in run.history.evaluations) and 0 < at < 60
    other = new_model(seed=1)
    assert finetuning.load_best(other, tmp_path) == (at, val)
    generator = torch.Generator().manual_seed(CONFIG.seed)
    x, y = finetuning.windows(VAL, CONFIG.eval_batches, CONFIG.block_size, generator)
    with torch.no_grad():
        assert other(x, y)[1].item() == pytest.approx(val, rel=1e-5)


def test_tied_weights_are_stored_once_and_stay_tied(tmp_path: Path) -> None:
    run = go(tmp_path)
    with safe_open(tmp_path / "best.safetensors", framework="pt") as file:
        stored = set(file.keys())
        assert file.metadata() == {
            "iteration": str(run.history.best[0]), "val_loss": repr(run.history.best[1]),
        }  # fmt: skip
    assert stored == {name for name, _ in run.model.named_parameters()}
    assert "lm_head.weight" not in stored
    other = new_model(seed=1)
    finetuning.load_best(other, tmp_path)
    assert other.lm_head.weight is other.transformer.wte.weight


def test_weights_of_another_model_are_refused_and_change_nothing(tmp_path: Path) -> None:
    go(tmp_path)
    other = new_model(n_layer=3)
    before = weights(other)
    with pytest.raises(ValueError, match=re.escape("of another model; transformer.h.2.attn.c_")):
        finetuning.load_best(other, tmp_path)
    assert torch.equal(weights(other), before)


def test_best_weights_that_are_cut_off_or_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"best\.safetensors: no such file; fine-tune"):
        finetuning.load_best(new_model(), tmp_path)
    go(tmp_path)
    path = tmp_path / "best.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"best\.safetensors: not a whole safetensors file"):
        finetuning.load_best(new_model(), tmp_path)
