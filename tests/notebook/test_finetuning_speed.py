"""What makes fine-tuning fast is asked of the machine, and changes no result but by rounding."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch

from autograder.notebook import finetuning
from autograder.notebook.finetuning import kept_memory, precision, running
from tests.notebook.finetuning_helpers import (
    CONFIG,
    TRAIN,
    VAL,
    go,
    new_model,
    optimizer_of,
    weights,
)

CPU = torch.device("cpu")


def eager(function: Any, dynamic: bool) -> Any:
    """Stand in for torch.compile: fast to make, and the same function."""
    return function


def broken(function: Any, dynamic: bool) -> Any:
    """Stand in for a torch.compile that has no compiler."""

    def fails(*_: Any, **__: Any) -> Any:
        raise ImportError("no working C++ compiler\nand much more")

    return fails


@pytest.mark.parametrize(
    ("seconds", "name"),
    [(0.5, "bfloat16"), (50.0, "float32"), (0.9, "float32")],  # of bfloat16; 1.0 of float32
)
def test_a_cpu_gets_the_numbers_that_are_clearly_faster_on_it(
    seconds: float, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = {"float32": 1.0, "bfloat16": seconds}
    monkeypatch.setattr(precision, "product_seconds", lambda chosen: taken[chosen.name])
    assert finetuning.choose_precision(CPU, "fastest").name == name
    assert finetuning.choose_precision(CPU).name == "float32"  # unless it is asked for


def test_the_products_of_both_kinds_of_numbers_are_timed() -> None:
    found = [
        precision.product_seconds(finetuning.Precision(name, "cpu"), size=16)
        for name in ("float32", "bfloat16")
    ]
    assert all(0 < seconds < 5 for seconds in found)


def test_a_gpu_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (7, 5))
    monkeypatch.delattr(precision, "product_seconds")
    assert finetuning.choose_precision(torch.device("cuda"), "fastest").name == "float16"


def test_a_compiled_run_makes_the_updates_of_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counting(function: Any, dynamic: bool) -> Any:
        return lambda *args: (calls.append(len(args[0])), function(*args))[1]

    monkeypatch.setattr(torch, "compile", counting)
    plain = go()
    compiled = go(config=replace(CONFIG, compile=True))
    assert torch.equal(weights(compiled.model), weights(plain.model))
    assert calls == [CONFIG.sequences_per_update] * CONFIG.max_iters  # evaluating is not compiled


def test_where_nothing_can_be_compiled_the_run_goes_on_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch, "compile", broken)
    plain = go()
    run = go(config=replace(CONFIG, compile=True))
    assert torch.equal(weights(run.model), weights(plain.model))
    said = capsys.readouterr().out
    assert said.count("torch.compile does not work here, going on without it") == 1
    assert "no working C++ compiler" in said and "much more" not in said


def test_memory_that_runs_out_is_not_taken_for_a_compiler_that_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(function: Any, dynamic: bool) -> Any:
        def works_for_less(x: Any, y: Any) -> Any:
            if len(x) > 2:
                raise RuntimeError("CUDA out of memory")
            return function(x, y)

        return works_for_less

    monkeypatch.setattr(torch, "compile", full)
    run = go(config=replace(CONFIG, compile=True))
    assert run.micro_batches.size == 2
    assert "does not work" not in capsys.readouterr().out


def test_an_error_after_the_first_call_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", eager)
    model = finetuning.Compiled(new_model())
    x = torch.zeros(1, 4, dtype=torch.long)
    model(x, x)
    with pytest.raises(ValueError, match="block_size"):
        model(x.repeat(1, 9), x.repeat(1, 9))


def test_a_compiled_model_has_the_weights_and_methods_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch, "compile", eager)
    plain = new_model()
    model = finetuning.Compiled(plain)
    assert all(a is b for a, b in zip(model.parameters(), plain.parameters(), strict=True))
    assert model.get_num_params() == plain.get_num_params()
    with pytest.raises(AttributeError):
        _ = model.nothing_of_the_kind


def test_a_run_may_be_resumed_with_and_without_compiling() -> None:
    assert CONFIG.identity == replace(CONFIG, compile=True).identity


def test_threads_are_tried_out_in_long_runs_only() -> None:
    model = new_model()
    run = finetuning.Run(model, optimizer_of(model), CONFIG, TRAIN, VAL)
    assert not running.is_long(run)
    run.config = replace(CONFIG, max_iters=10_000)
    assert running.is_long(run)
    run.device = torch.device("cuda")
    assert not running.is_long(run)


MEMORY = """
import resource
from pathlib import Path
import torch
from autograder.notebook.finetuning.kept_memory import kept_memory

def megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024

def page_faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(2**25)  # 128 MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

torch.ones(2**25)
usual, at_first = page_faults(), megabytes()
with kept_memory():
    kept = [page_faults() for _ in range(8)][-1]  # the first ones find their place
    inside = megabytes()
print(usual, kept, inside - at_first, megabytes() - at_first)
"""


@pytest.mark.skipif(kept_memory.gnu_c_library() is None, reason="another C library")
def test_memory_is_kept_inside_and_given_back_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True
    )
    usual, kept, inside_mb, afterwards_mb = map(float, done.stdout.split())
    assert kept <= usual / 10, done.stdout  # however large the system's pages are
    assert inside_mb > 100, done.stdout
    assert abs(afterwards_mb) < 30, done.stdout


def test_memory_is_left_alone_without_the_c_library_of_linux(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_memory, "gnu_c_library", lambda: None)
    with kept_memory.kept_memory():
        assert torch.ones(3).sum() == 3


@pytest.mark.parametrize("long", [True, False])
def test_a_long_run_keeps_its_memory(long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Library:
        """Stand in for the C library, and note what it is told."""

        def mallopt(self, option: int, value: int) -> None:
            seen.append(f"{option}: {value}")

        def malloc_trim(self, pad: int) -> None:
            seen.append("given back")

    monkeypatch.setattr(kept_memory, "gnu_c_library", Library)
    monkeypatch.setattr(running, "is_long", lambda run: long)
    monkeypatch.setattr(running, "best_threads", torch.get_num_threads)
    assert go().finished
    if long:
        assert seen[:2] == ["-4: 0", "-1: -1"] and seen[-1] == "given back"
    else:
        assert not seen
