"""PyTorch's own defaults, whatever a notebook has set."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch

CHECKED_IN = torch.float32  # a test sets float64, to see that right answers pass in that as well


@contextlib.contextmanager
def torch_defaults() -> Iterator[None]:
    """Make new tensors float32 and on the CPU; what was set before comes back after."""
    dtype = torch.get_default_dtype()
    if dtype is not CHECKED_IN:
        torch.set_default_dtype(CHECKED_IN)
    try:
        with on_cpu():
            yield
    finally:
        if torch.get_default_dtype() is not dtype:
            torch.set_default_dtype(dtype)


def on_cpu() -> contextlib.AbstractContextManager[Any]:
    """Undo a student's torch.set_default_device; costs nothing where there was none.

    The context is a mode that every torch call would pass through, so it is entered only if needed.
    """
    elsewhere = not torch.empty(0).is_cpu  # ten times as fast as torch.get_default_device
    return torch.device("cpu") if elsewhere else contextlib.nullcontext()
