"""A run that is stopped and resumed is the run that was never stopped."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.notebook import training
from solutions.assignment4.lstm import LSTMLanguageModel
from solutions.assignment4.train import TrainConfig, train

SETTING = training.Setting("tiny", 12, 2, 2, 4, 1, 1, 1e-2, "for tests", 3, 5)
CONFIG = TrainConfig(
    max_iters=12,
    gradient_accumulation_steps=2,
    log_interval=1,
    eval_interval=4,
    learning_rate=1e-2,
    warmup_iters=2,
)


def new_model(seed: int = 0) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(seed)
    model = LSTMLanguageModel(context_size=8, hidden_size=6, n_layer=1)
    return model, torch.optim.AdamW(model.parameters(), lr=1e-2)


def batches(split: str) -> tuple[Tensor, Tensor]:
    text = torch.randint(40, (3, 6))
    return text[:, :-1], text[:, 1:]


def fixed_loss(_: nn.Module) -> dict[str, float]:
    return {"train": 2.0, "val": 3.0}  # draws nothing: it leaves the random generator alone


def go(
    folder: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    get_batch: Callable[[str], tuple[Tensor, Tensor]] = batches,
    **options: Any,
) -> training.Run:
    return training.run(
        "model", train, model, optimizer, CONFIG, get_batch, fixed_loss,
        setting=SETTING, folder=folder, **options,
    )  # fmt: skip


def interrupted_after(calls: int) -> Callable[[str], tuple[Tensor, Tensor]]:
    """Return a get_batch during whose n-th call the kernel is interrupted."""
    made = 0

    def get_batch(split: str) -> tuple[Tensor, Tensor]:
        nonlocal made
        made += 1
        if made > calls:
            raise KeyboardInterrupt
        return batches(split)

    return get_batch


def weights(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, optimizer = new_model()
    go(tmp_path / "whole", whole, optimizer)

    first, optimizer = new_model()
    stopped = go(tmp_path / "parts", first, optimizer, interrupted_after(10))
    later, optimizer = new_model(seed=1)
    finished = go(tmp_path / "parts", later, optimizer)

    assert stopped.updates == 5
    assert finished.updates == 12
    assert torch.equal(weights(later), weights(whole))


def test_a_resumed_run_keeps_the_schedule_and_the_count_of_the_whole(tmp_path: Path) -> None:
    go(tmp_path, *new_model(), interrupted_after(10))
    run = go(tmp_path, *new_model())
    iterations = [iteration for iteration, _, _ in run.history.train]
    rates = [rate for _, _, rate in run.history.train]
    assert iterations == list(range(12))
    assert rates == pytest.approx([CONFIG.get_lr(i) for i in range(12)])


def test_an_interruption_is_told_in_words_and_nothing_is_raised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(tmp_path, *new_model(), interrupted_after(3))
    assert "stopped after update 1. Run the cell again to go on." in capsys.readouterr().out


class BreaksOff(torch.optim.AdamW):
    """Is interrupted in its sixth step, when the weights have changed and the step is not over."""

    steps = 0

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        super().step()
        self.steps += 1
        if self.steps == 6:
            raise KeyboardInterrupt


def test_weights_that_are_half_changed_are_not_saved(tmp_path: Path) -> None:
    model, _ = new_model()
    run = go(tmp_path, model, BreaksOff(model.parameters(), lr=1e-2))
    saved = torch.load(tmp_path / "model_tiny.pt", weights_only=True)
    assert run.updates == 5
    assert saved["iteration"] == 4  # the evaluation before


def test_a_finished_run_is_loaded_and_not_trained_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, optimizer = new_model()
    go(tmp_path, model, optimizer)
    other, optimizer = new_model(seed=1)
    run = go(tmp_path, other, optimizer, interrupted_after(0))
    assert torch.equal(weights(other), weights(model))
    assert run.updates == 12
    assert "trained before" in capsys.readouterr().out


def test_starting_afresh_forgets_the_saved_run(tmp_path: Path) -> None:
    go(tmp_path, *new_model())
    run = go(tmp_path, *new_model(), afresh=True)
    assert [iteration for iteration, _, _ in run.history.train] == list(range(12))


def test_a_run_that_another_model_saved_is_put_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Louder(LSTMLanguageModel):
        def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
            logits, loss = super().forward(x, y)
            return 2 * logits, loss

    go(tmp_path, *new_model())
    torch.manual_seed(0)
    model = Louder(context_size=8, hidden_size=6, n_layer=1)
    before = weights(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    state = training.resume(tmp_path / "model_tiny.pt", model, optimizer, CONFIG)
    assert state == (CONFIG, training.History())
    assert torch.equal(weights(model), before)
    assert (tmp_path / "model_tiny.old.pt").exists()
    assert "is not from this model, training anew" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_file_that_is_no_checkpoint_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model_tiny.pt"
    path.write_bytes(content)
    run = go(tmp_path, *new_model())
    assert run.updates == 12
    assert (tmp_path / "model_tiny.old.pt").read_bytes() == content


def test_a_disk_that_takes_nothing_stops_no_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    run = go(tmp_path / "taken", *new_model())
    assert run.updates == 12
    assert "could not be saved" in capsys.readouterr().out


def test_the_loop_s_own_error_is_raised_and_what_was_done_is_saved(tmp_path: Path) -> None:
    calls = iter(range(7))

    def get_batch(split: str) -> tuple[Tensor, Tensor]:
        next(calls)
        return batches(split)

    with pytest.raises(StopIteration):
        go(tmp_path, *new_model(), get_batch)
    assert torch.load(tmp_path / "model_tiny.pt", weights_only=True)["iteration"] == 3


def test_while_nbgrader_runs_the_notebook_the_setting_is_tiny(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert training.setting("full").max_iters == 3


def test_the_full_setting_is_the_curriculum_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    full, given = training.setting("full"), TrainConfig()
    for name in ("max_iters", "gradient_accumulation_steps", "warmup_iters", "eval_interval",
                 "log_interval", "learning_rate"):  # fmt: skip
        assert getattr(full, name) == getattr(given, name)
    assert (full.batch_size, full.context_size, full.eval_iters) == (12, 64, 20)


def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    with pytest.raises(ValueError, match=re.escape('"quick" or "full": got \'slow\'')):
        training.setting("slow")


def test_the_seconds_of_training_add_up_over_an_interruption(tmp_path: Path) -> None:
    model, optimizer = new_model()
    stopped = go(tmp_path, model, optimizer, interrupted_after(10))
    assert stopped.history.seconds > 0
    later, optimizer = new_model(seed=1)
    finished = go(tmp_path, later, optimizer)
    assert finished.history.seconds > stopped.history.seconds
    again, optimizer = new_model(seed=2)
    loaded = go(tmp_path, again, optimizer)
    assert loaded.history.seconds == finished.history.seconds
    rate = 12 * SETTING.characters_per_update / loaded.history.seconds
    assert loaded.characters_per_second == pytest.approx(rate)


def test_a_checkpoint_that_does_not_say_how_long_it_took_gives_no_speed(tmp_path: Path) -> None:
    model, optimizer = new_model()
    go(tmp_path, model, optimizer)
    (path,) = tmp_path.glob("model_*.pt")
    state = torch.load(path, weights_only=True)
    del state["seconds"]
    torch.save(state, path)
    again, optimizer = new_model()
    assert str(go(tmp_path, again, optimizer).characters_per_second) == "nan"
