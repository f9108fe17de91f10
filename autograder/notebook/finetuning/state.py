"""All that a run needs to go on after an interruption, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from autograder.notebook.finetuning.batches import fingerprint
from autograder.notebook.finetuning.files import put_aside, write_whole
from autograder.notebook.finetuning.settings import FineTuneConfig

STATE = "state.pt"


def identity(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    config: FineTuneConfig,
    train_data: Any,
    val_data: Any,
) -> dict[str, dict[str, str]]:
    """Say in plain text what a run is of: only a run of the same may be resumed."""
    groups = [f"{len(group['params'])} tensors" for group in optimizer.param_groups]
    return {
        "setting": config.identity,
        "training data": {"tokens": fingerprint(train_data)},
        "validation data": {"tokens": fingerprint(val_data)},
        "model": {"config": repr(getattr(model, "config", None))}
        | {name: str(list(tensor.shape)) for name, tensor in model.state_dict().items()},
        "optimizer": {"kind": type(optimizer).__name__, "groups": ", ".join(groups)},
    }


def difference(saved: dict[str, dict[str, str]], own: dict[str, dict[str, str]]) -> str | None:
    """Name the first thing in which two runs differ, None if they are of the same."""
    for subject, values in own.items():
        before = saved.get(subject, {})
        for name in [*values, *before]:
            if before.get(name) != values.get(name):
                return f"it is of another {subject}: {name} differs"
    return None


def save_state(folder: Path, state: dict[str, Any]) -> bool:
    """Write a run's state; say so, and return False, where the disk does not take it."""
    return write_whole(folder / STATE, lambda path: torch.save(state, path))


def load_state(folder: Path, own: dict[str, dict[str, str]]) -> dict[str, Any] | None:
    """Return the state of an earlier run of the same, None if there is none.

    One that cannot be read or is of something else is put aside with a word.
    """
    path = folder / STATE
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        reason = difference(state["identity"], own)
    except Exception as error:  # a cut-off file makes torch.load raise almost anything
        reason = f"it cannot be read, {type(error).__name__}"
    if reason is None:
        return state
    aside = put_aside(path)
    print(f"{path} is not from this run ({reason}): it was moved to {aside}, the run begins anew")
    return None
