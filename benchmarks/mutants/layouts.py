"""Whether a changed layer computes the same with its numbers kept in other places.

Which projection is called query, which part of a fused one comes first, which columns are a head's
and whether a matrix is used as it is or transposed: none of this is asked for. So where the outputs
of two layers differ, their parameters are put into other places, and if for one fixed arrangement
all outputs agree on fresh weights and inputs, in both modes, the layers are of the same family.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.mutants.comparison import RAISED, attempt, difference
from benchmarks.mutants.layers import fill, ordered, used_once

Arrangement = dict[str, Callable[[dict[str, Tensor]], Tensor]]
MAKERS: dict[str, tuple[Callable[[Any], Any], int, int]] = {
    "E1": (lambda n: n["CausalSelfAttention"](6), 6, 1),
    "E2": (lambda n: n["MultiHeadCausalSelfAttention"](12, 2, 0.3), 12, 2),
    "E3": (lambda n: n["MLP"](6, 0.3), 6, 1),
}
MOST = 700  # arrangements that are tried
DRAWS = 5


def same_family(exercise: str, original: Any, mutant: Any) -> bool:
    """Whether some arrangement makes the mutant's outputs those of the original."""
    if exercise not in MAKERS:
        return False
    make, D, h = MAKERS[exercise]
    x = torch.randn(2, 5, D)
    pair = tuple(attempt(lambda n: used_once(make(n), x), names, 1) for names in (original, mutant))
    if RAISED in pair or shapes(pair[0]) != shapes(pair[1]):
        return False
    return any(fits(pair, each, D) for each in itertools.islice(arrangements(pair[0], D, h), MOST))


def shapes(module: nn.Module) -> list[tuple[Any, ...]]:
    """Names and shapes of what is trained."""
    return [(name, tuple(p.shape)) for name, p in ordered(module).items() if p.requires_grad]


def fits(pair: tuple[Any, Any], arrangement: Arrangement, D: int) -> bool:
    """Whether outputs agree under an arrangement, for several draws in both modes."""
    for draw in range(DRAWS):
        torch.default_generator.manual_seed(100 + draw)
        fill(pair)
        x = torch.randn(2, 4 + draw, D)
        values = {n: p.detach().clone() for n, p in ordered(pair[0]).items() if p.requires_grad}
        with torch.no_grad():
            for name, p in ordered(pair[1]).items():
                if name in arrangement:
                    p.copy_(arrangement[name](values))
        for training in (False, True):
            sides = [
                attempt(lambda m, t=training, x=x: m.train(t)(x), module, draw) for module in pair
            ]
            if difference(*sides) > 1e-9:
                return False
    return True


def arrangements(module: nn.Module, D: int, h: int) -> Iterator[Arrangement]:
    """Each parameter from another of its shape, its entries in another order."""
    names = [(name, tuple(p.shape)) for name, p in ordered(module).items() if p.requires_grad]
    by_shape: dict[tuple[int, ...], list[str]] = {}
    for name, shape in names:
        by_shape.setdefault(shape, []).append(name)
    exchanged = itertools.product(
        *(itertools.permutations(group) if len(group) < 5 else [tuple(group)]
          for group in by_shape.values())
    )  # fmt: skip
    for exchange in exchanged:
        source = dict(zip(itertools.chain(*by_shape.values()), itertools.chain(*exchange),
                          strict=True))  # fmt: skip
        options = [list(orders(shape, D, h)) for _, shape in names]
        for chosen in itertools.product(*options):
            yield {
                name: lambda values, s=source[name], order=order: order(values[s])
                for (name, _), order in zip(names, chosen, strict=True)
            }


def orders(shape: tuple[int, ...], D: int, h: int) -> Iterator[Callable[[Tensor], Tensor]]:
    """Orders of a parameter's entries: as they are, transposed, its parts or heads permuted."""
    yield lambda t: t
    if len(shape) >= 2 and shape[-1] == shape[-2]:
        yield lambda t: t.mT
    for axis, size in enumerate(shape):
        if size in (2, 3):
            for order in list(itertools.permutations(range(size)))[1:]:
                yield lambda t, axis=axis, order=order: t.index_select(axis, torch.tensor(order))
        if size == 3 * D or (size == D and h > 1):
            yield from regrouped(axis, size // D, h, D // h)


def regrouped(axis: int, parts: int, h: int, d: int) -> Iterator[Callable[[Tensor], Tensor]]:
    """An axis read as (parts, heads, columns), in another order of these, and of the parts."""
    size = parts * h * d
    seen = {tuple(range(size))}
    labels = {"p": parts, "h": h, "d": d}
    for first in itertools.permutations("phd"):
        for second in itertools.permutations("phd"):
            for order in itertools.permutations(range(parts)):
                index = torch.arange(size).view([labels[k] for k in first])
                index = index.permute([first.index(k) for k in second])
                index = index.index_select(second.index("p"), torch.tensor(order)).flatten()
                if (key := tuple(index.tolist())) not in seen:
                    seen.add(key)
                    yield lambda t, index=index: t.index_select(axis, index)
