"""Checkpoints of a training run: written whole or not at all, read only by the model they fit."""

from __future__ import annotations

import contextlib
import copy
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from autograder.notebook.history import History
from autograder.notebook.training_device import device_of


@dataclass(frozen=True)
class Checkpoint:
    """How far a run had come: updates made, and what it had recorded."""

    iteration: int
    history: History


def save(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    iteration: int,
    history: History,
    random: dict[str, Any] | None = None,
) -> None:
    """Write the state of a run; say so, and go on, where the disk does not take it.

    random: the generators' states to go on with; those of this moment if left out.
    """
    state = {
        "iteration": iteration,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "train": history.train,
        "evaluations": history.evaluations,
        "seconds": history.seconds,
        **(random or random_states()),
        "behaviour": behaviour(model),
    }
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, partial)
        os.replace(partial, path)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        print(f"this run could not be saved to {path}, it goes on unsaved: {error}")


def random_states() -> dict[str, Any]:
    """Return the states of torch's random generators, as a checkpoint names them."""
    on_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"random": torch.get_rng_state(), "cuda_random": on_gpus}


def load(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> Checkpoint | None:
    """Put a saved run back into model and optimizer, together with the random generator.

    Returns None where there is none. A checkpoint that this model cannot have made (other shapes,
    or other outputs from the same weights) is put aside with a word, and nothing is changed.
    """
    if not path.exists():
        return None
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    try:
        # to the CPU: a run that began on a GPU may go on where there is none
        state = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        if not torch.allclose(behaviour(model), state["behaviour"], rtol=1e-3, atol=1e-4):
            raise ValueError("the same weights give other outputs")
        optimizer.load_state_dict(state["optimizer"])
        seconds = float(state.get("seconds", math.nan))  # older checkpoints do not say
        history = History(list(state["train"]), list(state["evaluations"]), seconds)
        torch.set_rng_state(state["random"])
        restore_gpus(state.get("cuda_random", []))
    except Exception as error:
        model.load_state_dict(before[0])
        optimizer.load_state_dict(before[1])
        aside = put_aside(path)
        reason = (str(error) or type(error).__name__).splitlines()[0]
        print(f"{path} is not from this model, training anew; it was moved to {aside} ({reason})")
        return None
    return Checkpoint(int(state["iteration"]), history)


def put_aside(path: Path) -> Path:
    """Rename a checkpoint, if there is one, so that a new run cannot mistake it for its own."""
    aside = path.with_suffix(".old.pt")
    if path.exists():
        os.replace(path, aside)
    return aside


def restore_gpus(states: list[Tensor]) -> None:
    """Put back the generators of the GPUs, where there are as many as were saved."""
    if states and torch.cuda.is_available() and torch.cuda.device_count() == len(states):
        torch.cuda.set_rng_state_all(states)


@torch.no_grad()
def behaviour(model: nn.Module) -> Tensor:
    """Return the model's logits for eight fixed tokens, dropout off: what its weights mean.

    Shapes: -> (1, 8, V) on the CPU.
    """
    was_training = model.training
    model.eval()
    # without the rounded products that a GPU allows itself in an LSTM: another device must agree
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        logits: Tensor = model(torch.arange(8, device=device_of(model)).view(1, 8))[0]
    model.train(was_training)
    return logits.detach().cpu().clone()
