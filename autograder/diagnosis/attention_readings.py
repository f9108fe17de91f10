"""Ways to read a student's parameters as W_Q, W_K, W_V and W_O where they may be used wrongly.

The search of checks/evidence/reading.py finds the one reading under which a right module is right.
Here the module is not, so what people would write is tried first, and for other layouts the values
of single tokens are the guide: no mistake in scale, mask or softmax shows there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.reading import READING_TOLERANCE, apart_from, flat, layouts
from autograder.probe.view import Handle, Parameter

MOST_READINGS = 400


@dataclass(frozen=True)
class Readings:
    """Ways to read the student's parameters; slots: indices into their numbers, (R, 3 or 4, D, h,
    d), the query's, key's, value's and, if there is one, output's place."""

    parameters: tuple[Parameter, ...]
    slots: Tensor

    def some(self, most: int) -> Readings:
        """The first of them: those that people would write."""
        return Readings(self.parameters, self.slots[:most])


def readings_of(parameters: Sequence[Parameter], D: int, n_head: int, projected: bool) -> Readings:
    """The readings that people would write: in the order of their definition first.

    Where there are fewer matrices than parts, one has to serve for several.
    """
    roles = 4 if projected else 3
    found: dict[bytes, Tensor] = {}
    for family in families(parameters, D, n_head):
        parts = range(len(family))
        if len(family) >= roles:
            orders: Iterator[tuple[int, ...]] = itertools.permutations(parts, roles)
        else:
            orders = (o for o in itertools.product(parts, repeat=roles) if set(o) == set(parts))
        for order in itertools.islice(orders, MOST_READINGS):
            chosen = [family[i][number == 3] for number, i in enumerate(order)]
            reading = torch.stack(chosen)
            found.setdefault(reading.numpy().tobytes(), reading)
    empty = torch.empty(0, roles, D, n_head, D // n_head, dtype=torch.long)
    kept = list(found.values())[:MOST_READINGS]
    return Readings(tuple(parameters), torch.stack(kept) if kept else empty)


def families(
    parameters: Sequence[Parameter], D: int, n_head: int
) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """The model's matrices as places (D, h, d), in one style of writing them after the other.

    Each twice: as a projection into heads, with the width that goes in first, and as the output
    projection, with the width that comes out first.
    """
    starts = [0, *itertools.accumulate(p.values.numel() for p in parameters)]
    tensors = [
        (p.name, torch.arange(start, start + p.values.numel()).view(p.values.shape))
        for p, start in zip(parameters, starts, strict=False)
        if not is_bias(p, D)
    ]
    for linear in (True, False):  # x @ W.T as in nn.Linear, or x @ W
        for by_head in (False, True):
            wide = wide_matrices(tensors, D, n_head, linear, by_head)
            if wide:
                yield [
                    (m.view(n_head, -1, D).permute(2, 0, 1), m.reshape(D, n_head, -1)) for m in wide
                ]


def is_bias(parameter: Parameter, D: int) -> bool:
    """Whether a parameter is a vector, in whatever shape: no matrix has so few numbers."""
    shape = [size for size in parameter.values.shape if size > 1]
    return len(shape) < 2 or parameter.values.numel() <= D


def wide_matrices(
    tensors: Sequence[tuple[str, Tensor]], D: int, n_head: int, linear: bool, by_head: bool
) -> list[Tensor]:
    """All (D, D) matrices in these tensors of places, with what comes out first.

    by_head: whether fused matrices hold one head's three parts after the other's.
    """
    d = D // n_head
    found: list[Tensor] = []
    heads: dict[str, list[Tensor]] = {}
    for name, place in tensors:
        if place.dim() == 3 and place.shape[1:] == (D, D):
            found += [m if linear else m.T for m in place]
        if place.dim() != 2:
            continue
        wide = place if linear else place.T  # (out, D)
        if wide.shape[1] == D and wide.shape[0] % D == 0:
            k = wide.shape[0] // D
            if by_head and k > 1:
                wide = wide.reshape(n_head, k, d, D).transpose(0, 1)
            found += wide.reshape(k, D, D)
        elif wide.shape == (d, D):
            heads.setdefault(re.sub(r"\d+", "#", name), []).append(wide)
    return found + [torch.cat(parts) for parts in heads.values() if len(parts) == n_head]


def guided_readings(
    module: Handle, parameters: Sequence[Parameter], rng: Draw, D: int, n_head: int, projected: bool
) -> Readings:
    """Readings of any layout whose W_V (and W_O) give the outputs of single tokens.

    A token alone listens to itself, whatever is wrong with scale, mask or softmax.
    """
    d = D // n_head
    small = {p.name for p in parameters if p.values.numel() < D * d}
    slots = layouts(parameters, D, D, n_head, skip=small)
    roles = 4 if projected else 3
    empty = Readings(tuple(parameters), torch.empty(0, roles, D, n_head, d, dtype=torch.long))
    drawn = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    values = {n: torch.zeros_like(v) if n in small else v for n, v in drawn.items()}
    module.load({p.name: values[p.name] for p in parameters})
    single = module(torch.eye(D).unsqueeze(1))
    if not len(slots) or not isinstance(single, Tensor) or single.shape != (D, 1, D):
        return empty
    numbers = flat(values, [p.name for p in parameters])
    apart = apart_from(slots, len(numbers))
    found, target = numbers[slots].flatten(2), single[:, 0].double()
    straight = torch.eye(D).double().unsqueeze(0)
    outputs = found if projected else straight
    made = torch.einsum("sij,rcj->sric", found, outputs)
    allowed = READING_TOLERANCE * max(1.0, float(target.abs().max()))
    fits = (made - target).abs().amax((2, 3)) <= allowed
    readings: list[Tensor] = []
    for value, last in fits.nonzero().tolist()[:4]:
        free = apart[value] & (apart[last] if projected else True)
        left = free.nonzero().flatten().tolist()
        for query, key in itertools.permutations(left, 2):
            if apart[query, key]:
                parts = [slots[query], slots[key], slots[value]]
                readings.append(torch.stack([*parts, slots[last]] if projected else parts))
    chosen = readings[:MOST_READINGS]
    return Readings(tuple(parameters), torch.stack(chosen)) if chosen else empty
