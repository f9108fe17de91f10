"""The bytes between grader and student process."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.probe import wire
from autograder.probe.errors import MalformedReply, StudentProcessGone, StudentTimeout

arrays = hnp.arrays(
    st.sampled_from([np.dtype(n) for n in ("bool", "int64", "float32", "float64", "uint8")]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | arrays
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return set(a) == set(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def transfer(message: Any) -> Any:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=wire.Channel(ours).send, args=(message,))
        sender.start()
        received = wire.Channel(theirs).receive(time.monotonic() + 5)
        sender.join()
        return received


@given(plain)
def test_what_can_be_said_arrives_unchanged(message: Any) -> None:
    assert same(transfer(message), message)


def test_dictionaries_that_look_like_references_arrive_as_dictionaries() -> None:
    message = {"array": 0, "map": {"array": 7}, "handle": 1}
    assert transfer(message) == message


@pytest.mark.parametrize("value", [object(), np.array([object()]), np.array(["text"]), {1, 2}])
def test_objects_are_refused_by_the_sender(value: Any) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(ValueError, match="cannot be sent"):
        wire.Channel(ours).send([value])


def forged(head: Any, tail: bytes = b"") -> bytes:
    encoded = head if isinstance(head, bytes) else json.dumps(head).encode()
    return len(encoded).to_bytes(4, "big") + encoded + tail


@pytest.mark.parametrize(
    "contents",
    [
        forged(b"not json"),
        forged([]),
        forged({"body": 1}),
        forged({"body": {"array": 0}, "arrays": []}),
        forged({"body": {"array": -1}, "arrays": []}),
        forged({"body": {"unknown": 1}, "arrays": []}),
        forged({"body": 1, "arrays": [{"dtype": "|O", "shape": [1]}]}),
        forged({"body": 1, "arrays": [{"dtype": "<f4", "shape": [10**12]}]}),
        forged({"body": 1, "arrays": [{"dtype": "<f4", "shape": [-1]}]}),
        forged({"body": 1, "arrays": [{"dtype": "<f4", "shape": [True]}]}),
        forged({"body": 1, "arrays": [{"dtype": ["<f4"], "shape": []}]}),
        forged(b'{"arrays": [], "body": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
        (2**31).to_bytes(4, "big"),
    ],
)
def test_what_is_not_a_message_is_malformed(contents: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(contents)
        with pytest.raises(MalformedReply):
            wire.Channel(theirs).receive(time.monotonic() + 5)


def test_silence_times_out_and_a_closed_end_says_so() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours, pytest.raises(StudentTimeout):
            wire.Channel(theirs).receive(time.monotonic() + 0.05)
        with pytest.raises(StudentProcessGone):
            wire.Channel(theirs).receive(time.monotonic() + 5)
