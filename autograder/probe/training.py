"""Run a student's training loop with collaborators that write everything down.

The model is small and real, the optimizer is plain SGD, the batches, learning rates and evaluation
results come with the design: so the checks can work out every weight after every update themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

Plain = Any
HYPER_PARAMETERS = (
    "max_iters", "gradient_accumulation_steps", "grad_clip", "log_interval", "eval_interval",
    "learning_rate",
)  # fmt: skip


class Runaway(BaseException):
    """Stops a loop that goes on far beyond its end; not an Exception, so that nobody catches it."""


def run(train: Callable[..., Any], design: dict[str, Plain]) -> dict[str, Plain]:
    """Call train(model, optimizer, config, get_batch, estimate_loss, logger) with fakes.

    Design: the hyper-parameters of TrainConfig, rates (one per update), weights (embedding (V, D),
    output (V, D), bias (V,)), x and y (batches, B, T), losses {"train", "val"} (one per number of
    updates made), groups (2 or 3), eval_factor (see TinyModel), training (the mode at the start).
    Returns what the recorder wrote down, the value returned and the mode at the end.
    """
    recorder = Recorder(design)
    model = TinyModel(design, recorder)
    model.train(bool(design["training"]))
    optimizer = RecordedSGD(model.groups(int(design["groups"])), design["learning_rate"], recorder)
    collaborators = (recorder.get_batch, recorder.estimate_loss, Logger(recorder))
    recorder.model = model
    returned, runaway = None, False
    try:
        with scratch_folder():
            returned = train(model, optimizer, Config(design), *collaborators)
    except Runaway:
        runaway = True
    value = number(returned)
    return {
        **recorder.report(),
        "returned": returned if value is None else value,
        "runaway": runaway,
        "training": in_training(model),
    }


@dataclass
class Recorder:
    """What happened, in order; each call with the numbers of updates and batches so far."""

    design: dict[str, Plain]
    model: Any = None
    splits: list[str | None] = field(default_factory=list)
    weights: list[Tensor] = field(default_factory=list)
    rates: list[list[float]] = field(default_factory=list)
    modes: list[bool] = field(default_factory=list)
    trained: list[dict[str, Plain]] = field(default_factory=list)
    evaluated: list[dict[str, Plain]] = field(default_factory=list)
    estimated: list[dict[str, Plain]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    calls: int = 0

    @property
    def now(self) -> dict[str, int]:
        """How many updates were made and batches taken so far."""
        return {"updates": len(self.rates), "batches": len(self.splits)}

    def count(self) -> None:
        """Stop a loop that calls its collaborators far more often than any right one does."""
        self.calls += 1
        micro_batches = self.design["max_iters"] * self.design["gradient_accumulation_steps"]
        if self.calls > 200 + 20 * micro_batches:
            raise Runaway

    def get_batch(self, split: str | None = None, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Hand out the batches in their order; each split counts for itself."""
        self.count()
        number_of_batch = self.splits.count(split) % len(self.design["x"])
        self.splits.append(split if isinstance(split, str) else None)
        x, y = (np.array(self.design[name][number_of_batch]) for name in ("x", "y"))
        return torch.from_numpy(x), torch.from_numpy(y)

    def estimate_loss(self, model: Any = None, *_: Any, **__: Any) -> dict[str, float]:
        """Answer with the losses for this number of updates; the mode stays as it was."""
        self.count()
        clock = min(len(self.rates), len(self.design["losses"]["val"]) - 1)
        self.estimated.append({**self.now, "model": model is self.model})
        return {name: float(self.design["losses"][name][clock]) for name in ("train", "val")}

    def report(self) -> dict[str, Plain]:
        names = ("splits", "rates", "modes", "trained", "evaluated", "estimated", "unknown")
        kept: dict[str, Plain] = {name: getattr(self, name) for name in names}
        size = sum(parameter.numel() for parameter in self.model.parameters())
        kept["weights"] = torch.stack(self.weights) if self.weights else torch.zeros(0, size)
        return kept


class TinyModel(nn.Module):
    """Predict each next token from one token: logits = W tanh(E[x]) + b, loss = cross-entropy.

    In evaluation mode tanh(E[x]) is multiplied by eval_factor, as a layer with dropout would
    behave otherwise. No matrix product is used, so that autocast changes nothing.

    Shapes: x, y (B, T) long -> logits (B, T, V), loss () or None if y is left out.
    """

    def __init__(self, design: dict[str, Plain], recorder: Recorder) -> None:
        super().__init__()
        embedding, output, bias = (
            torch.from_numpy(np.array(design["weights"][name], dtype=np.float32))
            for name in ("embedding", "output", "bias")
        )
        self.embedding = nn.Embedding.from_pretrained(embedding, freeze=False)
        self.output = Output(output, bias)
        self.eval_factor = float(design["eval_factor"])
        self.recorder = recorder

    def groups(self, count: int) -> list[dict[str, Any]]:
        """Split the parameters as E6 does, or one by one."""
        embedding, output, bias = self.parameters()
        parts = [[embedding, output], [bias]] if count == 2 else [[embedding], [output], [bias]]
        return [{"params": part} for part in parts]

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        self.recorder.count()
        hidden = torch.tanh(self.embedding(x))
        if not self.training:
            hidden = hidden * self.eval_factor
        logits = (hidden.unsqueeze(-2) * self.output.weight).sum(-1) + self.output.bias
        if y is None:
            return logits, None
        return logits, F.cross_entropy(logits.flatten(0, -2), y.flatten())


