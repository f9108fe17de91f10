"""Given to the student: text to token ids, ids to batches, and the average loss of a model."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

VOCABULARY = "abcdefghijklmnopqrstuvwxyz0123456789 .!?"

GetBatch = Callable[[str], tuple[Tensor, Tensor]]


def encode(text: str) -> Tensor:
    """Turn text into token ids: lower-cased, other characters to one space, then one id each.

    Shapes: -> (number of characters,) long, values in 0 .. 39.
    """
    cleaned = re.sub(rf"[^{re.escape(VOCABULARY)}]", " ", text.lower())
    cleaned = re.sub(" +", " ", cleaned)
    return torch.tensor([VOCABULARY.index(character) for character in cleaned], dtype=torch.long)


def decode(ids: Tensor) -> str:
    """Turn token ids (T,) back into text."""
    return "".join(VOCABULARY[i] for i in ids.tolist())


def load_data(path: str | Path) -> Tensor:
    """Read a UTF-8 text file as token ids, shape (number of characters,)."""
    return encode(Path(path).read_text(encoding="utf-8"))


def make_get_batch(
    train_ids: Tensor, val_ids: Tensor, batch_size: int, context_size: int
) -> GetBatch:
    """Return get_batch(split) -> (x, y): random windows, and the same windows one token later.

    Shapes: x, y (batch_size, context_size) long; split is "train" or "val".
    """
    splits = {"train": train_ids, "val": val_ids}

    def get_batch(split: str) -> tuple[Tensor, Tensor]:
        ids = splits[split]
        starts = torch.randint(len(ids) - context_size, (batch_size, 1))
        windows = ids[starts + torch.arange(context_size + 1)]  # (batch_size, context_size + 1)
        return windows[:, :-1], windows[:, 1:]

    return get_batch


def make_estimate_loss(
    get_batch: GetBatch, eval_iters: int
) -> Callable[[nn.Module], dict[str, float]]:
    """Return estimate_loss(model) -> {"train": ..., "val": ...}, means over eval_iters batches.

    Losses are in nats per token; dropout is off meanwhile and the model's mode restored after.
    """

    @torch.no_grad()
    def estimate_loss(model: nn.Module) -> dict[str, float]:
        was_training = model.training
        model.eval()
        means = {}
        for split in ("train", "val"):
            losses = [model(*get_batch(split))[1].item() for _ in range(eval_iters)]
            means[split] = sum(losses) / eval_iters
        model.train(was_training)
        return means

    return estimate_loss
