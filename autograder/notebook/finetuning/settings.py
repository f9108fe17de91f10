"""How a model is fine-tuned: the lab's own setting, and a small one for a CPU."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass

# what a run may be resumed with although it was begun with another value: the result is the same
FREE = ("name", "about", "max_iters", "micro_batch_size", "save_every_s", "compile")


@dataclass(frozen=True)
class FineTuneConfig:
    """Say how a model is fine-tuned; the defaults are the lab's, for GPT-2 on a GPU.

    One iteration is one weight update. It sees sequences_per_update windows of block_size tokens,
    micro_batch_size at a time; None: as many at a time as memory allows.
    Raises ValueError if a number is too small or micro_batch_size does not divide the sequences.
    """

    max_iters: int = 500
    sequences_per_update: int = 32  # the lab's: 32 accumulated micro-batches of 1
    block_size: int = 256
    micro_batch_size: int | None = None
    learning_rate: float = 3e-5  # the same in every update
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.99)
    grad_clip: float = 1.0  # largest norm of an update's gradient
    dropout: float = 0.2
    eval_interval: int = 10
    eval_batches: int = 40  # windows of each text, a batch of one sequence each
    save_every_s: float = 60.0  # a run is saved for resuming at most this often
    seed: int = 0
    compile: bool = False  # torch.compile: minutes first, then faster, on a GPU since 2020
    name: str = "full"
    about: str = "the lab's setting, for GPT-2 on a GPU"

    def __post_init__(self) -> None:
        for name in (
            "max_iters",
            "sequences_per_update",
            "block_size",
            "eval_interval",
            "eval_batches",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1: got {getattr(self, name)}")
        if not self.grad_clip > 0:
            raise ValueError(f"grad_clip must be positive: got {self.grad_clip}")
        size = self.micro_batch_size
        if size is not None and (size < 1 or self.sequences_per_update % size):
            raise ValueError(
                f"micro_batch_size must divide sequences_per_update={self.sequences_per_update}, "
                f"so that all parts weigh the same: got {size}"
            )

    @property
    def tokens_per_update(self) -> int:
        """Tokens that one weight update sees."""
        return self.sequences_per_update * self.block_size

    @property
    def identity(self) -> dict[str, str]:
        """The values that the result depends on, as text."""
        return {name: repr(value) for name, value in asdict(self).items() if name not in FREE}

    def __str__(self) -> str:
        tokens = self.max_iters * self.tokens_per_update
        return (
            f"{self.name}: {self.max_iters:,} updates of {self.sequences_per_update} x "
            f"{self.block_size} tokens, {tokens / 1e6:.2g} million in all; {self.about}"
        )


SETTINGS = {
    "quick": FineTuneConfig(
        max_iters=60,
        sequences_per_update=8,
        block_size=64,
        learning_rate=3e-4,
        eval_batches=5,
        name="quick",
        about="under a minute for a model of two layers on two cores",
    ),
    "full": FineTuneConfig(),
    "grading": FineTuneConfig(
        max_iters=2,
        sequences_per_update=2,
        block_size=8,
        learning_rate=1e-3,
        eval_interval=1,
        eval_batches=1,
        name="grading",
        about="just enough to show that cells run",
    ),
}


def setting(name: str) -> FineTuneConfig:
    """Return the setting of that name; while nbgrader runs the notebook, always the smallest.

    Raises ValueError for an unknown name.
    """
    if "NBGRADER_EXECUTION" in os.environ:
        return SETTINGS["grading"]
    if name not in ("quick", "full"):
        raise ValueError(f'the setting must be "quick" or "full": got {name!r}')
    return SETTINGS[name]
