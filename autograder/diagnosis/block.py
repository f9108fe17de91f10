"""The block with its choices open: what its parts take in, and what is added to what.

Known maps stand in place of attention and MLP, and what they took in and gave out is on record. So
a block falls into questions that are answered one by one, each by a formula that holds on two
draws: what did the first part get, what the second, and what is the output made of?
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

WIDTH, POSITIONS, BATCH = -1, -2, -3
Kind = Callable[[Tensor], Tensor]


def over(*axes: int) -> Kind:
    """Normalise by mean and variance over these axes."""
    return lambda s: (s - s.mean(axes, True)) / s.var(axes, unbiased=False, keepdim=True).sqrt()


# What may stand where a LayerNorm is asked for, and the misconception; the first is right.
NONE = "no-norm"
KINDS: dict[str, tuple[str, Kind]] = {
    "LayerNorm": ("", lambda s: F.layer_norm(s, s.shape[-1:])),
    "nothing": (NONE, lambda s: s),
    "n - 1": ("norm-by-n-minus-one", lambda s: (s - s.mean(-1, True)) / s.std(-1, keepdim=True)),
    "variance": ("norm-by-variance", lambda s: (s - s.mean(-1, True)) / s.var(
        -1, unbiased=False, keepdim=True)),
    "variance, n - 1": ("norm-by-variance", lambda s: (s - s.mean(-1, True)) / s.var(
        -1, keepdim=True)),
    "mean only": ("norm-without-deviation", lambda s: s - s.mean(-1, True)),
    "deviation only": ("norm-without-mean", lambda s: s / s.std(-1, unbiased=False, keepdim=True)),
    "RMSNorm": ("norm-without-mean", lambda s: s / s.square().mean(-1, True).sqrt()),
    "length": ("norm-without-mean", lambda s: s / s.norm(dim=-1, keepdim=True)),
    "positions": ("norm-over-other-axis", over(POSITIONS)),
    "sequence": ("norm-over-other-axis", over(POSITIONS, WIDTH)),
    "everything": ("norm-over-other-axis", over(BATCH, POSITIONS, WIDTH)),
    "batch and positions": ("norm-over-other-axis", over(BATCH, POSITIONS)),
    "batch": ("norm-over-other-axis", over(BATCH)),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One run in terms of its parts, the first to be used first, all float64.

    u, o: what the first part took in and gave out; v, p: the second part.
    """

    x: Tensor
    y: Tensor
    u: Tensor
    o: Tensor
    v: Tensor
    p: Tensor
    vectors: Mapping[str, Tensor]


@dataclass(frozen=True)
class Norm:
    """A normalisation: its kind, and which of the block's vectors are its weight and bias."""

    kind: str
    weight: str | None = None
    bias: str | None = None

    def __call__(self, s: Tensor, vectors: Mapping[str, Tensor]) -> Tensor:
        y = KINDS[self.kind][1](s)
        if self.weight is not None:
            y = y * vectors[self.weight]
        return y if self.bias is None else y + vectors[self.bias]

    @property
    def names(self) -> set[str]:
        """The misconceptions in it."""
        found = {KINDS[self.kind][0]} - {""}
        if self.kind == "nothing" and self.weight is not None:
            return {"gain-without-norm"}
        if self.weight is None and self.kind != "nothing":
            found.add("norm-without-weights")
        return found


Value = Callable[[Seen], Tensor]


@dataclass(frozen=True)
class Stream:
    """What a part, or the end of the block, may be fed with.

    make: its value in a run; names: the misconceptions if it takes the place of x + attention(...);
    norms: those that it holds itself.
    """

    make: Value
    names: frozenset[str] = frozenset()
    norms: tuple[Norm, ...] = ()


def stream(make: Value, *names: str, norm: Norm | None = None) -> Stream:
    """A stream with the misconceptions in it, and the norm that it holds, if it does."""
    return Stream(make, frozenset(names), () if norm is None else (norm,))


def plus(one: Value, other: Value) -> Value:
    """The sum of two."""
    return lambda r: one(r) + other(r)


