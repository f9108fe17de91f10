"""Settings, windows, numbers and speed: what a fine-tuning run decides by itself."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.notebook import finetuning
from autograder.notebook.finetuning import peak, progress
from autograder.notebook.finetuning.precision import choose_precision
from tests.notebook.finetuning_helpers import (
    CONFIG,
    TRAIN,
    VAL,
    go,
)

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


# settings


@pytest.fixture
def outside_nbgrader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def test_the_full_setting_is_the_curriculum_s(outside_nbgrader: None) -> None:
    full = finetuning.setting("full")
    assert (full.sequences_per_update, full.block_size, full.dropout) == (32, 256, 0.2)
    assert (full.learning_rate, full.weight_decay, full.betas) == (3e-5, 0.1, (0.9, 0.99))
    assert (full.grad_clip, full.eval_interval, full.eval_batches) == (1.0, 10, 40)
    assert (full.max_iters, full.tokens_per_update) == (500, 8192)


def test_while_nbgrader_runs_the_notebook_two_updates_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert finetuning.setting("full").max_iters == 2


def test_an_unknown_setting_is_named(outside_nbgrader: None) -> None:
    with pytest.raises(ValueError, match=re.escape('"quick" or "full": got \'slow\'')):
        finetuning.setting("slow")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"micro_batch_size": 3}, "micro_batch_size must divide sequences_per_update=8"),
        ({"micro_batch_size": 0}, "got 0"),
        ({"block_size": 0}, "block_size must be at least 1: got 0"),
        ({"grad_clip": 0.0}, "grad_clip must be positive: got 0.0"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(changes: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        replace(CONFIG, **changes)


# windows


@pytest.mark.parametrize("kind", ["array", "memory-mapped file", "tensor", "int64 tensor"])
def test_windows_are_stretches_of_the_data_and_their_successors(kind: str, tmp_path: Path) -> None:
    numbers = np.arange(100, dtype=np.uint16)
    numbers.tofile(tmp_path / "data.bin")
    data = {
        "array": numbers,
        "memory-mapped file": np.memmap(tmp_path / "data.bin", dtype=np.uint16, mode="r"),
        "tensor": torch.from_numpy(numbers.copy()),
        "int64 tensor": torch.arange(100),
    }[kind]
    x, y = finetuning.windows(data, 500, 7, torch.Generator().manual_seed(0))
    assert x.shape == y.shape == (500, 7)
    assert x.dtype == y.dtype == torch.int64
    assert torch.equal(x - x[:, :1], torch.arange(7).expand(500, 7))
    assert torch.equal(y, x + 1)
    assert (x.min().item(), y.max().item()) == (0, 99)  # first and last token are reached


def test_the_shortest_data_are_one_window_and_a_token() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = finetuning.windows(np.arange(6), 2, 5, generator)
    assert x.tolist() == [[0, 1, 2, 3, 4]] * 2 and y.tolist() == [[1, 2, 3, 4, 5]] * 2
    with pytest.raises(ValueError, match="block_size \\+ 1 = 6 tokens: got 5; lower block_size"):
        finetuning.windows(np.arange(5), 2, 5, generator)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((TRAIN[:6], VAL), "train_data must hold at least block_size + 1 = 7 tokens: got 6"),
        ((TRAIN, VAL[:0]), "val_data must hold at least block_size + 1 = 7 tokens: got 0"),
        ((TRAIN, np.full(50, 23)), "val_data must hold tokens from 0 to 22: got 23 to 23"),
        ((TRAIN.reshape(2, -1), VAL), "train_data must be one row of tokens: got shape (2, 200)"),
    ],
)
def test_data_that_do_not_suit_are_named_before_anything_is_written(
    data: tuple[np.ndarray, np.ndarray], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        go(tmp_path, data=data)
    assert list(tmp_path.iterdir()) == []


def test_windows_longer_than_the_model_reads_are_refused() -> None:
    with pytest.raises(ValueError, match="reads at most 8 tokens: got block_size=9"):
        go(config=replace(CONFIG, block_size=9))


# numbers


@pytest.mark.parametrize(
    ("capability", "name", "scales"),
    [((7, 0), "float16", True), ((7, 5), "float16", True), ((8, 0), "bfloat16", False),
     ((8, 9), "bfloat16", False), ((9, 0), "bfloat16", False)],
)  # fmt: skip
def test_bfloat16_is_chosen_only_where_the_hardware_has_it(
    capability: tuple[int, int], name: str, scales: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *_: True)  # even on a T4
    found = choose_precision(CUDA)
    assert found.name == name
    on_cpu = finetuning.Precision(found.name, "cpu")  # no GPU is needed to see what is scaled
    assert on_cpu.scaler().is_enabled() is scales


@pytest.mark.parametrize("name", ["float32", "bfloat16", "float16"])
def test_matrix_products_are_computed_with_the_numbers_asked_for(name: str) -> None:
    chosen = choose_precision(CPU, name)
    with chosen.autocast():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == getattr(torch, name)


def test_a_cpu_computes_in_float32() -> None:
    assert choose_precision(CPU).name == "float32"
    assert choose_precision(torch.device("mps")).name == "float32"


def test_an_unknown_precision_is_named() -> None:
    with pytest.raises(ValueError, match="one of float32, bfloat16, float16, fastest: got 'fp8'"):
        choose_precision(CPU, "fp8")


# speed


@pytest.mark.parametrize(
    ("device", "precision", "expected"),
    [
        ("Tesla T4", "float16", 65e12),
        ("Tesla T4", "bfloat16", None),
        ("Tesla V100-SXM2-16GB", "float16", 125e12),
        ("Tesla V100-PCIE-32GB", "float16", 112e12),
        ("NVIDIA A100-SXM4-40GB", "bfloat16", 312e12),
        ("NVIDIA A100-SXM4-40GB", "float32", 19.5e12),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "bfloat16", None),
        ("NVIDIA L4", "bfloat16", 121e12),
        ("NVIDIA L40S", "bfloat16", 362e12),
        ("NVIDIA A10G", "bfloat16", 70e12),
        ("NVIDIA A10", "bfloat16", 125e12),
        ("NVIDIA H100 80GB HBM3", "bfloat16", 989.5e12),
        ("NVIDIA H100 PCIe", "bfloat16", 756e12),
        ("NVIDIA H200", "bfloat16", 989.5e12),
        ("NVIDIA GeForce RTX 4090", "bfloat16", 165.2e12),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", "bfloat16", None),
        ("NVIDIA GeForce RTX 3090", "bfloat16", 71e12),
        ("NVIDIA A1000", "bfloat16", None),
        ("A card of next year", "bfloat16", None),
    ],
)
def test_the_peak_of_a_gpu_is_its_data_sheet_s(
    device: str, precision: str, expected: float | None
) -> None:
    assert peak.listed_flops(device, precision) == expected


def test_the_peak_of_a_cpu_is_measured_and_a_matrix_product_reaches_it() -> None:
    a = torch.ones(512, 512)
    found = finetuning.peak_flops(CPU, choose_precision(CPU))
    assert found is not None
    times = [progress.time.perf_counter()]
    for _ in range(20):
        a @ a
        times.append(progress.time.perf_counter())
    fastest = 2 * 512**3 / np.diff(times).min()
    assert 0.2 * fastest < found < 5 * fastest


def test_the_bar_shows_loss_speed_and_mfu(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 10.0, 20.0, 22.0, 30.0, 32.0])  # the end of the first update is not asked
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(clock))
    bar = progress.Progress(5, 10, tokens_per_update=100)
    for loss in (3.5, 3.25, 3.0):
        bar.begin()
        bar.end()
        bar.show(loss, 0.25)
    bar.close()
    assert bar.tokens_per_s == 50.0  # without the first, and without what lay between
    assert "8/10" in (shown := capsys.readouterr().err)
    assert "loss 3.000, 50 tokens/s, MFU 25.0%" in shown


def test_mfu_is_the_model_s_own_estimate_and_absent_without_a_peak(tmp_path: Path) -> None:
    run = go()
    assert run.progress is not None
    speed = run.progress.tokens_per_s
    assert run.mfu() == run.model.estimate_mfu(speed, run.peak_flops)
    run.peak_flops = None
    assert run.mfu() is None


def test_a_cpu_that_was_busy_when_it_was_measured_is_measured_again() -> None:
    run = go()
    run.peak_flops = 1e-3
    share = run.mfu()
    assert run.peak_flops > 1e6
    assert share is not None and 0 < share <= 1


def test_the_device_is_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert finetuning.best_device() == CUDA
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert finetuning.best_device() == CPU
