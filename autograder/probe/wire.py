"""The bytes between grader and student process: JSON plus raw arrays, size-capped, never pickle.

A message is 4 bytes length, JSON, then the arrays' bytes one after the other. In the JSON an array
is {"array": k}; the list "arrays" gives dtype and shape of each. Numbers, text, booleans, None,
lists and dictionaries with text keys are all that can be said.

Whoever is at the other end may have been taken over: nothing is believed before it was counted.
"""

from __future__ import annotations

import json
import math
import select
import socket
import time
from typing import Any

import numpy as np

from autograder.probe.errors import MalformedReply, StudentProcessGone, StudentTimeout

Plain = Any
GONE = "the process that ran your code has ended"  # how it ended, others may know
# Little-endian numbers and truth values, by numpy's own short names.
DTYPES = {
    name: np.dtype(name)
    for name in ("|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8")
}
ATOMS = frozenset((type(None), bool, int, float))
CHUNK_BYTES = 2**18
MAX_JSON_BYTES = 16 * 2**20
MAX_ARRAY_BYTES = 64 * 2**20
MAX_ARRAYS = 10_000
MAX_ITEMS = 1_000_000  # values, keys and entries of one message; each takes some 100 bytes here
MAX_DEPTH = 40
MOST_DIGITS = 308  # of a whole number; beyond lies no float
SEND_S = 60.0  # a process that reads nothing for so long will not read at all


class Channel:
    """One end of a connection: messages out, messages in."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        self._connection = connection
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(connection, select.POLLIN)
        self._writable.register(connection, select.POLLOUT)
        self._buffer, self._filled = bytearray(CHUNK_BYTES), 0

    def send(self, message: Plain, seconds: float = SEND_S) -> None:
        """Send one message; raises ValueError if it holds what cannot be said.

        Raises OSError where the other side is gone, or has read nothing for so many seconds.
        """
        left = memoryview(encode(message))
        while left:
            try:
                left = left[self._connection.send(left, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                if not self._writable.poll(1000 * seconds):
                    raise TimeoutError("the other process does not read") from None

    def receive(self, deadline: float | None = None) -> Plain:
        """Read one message; deadline is a time of time.monotonic().

        Raises StudentTimeout, StudentProcessGone, MalformedReply. What came of a message before its
        time was up stays, so that its rest can be waited for.
        """
        self._wait_for(4, deadline)
        size = int.from_bytes(self._buffer[:4], "big")
        if size > MAX_JSON_BYTES:
            raise MalformedReply(f"a reply of {size} bytes is too large")
        self._wait_for(4 + size, deadline)
        try:
            body, layouts = head(self._buffer[4 : 4 + size])
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise MalformedReply(f"the reply is not of the agreed form: {error}") from error
        end = 4 + size + sum(bytes_of(array) for array in layouts)
        self._wait_for(end, deadline)
        try:
            return unpack(body, self._cut(4 + size, layouts))
        except (ValueError, TypeError, LookupError) as error:
            raise MalformedReply(f"the reply is not of the agreed form: {error}") from error
        finally:
            self._drop(end)

    def _wait_for(self, count: int, deadline: float | None) -> None:
        """Read on until the buffer holds so many bytes."""
        while self._filled < count:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0 or not self._readable.poll(1000 * left + 1):
                    raise StudentTimeout("your code ran longer than it may")
            # it grows with what has come, never with what was announced
            if self._filled == len(self._buffer):
                self._buffer.extend(bytes(len(self._buffer)))
            try:
                with memoryview(self._buffer) as view:
                    count_read = self._connection.recv_into(view[self._filled :])
            except OSError as error:
                raise StudentProcessGone(GONE) from error
            if not count_read:
                raise StudentProcessGone(GONE)
            self._filled += count_read

    def _cut(self, start: int, layouts: list[Layout]) -> list[np.ndarray]:
        """Copy the arrays out of the buffer; the copies are writable."""
        arrays = []
        for dtype, shape in layouts:
            end = start + bytes_of((dtype, shape))
            arrays.append(np.frombuffer(self._buffer[start:end], dtype).reshape(shape))
            start = end
        return arrays

    def _drop(self, count: int) -> None:
        """Forget the bytes of a message; a buffer that had to grow is given back."""
        rest = self._buffer[count : self._filled]
        if len(self._buffer) > 4 * CHUNK_BYTES:
            self._buffer = bytearray(max(CHUNK_BYTES, len(rest)))
        self._buffer[: len(rest)] = rest
        self._filled = len(rest)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


Layout = tuple[np.dtype, tuple[int, ...]]


def encode(message: Plain) -> bytes:
    """The bytes of one message; raises ValueError if it holds what cannot be said."""
    arrays: list[np.ndarray] = []
    body = pack(message, arrays)
    headers = [[a.dtype.str, *a.shape] for a in arrays]
    text = ENCODER.encode({"body": body, "arrays": headers}).encode()
    if len(text) > MAX_JSON_BYTES or items_in(text) > MAX_ITEMS:
        raise ValueError(f"message of {len(text)} bytes is too large")
    if sum(a.nbytes for a in arrays) > MAX_ARRAY_BYTES or len(arrays) > MAX_ARRAYS:
        raise ValueError("the arrays of a message are too large")
    return b"".join([len(text).to_bytes(4, "big"), text, *(a.tobytes() for a in arrays)])


def pack(value: Plain, arrays: list[np.ndarray]) -> Plain:
    """Replace arrays by references; refuse what has no plain form."""
    kind = type(value)
    if kind in ATOMS or kind is str:
        return value
    if isinstance(value, (list, tuple)):
        return [item if type(item) in ATOMS else pack(item, arrays) for item in value]
    if isinstance(value, dict):
        return {"map": {str(key): pack(item, arrays) for key, item in value.items()}}
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.str not in DTYPES:
            raise ValueError(f"arrays of type {array.dtype} cannot be sent")
        arrays.append(array)
        return {"array": len(arrays) - 1}
    if isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(f"values of type {kind.__name__} cannot be sent")


def head(text: bytes | bytearray) -> tuple[Plain, list[Layout]]:
    """Read a message's JSON: the body, and dtype and shape of each array that follows.

    Raises ValueError, TypeError, LookupError or RecursionError where it is not of the form.
    """
    if items_in(text) > MAX_ITEMS:
        raise ValueError("too many values")
    found = DECODER.decode(text.decode("utf-8"))
    headers = found["arrays"]
    if not isinstance(headers, list) or len(headers) > MAX_ARRAYS:
        raise ValueError("too many arrays")
    layouts = [layout(header) for header in headers]
    if sum(map(bytes_of, layouts)) > MAX_ARRAY_BYTES:
        raise ValueError("arrays too large")
    return found["body"], layouts


def items_in(text: bytes | bytearray) -> int:
    """At most how many values a JSON text holds: in texts, a comma may be a comma."""
    return text.count(b",") + text.count(b"[") + text.count(b"{") + 1


def without_repetition(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    """A dictionary that has each key once; raises ValueError for one that said a key twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found


