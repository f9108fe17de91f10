"""Assignment 4's full setting, to the end: how long it takes, and which model reads better.

    python benchmarks/full_setting.py [--text FILE] [--model transformer|LSTM] [--updates N]
                                      [--folder DIR] [--plain]

2,000 updates of 40 x 12 x 64 characters for each model: the better part of an hour a model on two
idle cores. The transformer is compiled where that can be, both train in 16 bits where the device is
faster in them, and on a GPU all micro-batches of an update are one; --plain takes the reference's
loop as it stands in the notebook. Broken off, the same command goes on where it was; with --updates
it stops there (the schedule stays that of the whole run). Without --text it reads the sample text.
Prints a line for each model: validation loss, best and last, and seconds an update.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import solutions.assignment4.optimizer  # noqa: F401  gives the model its optimizer
from autograder.notebook import finetuning, training
from data_scripts import speeches
from solutions.assignment4 import fast
from solutions.assignment4.data import load_data, make_estimate_loss, make_get_batch
from solutions.assignment4.gpt import GPT
from solutions.assignment4.lstm import LSTMLanguageModel
from solutions.assignment4.train import TrainConfig

BETAS = (0.9, 0.99)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", default="sample", help="a text file; the sample without it")
    parser.add_argument("--model", choices=("transformer", "LSTM"), help="one of them only")
    parser.add_argument("--updates", type=int, help="stop after so many updates of this run")
    parser.add_argument("--folder", type=Path, default=Path("full_setting"))
    parser.add_argument("--plain", action="store_true", help="the loop of the notebook as it is")
    told = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, text {told.text}")
    speeches.make(told.folder, source=told.text)
    for name in [told.model] if told.model else ["transformer", "LSTM"]:
        print(line(name, told.folder, told.updates, told.plain), flush=True)


def line(name: str, folder: Path, stop_after: int | None, plain: bool) -> str:
    """Train one model, or the rest of it, and say in a line what came of it."""
    setting, config = training.setting("full"), TrainConfig()
    texts = [load_data(folder / f"trump_{split}.txt") for split in ("train", "val")]
    get_batch = make_get_batch(*texts, setting.batch_size, setting.context_size)
    estimate_loss = make_estimate_loss(get_batch, setting.eval_iters)
    torch.manual_seed(0)
    model, optimizer = made(name)
    tricks = fast.Tricks() if plain else tricks_here(config.gradient_accumulation_steps)
    optimizer = fast.fuse(model, optimizer, tricks)
    loop = partial(
        fast.train_fast,
        merge=tricks.merge,
        compile=tricks.compile and isinstance(model, GPT),
        dtype=tricks.dtype,
    )
    updates = Updates(optimizer, stop_after)
    run = training.run(
        name, loop, model, optimizer, config, get_batch, estimate_loss,
        setting=setting, folder=folder / "checkpoints",
    )  # fmt: skip
    losses = [val for _, _, val in run.history.evaluations]
    return (
        f"{name}: {run.updates:,} updates, validation loss best {min(losses):.3f}, "
        f"last {losses[-1]:.3f}; {updates.seconds_each():.2f} s an update in this run"
    )


def tricks_here(micro_batches: int) -> fast.Tricks:
    """What is faster on this device."""
    device = training.best_device()
    return fast.tricks_for(device, finetuning.fastest_precision(device).dtype, micro_batches)


def made(name: str) -> tuple[torch.nn.Module, torch.optim.AdamW]:
    """A model and its optimizer, as in the notebook."""
    if name == "LSTM":
        lstm = LSTMLanguageModel()
        return lstm, torch.optim.AdamW(lstm.parameters(), lr=1e-3, betas=BETAS)
    model = GPT(vocab_size=40, context_size=64, hidden_size=128, n_layer=4, n_head=4, dropout=0.0)
    return model, model.configure_optimizers(weight_decay=0.1, learning_rate=1e-3, betas=BETAS)


class Updates:
    """Time the updates of an optimizer, and interrupt the run after so many."""

    def __init__(self, optimizer: torch.optim.Optimizer, stop_after: int | None) -> None:
        self.started, self.count, self.stop_after = time.perf_counter(), 0, stop_after
        optimizer.register_step_pre_hook(self.one_more)

    def one_more(self, *_: object) -> None:
        """Count an update; the run takes an interrupt as its end for today.

        It comes before the first step that is too many: within a step nothing could be saved.
        """
        if self.count == self.stop_after:
            raise KeyboardInterrupt
        self.count += 1

    def seconds_each(self) -> float:
        """Seconds that an update took, evaluations included; nan if none was made."""
        return (time.perf_counter() - self.started) / self.count if self.count else float("nan")


if __name__ == "__main__":
    main()
