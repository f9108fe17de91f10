"""Find what a block computes among the ways to put its parts together (see block.py)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from autograder.checks.evidence.block_run import NORM_TOLERANCE, D
from autograder.checks.expectations import agrees
from autograder.diagnosis.block import (
    KINDS,
    NONE,
    Norm,
    Seen,
    Stream,
    Value,
    after_first,
    at_the_end,
    pairs_of,
    stream,
)

EXACT = 1e-4


def matching(
    streams: Sequence[Stream], wanted: Sequence[Tensor], runs: Sequence[Seen]
) -> list[Stream]:
    """Those streams that have the wanted values in every run."""
    return [
        each for each in streams
        if all(agrees(each.make(r), y, EXACT) for r, y in zip(runs, wanted, strict=True))
    ]  # fmt: skip


def without(
    u: Tensor, vectors: Mapping[str, Tensor], weight: str | None, bias: str | None
) -> Tensor:
    """What u was before this weight and this bias."""
    u = u if bias is None else u - vectors[bias]
    return u if weight is None else u / vectors[weight]


def norms_between(
    streams: Sequence[Stream], into: Value, runs: Sequence[Seen]
) -> list[tuple[Stream, Norm]]:
    """Every stream and norm that make what a part took in, in every run.

    All are compared in the first run at once, few are left for the others.
    """
    r = runs[0]
    values = torch.stack([each.make(r) for each in streams])  # (S, N, T, D)
    kinds = torch.stack([kind(values) for _, kind in KINDS.values()], 1).flatten(2)  # (S, K, n)
    choices = pairs_of(r.vectors)
    plain = torch.stack([without(into(r), r.vectors, *choice).flatten() for choice in choices])
    off = torch.stack([(kinds - each).abs().amax(-1) for each in plain], -1)  # (S, K, C)
    near = off <= 2 * NORM_TOLERANCE * kinds.abs().amax(-1, keepdim=True).clamp(min=1.0)
    found = []
    for number, kind, choice in near.nonzero().tolist():
        each, norm = streams[number], Norm(list(KINDS)[kind], *choices[choice])
        if all(agrees(norm(each.make(r), r.vectors), into(r), NORM_TOLERANCE) for r in runs):
            found.append((each, norm))
    return found


def explain(runs: Sequence[Seen], first: str, second: str) -> frozenset[str] | None:
    """The fewest names that explain these runs; None if nothing does, or several equally well.

    first, second: what the parts are called, in the order in which they are tried.
    """
    vectors = list(runs[0].vectors)
    found: list[frozenset[str]] = []
    before = norms_between([stream(lambda r: r.x)], lambda r: r.u, runs)
    between = norms_between(after_first(first, vectors), lambda r: r.v, runs) if before else []
    outputs = [r.y for r in runs]
    for each, other in between:
        ends = matching(at_the_end(first, second, each, vectors), outputs, runs)
        for (_, one), end in itertools.product(before, ends):
            found.append(all_names(one, each, other, end, first, second))
    if not found and is_scaled_sum(runs):
        end = stream(lambda r: r.y, "sum-scaled")
        for (_, one), (each, other) in itertools.product(before, between):
            found.append(all_names(one, each, other, end, first, second))
    least = min(map(len, found), default=0)
    nearest = {names for names in found if len(names) == least}
    return nearest.pop() if len(nearest) == 1 else None


def all_names(
    one: Norm, before: Stream, other: Norm, end: Stream, first: str, second: str
) -> frozenset[str]:
    """What is wrong in the first norm, the stream, the second norm and the end together."""
    names = set((one.names | other.names | before.names | end.names) - {NONE})
    for norm in (*before.norms, *end.norms):
        names |= norm.names
    if "mlp-sees-attention-only" in names:  # the connection is there, though not for the MLP
        names.remove(f"no-residual-around-{first}")
    if {"parallel-branches", "second-residual-from-the-input"} <= names:  # nobody uses the first
        names -= {"parallel-branches", "second-residual-from-the-input"}
        names.add("branch-lost")
    inside, outside = "post" in names, "post at the end" in names
    names -= {"post", "post at the end"}
    bare = [NONE in one.names, NONE in other.names and not inside]
    if (inside and bare[0]) or (outside and NONE in other.names):
        names.add("post-norm")
    elif inside:
        names.add("stream-normalised")
    elif outside:
        names.add("final-norm-added")
    if not names & {"post-norm", "branch-output-normalised"}:
        if all(bare):
            names.add("no-norms")
        elif any(bare):
            names.add(f"no-norm-before-{first if bare[0] else second}")
    weights = [n.weight for n in (one, other, *before.norms, *end.norms) if n.weight]
    if len(set(weights)) < len(weights):
        names.add("one-norm-for-both")
    return frozenset(names)


def is_scaled_sum(runs: Sequence[Seen]) -> bool:
    """Whether the output is x, the first part and the second, each times some number."""
    for r in runs:
        columns = torch.stack([r.x.flatten(), r.o.flatten(), r.p.flatten()], 1)
        factors = torch.linalg.lstsq(columns, r.y.reshape(-1, 1)).solution
        if not agrees((columns @ factors).flatten(), r.y.flatten(), EXACT):
            return False
        if bool((factors.abs() < EXACT).any()):
            return False
    return True


def epsilon_between(s: Tensor, u: Tensor, vectors: Mapping[str, Tensor]) -> float | None:
    """The eps with which u came out of a LayerNorm of s, if one does; None if none does."""
    centred, variance = s - s.mean(-1, True), s.var(-1, unbiased=False, keepdim=True)
    for weight, bias in pairs_of(vectors):
        plain = without(u, vectors, weight, bias)
        size = centred.abs() > 0.3
        eps = ((centred / plain) ** 2 - variance)[size & (plain.sign() == centred.sign())]
        if len(eps) < D or not torch.isfinite(eps).all():
            continue
        middle = float(eps.median())
        made = centred / (variance + abs(middle)) ** 0.5
        if middle > 0.001 and agrees(made, plain, EXACT):
            return middle
    return None
