"""The names and shapes in a safetensors file, read without loading any of its numbers.

The file begins with the length of its header (8 bytes, little-endian), then the header in JSON:
name -> dtype, shape and data_offsets; then come the numbers, without a gap.
Source: https://github.com/huggingface/safetensors (Format)
"""

from __future__ import annotations

import json
import math
import os
import struct
from pathlib import Path
from typing import Any

from data_scripts.errors import BadSource

LONGEST_HEADER_BYTES = 100_000_000  # the format's own limit
BYTES_EACH = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
              "U8": 1, "BOOL": 1}  # fmt: skip


def tensors_in(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shape of each tensor in a file.

    Raises BadSource if the file is no safetensors file, or shorter or longer than its header says.
    """
    try:
        header, data_bytes = _header(path)
        ends = [0]
        shapes = {}
        for name, about in header.items():
            begin, end = about["data_offsets"]
            shapes[name] = tuple(about["shape"])
            if end - begin != math.prod(shapes[name]) * BYTES_EACH[about["dtype"]]:
                raise BadSource(f"{path}: {name} has another length than its shape demands; "
                                "download or copy the file again")  # fmt: skip
            ends.append(end)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise BadSource(f"{path}: cannot be read ({reason})") from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadSource(f"{path}: not a safetensors file, or a damaged one; download or copy it "
                        "again") from problem  # fmt: skip
    if max(ends) != data_bytes:
        raise BadSource(
            f"{path}: expected {max(ends):,} bytes of numbers, got {data_bytes:,}: the file is cut "
            "off, or something was appended; download or copy it again"
        )
    return shapes


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """Return what the header says of each tensor, and how many bytes follow it."""
    with open(path, "rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 0 < length <= LONGEST_HEADER_BYTES:
            raise ValueError(f"a header of {length} bytes")
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        return header, os.fstat(file.fileno()).st_size - 8 - length