def whole(digits: str) -> int:
    """A whole number that a float can hold; raises ValueError for a longer one."""
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise ValueError("a number is too long")
    return int(digits)


def unpack(value: Plain, arrays: list[np.ndarray], depth: int = 0) -> Plain:
    """Put arrays back in their places; texts become such as can be written to any file."""
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is str:
        return readable(value)
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if kind is list:
        return [item if type(item) in ATOMS else unpack(item, arrays, depth + 1) for item in value]
    if len(value) != 1:
        raise ValueError("unknown form")
    ((form, inner),) = value.items()
    if form == "map" and type(inner) is dict:
        return {readable(key): unpack(item, arrays, depth + 1) for key, item in inner.items()}
    if form == "array" and type(inner) is int and 0 <= inner < len(arrays):
        return arrays[inner]
    raise ValueError("unknown form, or no such array")


def readable(text: str) -> str:
    """The text as any file in UTF-8 can hold it: a question mark for each lone surrogate."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def layout(header: Plain) -> Layout:
    """Check one array's header: its dtype, then the size of each axis."""
    dtype, shape = DTYPES[header[0]], header[1:]
    if type(header) is not list or len(shape) > 16:
        raise ValueError("bad shape")
    if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise ValueError("bad shape")
    return dtype, tuple(shape)


def bytes_of(array: Layout) -> int:
    """How many bytes an array of this dtype and shape takes."""
    return array[0].itemsize * math.prod(array[1])


ENCODER = json.JSONEncoder(separators=(",", ":"))
DECODER = json.JSONDecoder(object_pairs_hook=without_repetition, parse_int=whole)