def through(step: Norm | Kind, value: Value) -> Value:
    """A value after a norm, or after an activation."""
    if isinstance(step, Norm):
        return lambda r: step(value(r), r.vectors)
    return lambda r: step(value(r))


def own_norms(names: Sequence[str]) -> Iterator[Norm]:
    """LayerNorms with a weight and perhaps a bias of these; without where the block has none."""
    for weight, bias in pairs_of(names):
        if weight is not None or not names:
            yield Norm("LayerNorm", weight, bias)


def pairs_of(names: Iterable[str]) -> list[tuple[str | None, str | None]]:
    """All ways to take a weight and a bias from these vectors; neither need be there."""
    some = list(names)
    return [(w, b) for w in (*some, None) for b in (*some, None) if w is None or w != b]


def after_first(first: str, names: Sequence[str]) -> list[Stream]:
    """What the stream may be after the first part, "attention", or "mlp" where that is first."""
    around = f"no-residual-around-{first}"

    def x(r: Seen) -> Tensor:
        return r.x

    def o(r: Seen) -> Tensor:
        return r.o

    a = plus(x, o)
    found = [
        stream(a),
        stream(o, around),
        stream(lambda r: r.u + r.o, "stream-normalised"),
        stream(x, "parallel-branches"),
        stream(plus(x, a), "residual-doubled"),
        stream(plus(a, o), "residual-doubled"),
        stream(lambda r: r.x - r.o, "sum-scaled"),
        stream(lambda r: r.x * r.o, "multiplied-for-added"),
        stream(through(F.gelu, a), "activation-added"),
        stream(through(F.relu, a), "activation-added"),
    ]
    for norm in own_norms(names):
        branch = through(norm, o)
        found += [
            stream(through(norm, a), "post", norm=norm),
            stream(plus(x, branch), "branch-output-normalised", norm=norm),
            stream(branch, around, "branch-output-normalised", norm=norm),
        ]
    return found


def at_the_end(first: str, second: str, before: Stream, names: Sequence[str]) -> list[Stream]:
    """What the output may be, where the second part was fed with the stream `before`."""
    parallel = "parallel-branches" in before.names

    def p(r: Seen) -> Tensor:
        return r.p

    def both(r: Seen) -> Tensor:
        return r.x + r.o

    a = both if parallel else before.make
    sums: list[tuple[Value, tuple[str, ...]]] = [
        (a, ()),
        (lambda r: 0 * r.x, (f"no-residual-around-{second}",)),
        (lambda r: r.v, ("stream-normalised",)),
        (lambda r: r.x, ("second-residual-from-the-input",)),
        (lambda r: r.o, (f"no-residual-around-{first}",)),
        (lambda r: r.u + r.o, ("stream-normalised",)),
        (plus(a, lambda r: r.x), ("residual-doubled",)),
        (plus(a, a), ("residual-doubled",)),
        (plus(a, lambda r: r.v), ("residual-doubled",)),
    ]
    if second == "mlp" and f"no-residual-around-{first}" in before.names:
        sums.append((both, ("mlp-sees-attention-only",)))
    found = [stream(plus(s, p), *wrong) for s, wrong in sums]
    found += [
        stream(a, "branch-lost"),
        stream(lambda r: a(r) * r.p, "multiplied-for-added"),
        stream(lambda r: a(r) - r.p, "sum-scaled"),
        stream(lambda r: a(r) + 2 * r.p, "residual-doubled"),
    ]
    for act in (F.gelu, F.relu, torch.tanh, torch.sigmoid):
        found += [stream(through(act, plus(s, p)), "activation-added", *w) for s, w in sums[:5]]
        found += [stream(plus(s, through(act, p)), "activation-added", *w) for s, w in sums[:5]]
    for norm in own_norms(names):
        for s, wrong in sums:
            found += [
                stream(through(norm, plus(s, p)), "post at the end", *wrong, norm=norm),
                stream(plus(s, through(norm, p)), "branch-output-normalised", *wrong, norm=norm),
            ]
    return found
