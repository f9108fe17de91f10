"""Put a student's model on the GPU without a word about devices in the student's own code.

The cells of the notebook make batches on the CPU, and code such as torch.ones(T, T) makes tensors
there too. So a model that is placed on a GPU takes its inputs with it, and what is made while it
computes is made beside it. On a CPU nothing of this is needed, and nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

GetBatch = Callable[[str], tuple[Tensor, Tensor]]
Result = TypeVar("Result")
PLACED = "_course_contexts"  # where a placed model keeps the contexts of the calls it is in


def best_device() -> torch.device:
    """Return the NVIDIA GPU if there is one that PyTorch can use, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_of(model: nn.Module) -> torch.device:
    """Return where a model's weights are; the CPU for one that has none."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def beside(model: nn.Module) -> AbstractContextManager[Any]:
    """Return a context in which new tensors are made on the model's device.

    with training.beside(model): ids = encode("hello")  makes ids where the model can read them.
    """
    device = device_of(model)
    return nullcontext() if device.type == "cpu" else device


def place(model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Move a model to a device, with what its optimizer knows of the weights.

    The weights stay the same objects, so an optimizer that was made before still has them.
    """
    model.to(device)
    if optimizer.state:
        optimizer.load_state_dict(optimizer.state_dict())  # puts its sums beside the weights
    if device.type != "cpu" and not hasattr(model, PLACED):
        take_inputs_along(model)


def take_inputs_along(model: nn.Module) -> None:
    """Let every call of the model move its tensors to the model first, and make new ones there.

    By hooks, which a copy of the model has, too.
    """
    setattr(model, PLACED, [])
    model.register_forward_pre_hook(enter, with_kwargs=True, prepend=True)
    # always: an error in forward must not leave the device behind as everybody's default
    model.register_forward_hook(leave, always_call=True)


def enter(
    model: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Begin a call of a placed model."""
    device = device_of(model)
    moved = (
        tuple(to_device(value, device) for value in inputs),
        {name: to_device(value, device) for name, value in named.items()},
    )
    context = beside(model)
    context.__enter__()
    getattr(model, PLACED).append(context)
    return moved


def leave(model: nn.Module, *_: Any) -> None:
    """End a call of a placed model."""
    contexts = getattr(model, PLACED)
    if contexts:
        contexts.pop().__exit__(None, None, None)


def batches_to(get_batch: GetBatch, device: torch.device) -> GetBatch:
    """Return get_batch drawn on the CPU, with its batches on a device."""
    drawn = on_cpu(get_batch)

    def get_batch_to(split: str) -> tuple[Tensor, Tensor]:
        x, y = drawn(split)
        return to_device(x, device), to_device(y, device)

    return get_batch_to


def collaborators(
    get_batch: GetBatch, estimate_loss: Callable[..., Result], device: torch.device
) -> tuple[GetBatch, Callable[..., Result]]:
    """Return what a training loop is given, for a model on that device.

    Both draw their windows on the CPU, so that every device reads the same ones; estimate_loss may
    hand them to the placed model as they are.
    """
    if device.type == "cpu":
        return get_batch, estimate_loss
    return batches_to(get_batch, device), on_cpu(estimate_loss)


def on_cpu(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return the function with the CPU as its default device again, whatever surrounds it."""

    def function_on_cpu(*args: Any, **named: Any) -> Result:
        with torch.device("cpu"):
            return function(*args, **named)

    return function_on_cpu


def to_device(value: Any, device: torch.device) -> Any:
    """Return a tensor on the device, anything else as it is."""
    return value.to(device, non_blocking=True) if isinstance(value, Tensor) else value
