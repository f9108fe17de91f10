"""As many sequences at a time as memory allows, with the same result as if that had been known."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from autograder.notebook import finetuning
from autograder.notebook.finetuning import memory
from solutions.lab11.gpt2 import GPT
from tests.notebook.finetuning_helpers import (
    CONFIG,
    MODEL,
    go,
    interrupted_after,
    weights,
)

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


class TooSmall(GPT):
    """A GPT on a device that has room for `room` sequences; it draws before it finds out."""

    room = 1
    error: Exception = torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    def forward(self, idx: torch.Tensor, targets: torch.Tensor | None = None) -> tuple:
        logits, loss = super().forward(idx, targets)
        if self.training and len(idx) > self.room and torch.rand(()) >= 0:
            raise self.error
        return logits, loss


def too_small(room: int, dropout: float = 0.3) -> TooSmall:
    torch.manual_seed(0)
    model = TooSmall(replace(MODEL, dropout=dropout))
    model.room = room
    return model


def test_a_size_that_does_not_fit_is_halved_until_it_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = go(model=too_small(room=3))
    assert run.micro_batches.size == 2
    said = capsys.readouterr().out
    assert said.index("8 sequences at a time do not fit into memory: going on with 4, 2 times") < (
        said.index("4 sequences at a time do not fit into memory: going on with 2, 4 times")
    )


def test_finding_the_size_leaves_no_trace_in_the_result() -> None:
    searched = go(model=too_small(room=3))
    chosen = go(model=too_small(room=3), config=replace(CONFIG, micro_batch_size=2))
    assert searched.history.train == chosen.history.train
    assert torch.equal(weights(searched.model), weights(chosen.model))


def test_a_failure_in_the_middle_of_an_update_leaves_no_trace_either() -> None:
    class Later(TooSmall):
        calls = 0

        def forward(self, idx: torch.Tensor, targets: torch.Tensor | None = None) -> tuple:
            self.calls += 1
            self.room = 2 if self.calls == 2 else 8  # the first part's gradient is there already
            return super().forward(idx, targets)

    torch.manual_seed(0)
    config = replace(CONFIG, max_iters=1, micro_batch_size=4)
    found = go(model=Later(replace(MODEL, dropout=0.3)), config=config, loop=only_updates)
    direct = go(model=too_small(8), config=replace(config, micro_batch_size=2), loop=only_updates)
    assert torch.equal(weights(found.model), weights(direct.model))


def only_updates(model, optimizer, config, train_data, val_data, run):  # type: ignore[no-untyped-def]
    """The lab's loop without evaluations."""
    from solutions.lab11.finetune import add_gradients

    for _ in run.iterations():
        x, y = run.windows(train_data, config.sequences_per_update)
        run.within_memory(add_gradients, model.train(), x, y, run)
        optimizer.step()
        optimizer.zero_grad()


def test_not_even_one_sequence_says_which_setting_to_lower_and_keeps_the_run(
    tmp_path: Path,
) -> None:
    with pytest.raises(MemoryError, match=r"lower block_size in the setting, .* a smaller model"):
        go(tmp_path, model=too_small(room=0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.safetensors", "state.pt"]


@pytest.mark.parametrize(
    "words",
    ["MPS backend out of memory (MPS allocated: 17 GB)",
     "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes",
     "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"],
)  # fmt: skip
def test_every_allocator_s_refusal_is_understood(words: str) -> None:
    model = too_small(room=4)
    model.error = RuntimeError(words)
    assert go(model=model).micro_batches.size == 4


def test_an_error_that_is_not_about_memory_is_raised() -> None:
    model = interrupted_after(2)
    model.error = RuntimeError
    with pytest.raises(RuntimeError):
        go(model=model)


@pytest.mark.parametrize(
    ("sequences", "sizes"), [(32, [32, 16, 8, 4, 2, 1]), (12, [12, 6, 3, 1]), (7, [7, 1])]
)
def test_sizes_fall_through_the_divisors_of_an_update(sequences: int, sizes: list[int]) -> None:
    batches = memory.MicroBatches(replace(CONFIG, sequences_per_update=sequences), CUDA)
    found = [batches.size]
    while batches.size > 1:
        batches.shrink()
        found.append(batches.size)
    assert found == sizes


def test_on_a_cpu_the_first_size_does_not_fill_the_main_memory() -> None:
    full = finetuning.FineTuneConfig()
    assert memory.MicroBatches(full, CPU).size == 4  # x 256 tokens
    assert memory.MicroBatches(replace(full, block_size=2048), CPU).size == 1
    assert memory.MicroBatches(full, CUDA).size == 32
