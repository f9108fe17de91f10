"""What students' code makes, as plain data: numbers, text, lists, dictionaries, numpy arrays."""

from __future__ import annotations

from collections import UserList, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import torch

Plain = Any
MOST_BITS = 1024  # of an int: no float reaches further, and Python prints no much longer ones


def plain(value: Any) -> Plain:
    """Reduce a value to numbers, text, lists, dictionaries, arrays; name what is none of them."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return {"foreign": "int, with hundreds of digits"}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, torch.Tensor):
        if value.is_meta:  # it has a shape and no numbers
            return {"foreign": "Tensor"}
        tensor = value.detach().cpu()
        if tensor.dtype in (torch.bfloat16, torch.float16):
            tensor = tensor.float()
        return np.array(tensor.numpy())
    if isinstance(value, (np.ndarray, np.generic)):
        return np.array(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return {"foreign": type(value).__name__}


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