class Output(nn.Module):
    """What a linear layer holds; nn.Linear would draw weights of its own first."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)


class RecordedSGD(torch.optim.SGD):
    """Gradient descent that notes every group's rate at each step, and the weights after it."""

    def __init__(self, groups: list[dict[str, Any]], rate: float, recorder: Recorder) -> None:
        super().__init__(groups, lr=rate)
        self.recorder = recorder

    def step(self, closure: Any = None) -> Any:
        recorder, model = self.recorder, self.recorder.model
        recorder.count()
        mode = in_training(model)
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.descend()
        rates = [number(group["lr"]) for group in self.param_groups]
        recorder.rates.append([float("nan") if rate is None else rate for rate in rates])
        recorder.modes.append(mode)
        flat = [parameter.detach().flatten() for parameter in model.parameters()]
        recorder.weights.append(torch.cat(flat))
        return loss

    @torch.no_grad()
    def descend(self) -> None:
        """What SGD's own step does without momentum; its bookkeeping takes longer than this."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.add_(parameter.grad, alpha=-float(group["lr"]))


class Config(SimpleNamespace):
    """A TrainConfig whose schedule is a list of numbers."""

    def __init__(self, design: dict[str, Plain]) -> None:
        super().__init__(**{name: design[name] for name in HYPER_PARAMETERS})
        self.min_lr = self.learning_rate
        self.warmup_iters = 0
        self._rates = [float(rate) for rate in design["rates"]]

    def get_lr(self, iteration: int) -> float:
        """The rate of this update; before the first and after the last, a rate of no update."""
        i = int(iteration)
        return self._rates[i] if 0 <= i < len(self._rates) else 3.0 * max(self._rates)


class Logger:
    """Write down what is logged; whatever else is asked of it is noted and does nothing."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def train(self, *args: Any, **kwargs: Any) -> None:
        given = bind(("iteration", "loss", "lr"), args, kwargs)
        entry = {name: number(value) for name, value in given.items()}
        self._recorder.trained.append({**self._recorder.now, **entry})

    def evaluation(self, *args: Any, **kwargs: Any) -> None:
        given = bind(("iteration", "losses"), args, kwargs)
        losses = given["losses"] if isinstance(given["losses"], dict) else {}
        entry = {name: number(losses.get(name)) for name in ("train", "val")}
        self._recorder.evaluated.append(
            {**self._recorder.now, "iteration": number(given["iteration"]), **entry}
        )

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        self._recorder.unknown.append(name)
        return lambda *_, **__: None


def bind(names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Sort arguments under their names; what is missing is None, what is too much is dropped."""
    given = dict(zip(names, args, strict=False)) | kwargs
    return {name: given.get(name) for name in names}


def number(value: Any) -> float | None:
    """Read a float from a number or a tensor of one element; None if it is neither."""
    if isinstance(value, (Tensor, np.ndarray)):
        return float(value.item()) if math.prod(value.shape) == 1 else None
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return float(value)
    return None


def in_training(model: nn.Module) -> bool:
    """Whether the model and everything in it is in training mode."""
    return all(module.training for module in model.modules())


@contextlib.contextmanager
def scratch_folder() -> Iterator[None]:
    """Work in a folder apart, where a checkpoint overwrites nothing and finds nothing.

    Where there is no room for one (a read-only sandbox), stay where we are.
    """
    home = Path.cwd()
    with contextlib.suppress(OSError):
        scratch = folder_like(home)
        for folder, _, files in os.walk(scratch):
            for left in files:
                os.unlink(os.path.join(folder, left))
        os.chdir(scratch)
    try:
        yield
    finally:
        os.chdir(home)


@functools.cache
def folder_like(home: Path) -> Path:
    """Make a folder, once per process, that has the same folders in it as `home`, all empty."""
    made = Path(tempfile.mkdtemp(prefix="training_"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    for entry in itertools.islice(home.iterdir(), 1000):
        if entry.is_dir() and not entry.name.startswith("."):
            (made / entry.name).mkdir()
    return made
