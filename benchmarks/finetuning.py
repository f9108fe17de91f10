"""How fast GPT-2 is fine-tuned on the device at hand, and how much memory that takes.

    python benchmarks/finetuning.py [UPDATES]

Runs Lab 11's full setting with random weights on random tokens (speed does not depend on them): 50
updates on a GPU, in bfloat16 and in float16; one on a CPU, in float32 and of 4 sequences instead
of 32. Prints a line for each: loss before and after, tokens a second, MFU, peak memory and the
size of the micro-batches.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import solutions.lab11.optimizer  # noqa: F401  gives the model its methods
from autograder.notebook import finetuning
from solutions.lab11.finetune import fine_tune
from solutions.lab11.gpt2 import GPT, GPTConfig


def main() -> None:
    device = finetuning.best_device()
    on_gpu = device.type == "cuda"
    updates = int(sys.argv[1]) if len(sys.argv) > 1 else (50 if on_gpu else 1)
    print(f"torch {torch.__version__}, {torch.cuda.get_device_name() if on_gpu else 'CPU'}, "
          f"{updates} updates")  # fmt: skip
    full = finetuning.FineTuneConfig(sequences_per_update=32 if on_gpu else 4)
    # the first update finds its memory and is not timed: one more
    config = replace(full, max_iters=updates + 1, eval_interval=updates + 1, eval_batches=8)
    for precision in ("bfloat16", "float16") if on_gpu else ("float32",):
        print(line(precision, measure(device, config, precision)))


def measure(
    device: torch.device, config: finetuning.FineTuneConfig, precision: str
) -> finetuning.Run:
    """Fine-tune new weights of the full size, cropped as in the lab."""
    torch.manual_seed(0)
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
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


def line(precision: str, run: finetuning.Run) -> str:
    """Say in a line what was measured."""
    assert run.progress is not None
    speed, mfu = run.progress.tokens_per_s, run.mfu()
    first, last = run.history.evaluations[0][2], run.history.evaluations[-1][2]
    said = [f"{precision:9} loss {first:.3f} to {last:.3f}", f"{speed or 0:9,.0f} tokens/s"]
    said.append("MFU unknown" if mfu is None else f"MFU {mfu:.1%}")
    if run.device.type == "cuda":
        said.append(f"peak memory {torch.cuda.max_memory_allocated() / 1e9:.1f} GB")
    said.append(f"micro-batches of {run.micro_batches.size}")
    return ", ".join(said)


if __name__ == "__main__":
    main()
