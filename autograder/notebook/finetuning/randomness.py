"""All random generators that a run may draw from, as one value that torch.save takes."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


def seed(value: int) -> None:
    """Start PyTorch's generators, NumPy's and Python's from a number."""
    torch.manual_seed(value)  # those of the GPUs, too
    np.random.seed(value)
    random.seed(value)


def capture(device: torch.device, generator: torch.Generator) -> dict[str, Any]:
    """Return the states of the run's own generator, PyTorch's, NumPy's and Python's."""
    numpy_state: Any = np.random.get_state(legacy=True)
    algorithm, keys, position, has_gauss, gauss = numpy_state
    state: dict[str, Any] = {
        "run": generator.get_state(),
        "cpu": torch.get_rng_state(),
        "numpy": (str(algorithm), keys.tolist(), int(position), int(has_gauss), float(gauss)),
        "python": random.getstate(),
    }
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def restore(state: dict[str, Any], device: torch.device, generator: torch.Generator) -> None:
    """Put the generators back; the state of a device that is not at hand is passed over."""
    generator.set_state(state["run"])
    torch.set_rng_state(state["cpu"])
    algorithm, keys, *rest = state["numpy"]
    np.random.set_state((algorithm, np.array(keys, dtype=np.uint32), *rest))
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    elif device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"])
