"""The graphics processor, the disk and the memory, in a student's words."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

GB = 1e9
FOR_A_T4 = "Runtime > Change runtime type > T4 GPU"


def gpu() -> tuple[str, str]:
    """Kind and name of the processor that torch computes with: ("cuda", "Tesla T4, 15 GB").

    Kind is "cuda", "mps" (a Mac's own) or "cpu". Raises ImportError without torch.
    """
    import torch

    if torch.cuda.is_available():
        about = torch.cuda.get_device_properties(0)
        return "cuda", f"{about.name}, {about.total_memory / GB:.0f} GB"
    if torch.backends.mps.is_available():
        return "mps", "the Mac's own GPU"
    return "cpu", "none"


def what_it_means(kind: str, assignment: str, on_colab: bool) -> str:
    """What this kind of processor means for an assignment's training, as a sentence."""
    how = f" For one: {FOR_A_T4}; then run the cells again from the first." if on_colab else ""
    if assignment == "lab11":
        if kind == "cpu":
            return f'SETTING = "quick" works without, "full" wants one.{how}'
        return 'SETTING = "full" is within reach.'
    if kind == "cuda":
        return "Assignment 4 trains on it."
    return f"Assignment 4 trains on the CPU, which is enough.{how if kind == 'cpu' else ''}"


def gpu_sentence(assignment: str, on_colab: bool) -> str:
    """Which GPU there is, and what that means: "No GPU. Assignment 4 trains on the CPU, ..."."""
    kind, name = gpu()
    found = "No GPU" if kind == "cpu" else f"GPU: {name}"
    return f"{found}. {what_it_means(kind, assignment, on_colab)}"


def free_disk(folder: Path) -> float:
    """Free bytes where a folder is or would be."""
    place = folder.resolve()
    while not place.exists():
        place = place.parent
    return float(shutil.disk_usage(place).free)


def memory() -> float | None:
    """Bytes of memory that this computer has, None where nobody says."""
    if sys.platform == "win32":
        return _windows_memory()
    with contextlib.suppress(AttributeError, ValueError, OSError):
        return float(os.sysconf("SC_PAGE_SIZE")) * float(os.sysconf("SC_PHYS_PAGES"))
    return None


def _windows_memory() -> float | None:
    """Windows tells through its kernel library, in KiB."""
    with contextlib.suppress(Exception):
        import ctypes

        found = ctypes.c_ulonglong(0)
        kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  exists on Windows alone
        if kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(found)):
            return found.value * 1024.0
    return None
