"""A long training run around the student's own loop: progress, history, stop and resume.

The student's `train` knows nothing of this: it gets a config whose iterations count from 0 and a
logger. What was done before an interruption is put back by shifting the schedule and the counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from autograder.notebook import checkpoint
from autograder.notebook.history import History
from autograder.notebook.training_device import (
    beside,
    best_device,
    collaborators,
    device_of,
    place,
)
from autograder.notebook.training_threads import best_threads, threads

__all__ = [
    "SETTINGS",
    "EstimateLoss",
    "Logger",
    "Run",
    "Setting",
    "ShiftedConfig",
    "beside",
    "best_device",
    "device_of",
    "resume",
    "run",
    "setting",
]

EstimateLoss = Callable[[nn.Module], dict[str, float]]


@dataclass(frozen=True)
class Setting:
    """Say how long both models train; the sizes of the models do not depend on it."""

    name: str
    max_iters: int
    gradient_accumulation_steps: int
    warmup_iters: int
    eval_interval: int
    log_interval: int
    eval_iters: int
    learning_rate: float
    about: str
    batch_size: int = 12
    context_size: int = 64

    @property
    def characters_per_update(self) -> int:
        """Characters that one weight update sees."""
        return self.gradient_accumulation_steps * self.batch_size * self.context_size

    def __str__(self) -> str:
        characters = self.max_iters * self.characters_per_update
        return (
            f"{self.name}: {self.max_iters:,} updates of {self.gradient_accumulation_steps} x "
            f"{self.batch_size} x {self.context_size} characters, {characters / 1e6:.1f} million "
            f"in all; {self.about}"
        )


SETTINGS = {
    "quick": Setting(
        "quick", 250, 2, 25, 25, 5, 5, 3e-3, "a minute or two for both models on two cores"
    ),
    "full": Setting(
        "full",
        2000,
        40,
        100,
        250,
        10,
        20,
        1e-3,
        "1.6 to 3 s an update on a CPU, so one hour to nearly two a model",
    ),
    "grading": Setting("grading", 3, 1, 1, 2, 1, 1, 1e-3, "just enough to show that cells run"),
}


def setting(name: str) -> Setting:
    """Return the setting of that name; while nbgrader runs the notebook, always the smallest.

    Raises ValueError for an unknown name.
    """
    if "NBGRADER_EXECUTION" in os.environ:
        return SETTINGS["grading"]
    if name not in ("quick", "full"):
        raise ValueError(f'the setting must be "quick" or "full": got {name!r}')
    return SETTINGS[name]


class ShiftedConfig:
    """A config for the rest of a run: `done` updates are behind it, and iteration 0 comes next.

    Everything else is asked of the config it was made from.
    """

    def __init__(self, config: Any, done: int) -> None:
        self.whole = config
        self.done = done
        self.max_iters = config.max_iters - done

    def get_lr(self, iteration: int) -> float:
        """Return the rate that the whole run's schedule has for this update."""
        return float(self.whole.get_lr(self.done + iteration))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)


def resume(
    path: str | Path, model: nn.Module, optimizer: torch.optim.Optimizer, config: Any
) -> tuple[Any, History]:
    """Put a stopped run back into model and optimizer; return the config of what is left of it.

    Returns config itself and an empty history where there is nothing to resume.
    """
    state = checkpoint.load(Path(path), model, optimizer)
    if state is None:
        return config, History()
    return ShiftedConfig(config, state.iteration), state.history


