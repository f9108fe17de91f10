"""The recording collaborators: what they note, what they hand out, and what they keep from harm."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.checks.draw import Draw
from autograder.checks.evidence.recording import read, rehearse
from autograder.checks.evidence.rehearsal import Plan, draw_material
from autograder.probe import training
from autograder.probe.errors import MalformedReply, StudentMissing
from autograder.probe.links import LocalLink
from autograder.probe.view import Student

Train = Callable[..., Any]


def good_loop(
    model: Any, optimizer: Any, config: Any, get_batch: Any, estimate_loss: Any, logger: Any
) -> float:
    """Two micro-batches or however many, no clipping, a report on everything."""
    best = float("inf")
    model.train()
    for i in range(config.max_iters):
        for group in optimizer.param_groups:
            group["lr"] = config.get_lr(i)
        optimizer.zero_grad()
        for _ in range(config.gradient_accumulation_steps):
            _, loss = model(*get_batch("train"))
            (loss / config.gradient_accumulation_steps).backward()
        optimizer.step()
        logger.train(i, loss, lr=config.get_lr(i))
        losses = estimate_loss(model)
        logger.evaluation(i, losses)
        best = min(best, losses["val"])
    return best


def run(train: Train, **plan: Any) -> Any:
    return rehearse(Student(LocalLink({"train": train})), Draw(3, "test"), **plan)


def test_every_update_is_the_one_that_the_grader_works_out() -> None:
    found = run(good_loop, max_iters=3, accumulation=2, rates=[0.3, 0.5, 0.2])
    weights = found.given.weights.double()
    for i, rate in enumerate([0.3, 0.5, 0.2]):
        weights = weights - rate * found.given.gradient(weights, [2 * i, 2 * i + 1])
        torch.testing.assert_close(found.weights[i + 1], weights, atol=1e-5, rtol=0)


def test_autocast_changes_no_number() -> None:
    def under_autocast(*collaborators: Any) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return good_loop(*collaborators)

    plain, cast = (run(loop, max_iters=2, accumulation=2) for loop in (good_loop, under_autocast))
    torch.testing.assert_close(plain.weights, cast.weights, atol=1e-6, rtol=0)


def test_evaluation_mode_shows_in_the_weights() -> None:
    def in_evaluation_mode(*collaborators: Any) -> Any:
        collaborators[0].train = lambda mode=True: collaborators[0]
        return good_loop(*collaborators)

    found = run(in_evaluation_mode, training=False, eval_factor=0.5)
    wrong = found.given.gradient(found.weights[0], [0], eval_mode=True)
    torch.testing.assert_close(found.gradient_followed(0), wrong, atol=1e-5, rtol=0)
    assert found.modes == [False]


def test_evaluations_follow_the_number_of_updates_and_keep_the_mode() -> None:
    modes = []

    def looks_often(
        model: Any, optimizer: Any, config: Any, get_batch: Any, estimate_loss: Any, logger: Any
    ) -> list[float]:
        losses = []
        for mode in (True, False, True):
            model.train(mode)
            losses += [estimate_loss(model)["val"], estimate_loss(model)["val"]]
            modes.append(model.training)
            optimizer.step()
        return losses

    found = run(looks_often, max_iters=3, val_losses=[3.0, 1.0, 2.0, 4.0])
    assert found.returned == [3.0, 3.0, 1.0, 1.0, 2.0, 2.0]
    assert modes == [True, False, True]


@pytest.mark.parametrize("which", ["optimizer", "get_batch", "model", "estimate_loss"])
def test_a_loop_without_end_is_stopped_even_if_it_catches_exceptions(which: str) -> None:
    def endless(
        model: Any, optimizer: Any, config: Any, get_batch: Any, estimate_loss: Any, logger: Any
    ) -> None:
        x, y = get_batch("train")
        calls = {
            "optimizer": optimizer.step,
            "get_batch": lambda: get_batch("train"),
            "model": lambda: model(x, y),
            "estimate_loss": lambda: estimate_loss(model),
        }
        while True:
            try:
                calls[which]()
            except Exception:
                continue

    design = plain_design(Plan())
    assert training.run(endless, design)["runaway"] is True


def test_checkpoints_land_in_a_folder_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "best.pt").write_text("the student's own, an hour old")
    monkeypatch.chdir(tmp_path)
    seen = []

    def saves(model: Any, *_: Any) -> float:
        seen.append(Path("best.pt").exists())
        torch.save(model.state_dict(), "best.pt")
        torch.save(model.state_dict(), "checkpoints/last.pt")
        return 0.0

    for _ in range(2):  # the second run does not find what the first one left
        training.run(saves, plain_design(Plan()))
    assert seen == [False, False]
    assert Path.cwd() == tmp_path
    assert (tmp_path / "best.pt").read_text() == "the student's own, an hour old"
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_the_model_can_be_copied_and_pickled() -> None:
    copies = []

    def keeps_the_best(model: Any, *_: Any) -> None:
        copies.append((copy.deepcopy(model), pickle.loads(pickle.dumps(model)), model))

    training.run(keeps_the_best, plain_design(Plan()))
    for one, other, model in copies:
        assert isinstance(one, nn.Module)
        for name, values in model.state_dict().items():
            assert torch.equal(one.state_dict()[name], values)
            assert torch.equal(other.state_dict()[name], values)


@pytest.mark.parametrize(
    ("value", "noted"),
    [(1.5, 1.5), (2, 2.0), (torch.tensor(0.25), 0.25), (np.float64(3), 3.0), ([1.0], None),
     ("1.5", None), (None, None), (True, None), (torch.zeros(2), None)],
)  # fmt: skip
def test_a_logged_value_is_a_number_or_none(value: Any, noted: float | None) -> None:
    assert training.number(value) == noted


def test_unknown_methods_of_the_logger_are_noted_and_do_nothing() -> None:
    def talks(*collaborators: Any) -> None:
        collaborators[-1].info("hello")
        collaborators[-1].train("one", "argument", "is", "text", "here")

    found = run(talks)
    assert found.unknown == ["info"]
    assert [entry.loss for entry in found.trained] == [None]


@pytest.mark.parametrize("change", [{"rates": [[0.5]]}, {"weights": torch.zeros(3, 2)},
                                    {"modes": "yes"}, {"trained": [{"lr": 1.0}]}])  # fmt: skip
def test_a_forged_record_is_refused(change: dict[str, Any]) -> None:
    class Forged(LocalLink):
        def request(self, verb: str, payload: dict[str, Any]) -> dict[str, Any]:
            reply = super().request(verb, payload)
            return {**reply, "value": {**reply["value"], **change}}

    with pytest.raises(MalformedReply, match="cannot be read"):
        rehearse(Student(Forged({"train": good_loop})), Draw(3, "test"))


def test_a_record_is_read_as_it_was_written() -> None:
    given = draw_material(Plan(max_iters=2), Draw(3, "test"))
    record = training.run(good_loop, plain_design(Plan(max_iters=2)))
    found = read(given, record)
    assert found.updates == 2
    assert found.splits == ["train", "train"]
    assert [entry.clock for entry in found.trained] == [1, 2]


def plain_design(plan: Plan) -> dict[str, Any]:
    """A design as it arrives on the student's side: arrays in place of tensors."""

    def arrays(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value.numpy()
        if isinstance(value, dict):
            return {name: arrays(item) for name, item in value.items()}
        return value

    design: dict[str, Any] = arrays(draw_material(plan, Draw(3, "test")).design())
    return design


def test_a_missing_loop_is_not_taken_for_a_method_of_the_model() -> None:
    class GPT(nn.Module):
        def generate(self) -> str:
            return "text"

    student = Student(LocalLink({"GPT": GPT}))
    with pytest.raises(StudentMissing, match="`train` is not defined"):
        student.train(**draw_material(Plan(), Draw(3, "test")).design())
    assert student.function("generate", 0) == "text"
