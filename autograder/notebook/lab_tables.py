"""The small tables of Lab 11 that appear when their numbers have been found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

ROWS = {
    "attention": "one attention module",
    "mlp": "one MLP",
    "block": "one Block",
    "blocks": "all Blocks",
    "wte": "wte",
    "wpe": "wpe",
    "layer_norm": "ln_f",
    "total": "the whole model",
}


def two_conventions(model: nn.Module, found: Sequence[Any]) -> None:
    """Print the course key's and PyTorch's count of GPT-2 side by side.

    model: the full-size one, whose parameters are counted here; found: the six numbers of G2.5.
    Raises NotImplementedError as long as one of these is right in neither way.
    """
    # Not at the top: while a notebook is graded, its process has none of the checks.
    from autograder.checks.lab11.counting import KEY, LAB, PYTORCH, count
    from autograder.checks.lab11.reading import as_number
    from autograder.checks.lab11.total import VARIABLES

    key, pytorch = count(LAB, KEY), count(LAB, PYTORCH)
    for part, number in zip(VARIABLES, found, strict=True):
        if as_number(number) not in (key[part], pytorch[part]):
            raise NotImplementedError
    print(f"{'':22}{'course key':>14}{'PyTorch':>14}{'difference':>14}")
    for part, name in ROWS.items():
        numbers = [key[part], pytorch[part], pytorch[part] - key[part]]
        print(f"{name:22}" + "".join(f"{number:14,}" for number in numbers if number))
    whole = sum(parameter.numel() for parameter in model.parameters())
    D, L = LAB.n_embd, LAB.n_layer
    print(
        f"\nThe model itself, asked by PyTorch: {whole:,}. The difference is {L} x {2 * D:,}, the"
        f"\nnumbers by which a bias of 3 x {D} is longer than one of {D}: "
        f"{L} x {2 * D:,} = {L * 2 * D:,}."
    )
