"""Which device, and which numbers it computes with."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

DTYPES = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}
BFLOAT16_SINCE = (8, 0)  # compute capability of Ampere, the first with tensor cores for bfloat16


@dataclass(frozen=True)
class Precision:
    """The numbers of the matrix products: "float32", "bfloat16" or "float16"; weights stay float32.

    bfloat16 has float32's range with 8 bits of precision. float16 has 11 bits and a range so small
    that gradients vanish below 6e-8: there the loss is scaled up before it goes backward.
    """

    name: str
    device_type: str

    def autocast(self) -> AbstractContextManager[None]:
        """Return the context in which the model computes with these numbers."""
        dtype = DTYPES[self.name]
        if dtype is None:
            return nullcontext()
        context: AbstractContextManager[None] = torch.autocast(self.device_type, dtype=dtype)
        return context

    def scaler(self) -> torch.amp.GradScaler:
        """Return a new GradScaler; but for float16 it passes everything through unchanged."""
        return torch.amp.GradScaler(self.device_type, enabled=self.name == "float16")


def best_device() -> torch.device:
    """Return the GPU if there is one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def choose_precision(device: torch.device, name: str | None = None) -> Precision:
    """Return the precision that suits a device, or the one that is asked for by name.

    On CUDA bfloat16 where the hardware has it, else float16 (a T4: is_bf16_supported() is true
    there, but only because PyTorch emulates it, slowly); everywhere else float32.
    Raises ValueError for an unknown name.
    """
    if name is None:
        name = "float32"
        if device.type == "cuda":
            has_bfloat16 = torch.cuda.get_device_capability(device) >= BFLOAT16_SINCE
            name = "bfloat16" if has_bfloat16 else "float16"
    if name not in DTYPES:
        raise ValueError(f"precision must be one of {', '.join(DTYPES)}: got {name!r}")
    return Precision(name, device.type)
