"""A student's model moves to the GPU with all that belongs to it, and on a CPU nothing changes.

No GPU is needed: "meta" is a second device that knows shapes and devices but no numbers.
"""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from autograder.notebook import checkpoint, training, training_device, training_threads
from autograder.notebook.history import History
from solutions.assignment4.lstm import LSTMLanguageModel
from solutions.assignment4.train import TrainConfig, train

META, CPU = torch.device("meta"), torch.device("cpu")


class PlainMask(nn.Module):
    """A model as students write it: its mask is made without a word about a device."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(40, 6)

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        T = x.shape[1]
        hidden = self.embedding(x)
        scores = hidden @ hidden.transpose(1, 2)
        scores = scores.masked_fill(torch.ones(T, T).triu(1) == 1, float("-inf"))
        logits = (scores.softmax(-1) @ hidden) @ self.embedding.weight.T
        if y is None:
            return logits, None
        return logits, nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())


def placed(model: nn.Module | None = None) -> nn.Module:
    model = PlainMask() if model is None else model
    training_device.place(model, torch.optim.AdamW(model.parameters()), META)
    return model


def batches(split: str) -> tuple[Tensor, Tensor]:
    text = torch.arange(18).view(3, 6)
    starts = torch.randint(2, (3, 1))  # as the given cell does: on the default device
    return text[:, :-1][starts[:, 0]], text[:, 1:]


def test_without_placing_a_mask_made_on_the_cpu_would_fail() -> None:
    with pytest.raises(RuntimeError, match="device"):
        PlainMask().to(META)(torch.zeros(1, 5, dtype=torch.long))


@pytest.mark.parametrize("model", [PlainMask, lambda: LSTMLanguageModel(40, 8, 6, 1)])
def test_a_placed_model_takes_its_inputs_and_new_tensors_along(model: type[nn.Module]) -> None:
    x, y = batches("train")
    logits, loss = placed(model())(x, y)
    assert logits.device == loss.device == META
    assert torch.ones(1).device == CPU  # and afterwards all is as before


def test_inputs_by_name_are_taken_along_too() -> None:
    x, y = batches("train")
    assert placed()(x=x, y=y)[1].device == META


def test_a_copy_of_a_placed_model_works_on_its_own() -> None:
    model = placed()
    other = copy.deepcopy(model)
    assert other(torch.zeros(1, 5, dtype=torch.long))[0].device == META
    assert model._course_contexts == other._course_contexts == []


def test_an_error_in_the_model_leaves_no_device_behind() -> None:
    with pytest.raises(IndexError):
        placed()(torch.zeros(5, dtype=torch.long))
    assert torch.ones(1).device == CPU


def test_placing_twice_hooks_once() -> None:
    model = placed(placed())
    assert len(model._forward_pre_hooks) == len(model._forward_hooks) == 1


def test_what_an_optimizer_has_summed_up_moves_along() -> None:
    model = PlainMask()
    optimizer = torch.optim.AdamW(model.parameters())
    model(*batches("train"))[1].backward()
    optimizer.step()
    sums = optimizer.state_dict()
    on_meta = PlainMask().to(META)
    other = torch.optim.AdamW(on_meta.parameters())
    other.state[on_meta.embedding.weight] = sums["state"][0]  # still on the CPU
    training_device.place(on_meta, other, META)
    assert other.state[on_meta.embedding.weight]["exp_avg"].device == META


def test_on_a_cpu_nothing_is_hooked_and_nothing_wrapped() -> None:
    model = PlainMask()
    training_device.place(model, torch.optim.AdamW(model.parameters()), CPU)
    assert not model._forward_pre_hooks and not model._forward_hooks
    assert training_device.collaborators(batches, len, CPU) == (batches, len)


def test_batches_are_drawn_on_the_cpu_whatever_the_default_is() -> None:
    get_batch, _ = training_device.collaborators(batches, len, META)
    with META:
        x, y = get_batch("train")
    assert x.device == y.device == META


def test_the_loop_gets_batches_a_model_and_a_default_that_are_on_the_device(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = []

    def loop(model, optimizer, config, get_batch, estimate_loss, logger):  # type: ignore[no-untyped-def]
        x, y = get_batch("train")
        total = torch.zeros(())  # a student's own tensor
        total += model(x, y)[1]
        seen.extend([x.device, total.device, estimate_loss(model)])

    monkeypatch.setattr(training, "best_device", lambda: META)
    model = PlainMask()
    training.run(
        "model", loop, model, torch.optim.AdamW(model.parameters()), TrainConfig(max_iters=1),
        batches, lambda model: model(*batches("val"))[1].device,
        setting=training.SETTINGS["grading"], folder=tmp_path,
    )  # fmt: skip
    assert seen == [META, META, META]


def test_beside_a_model_new_tensors_are_made_where_it_is() -> None:
    with training.beside(placed()):
        assert torch.tensor([1, 2]).device == META
    with training.beside(PlainMask()):
        assert torch.tensor([1, 2]).device == CPU


def test_the_device_is_the_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert training.best_device() == torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert training.best_device() == CPU


def test_a_checkpoint_is_read_to_the_cpu_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    model = PlainMask()
    optimizer = torch.optim.AdamW(model.parameters())
    checkpoint.save(tmp_path / "run.pt", model, optimizer, 3, History())
    asked, load = [], torch.load
    monkeypatch.setattr(torch, "load", lambda *a, **k: (asked.append(k), load(*a, **k))[1])
    state = checkpoint.load(tmp_path / "run.pt", model, optimizer)
    assert state is not None and state.iteration == 3
    assert asked[0]["map_location"] == "cpu"


def test_a_checkpoint_of_before_gpus_were_saved_is_still_resumed(tmp_path: Path) -> None:
    model = PlainMask()
    optimizer = torch.optim.AdamW(model.parameters())
    checkpoint.save(tmp_path / "run.pt", model, optimizer, 3, History())
    state = torch.load(tmp_path / "run.pt", weights_only=True)
    del state["cuda_random"]
    torch.save(state, tmp_path / "run.pt")
    assert checkpoint.load(tmp_path / "run.pt", model, optimizer) is not None


# threads


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[int, float]:
    """Seconds that a piece of work takes with each number of threads, by a clock of our own."""
    costs, state = {1: 1.0, 2: 1.0, 4: 1.0}, {"now": 0.0, "threads": 4}
    monkeypatch.setattr(torch, "get_num_threads", lambda: state["threads"])
    monkeypatch.setattr(torch, "set_num_threads", lambda n: state.update(threads=n))
    monkeypatch.setattr(training_threads.time, "perf_counter", lambda: state["now"])
    costs[0] = 0.0  # so that the fixture can be told apart from a count of threads

    def work() -> None:
        state["now"] += costs[state["threads"]]

    costs["work"] = work  # type: ignore[index, assignment]
    return costs


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({1: 1.0, 2: 0.6, 4: 0.35}, 4),
        ({1: 1.0, 2: 5.0, 4: 9.0}, 1),
        ({1: 1.0, 2: 0.5, 4: 0.48}, 2),  # not clearly faster: leave those cores to others
    ],
)
def test_the_fastest_number_of_threads_is_found_and_the_old_one_restored(
    costs: dict[int, float], expected: int, clock: dict[int, float]
) -> None:
    clock.update(costs)
    work = clock["work"]  # type: ignore[index]
    assert training_threads.best_threads(work) == expected
    assert torch.get_num_threads() == 4


def test_threads_are_put_back_after_an_error() -> None:
    before = torch.get_num_threads()
    with pytest.raises(KeyboardInterrupt), training_threads.threads(1):
        assert torch.get_num_threads() == 1
        raise KeyboardInterrupt
    assert torch.get_num_threads() == before


def test_the_textbook_s_loop_still_learns_through_run(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = PlainMask()
    before = model.embedding.weight.detach().clone()
    run = training.run(
        "model", train, model, torch.optim.AdamW(model.parameters(), lr=1e-2),
        TrainConfig(max_iters=3, gradient_accumulation_steps=1, warmup_iters=0),
        batches, lambda _: {"train": 1.0, "val": 1.0},
        setting=training.Setting("tiny", 3, 1, 0, 2, 1, 1, 1e-2, "for tests"), folder=tmp_path,
    )  # fmt: skip
    assert run.updates == 3
    assert not torch.equal(model.embedding.weight, before)
