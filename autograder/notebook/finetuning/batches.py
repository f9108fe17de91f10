"""Windows of one long stream of tokens, on their way to the model."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import torch
from torch import Tensor


def windows(
    data: Any, count: int, block_size: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return x and y: windows drawn from the data, and the same windows one token later.

    Shapes: data (number of tokens,) of whole numbers, an array, a memory-mapped file or a tensor
    -> x, y (count, block_size) int64, on the CPU.
    Raises ValueError if the data are not longer than a window.
    """
    tokens = np.asarray(data)
    check_length(tokens, block_size, "the data")
    starts = torch.randint(len(tokens) - block_size, (count, 1), generator=generator).numpy()
    drawn = torch.from_numpy(tokens[starts + np.arange(block_size + 1)].astype(np.int64))
    return drawn[:, :-1].contiguous(), drawn[:, 1:].contiguous()


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """Bring a tensor to the device; to a GPU from pinned memory, while it still works."""
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def check_length(tokens: Any, block_size: int, name: str) -> None:
    """Raise ValueError if a stream of tokens has no window and the token after it."""
    if tokens.ndim != 1:
        raise ValueError(f"{name} must be one row of tokens: got shape {tuple(tokens.shape)}")
    if len(tokens) <= block_size:
        raise ValueError(
            f"{name} must hold at least block_size + 1 = {block_size + 1} tokens: got "
            f"{len(tokens)}; lower block_size, or take a character who says more"
        )


def check_tokens(data: Any, block_size: int, model_config: Any, name: str) -> None:
    """Raise ValueError if the data do not suit the windows, or the windows not the model."""
    tokens = np.asarray(data)
    check_length(tokens, block_size, name)
    longest = getattr(model_config, "block_size", block_size)
    if block_size > longest:
        raise ValueError(
            f"the model reads at most {longest} tokens: got block_size={block_size} in the "
            "setting; lower it"
        )
    # a GPU says no more than that some index was wrong, and is lost until the kernel restarts
    vocab_size = getattr(model_config, "vocab_size", None)
    if vocab_size is not None and not 0 <= int(tokens.min()) <= int(tokens.max()) < vocab_size:
        raise ValueError(
            f"{name} must hold tokens from 0 to {vocab_size - 1}: got {int(tokens.min())} to "
            f"{int(tokens.max())}; use the tokenizer that the model was trained with"
        )


def fingerprint(data: Any) -> str:
    """Return a text that is the same for the same tokens, whatever number type holds them."""
    return hashlib.sha256(np.asarray(data).astype(np.int32).tobytes()).hexdigest()
