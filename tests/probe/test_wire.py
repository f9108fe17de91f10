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
        forged({"body": 1, "arrays": [["|O", 1]]}),
        forged({"body": 1, "arrays": [["<M8", 1]]}),
        forged({"body": 1, "arrays": [["<f4", 10**12]]}),
        forged({"body": 1, "arrays": [["<f4", 2**39, 2**39]]}),
        forged({"body": 1, "arrays": [["<f4", 2**39, 2**39, 0, 2**39]]}),
        forged({"body": 1, "arrays": [["<f4", -1]]}),
        forged({"body": 1, "arrays": [["<f4", 1.0]]}),
        forged({"body": 1, "arrays": [["<f4", True]]}),
        forged({"body": 1, "arrays": [["<f4", *[1] * 17]]}),
        forged({"body": 1, "arrays": [[["<f4"]]]}),
        forged({"body": 1, "arrays": [[]]}),
        forged({"body": 1, "arrays": ["<f4"]}),
        forged({"body": 1, "arrays": [{"0": "<f4"}]}),
        forged({"body": 1, "arrays": {}}),
        forged({"body": {"array": True}, "arrays": [["<f4", 0]]}),
        forged({"body": {"map": {}, "array": 0}, "arrays": [["<f4", 0]]}),
        forged(b'{"body": 1, "body": 2, "arrays": []}'),
        forged(b'{"body": {"map": {"handle": 1, "handle": 2}}, "arrays": []}'),
        forged(b'{"body": 1' + b"0" * 308 + b', "arrays": []}'),
        forged(b'{"body": -1' + b"0" * 9000 + b', "arrays": []}'),
        forged(b'{"body": "\xff\xfe", "arrays": []}'),
        forged({"body": [0] * 1_000_001, "arrays": []}),
        forged({"body": 1, "arrays": [["|u1", 0]] * 10_001}),
        forged(b'{"arrays": [], "body": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
        (2**31).to_bytes(4, "big"),
    ],
)
def test_what_is_not_a_message_is_malformed(contents: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=ours.sendall, args=(contents,))
        sender.start()
        with pytest.raises(MalformedReply):
            wire.Channel(theirs).receive(time.monotonic() + 20)
        sender.join()


def test_odd_numbers_arrive_as_floats_and_halves_of_characters_as_question_marks() -> None:
    body = b'{"map": {"a": NaN, "b": 1e999, "\\ud800c": ["\\udfff", "\\ud83d\\ude00"]}}'
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(forged(b'{"arrays": [], "body": ' + body + b"}"))
        found = wire.Channel(theirs).receive(time.monotonic() + 5)
    assert found["a"] != found["a"] and found["b"] == float("inf")
    assert found["?c"] == ["?", "\U0001f600"]
    json.dumps(found).encode()
    "".join(found["?c"]).encode()


def test_announced_arrays_take_no_room_before_they_come() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(forged({"body": {"array": 0}, "arrays": [["|u1", 60 * 2**20]]}))
        channel = wire.Channel(theirs)
        with pytest.raises(StudentTimeout):
            channel.receive(time.monotonic() + 0.05)
        assert len(channel._buffer) == wire.CHUNK_BYTES


def test_a_message_that_comes_too_late_is_read_whole_by_the_next_receive() -> None:
    whole = wire.encode({"values": np.arange(1000.0)})
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = wire.Channel(theirs)
        ours.sendall(whole[:500])
        with pytest.raises(StudentTimeout):
            channel.receive(time.monotonic() + 0.05)
        ours.sendall(whole[500:] + wire.encode("next"))
        assert channel.receive(time.monotonic() + 5)["values"][-1] == 999.0
        assert channel.receive(time.monotonic() + 5) == "next"


def test_a_message_larger_than_the_buffer_arrives_and_the_buffer_shrinks_again() -> None:
    message = [np.arange(10**6, dtype=np.int32), "behind it"]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=wire.Channel(ours).send, args=(message,))
        sender.start()
        channel = wire.Channel(theirs)
        assert same(channel.receive(time.monotonic() + 20), message)
        sender.join()
        assert len(channel._buffer) == wire.CHUNK_BYTES


def test_a_process_that_does_not_read_holds_nobody_up() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(OSError, match="does not read"):
        wire.Channel(ours).send([np.zeros(2**20)], seconds=0.05)


def test_silence_times_out_and_a_closed_end_says_so() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours, pytest.raises(StudentTimeout):
            wire.Channel(theirs).receive(time.monotonic() + 0.05)
        with pytest.raises(StudentProcessGone):
            wire.Channel(theirs).receive(time.monotonic() + 5)
