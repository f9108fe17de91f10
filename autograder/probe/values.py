"""What students' code makes, as plain data: numbers, text, lists, dictionaries, numpy arrays."""

from __future__ import annotations

from collections import UserList, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import torch

Plain = Any
MOST_BITS = 1023  # of an int: no float reaches further, and Python prints no much longer ones


def plain(value: Any) -> Plain:
    """Reduce a value to numbers, text, lists, dictionaries, arrays; name what is none of them.

    What comes out has exactly these types: no class of a student's own, with methods of its own.
    """
    kind = type(value)
    if value is None or kind is bool or kind is float or kind is str:
        return value
    if isinstance(value, torch.Tensor):
        return numbers_of(value)
    if isinstance(value, int):
        whole = int.__pos__(value)
        few = whole.bit_length() <= MOST_BITS
        return whole if few else {"foreign": "int, with hundreds of digits"}
    if isinstance(value, float):
        return float.__pos__(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return np.array(value)
    return {"foreign": kind.__name__}


def numbers_of(value: torch.Tensor) -> Plain:
    """A tensor's numbers as an array of its own."""
    if value.is_meta:  # it has a shape and no numbers
        return {"foreign": "Tensor"}
    tensor = value.detach().cpu()
    if tensor.dtype in (torch.bfloat16, torch.float16):
        tensor = tensor.float()
    return np.array(tensor.numpy())


def unboxed(value: Any) -> Any:
    """Turn a container of texts or numbers that is no list (a Series, an array) into one.

    And a number that is neither int nor float into one that is.
    """
    if isinstance(value, (deque, UserList)):
        return list(value)
    if isinstance(value, (Decimal, Fraction)):
        return float(value)
    if isinstance(value, torch.Tensor) or not callable(getattr(value, "tolist", None)):
        return value
    return value.tolist()
