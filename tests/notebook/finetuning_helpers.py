"""A tiny GPT-2, a text that it can learn, and a run of the lab's own loop over them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file

import solutions.lab11.optimizer  # noqa: F401  gives the model its methods
from autograder.notebook import finetuning
from solutions.lab11.finetune import fine_tune
from solutions.lab11.gpt2 import GPT, GPTConfig

MODEL = GPTConfig(block_size=8, vocab_size=23, n_layer=2, n_head=2, n_embd=12)
CONFIG = finetuning.FineTuneConfig(
    max_iters=12,
    sequences_per_update=8,
    block_size=6,
    learning_rate=1e-2,
    eval_interval=4,
    eval_batches=5,
    save_every_s=0.0,
    name="tiny",
)


def text(tokens: int, seed: int = 0) -> np.ndarray:
    """Return tokens that a model can learn: each is the one before plus 3, with some noise."""
    random = np.random.default_rng(seed)
    noise = np.where(random.random(tokens) < 0.1, random.integers(0, 20, tokens), 0)
    return ((3 * np.arange(tokens) + noise.cumsum()) % 23).astype(np.uint16)


DROPOUT = {"dropout": 0.3}
TRAIN, VAL = text(400, seed=1), text(120, seed=2)


def new_model(seed: int = 0, **changes: Any) -> GPT:
    torch.manual_seed(seed)
    return GPT(replace(MODEL, **changes))


def optimizer_of(model: GPT, config: finetuning.FineTuneConfig = CONFIG) -> torch.optim.Optimizer:
    return model.configure_optimizers(
        config.weight_decay, config.learning_rate, config.betas, "cpu"
    )


def go(
    folder: Path | None = None,
    model: GPT | None = None,
    config: finetuning.FineTuneConfig = CONFIG,
    loop: Any = fine_tune,
    data: tuple[Any, Any] = (TRAIN, VAL),
    **options: Any,
) -> finetuning.Run:
    """Run the loop with new weights, unless a model is given."""
    model = new_model() if model is None else model
    optimizer = optimizer_of(model, config)
    return finetuning.run(loop, model, optimizer, config, *data, folder=folder, **options)


def weights(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


class Interrupts(GPT):
    """A GPT during whose n-th training call the kernel is interrupted."""

    calls_left = -1
    error: type[BaseException] = KeyboardInterrupt

    def forward(self, idx: Any, targets: Any = None) -> Any:
        if self.training:
            if self.calls_left == 0:
                raise self.error
            self.calls_left -= 1
        return super().forward(idx, targets)


def interrupted_after(calls: int, seed: int = 0, **changes: Any) -> Interrupts:
    torch.manual_seed(seed)
    model = Interrupts(replace(MODEL, **changes))
    model.calls_left = calls
    return model


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def state(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(folder / "state.pt", weights_only=True)
    return loaded


def best(folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The best weights and what is said of them; safetensors writes the latter in any order."""
    with safe_open(folder / "best.safetensors", framework="pt") as file:
        return load_file(folder / "best.safetensors"), file.metadata()


def same(a: Any, b: Any) -> bool:
    """Whether two states are equal bit for bit."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)