class Logger:
    """Record what the student's loop reports, show its progress, and save it now and then.

    Updates are counted by a hook on the optimizer, so a checkpoint knows exactly how many were
    made, whichever way round the loop logs. A loop that evaluates before it updates will, when it
    goes on, begin with the evaluation that it was saved at: with the random numbers of then.
    """

    def __init__(self, done: int, total: int, history: History, save: Callable[[int], None]):
        from tqdm.auto import tqdm

        self.offset = self.done = done
        self.history = history
        self.depth = 0  # of optimizer steps: a subclass calls the step of its parent
        self.random: dict[str, Any] | None = None  # before an evaluation that will come again
        self._save = save
        self._bar = tqdm(total=total, initial=done, unit="update", leave=True)

    def train(self, iteration: int, loss: float | Tensor, lr: float) -> None:
        """Take the loss (nats per character) and the learning rate of one update."""
        self.history.train.append((self.offset + int(iteration), float(loss), float(lr)))
        self._bar.set_postfix_str(f"loss {float(loss):.3f}")

    def evaluation(self, iteration: int, losses: dict[str, float]) -> None:
        """Take the losses of an evaluation, say them, and save the run."""
        train, val = float(losses["train"]), float(losses["val"])
        whole = self.offset + int(iteration)
        if whole != self.done:
            self.random = None
        if self.history.evaluations and self.history.evaluations[-1][0] == whole:
            self.history.evaluations.pop()  # the same again, after an interruption
        self.history.evaluations.append((whole, train, val))
        print(f"after {self.done:5,} updates: train {train:.3f}, validation {val:.3f}")
        self._save(self.done)

    @property
    def stepping(self) -> bool:
        """Whether the weights are just changing: not a moment to save them."""
        return self.depth > 0

    def before_step(self, *_: Any) -> None:
        """Note the beginning of an optimizer's step."""
        self.depth += 1

    def after_step(self, *_: Any) -> None:
        """Note its end, and count one update."""
        self.depth -= 1
        if not self.stepping:
            self.random = None
            self.done += 1
            self._bar.update()

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()


@dataclass
class Run:
    """What a training run leaves behind; losses in nats per character."""

    name: str
    updates: int
    characters_per_update: int
    history: History = field(default_factory=History)

    @property
    def best_val_loss(self) -> float:
        """The lowest validation loss of all evaluations, inf if there was none."""
        return min((val for _, _, val in self.history.evaluations), default=float("inf"))

    @property
    def characters_per_second(self) -> float:
        """Characters trained on in a second, evaluations included; nan where nobody knows."""
        seconds = self.history.seconds
        return self.updates * self.characters_per_update / seconds if seconds > 0 else float("nan")


def fast_threads(device: torch.device, setting: Setting) -> int:
    """Return with how many threads to train: measured, where it matters."""
    if device.type != "cpu" or setting.name == "grading":
        return torch.get_num_threads()
    return best_threads()


def run(
    name: str,
    train: Callable[..., Any],
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    config: Any,
    get_batch: Callable[[str], tuple[Tensor, Tensor]],
    estimate_loss: EstimateLoss,
    *,
    setting: Setting,
    afresh: bool = False,
    folder: str | Path = "checkpoints",
) -> Run:
    """Call the student's train, or what is left of it if an earlier run was stopped.

    The model moves to the GPU, if there is one, and stays there. On a CPU it is trained with as
    many threads as are fast at the moment.
    Interrupting the kernel stops the run with its state saved; errors of the loop are raised.
    """
    device = best_device()
    place(model, optimizer, device)
    path = Path(folder) / f"{name}_{setting.name}.pt"
    if afresh or setting.name == "grading":
        checkpoint.put_aside(path)
    rest, history = resume(path, model, optimizer, config)
    done = config.max_iters - rest.max_iters
    result = Run(name, done, setting.characters_per_update, history)
    if done >= config.max_iters:
        print(f"{name}: trained before, loaded from {path}. To train again: START_AFRESH = True.")
        return result
    if done:
        print(f"{name}: going on after update {done:,} of {config.max_iters:,}.")

    began = time.perf_counter() - history.seconds

    def save(iteration: int) -> None:
        history.seconds = time.perf_counter() - began
        checkpoint.save(path, model, optimizer, iteration, history, logger.random)

    def estimate(model: nn.Module) -> dict[str, float]:
        logger.random = checkpoint.random_states()
        return estimate_loss(model)

    logger = Logger(done, config.max_iters, history, save)
    hooks = [
        optimizer.register_step_pre_hook(logger.before_step),
        optimizer.register_step_post_hook(logger.after_step),
    ]
    try:
        with beside(model), threads(fast_threads(device, setting)):
            train(model, optimizer, rest, *collaborators(get_batch, estimate, device), logger)
    except KeyboardInterrupt:
        print(f"{name}: stopped after update {logger.done:,}. Run the cell again to go on.")
    finally:
        logger.close()
        for hook in hooks:
            hook.remove()
        if logger.done > done and not logger.stepping:
            save(logger.done)
    result.updates = logger.done
    return result
