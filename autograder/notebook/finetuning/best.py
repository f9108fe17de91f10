"""The weights of the best evaluation, in a safetensors file: numbers and names, no code."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from autograder.notebook.finetuning.files import write_whole

BEST = "best.safetensors"


def tensors_once(model: nn.Module) -> dict[str, Tensor]:
    """Return all that a model's state holds by name, a tied tensor under its first name only."""
    once: dict[int, tuple[str, Tensor]] = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        once.setdefault(id(tensor), (name, tensor))
    return {name: tensor.detach() for name, tensor in once.values()}


def save_best(model: nn.Module, folder: Path, iteration: int, val_loss: float) -> bool:
    """Write the model's weights and whence they are; say so, and return False, if that fails."""
    tensors = {name: tensor.contiguous() for name, tensor in tensors_once(model).items()}
    about = {"iteration": str(iteration), "val_loss": repr(val_loss)}
    return write_whole(folder / BEST, lambda path: save_file(tensors, path, metadata=about))


def load_best(model: nn.Module, folder: str | Path) -> tuple[int, float]:
    """Give a model the best weights of a run; return their iteration and validation loss.

    Raises FileNotFoundError if the folder has none, ValueError if they do not fit the model or the
    file is cut off; then the model is as it was.
    """
    path = Path(folder) / BEST
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; fine-tune first, it keeps the best weights")
    try:
        stored = load_file(path)
        with safe_open(path, framework="pt") as file:
            about = file.metadata() or {}
    except SafetensorError as error:
        raise ValueError(f"{path}: not a whole safetensors file ({error})") from None
    own = tensors_once(model)
    wrong = [name for name in own.keys() | stored.keys() if shape(own, name) != shape(stored, name)]
    if wrong:
        name = min(wrong)
        raise ValueError(
            f"{path}: weights of another model; {name} should be {shape(own, name)}, "
            f"it is {shape(stored, name)} ({len(wrong)} tensors differ)"
        )
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(stored[name])
    return int(about.get("iteration", -1)), float(about.get("val_loss", "nan"))


def shape(tensors: dict[str, Tensor], name: str) -> list[int] | str:
    """Return the shape of a tensor in words for an error."""
    return list(tensors[name].shape) if name in tensors else "absent"
