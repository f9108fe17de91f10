"""Which device, and which numbers it computes with."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

DTYPES = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}
CLEARLY = 1.3  # 16 bits must be that many times as fast as 32: they round
BFLOAT16_SINCE = (8, 0)  # compute capability of Ampere, the first with tensor cores for bfloat16


@dataclass(frozen=True)
class Precision:
    """The numbers of the matrix products: "float32", "bfloat16" or "float16"; weights stay float32.

    bfloat16 has float32's range with 8 bits of precision. float16 has 11 bits and a range so small
    that gradients vanish below 6e-8: there the loss is scaled up before it goes backward.
    """

    name: str
    device_type: str

    @property
    def dtype(self) -> torch.dtype | None:
        """What autocast takes for these numbers: None for float32, which needs none."""
        return DTYPES[self.name]

    def autocast(self) -> AbstractContextManager[None]:
        """Return the context in which the model computes with these numbers."""
        if self.dtype is None:
            return nullcontext()
        context: AbstractContextManager[None] = torch.autocast(self.device_type, dtype=self.dtype)
        return context

    def scaler(self) -> torch.amp.GradScaler:
        """Return a new GradScaler; but for float16 it passes everything through unchanged."""
        return torch.amp.GradScaler(self.device_type, enabled=self.name == "float16")


def best_device() -> torch.device:
    """Return the GPU if there is one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def fastest_precision(device: torch.device) -> Precision:
    """Return the precision that suits a device; on a CPU, what it is measured to be faster in.

    A CPU with units for bfloat16 is about twice as fast in it, one without some fifty times as
    slow: only products tell. Takes a tenth of a second on a CPU, on a GPU nothing.
    """
    if device.type != "cpu":
        return choose_precision(device)
    plain, rounded = Precision("float32", "cpu"), Precision("bfloat16", "cpu")
    seconds = {precision: product_seconds(precision) for precision in (plain, rounded)}
    return rounded if seconds[rounded] * CLEARLY < seconds[plain] else plain


def product_seconds(precision: Precision, size: int = 256) -> float:
    """Return the shortest time of three square matrix products, the casts to 16 bits included."""
    a = torch.full((size, size), 0.5)
    times: list[float] = []
    with precision.autocast():
        a @ a  # the first one warms up
        for _ in range(3):
            started = time.perf_counter()
            a @ a
            times.append(time.perf_counter() - started)
    return min(times)


def choose_precision(device: torch.device, name: str | None = None) -> Precision:
    """Return the precision that suits a device, or the one that is asked for by name.

    On CUDA bfloat16 where the hardware has it, else float16 (a T4: is_bf16_supported() is true
    there, but only because PyTorch emulates it, slowly); everywhere else float32. "fastest" is
    the same, but for a CPU that is measured to be faster in bfloat16.
    Raises ValueError for an unknown name.
    """
    if name == "fastest":
        return fastest_precision(device)
    if name is None:
        name = "float32"
        if device.type == "cuda":
            has_bfloat16 = torch.cuda.get_device_capability(device) >= BFLOAT16_SINCE
            name = "bfloat16" if has_bfloat16 else "float16"
    if name not in DTYPES:
        known = ", ".join([*DTYPES, "fastest"])
        raise ValueError(f"precision must be one of {known}: got {name!r}")
    return Precision(name, device.type)
