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
# Little-endian numbers and truth values, by numpy's own short names.
DTYPES = {
    name: np.dtype(name)
    for name in ("|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8")
}
CHUNK_BYTES = 2**18
MAX_JSON_BYTES = 32 * 2**20
MAX_ARRAY_BYTES = 256 * 2**20
MAX_ARRAYS = 10_000
MAX_DEPTH = 40


class Channel:
    """One end of a connection: messages out, messages in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def send(self, message: Plain) -> None:
        """Send one message; raises ValueError if it holds what cannot be said."""
        self._connection.settimeout(None)
        self._connection.sendall(encode(message))

    def receive(self, deadline: float | None = None) -> Plain:
        """Read one message; deadline is a time of time.monotonic().

        Raises StudentTimeout, StudentProcessGone, MalformedReply.
        """
        size = int.from_bytes(self._read(4, deadline), "big")
        if size > MAX_JSON_BYTES:
            raise MalformedReply(f"a reply of {size} bytes is too large")
        try:
            head = json.loads(self._read(size, deadline))
            headers, body = head["arrays"], head["body"]
            if not isinstance(headers, list) or len(headers) > MAX_ARRAYS:
                raise ValueError("too many arrays")
            layouts = [layout(header) for header in headers]
            if sum(d.itemsize * math.prod(shape) for d, shape in layouts) > MAX_ARRAY_BYTES:
                raise ValueError("arrays too large")
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise MalformedReply(f"the reply is not of the agreed form: {error}") from error
        arrays = [
            np.frombuffer(self._read(d.itemsize * math.prod(shape), deadline), d).reshape(shape)
            for d, shape in layouts
        ]
        try:
            return unpack(body, arrays)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise MalformedReply(f"the reply is not of the agreed form: {error}") from error

    def _read(self, size: int, deadline: float | None) -> bytearray:
        """Take exactly that many bytes off the connection; the result is writable."""
        while len(self._buffer) < size:
            self._buffer += self._more(deadline)
        taken = self._buffer[:size]
        del self._buffer[:size]
        return taken

    def _more(self, deadline: float | None) -> bytes:
        """Wait for the next bytes."""
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise StudentTimeout("your code ran longer than it may")
            self._connection.settimeout(left)
            try:
                part = self._connection.recv(CHUNK_BYTES)
            except TimeoutError:
                continue
            except OSError as error:
                raise StudentProcessGone("the process that ran your code has ended") from error
            if not part:
                raise StudentProcessGone("the process that ran your code has ended")
            return part

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def encode(message: Plain) -> bytes:
    """The bytes of one message; raises ValueError if it holds what cannot be said."""
    arrays: list[np.ndarray] = []
    body = pack(message, arrays)
    headers = [{"dtype": a.dtype.str, "shape": list(a.shape)} for a in arrays]
    head = json.dumps({"body": body, "arrays": headers}).encode()
    if len(head) > MAX_JSON_BYTES:
        raise ValueError(f"message of {len(head)} bytes is too large")
    if sum(a.nbytes for a in arrays) > MAX_ARRAY_BYTES:
        raise ValueError("the arrays of a message are too large")
    return b"".join([len(head).to_bytes(4, "big"), head, *(a.tobytes() for a in arrays)])


def pack(value: Plain, arrays: list[np.ndarray]) -> Plain:
    """Replace arrays by references; refuse what has no plain form."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.str not in DTYPES:
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
