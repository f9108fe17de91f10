"""How many operations a second a device can do at most: what MFU is measured against.

Dense matrix products, sums in float32; the larger numbers on many data sheets assume that half of
the weights are zero.
"""

from __future__ import annotations

import time

import torch

from autograder.notebook.finetuning.precision import Precision

# (part of the device's name, 1e12 operations a second with 16-bit numbers, and with float32);
# the first that matches counts
PEAKS = (
    ("B200", 2250.0, None),  # NVIDIA, Blackwell architecture brief: HGX B200, per GPU
    ("H200 NVL", 835.5, 60.0),  # NVIDIA H200 data sheet
    ("H200", 989.5, 67.0),  # NVIDIA H200 data sheet, SXM
    ("H100 PCIe", 756.0, 51.0),  # NVIDIA H100 data sheet, PCIe
    ("H100 NVL", 835.5, 60.0),  # NVIDIA H100 data sheet, NVL
    ("H100", 989.5, 67.0),  # NVIDIA H100 data sheet, SXM
    ("A100", 312.0, 19.5),  # NVIDIA A100 data sheet, SXM and PCIe alike
    ("L40S", 362.0, 91.6),  # NVIDIA L40S data sheet
    ("L4", 121.0, 30.3),  # NVIDIA L4 data sheet
    ("A10G", 70.0, 35.0),  # NVIDIA A10G data sheet (made for AWS; not an A10)
    ("A10", 125.0, 31.2),  # NVIDIA A10 data sheet
    ("RTX A6000", 154.8, 38.7),  # NVIDIA Ampere GA102 white paper, table of the RTX A6000
    ("RTX 4090", 165.2, 82.6),  # NVIDIA Ada white paper, appendix A
    ("RTX 3090", 71.0, 35.6),  # NVIDIA Ampere GA102 white paper, appendix A
    ("T4", 65.0, 8.1),  # NVIDIA T4 data sheet
    ("V100S", 130.0, 16.4),  # NVIDIA V100 data sheet, V100S
    ("V100-PCIE", 112.0, 14.0),  # NVIDIA V100 data sheet, PCIe
    ("V100", 125.0, 15.7),  # NVIDIA V100 data sheet, SXM2
    ("P100-PCIE", 18.7, 9.3),  # NVIDIA P100 data sheet, PCIe; it has no tensor cores
)
VARIANTS = (
    " Ti ",
    " D ",
    " SUPER ",
    " Laptop ",
    " Max-Q ",
    " MIG ",
)  # another chip, or part of one
WITHOUT_BFLOAT16 = ("T4", "V100", "P100")  # there it is emulated: no data sheet says how fast


def peak_flops(device: torch.device, precision: Precision) -> float | None:
    """Return the operations a second that a device can do at most, or None where unknown.

    A CPU is measured: the fastest of a few matrix products, in the precision of the run.
    """
    if device.type == "cpu":
        return measured_flops(precision)
    if device.type != "cuda":
        return None
    return listed_flops(torch.cuda.get_device_name(device), precision.name)


def listed_flops(device_name: str, precision_name: str) -> float | None:
    """Return what the table says for a GPU of this name, None if it says nothing."""
    words = f" {device_name} "
    if any(variant in words for variant in VARIANTS):
        return None
    for name, half, single in PEAKS:
        # a name ends where a word ends: an L40 is no L4, an A1000 no A100
        if not any(f" {name}{end}" in words for end in (" ", "-")):
            continue
        if precision_name == "bfloat16" and name.startswith(WITHOUT_BFLOAT16):
            return None
        per_s = single if precision_name == "float32" else half
        return None if per_s is None else per_s * 1e12
    return None


def measured_flops(precision: Precision, size: int = 512) -> float:
    """Measure the operations a second of square matrix products on the CPU; the best of some."""
    a = torch.full((size, size), 0.5)
    times: list[float] = []
    with precision.autocast():
        # the first ones warm up or are disturbed; with 16 bits a CPU may be too slow for many
        while len(times) < 5 or (len(times) < 20 and sum(times) < 0.2):
            started = time.perf_counter()
            a @ a
            times.append(time.perf_counter() - started)
    return 2 * size**3 / min(times)
