"""Whether a changed program still does the same: see the modules of what is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from benchmarks.mutants.comparison import Comparison, Enough
from benchmarks.mutants.layers import compare_attention, compare_block, compare_heads, compare_mlp
from benchmarks.mutants.layouts import same_family
from benchmarks.mutants.loops import compare_training
from benchmarks.mutants.models import compare_gpt
from benchmarks.mutants.optimizers import compare_configuration
from benchmarks.mutants.writing import compare_generation
from tests.answers import notebook_namespace

COMPARED: dict[str, Callable[[Comparison], None]] = {
    "E1": compare_attention,
    "E2": compare_heads,
    "E3": compare_mlp,
    "E4": compare_block,
    "E5": compare_gpt,
    "E6": compare_configuration,
    "E7": compare_training,
    "E8": compare_generation,
}


@dataclass(frozen=True)
class Proof:
    """What was compared, on how many inputs, the largest relative difference, and what differs."""

    inputs: dict[str, int]
    largest: dict[str, float]
    differing: dict[str, str]
    seen: dict[str, Any]
    same_family: bool = False  # the same with its numbers in other places: see layouts.py

    @property
    def equivalent(self) -> bool:
        """Whether nothing that was compared differs."""
        return not self.differing


def compare(exercise: str, original: str, mutant: str, whole: bool = True) -> Proof:
    """Run both programs in notebooks of their own, the exercise's cell replaced by each.

    whole: all of it, even after a difference. Changes torch's defaults: for a process of its own.
    """
    namespaces = [notebook_namespace({exercise: code}) for code in (original, mutant)]
    torch.set_default_dtype(torch.float64)
    c = Comparison(*namespaces, whole=whole)
    try:
        c.note("a cell that runs", *("__errors__" not in names for names in namespaces))
        COMPARED[exercise](c)
    except Enough:
        pass

    records = c.records if exercise == "E7" else {}
    family = whole and bool(c.differing) and same_family(exercise, *namespaces)
    return Proof(c.inputs, c.largest, c.differing, records, family)
