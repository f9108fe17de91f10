"""Run the visible loop, and take an interruption well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from autograder.notebook.finetuning.compiling import Compiled
from autograder.notebook.finetuning.kept_memory import kept_memory
from autograder.notebook.finetuning.progress import Progress
from autograder.notebook.finetuning.runs import Run
from autograder.notebook.finetuning.settings import FineTuneConfig
from autograder.notebook.training_threads import best_threads, threads

LONG = 10_000  # tokens


def run(
    fine_tune: Callable[..., Any],
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    config: FineTuneConfig,
    train_data: Any,
    val_data: Any,
    *,
    folder: str | Path | None,
    precision: str | None = None,
    afresh: bool = False,
) -> Run:
    """Call fine_tune(model, optimizer, config, train_data, val_data, run) on what is left to do.

    A run that was interrupted goes on, with the same result as if it had not been, when it is
    called again with the same folder; model must be on its device. Interrupting the kernel stops
    the run with its state saved; errors are raised, and what was done before them is saved too.
    Raises ValueError if the data, the setting and the model do not go together.
    """
    current = Run(model, optimizer, config, train_data, val_data, folder, precision)
    if afresh or config.name == "grading":
        current.start_afresh()
    current.resume()
    if current.finished:
        print(f"fine-tuned before, loaded from {folder}. To do it again: START_AFRESH = True.")
        return current
    if current.iteration:
        print(f"going on after update {current.iteration:,} of {config.max_iters:,}.")
    optimizer.zero_grad(set_to_none=True)  # an interrupted update may have left some
    current.progress = Progress(current.iteration, config.max_iters, config.tokens_per_update)
    hook = optimizer.register_step_pre_hook(lambda *_: setattr(current, "changing", True))
    try:
        trained = Compiled(model) if config.compile else model
        with fast_here(current):
            fine_tune(trained, optimizer, config, train_data, val_data, current)
    except KeyboardInterrupt:
        print(f"stopped after update {current.iteration:,}. Run the cell again to go on.")
    finally:
        hook.remove()
        current.progress.close()
        current.save_if_whole()
    return current


@contextmanager
def fast_here(run: Run) -> Iterator[None]:
    """Give a long run on a CPU the threads and the memory with which it is fastest."""
    if not is_long(run):
        yield
        return
    with threads(best_threads()), kept_memory():
        yield


def is_long(run: Run) -> bool:
    """Say whether a run is on a CPU and so long that trying out threads is worth its while."""
    updates = run.config.max_iters - run.iteration
    return run.device.type == "cpu" and updates * run.config.tokens_per_update > LONG
