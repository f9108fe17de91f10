"""Every way to put a block together that E4 knows is recognised by its names."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.block_run import D, N, T
from autograder.diagnosis.block import KINDS, Norm, Seen, Stream, after_first, at_the_end
from autograder.diagnosis.block_match import all_names, epsilon_between, explain

NAMES = ("w1", "b1", "w2", "b2", "w3", "b3")
FIRST, SECOND = Norm("LayerNorm", "w1", "b1"), Norm("LayerNorm", "w2", "b2")
# Those with the third LayerNorm stand for all with one of their own.
STREAMS = [
    s for s in after_first("attention", NAMES) if s.norms in ((), (Norm("LayerNorm", "w3"),))
]
RIGHT = STREAMS[0]
ENDS = [
    (stream, end) for stream in STREAMS
    for end in at_the_end("attention", "mlp", stream, NAMES)
    if end.norms in ((), (Norm("LayerNorm", "w3", "b3"),))
]  # fmt: skip


def run(rng: Draw, one: Norm, stream: Stream, other: Norm, end: Stream, shift: float = 1.0) -> Seen:
    """What is on record of a block that is put together so, float64."""
    vectors = {name: rng.uniform(D, low=0.5, high=1.5).double() for name in NAMES}
    a, b = (rng.normal(D, D, std=D**-0.5).double() for _ in range(2))
    x = shift * rng.normal(N, T, D, std=2.0).double()
    u = one(x, vectors)
    o = torch.tanh(u.cumsum(1) / torch.arange(1, T + 1).unsqueeze(1) @ a)
    known = Seen(x, x, u, o, x, x, vectors)
    v = other(stream.make(known), vectors)
    known = Seen(x, x, u, o, v, torch.tanh(v @ b), vectors)
    return Seen(x, end.make(known), u, o, v, known.p, vectors)


def runs(seed: int, one: Norm, stream: Stream, other: Norm, end: Stream) -> list[Seen]:
    rng = Draw(seed, "e4")
    return [run(rng, one, stream, other, end) for _ in range(2)]


def test_the_right_block_has_no_name(seed: int) -> None:
    end = at_the_end("attention", "mlp", RIGHT, NAMES)[0]
    found = explain(runs(seed, FIRST, RIGHT, SECOND, end), "attention", "mlp")
    assert found == frozenset()


@pytest.mark.parametrize("number", range(0, len(ENDS), 13))
def test_streams_and_ends_are_named(number: int, seed: int) -> None:
    stream, end = ENDS[number]
    wanted = all_names(FIRST, stream, SECOND, end, "attention", "mlp")
    found = explain(runs(seed, FIRST, stream, SECOND, end), "attention", "mlp")
    # Where two descriptions are one function, the shorter counts, or neither of two as short.
    assert found is None or found == wanted or len(found) < len(wanted), (found, wanted)
    if len(wanted) == 1:
        assert found in (wanted, None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weight", [True, False])
def test_norms_are_named(kind: str, weight: bool, seed: int) -> None:
    one, other = (Norm(kind, w, b) if weight else Norm(kind)
                  for w, b in (("w1", "b1"), ("w2", "b2")))  # fmt: skip
    end = at_the_end("attention", "mlp", RIGHT, NAMES)[0]
    wanted = all_names(one, RIGHT, other, end, "attention", "mlp")
    assert explain(runs(seed, one, RIGHT, other, end), "attention", "mlp") == wanted


def test_a_large_epsilon_is_measured(seed: int) -> None:
    rng = Draw(seed, "eps")
    s = rng.normal(N, T, D, std=2.0).double()
    vectors = {"w": rng.uniform(D, low=0.5, high=1.5).double()}
    centred, variance = s - s.mean(-1, True), s.var(-1, unbiased=False, keepdim=True)
    for eps, wanted in ((0.3, 0.3), (1e-5, None)):
        u: Tensor = centred / (variance + eps).sqrt() * vectors["w"]
        assert epsilon_between(s, u, vectors) == (wanted and pytest.approx(wanted))
