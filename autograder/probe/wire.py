"""The bytes between grader and student process: JSON plus raw arrays, size-capped, never pickle.

A message is 4 bytes length, JSON, then the arrays' bytes one after the other. In the JSON an array
is {"array": k}; the list "arrays" gives dtype and shape of each. Numbers, text, booleans, None,
lists and dictionaries with text keys are all that can be said.
"""

from __future__ import annotations

import json
import math
import socket
import time
from typing import Any

import numpy as np

from autograder.probe.errors import MalformedReply, StudentProcessGone, StudentTimeout

Plain = Any
DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64",
                 "float16", "uint16", "uint32", "uint64")
}  # fmt: skip
MAX_JSON_BYTES = 32 * 2**20
MAX_ARRAY_BYTES = 256 * 2**20
MAX_ARRAYS = 10_000
MAX_DEPTH = 40


def send(connection: socket.socket, message: Plain) -> None:
    """Send one message; raises ValueError if it holds what cannot be said."""
    arrays: list[np.ndarray] = []
    body = pack(message, arrays)
    head = {
        "body": body,
        "arrays": [{"dtype": a.dtype.name, "shape": list(a.shape)} for a in arrays],
    }
    encoded = json.dumps(head).encode()
    if len(encoded) > MAX_JSON_BYTES:
        raise ValueError(f"message of {len(encoded)} bytes is too large")
    if sum(a.nbytes for a in arrays) > MAX_ARRAY_BYTES:
        raise ValueError("the arrays of a message are too large")
    connection.sendall(len(encoded).to_bytes(4, "big") + encoded)
    for array in arrays:
        connection.sendall(np.ascontiguousarray(array, DTYPES[array.dtype.name]).tobytes())


def receive(connection: socket.socket, deadline: float | None = None) -> Plain:
    """Read one message; deadline is a time of time.monotonic().

    Raises StudentTimeout, StudentProcessGone, MalformedReply.
    """
    size = int.from_bytes(read(connection, 4, deadline), "big")
    if size > MAX_JSON_BYTES:
        raise MalformedReply(f"a reply of {size} bytes is too large")
    try:
        head = json.loads(read(connection, size, deadline))
        headers = head["arrays"]
        body = head["body"]
        if not isinstance(headers, list) or len(headers) > MAX_ARRAYS:
            raise ValueError("too many arrays")
        layouts = [layout(header) for header in headers]
        if sum(dtype.itemsize * math.prod(shape) for dtype, shape in layouts) > MAX_ARRAY_BYTES:
            raise ValueError("arrays too large")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise MalformedReply(f"the reply is not of the agreed form: {error}") from error
    arrays = []
    for dtype, shape in layouts:
        contents = read(connection, dtype.itemsize * math.prod(shape), deadline)
        arrays.append(np.frombuffer(contents, dtype).reshape(shape).copy())
    try:
        return unpack(body, arrays)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise MalformedReply(f"the reply is not of the agreed form: {error}") from error


def pack(value: Plain, arrays: list[np.ndarray]) -> Plain:
    """Replace arrays by references; refuse what has no plain form."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.name not in DTYPES:
            raise ValueError(f"arrays of type {array.dtype} cannot be sent")
        arrays.append(array)
        return {"array": len(arrays) - 1}
    if isinstance(value, dict):
        return {"map": {str(key): pack(item, arrays) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return [pack(item, arrays) for item in value]
    raise ValueError(f"values of type {type(value).__name__} cannot be sent")


def unpack(value: Plain, arrays: list[np.ndarray], depth: int = 0) -> Plain:
    """Put arrays back in their places."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, list):
        return [unpack(item, arrays, depth + 1) for item in value]
    if isinstance(value, dict):
        if set(value) == {"array"}:
            index = value["array"]
            if not isinstance(index, int) or not 0 <= index < len(arrays):
                raise ValueError("no such array")
            return arrays[index]
        if set(value) == {"map"} and isinstance(value["map"], dict):
            return {key: unpack(item, arrays, depth + 1) for key, item in value["map"].items()}
        raise ValueError("unknown form")
    return value


def layout(header: Plain) -> tuple[np.dtype, tuple[int, ...]]:
    """Check one array's header."""
    dtype, shape = DTYPES[header["dtype"]], header["shape"]
    if not isinstance(shape, list) or len(shape) > 16:
        raise ValueError("bad shape")
    if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**40 for n in shape):
        raise ValueError("bad shape")
    return dtype, tuple(shape)


def read(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    """Read exactly that many bytes."""
    parts = bytearray()
    while len(parts) < size:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise StudentTimeout("your code ran longer than it may")
        connection.settimeout(left)
        try:
            part = connection.recv(min(size - len(parts), 2**20))
        except TimeoutError:
            continue
        except OSError as error:
            raise StudentProcessGone("the process that ran your code has ended") from error
        if not part:
            raise StudentProcessGone("the process that ran your code has ended")
        parts += part
    return bytes(parts)
