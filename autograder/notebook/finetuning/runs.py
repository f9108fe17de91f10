"""A fine-tuning run around the visible loop: what the loop asks for, and going on where it stopped.

The loop is handed in and asks the Run for windows, numbers to compute with and memory; it tells
the Run each loss. The Run keeps the best weights and, now and then, all that is needed to go on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from autograder.notebook.finetuning import randomness
from autograder.notebook.finetuning.batches import check_tokens, to_device, windows
from autograder.notebook.finetuning.best import BEST, save_best
from autograder.notebook.finetuning.files import put_aside
from autograder.notebook.finetuning.history import History
from autograder.notebook.finetuning.memory import MicroBatches
from autograder.notebook.finetuning.peak import peak_flops
from autograder.notebook.finetuning.precision import choose_precision
from autograder.notebook.finetuning.progress import Progress
from autograder.notebook.finetuning.settings import FineTuneConfig
from autograder.notebook.finetuning.state import STATE, identity, load_state, save_state

Result = TypeVar("Result")


class Run:
    """One fine-tuning run, new or resumed; the loop's only partner.

    With folder None nothing is saved. After each evaluation, at an interruption and at the end,
    state.pt takes what is needed to go on; best.safetensors has the best weights.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        config: FineTuneConfig,
        train_data: Any,
        val_data: Any,
        folder: str | Path | None = None,
        precision: str | None = None,
    ) -> None:
        for name, data in (("train_data", train_data), ("val_data", val_data)):
            check_tokens(data, config.block_size, getattr(model, "config", None), name)
        self.model, self.optimizer, self.config = model, optimizer, config
        self.folder = None if folder is None else Path(folder)
        self.identity = identity(model, optimizer, config, train_data, val_data)
        self.device = next(model.parameters()).device
        self.precision = choose_precision(self.device, precision)
        self.scaler = self.precision.scaler()
        self.micro_batches = MicroBatches(config, self.device)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.history = History(config.tokens_per_update)
        self.iteration = 0  # updates made
        self.changing = False  # whether the weights are between one update and the next
        self.progress: Progress | None = None
        self._boundary: dict[str, Any] = {}  # what the update under way will have changed
        self._saved: tuple[int, float] | None = None  # iteration and time of the last state

    # what the loop asks for

    def iterations(self) -> Iterator[int]:
        """Count the updates that are left, from 0 or from where an earlier run stopped."""
        for iteration in range(self.iteration, self.config.max_iters):
            self.begin_update(iteration)
            yield iteration
        self.begin_update(self.config.max_iters)

    def windows(
        self, data: Any, count: int, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return x and y, (count, block_size) each, on the device: random windows of the data.

        They are drawn on the CPU by a generator of the run's own, so that neither the device nor
        the size of the micro-batches changes what is read.
        """
        x, y = windows(data, count, self.config.block_size, generator or self.generator)
        return to_device(x, self.device), to_device(y, self.device)

    def autocast(self) -> AbstractContextManager[None]:
        """Return the context for computing a loss: 16-bit matrix products where they are fast."""
        return self.precision.autocast()

    def within_memory(self, work: Callable[..., Result], *args: Any) -> Result:
        """Return work(*args, micro_batch_size=...) with as many sequences as memory allows.

        What an attempt that failed had drawn and added to .grad is undone: the result is that of
        the smaller size alone.
        Raises MemoryError if not even one sequence fits.
        """
        before = self.random_state()

        def undo() -> None:
            self.optimizer.zero_grad(set_to_none=True)
            randomness.restore(before, self.device, self.generator)

        return self.micro_batches.fit(lambda size: work(*args, micro_batch_size=size), undo)

    def log(self, iteration: int, loss: Tensor | float) -> None:
        """Take the loss of an update that is made, and show it.

        Raises FloatingPointError if it is no number, unless the scaler has skipped that update.
        """
        value = float(loss)  # waits for the GPU, so that the time taken is the true one
        if not self.scaler.is_enabled():
            self.check_finite(value, f"the loss of update {iteration + 1}")
        self.history.add_update(iteration, value)
        if self.progress is not None:
            self.progress.end()
            self.progress.show(value, self.mfu())

    def evaluation(self, iteration: int, train: float, val: float) -> None:
        """Take the losses of an evaluation, say them, keep the best weights and save the run.

        Raises FloatingPointError if the validation loss is no number; nothing is overwritten.
        """
        self.check_finite(val, f"the validation loss after {iteration} updates")
        is_best = self.history.improves(val)
        best = ", the best so far" if is_best else ""
        print(f"after {iteration:5,} updates: train {train:.3f}, validation {val:.3f}{best}")
        if is_best and self.folder is not None:
            save_best(self.model, self.folder, iteration, val)
        self.history.add_evaluation(iteration, train, val)  # last: what it says is on the disk
        finished = iteration == self.config.max_iters
        if finished or self._saved is None or self.seconds_unsaved() >= self.config.save_every_s:
            self.save()
        if self.progress is not None:
            self.progress.begin()

    # keeping and going on

    def begin_update(self, iteration: int) -> None:
        """Note where the run stands, now that one update is over and the next has not begun."""
        self.iteration, self.changing = iteration, False
        self._boundary = {"random": self.random_state(), "scaler": self.scaler.state_dict()}
        if self.progress is not None:
            self.progress.begin()

    def save(self) -> None:
        """Write the state as it was when the update under way began."""
        if self.folder is None or not self._boundary:
            return
        state = {
            "identity": self.identity,
            "iteration": self.iteration,
            "micro_batch_size": self.micro_batches.size,
            "history": self.history.to_dict(),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        save_state(self.folder, state | self._boundary)
        self._saved = (self.iteration, time.monotonic())  # last: an interruption may come between

    def resume(self) -> None:
        """Put an earlier run of the same back into model, optimizer and generators, if any.

        A new run begins with the setting's seed in all generators (dropout draws from PyTorch's),
        and puts aside the best weights of a run that was not its own.
        """
        state = None if self.folder is None else load_state(self.folder, self.identity)
        if state is None:
            randomness.seed(self.config.seed)
            if self.folder is not None:
                put_aside(self.folder / BEST)
            return
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scaler.is_enabled() and state["scaler"]:
            self.scaler.load_state_dict(state["scaler"])
        self.micro_batches.size = self.config.micro_batch_size or state["micro_batch_size"]
        self.history = History(**state["history"])
        self.iteration = int(state["iteration"])
        self._saved = (self.iteration, time.monotonic())
        randomness.restore(state["random"], self.device, self.generator)

    def start_afresh(self) -> None:
        """Put the files of an earlier run aside."""
        if self.folder is not None:
            put_aside(self.folder / STATE)
            put_aside(self.folder / BEST)

    def save_if_whole(self) -> None:
        """Save the run unless it is saved already or its weights are half changed."""
        saved = -1 if self._saved is None else self._saved[0]
        if not self.changing and self.iteration > saved:
            self.save()

    @property
    def finished(self) -> bool:
        """Whether all updates are made and the last weights evaluated."""
        last = self.history.evaluations[-1][0] if self.history.evaluations else -1
        return last >= self.config.max_iters

    def seconds_unsaved(self) -> float:
        """Seconds since the state was last saved."""
        return math.inf if self._saved is None else time.monotonic() - self._saved[1]

    def random_state(self) -> dict[str, Any]:
        """Return the states of all generators that the run may draw from."""
        return randomness.capture(self.device, self.generator)

    @cached_property
    def peak_flops(self) -> float | None:
        """Operations a second that the device can do at most, None where unknown."""
        return peak_flops(self.device, self.precision)

    def mfu(self) -> float | None:
        """Return the share of the device's peak that is used, None if that cannot be said."""
        speed = None if self.progress is None else self.progress.tokens_per_s
        estimate = getattr(self.model, "estimate_mfu", None)
        if speed is None or self.peak_flops is None or estimate is None:
            return None
        share = float(estimate(speed, self.peak_flops))
        if share > 1 and self.device.type == "cpu":  # it was busy when its peak was measured
            self.peak_flops = max(self.peak_flops, peak_flops(self.device, self.precision) or 0.0)
            share = float(estimate(speed, self.peak_flops))
        return share if share <= 1 else None

    def check_finite(self, loss: float, what: str) -> None:
        """Raise FloatingPointError if a loss is infinite or no number."""
        if not math.isfinite(loss):
            kept = "" if self.folder is None else f"; {self.folder / BEST} has the best until then"
            raise FloatingPointError(
                f"{what} is {loss}: lower learning_rate and start afresh{kept}"
            )
