"""Watch a student's Block at work, with known maps in place of its attention and its MLP.

A Block that does not make its parts by the names of E2 and E3 is watched with its own parts: among
all tensors that pass, those are sought that can be what its parts took in and gave out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import agrees, expect, expect_tensor
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle, StandIn, Student

ATTENTION, MLP = "MultiHeadCausalSelfAttention", "MLP"
N, T, D, H = 2, 5, 12, 3
NORM_TOLERANCE = 1e-3  # eps moves the variance by up to 1e-5 of it; n - 1 for n by 1/12
CLOSE = 2e-4


@dataclass(frozen=True)
class Part:
    """One part of the block: what it was made with, what it took in and gave out, by call."""

    made: list[list[Any]]
    calls: list[dict[str, Any]]

    @property
    def first(self) -> dict[str, Any]:
        """The first call; nothing where there was none."""
        return self.calls[0] if self.calls else {}

    @property
    def x(self) -> Tensor:
        return expect_tensor(self.first.get("x"), (N, T, D), "what a part takes").double()

    @property
    def y(self) -> Tensor:
        return expect_tensor(self.first.get("y"), (N, T, D), "what a part gives").double()


@dataclass(frozen=True)
class BlockRun:
    """One call of a Block that was made with this dropout and given fresh weights.

    vectors: the parameters of D numbers, by name; matrices: those of the two known maps, None where
    the block runs on its own parts.
    """

    dropout: float
    x: Tensor
    y: Tensor
    attention: Part
    mlp: Part
    vectors: Mapping[str, Tensor]
    matrices: tuple[Tensor, Tensor] | None


@dataclass(frozen=True)
class Norm:
    """A LayerNorm recognised by what it put out: its parameters, and the output without them."""

    weight: str
    bias: str | None
    plain: Tensor
    divides_by_n: bool


def quiet_run(student: Student, rng: Draw) -> BlockRun:
    """One run in evaluation mode that several checks look at, at a rate nobody writes by hand."""
    common = rng.common("block")
    rate = (10 * common.whole(10, 90) + 7) / 1000
    return student.once("block", lambda: run_block(student, common, rate))


def run_block(
    student: Student, rng: Draw, dropout: float = 0.1, training: bool = False
) -> BlockRun:
    """Make a Block with known parts (its own, if it uses no others), set its weights, call it.

    The student's own classes are tried first, with only what they compute replaced; where they
    cannot be made, classes of ours.
    """
    matrices = (rng.normal(D, D, std=D**-0.5), rng.normal(D, D, std=D**-0.5))
    for keep_own in (True, False):
        # A fault that is the block's own comes again below.
        with known_parts(student, matrices, keep_own) as parts, contextlib.suppress(StudentFault):
            run = watch(student, rng, dropout, training, parts, matrices)
            if run.attention.made and run.mlp.made:
                return run
    return watch_own_parts(student, rng)


@contextlib.contextmanager
def known_parts(
    student: Student, matrices: tuple[Tensor, Tensor], keep_own: bool
) -> Iterator[tuple[StandIn, StandIn]]:
    """Put known maps in place of attention (mixing positions) and MLP (one by one)."""
    arguments = ["hidden_size", "n_head", "dropout"]
    with (
        student.stand_in(ATTENTION, kind="layer", matrices=matrices[0].unsqueeze(0), mixing=True,
                         arguments=arguments, subclass=keep_own) as attention,
        student.stand_in(MLP, kind="layer", matrices=matrices[1].unsqueeze(0), mixing=False,
                         arguments=arguments[::2], subclass=keep_own) as mlp,
    ):  # fmt: skip
        yield attention, mlp


def watch(
    student: Student, rng: Draw, dropout: float, training: bool,
    parts: tuple[StandIn, StandIn], matrices: tuple[Tensor, Tensor],
) -> BlockRun:  # fmt: skip
    """Run a fresh Block on the known parts."""
    block = student.Block(D, H, dropout)
    block.train() if training else block.eval()
    vectors = fresh_vectors(block, rng)
    x = rng.normal(N, T, D, std=2.0)
    y = expect_tensor(block(x), (N, T, D), "the output")
    attention, mlp = (Part(*part.report()) for part in parts)
    return BlockRun(dropout, x.double(), y.double(), attention, mlp, vectors, matrices)


def fresh_vectors(block: Handle, rng: Draw) -> dict[str, Tensor]:
    """Set all weights, those of D numbers well away from 0; return these."""
    drawn = rng.weights_for(block, std=D**-0.5)
    vectors = {
        name: rng.uniform(*value.shape, low=0.5, high=1.5)
        for name, value in drawn.items() if value.numel() == D
    }  # fmt: skip
    block.load(vectors)
    return {name: value.double().flatten() for name, value in vectors.items()}


def watch_own_parts(student: Student, rng: Draw) -> BlockRun:
    """Run a Block on parts of its own, and find what they took in and gave out, if they can be."""
    block = student.Block(D, H, 0.0)
    block.eval()
    vectors = fresh_vectors(block, rng)
    x = rng.normal(N, T, D, std=2.0)
    y, passed = block.passing(x)
    y = expect_tensor(y, (N, T, D), "the output").double()
    found = find_parts(x.double(), y, torch.stack([y, *(p.double() for p in passed)]), vectors)
    expect(
        found is not None,
        "the block does not use MultiHeadCausalSelfAttention and MLP, and its own parts do not fit",
        expected="a = x + attention(LayerNorm_1(x)); y = a + mlp(LayerNorm_2(a))",
        got="another function",
        hint="make the two parts in __init__ with the classes of E2 and E3",
    )  # fmt: skip
    assert found is not None
    return BlockRun(0.0, x.double(), y, *found, vectors, None)


def find_parts(
    x: Tensor, y: Tensor, passed: Tensor, vectors: Mapping[str, Tensor]
) -> tuple[Part, Part] | None:
    """Find u_1 = LN(x), o_1, u_2 = LN(x + o_1) and o_2 = y - x - o_1 among tensors (S, N, T, D)."""
    norms = [(u, norm) for u in passed if (norm := read_norm(u, vectors))]
    first = [(u, n) for u, n in norms if agrees(n.plain, normalised(x), NORM_TOLERANCE)]
    rest = (y - x - passed).unsqueeze(1)  # (S, 1, N, T, D): what o_2 is, for each o_1
    off = (rest - passed).abs().flatten(2).amax(2).amin(1)
    could_be = passed[off <= CLOSE * max(1.0, float(y.abs().max()))]
    for u1, _ in first:
        for o1 in could_be:
            a = x + o1
            for u2, norm in norms:
                if agrees(norm.plain, normalised(a), NORM_TOLERANCE):
                    return Part([], [{"x": u1, "y": o1}]), Part([], [{"x": u2, "y": y - a}])
    return None


def normalised(x: Tensor) -> Tensor:
    """Each vector with mean 0 and variance 1, as LayerNorm makes it before weight and bias."""
    return (x - x.mean(-1, keepdim=True)) / x.std(-1, unbiased=False, keepdim=True)


def read_norm(u: Tensor, vectors: Mapping[str, Tensor]) -> Norm | None:
    """Find weight and bias under which u (N, T, D) came out of a LayerNorm of anything."""
    for weight, scale in vectors.items():
        for bias in (None, *vectors):
            if bias == weight:
                continue
            plain = (u - (0 if bias is None else vectors[bias])) / scale
            spread = plain.var(-1, unbiased=False)
            if plain.mean(-1).abs().max() > NORM_TOLERANCE:
                continue
            for wanted in (1.0, 1 - 1 / D):
                if (spread - wanted).abs().max() < NORM_TOLERANCE:
                    return Norm(weight, bias, plain, wanted == 1.0)
    return None
