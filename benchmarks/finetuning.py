"""How fast GPT-2 is fine-tuned on the device at hand, and how much memory that takes.

    python benchmarks/finetuning.py [UPDATES] [--compile] [--block-size 256|1024]
                                    [--micro-batch N] [--all]

Runs Lab 11's full setting with random weights on random tokens (speed does not depend on them): 50
updates on a GPU, in bfloat16 and in float16; one on a CPU, in the numbers that are fastest there
and of 4 sequences instead of 32. Prints a line for each: loss before and after, tokens a second,
MFU against the matrix products that this very device was measured to reach (in parentheses against
its data sheet), peak memory and the size of the micro-batches. --micro-batch 1 is the lab's own
loop; --all does, one after the other, that loop, the merged one, and both block sizes with and
without torch.compile.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import solutions.lab11.optimizer  # noqa: F401  gives the model its methods
from autograder.notebook import finetuning
from solutions.lab11.finetune import fine_tune
from solutions.lab11.gpt2 import GPT, GPTConfig

LONGEST = 1024  # GPT-2's own block size


@dataclass(frozen=True)
class Way:
    """One way of running the lab's setting; micro_batch None: as many as memory allows."""

    block_size: int
    compile: bool
    micro_batch: int | None

    def __str__(self) -> str:
        size = "merged" if self.micro_batch is None else f"micro-batch {self.micro_batch}"
        return f"block {self.block_size}, {size}" + (", compiled" if self.compile else "")


ALL = (
    Way(256, False, 1),  # the lab's own loop
    Way(256, False, None),
    Way(256, True, None),
    Way(LONGEST, False, None),
    Way(LONGEST, True, None),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("updates", type=int, nargs="?", help="50 on a GPU, 1 on a CPU without it")
    parser.add_argument("--compile", action="store_true", help="with torch.compile")
    parser.add_argument("--block-size", type=int, default=256, help="tokens in a sequence")
    parser.add_argument("--micro-batch", type=int, help="sequences at a time")
    parser.add_argument("--all", action="store_true", help="all ways, one after the other")
    told = parser.parse_args()
    device = finetuning.best_device()
    on_gpu = device.type == "cuda"
    updates = told.updates or (50 if on_gpu else 1)
    print(f"torch {torch.__version__}, {torch.cuda.get_device_name() if on_gpu else 'CPU'}, "
          f"{updates} updates")  # fmt: skip
    ways = ALL if told.all else (Way(told.block_size, told.compile, told.micro_batch),)
    fastest = finetuning.fastest_precision(device).name
    for precision in ("bfloat16", "float16") if on_gpu else (fastest,):
        reached = matrix_peak(device, precision)
        print(f"{precision}: matrix products reach {reached / 1e12:,.2f} TFLOP/s")
        for way in ways:
            print(line(way, measure(device, way, updates, precision), reached), flush=True)


def matrix_peak(device: torch.device, precision: str) -> float:
    """Measure the operations a second of large square matrix products; the best of some."""
    size, rounds = (8192, 20) if device.type == "cuda" else (1024, 5)
    dtype = getattr(torch, precision)
    a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    times = []
    for _ in range(rounds):
        synchronise(device)
        started = time.perf_counter()
        a @ b
        synchronise(device)
        times.append(time.perf_counter() - started)
    return 2 * size**3 / min(times)


def synchronise(device: torch.device) -> None:
    """Wait until a GPU has done what it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def measure(device: torch.device, way: Way, updates: int, precision: str) -> finetuning.Run:
    """Fine-tune new weights of the full size, cropped as in the lab."""
    torch.manual_seed(0)
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    config = setting(device, way, updates)
    model = GPT(GPTConfig(dropout=config.dropout))
    model.crop_block_size(config.block_size)
    model.to(device)
    optimizer = model.configure_optimizers(
        config.weight_decay, config.learning_rate, config.betas, device.type
    )
    random = np.random.default_rng(0)
    data = (random.zipf(1.3, 120_000) % 50_257).astype(np.uint16)
    return finetuning.run(
        fine_tune, model, optimizer, config, data[:108_000], data[108_000:],
        folder=None, precision=precision,
    )  # fmt: skip


def setting(device: torch.device, way: Way, updates: int) -> finetuning.FineTuneConfig:
    """The lab's setting, run in one way; a longer block has as many tokens an update."""
    sequences = (32 if device.type == "cuda" else 4) * 256 // way.block_size
    full = finetuning.FineTuneConfig(
        sequences_per_update=max(1, sequences),
        block_size=way.block_size,
        micro_batch_size=way.micro_batch,
        compile=way.compile,
    )
    # the first update finds its memory, or compiles, and is not timed: one more
    return replace(full, max_iters=updates + 1, eval_interval=updates + 1, eval_batches=8)


def line(way: Way, run: finetuning.Run, reached: float) -> str:
    """Say in a line what was measured."""
    assert run.progress is not None
    speed, listed = run.progress.tokens_per_s or 0.0, run.mfu()
    first, last = run.history.evaluations[0][2], run.history.evaluations[-1][2]
    said = [f"{way}: loss {first:.3f} to {last:.3f}", f"{speed:,.0f} tokens/s"]
    said.append(f"MFU {run.model.estimate_mfu(speed, reached):.1%}")
    if run.device.type == "cuda":
        said[-1] += "" if listed is None else f" ({listed:.1%} of the data sheet's)"
        said.append(f"peak memory {torch.cuda.max_memory_allocated() / 1e9:.1f} GB")
    said.append(f"micro-batches of {run.micro_batches.size}")
    return ", ".join(said)


if __name__ == "__main__":
    main()
