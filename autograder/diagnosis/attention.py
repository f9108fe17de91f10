"""Attention with its choices open: what each usual mistake would give for the student's weights.

A design says what is done with W_Q, W_K, W_V (and W_O); one away from the right one by one change
has the name of this change. Which design a module computes is found in attention_match.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

NEVER = float("-inf")


@dataclass(frozen=True)
class Design:
    """One way to compute attention; the defaults are the right one.

    roles: what takes part as query, key and value: the projections q, k, v, or the input x.
    scale, mask, softmax: see SCALES, `masked` and `weighted`. split, merge: how heads are cut out
    of the width and put together again. end: what is done with the result.
    """

    roles: str = "qkv"
    scale: str = "1/sqrt(d)"
    mask: str = "causal"
    softmax: str = "keys"
    split: str = "columns"
    merge: str = "back"
    end: str = "plain"


Change = tuple[str, dict[str, str]]


def compute(design: Design, x: Tensor, projections: Tensor, output: Tensor | None) -> Tensor:
    """What a design gives, for many readings at once, in float64.

    Shapes: x (N, T, D), projections (R, 3, D, h, d) for q, k and v, output (R, D, h, d), with its
    model width first -> (R, N, T, D).
    """
    if design.split == "batch":
        turned = compute(replace(design, split="columns"), x.transpose(0, 1), projections, output)
        return turned.transpose(1, 2)
    x = x.double()
    R, _, D, h, d = projections.shape
    N, T = x.shape[:2]
    itself = x.view(1, N, T, h, d).expand(R, N, T, h, d)
    made = {
        letter: torch.einsum("nti,rihd->rnthd", x, projections[:, number])
        for number, letter in enumerate("qkv")
    } | {"x": itself}
    q, k, v = (heads_of(made[letter], design.split) for letter in design.roles)
    weights = weighted(design, q, k)
    if design.end == "transposed weights":
        weights = weights.transpose(-2, -1)
    if design.softmax == "channels":
        y = v @ weights
    elif design.end == "no values":
        y = weights @ torch.ones_like(v)
    else:
        y = weights @ v
    y = merged(y, design, N, T, D)
    if design.end == "values added":
        y = y + made["v"].flatten(3)
    if output is not None and design.end != "not projected":
        y = torch.einsum("rntj,rcj->rntc", y, output.flatten(2))
    if design.end == "cut after projection":
        y = y.reshape(R, N, h, T, d).transpose(2, 3).reshape(R, N, T, D)
    if design.end == "residual":
        y = y + x
    if design.end == "relu":
        y = y.relu()
    return y


def heads_of(projected: Tensor, split: str) -> Tensor:
    """Cut heads out of (R, N, T, h, d): (R, N, h, T, d), or what a mistake makes of it."""
    R, N, T, h, d = projected.shape
    if split == "time":  # .view(N, h, T, d) of what is (N, T, D)
        return projected.reshape(R, N, h, T, d)
    if split == "heads as sequence":  # the axes of T and h never change places
        return projected
    if split == "one head":
        return projected.reshape(R, N, 1, T, h * d)
    return projected.transpose(2, 3)


def merged(y: Tensor, design: Design, N: int, T: int, D: int) -> Tensor:
    """Put heads together to (R, N, T, D)."""
    if design.split == "heads as sequence" or design.merge == "not back":
        return y.reshape(len(y), N, T, D)
    if design.merge in ("mean", "sum"):
        once = y.mean(2) if design.merge == "mean" else y.sum(2)
        return once.repeat(1, 1, 1, y.shape[2])
    return y.transpose(2, 3).reshape(len(y), N, T, D)


def factor(name: str, N: int, D: int, d: int, h: int, T: int) -> float:
    """The factor of the scores that a name stands for."""
    return {
        "1/sqrt(d)": d**-0.5, "1/sqrt(D)": D**-0.5, "1": 1.0, "after": 1.0, "1/d": 1 / d,
        "1/D": 1 / D, "sqrt(d)": d**0.5, "sqrt(D)": D**0.5, "1/sqrt(T)": T**-0.5, "1/T": 1 / T,
        "1/sqrt(h)": h**-0.5, "1/h": 1 / h, "d": float(d),
        "1/sqrt(N)": N**-0.5,
    }[name]  # fmt: skip


def weighted(design: Design, q: Tensor, k: Tensor) -> Tensor:
    """The weights (R, N, h, T, T) of a design; q and k (R, N, h, T, d)."""
    N, h, T, d = q.shape[1:]
    if design.split == "heads as sequence":
        h, T = T, h
    D = h * d
    if design.softmax == "channels":
        scores = q.transpose(-2, -1) @ k * factor(design.scale, N, D, d, h, T)
        return scores.softmax(-1)
    scores = q @ k.transpose(-2, -1) * factor(design.scale, N, D, d, h, T)
    n = scores.shape[-1]
    past = torch.ones(n, n).double().tril()
    scores = masked(scores, design.mask, past)
    weights = normalised(scores, design)
    if design.scale == "after":
        weights = weights * d**-0.5
    if design.mask == "after softmax":
        weights = weights * past
    return weights


def masked(scores: Tensor, mask: str, past: Tensor) -> Tensor:
    """The scores as a mask leaves them for the softmax; past: 1 where a key is allowed."""
    future = past == 0
    n = len(past)
    if mask == "causal":
        return scores.masked_fill(future, NEVER)
    if mask == "hides itself":
        return scores.masked_fill(torch.ones(n, n).triu(0) == 1, NEVER)
    if mask == "one too late":
        return scores.masked_fill(torch.ones(n, n).triu(2) == 1, NEVER)
    if mask == "hides the past":
        return scores.masked_fill(torch.ones(n, n).tril(-1) == 1, NEVER)
    if mask == "hides the past and itself":
        return scores.masked_fill(past == 1, NEVER)
    if mask == "only itself":
        return scores.masked_fill(torch.eye(n) == 0, NEVER)
    if mask == "zero scores":
        return scores * past
    if mask == "ones added":
        return scores + past
    if mask == "future favoured":
        return scores + (1 - past)
    if mask == "zeros hidden":
        return scores.masked_fill(scores * past == 0, NEVER)
    if mask.startswith("filled with "):
        return scores.masked_fill(future, float(mask.removeprefix("filled with ")))
    if mask.startswith("lowered by "):
        return scores - float(mask.removeprefix("lowered by ")) * (1 - past)
    return scores  # none, or after the softmax


def normalised(scores: Tensor, design: Design) -> Tensor:
    """What a design makes of the scores in place of a softmax over the keys."""
    over = {"keys": -1, "queries": -2, "heads": -3, "batch": 1}
    kind = design.softmax
    if kind in over:
        return scores.softmax(over[kind])
    if kind == "twice":
        return scores.softmax(-1).softmax(-1)
    if kind == "sigmoid":
        return scores.sigmoid()
    if kind == "exp only":
        return scores.exp()
    if kind == "log":
        return scores.log_softmax(-1).masked_fill(scores == NEVER, 0.0)
    if kind == "all":
        return scores.flatten(-2).softmax(-1).view_as(scores)
    finite = scores.masked_fill(scores == NEVER, 0.0)
    if kind == "none":
        return finite
    if kind == "relu":
        return finite.relu()
    if kind == "sums":  # divided by their sum without exp
        return finite / finite.sum(-1, keepdim=True)
    if kind == "uniform":
        allowed = (scores != NEVER).double()
        return allowed / allowed.sum(-1, keepdim=True)
    if kind == "largest":
        return (scores == scores.amax(-1, keepdim=True)).double()
    raise ValueError(f"no softmax {kind!r}")


def named_changes(names: Mapping[str, dict[str, str]]) -> list[Change]:
    """A table of changes as a list; several rows of one name begin with it: "weak-mask/10"."""
    return [(name.partition("/")[0], change) for name, change in names.items()]


# What else one may do than the definition says, with one head or several.
COMMON_CHANGES = named_changes({
    "scale-by-length": {"scale": "1/sqrt(T)"},
    "scale-by-length/no root": {"scale": "1/T"},
    "scale-by-batch-size": {"scale": "1/sqrt(N)"},
    "scale-after-softmax": {"scale": "after"},
    "no-mask": {"mask": "none"},
    "mask-hides-itself": {"mask": "hides itself"},
    "mask-one-too-late": {"mask": "one too late"},
    "mask-hides-the-past": {"mask": "hides the past"},
    "mask-hides-the-past/itself too": {"mask": "hides the past and itself"},
    "mask-sets-scores-to-zero": {"mask": "zero scores"},
    "mask-adds-ones": {"mask": "ones added"},
    "mask-favours-the-future": {"mask": "future favoured"},
    "mask-favours-the-future/without end": {"mask": "filled with inf"},
    "batch-taken-for-time": {"split": "batch"},
    "masked-after-softmax": {"mask": "after softmax"},
    "weak-mask/1": {"mask": "filled with -1"},
    "weak-mask/5": {"mask": "filled with -5"},
    "weak-mask/lowered 5": {"mask": "lowered by 5"},
    "softmax-over-queries": {"softmax": "queries"},
    "softmax-over-batch": {"softmax": "batch"},
    "softmax-over-everything": {"softmax": "all"},
    "softmax-twice": {"softmax": "twice"},
    "no-softmax": {"softmax": "none"},
    "no-softmax/relu": {"softmax": "relu"},
    "no-softmax/sums": {"softmax": "sums"},
    "log-of-softmax": {"softmax": "log"},
    "exp-not-normalised": {"softmax": "exp only"},
    "sigmoid-for-softmax": {"softmax": "sigmoid"},
    "uniform-weights": {"softmax": "uniform"},
    "only-the-largest-score": {"softmax": "largest"},
    "channels-attend": {"softmax": "channels"},
    "keys-as-values": {"roles": "qkk"},
    "keys-as-values/queries": {"roles": "qkq"},
    "keys-are-queries": {"roles": "qqv"},
    "values-not-projected": {"roles": "qkx"},
    "queries-not-projected": {"roles": "xkv"},
    "nothing-projected-but-values": {"roles": "xxv"},
    "weights-transposed": {"end": "transposed weights"},
    "values-only": {"mask": "only itself"},
    "weights-without-values": {"end": "no values"},
    "residual-inside": {"end": "residual"},
    "values-added": {"end": "values added"},
})  # fmt: skip
