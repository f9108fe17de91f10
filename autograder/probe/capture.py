"""See attention weights as they pass, whatever the module around them is called."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

SOFTMAXES = (torch.softmax, torch.Tensor.softmax, F.softmax)


class Watch(TorchFunctionMode):
    """Record the result of every softmax, and the weights behind every SDPA."""

    def __init__(self) -> None:
        super().__init__()
        self.maps: list[torch.Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in SOFTMAXES:
            self.maps.append(result)
        elif func is F.scaled_dot_product_attention:
            self.maps.append(sdpa_weights(*args, **(kwargs or {})))
        return result


class Passing(TorchFunctionMode):
    """Keep a copy of every tensor of one shape that some operation returns, in order."""

    def __init__(self, shape: torch.Size, most: int) -> None:
        super().__init__()
        self.shape, self.most = shape, most
        self.tensors: list[torch.Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for value in result if isinstance(result, tuple) else (result,):
            fits = isinstance(value, torch.Tensor) and value.shape == self.shape
            if fits and len(self.tensors) < self.most:
                self.tensors.append(value.detach().clone())
        return result


def sdpa_weights(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    **_: Any,
) -> torch.Tensor:
    """Recompute what scaled_dot_product_attention keeps to itself.

    Shapes: query, key (..., T, d) -> (..., T, T).
    """
    T = query.shape[-2]
    scores = query @ key.transpose(-2, -1) * (scale or 1 / math.sqrt(query.shape[-1]))
    if is_causal:
        scores = scores.masked_fill(
            ~torch.ones(T, T, dtype=torch.bool, device=scores.device).tril(), float("-inf")
        )
    if attn_mask is not None:
        scores = (
            scores.masked_fill(~attn_mask, float("-inf"))
            if attn_mask.dtype == torch.bool
            else scores + attn_mask
        )
    return scores.softmax(dim=-1)


@contextlib.contextmanager
def captured_attention() -> Iterator[list[torch.Tensor]]:
    """Collect attention maps while the block runs."""
    watch = Watch()
    with watch:
        yield watch.maps
