"""Read a student's weights as W_Q, W_K, W_V, W_O, whatever their names, order and layout.

The grader sets all weights, looks at what comes out, and searches for a reading under which the
formula gives exactly that: single matrices, fused ones, one per head, stacked or transposed. All
candidates are tried at once, on sequences of one token (there only W_V and W_O show) and of two
(there each head's softmax is one sigmoid). A reading is only a guess until it has predicted the
output for fresh weights and fresh inputs, so a wrong one cannot pass. Head size must be at least 4:
then no bias is as large as a head's matrix.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import agrees, output, rounding
from autograder.probe.view import Handle, Parameter

Values = Mapping[str, Tensor]
# A guess may be rougher than a verdict: whatever is read must still predict fresh outputs.
READING_TOLERANCE = 10 * rounding(torch.float32)


@dataclass(frozen=True)
class Reading:
    """Where W_Q, W_K, W_V, W_O and the query's bias lie among all the parameters' numbers.

    parameters: those that are trainable, in order; query, key, value, output: indices into their
    numbers laid end to end, (D, h, d), the output's with its model width first; query_bias
    (1, h, d); output and bias None where there are none. The other biases need no place: a key's
    never shows, the softmax takes it out, and those of value and output add one constant vector,
    which can be measured.
    scale: the factor of the scores; scale_name: the same in words.
    """

    parameters: tuple[Parameter, ...]
    query: Tensor
    key: Tensor
    value: Tensor
    output: Tensor | None
    query_bias: Tensor | None
    scale: float
    scale_name: str

    def predict(self, module: Handle, x: Tensor, values: Values) -> Tensor:
        """What the formula gives for x (N, T, D) with these values, loaded in the module."""
        numbers = flat(values, [p.name for p in self.parameters])
        places = (self.query, self.key, self.value, self.output, self.query_bias)
        constant = output(module, torch.zeros(1, 1, x.shape[-1]))[0, 0].double()
        return constant + attend(
            x, *(None if p is None else numbers[p] for p in places), scale=self.scale
        )


def attend(
    x: Tensor,
    query: Tensor | None,
    key: Tensor | None,
    value: Tensor | None,
    output: Tensor | None = None,
    query_bias: Tensor | None = None,
    *,
    scale: float,
) -> Tensor:
    """Causal multi-head attention by its definition, in float64.

    Shapes: x (N, T, D); query, key, value, output (D, h, d), the last with its model width first;
    query_bias (1, h, d) -> (N, T, D).
    Source: Vaswani et al. 2017, eq. 1.
    """
    x = x.double()
    T = x.shape[1]
    q, k, v = (
        torch.einsum("nti,ihd->nhtd", x, matrix)
        for matrix in (query, key, value)
        if matrix is not None
    )
    if query_bias is not None:
        q = q + query_bias[0][:, None]
    scores = q @ k.transpose(-2, -1) * scale
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    heads = scores.masked_fill(future, float("-inf")).softmax(-1) @ v  # (N, h, T, d)
    if output is None:
        return heads.transpose(1, 2).flatten(2)
    return torch.einsum("nhtd,chd->ntc", heads, output)


def find_reading(
    module: Handle, rng: Draw, hidden_size: int, n_head: int, projected: bool
) -> Reading | None:
    """Search for a reading under which causal attention is what the module computes.

    The scale 1/sqrt(d) is tried first, then scales that people take for it: look at the result's.
    projected: whether an output projection follows. Leaves fresh weights in the module.
    """
    D, d = hidden_size, hidden_size // n_head
    parameters = [p for p in module.unique_parameters if p.trainable]
    names = tuple(p.name for p in parameters)
    drawn = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    values = {name: drawn[name] for name in names}
    small = {p.name for p in parameters if p.values.numel() < D * d}
    module.load({n: torch.zeros_like(values[n]) for n in small})
    single, pairs, probe = torch.eye(D).unsqueeze(1), rng.normal(4, 2, D), rng.normal(2, 4, D)
    inputs = single, pairs, torch.zeros(1, 1, D)
    found_outputs = module.each(inputs)
    if not all(map(looks_like, found_outputs, inputs)):
        return None
    one, two, none = found_outputs
    matrices = layouts(parameters, D, D, n_head, skip=small)
    found = match_matrices(
        flat(values, names), matrices, (one - none)[:, 0], pairs, two - none, projected, n_head
    )
    if found is None:
        return None
    module.load(values)
    wanted = output(module, probe)
    biases = layouts(parameters, 1, D, n_head, skip=set(names) - small)
    for bias in [None, *biases]:
        reading = Reading(tuple(parameters), *found[:4], bias, *found[4:])
        if agrees(wanted, reading.predict(module, probe, values), READING_TOLERANCE):
            return reading
    return None


def looks_like(value: object, wanted: Tensor) -> bool:
    """Whether the module gave back what can be compared at all."""
    return isinstance(value, Tensor) and value.shape == wanted.shape and value.is_floating_point()


def flat(values: Values, names: Sequence[str]) -> Tensor:
    """All numbers of these parameters laid end to end, float64."""
    return torch.cat([torch.empty(0).double(), *(values[n].double().flatten() for n in names)])


def layouts(
    parameters: Sequence[Parameter], rows: int, width: int, n_head: int, skip: set[str]
) -> Tensor:
    """All regular ways to cut rows x width numbers out of these tensors, as indices.

    Each tensor is cut alone, and those of one shape stacked (a projection per head): all of them,
    and those whose names differ in numbers only.
    Shapes: -> (S, rows, h, d).
    """
    patterns: dict[str, int] = {}
    tensors = tuple(
        (
            tuple(p.values.shape),
            patterns.setdefault(re.sub(r"\d+", "#", p.name), len(patterns)),
            p.name in skip,
        )
        for p in parameters
    )
    return layouts_of(tensors, rows, width, n_head)


@functools.lru_cache(maxsize=128)  # a class has few ways to keep four matrices
def layouts_of(
    tensors: tuple[tuple[tuple[int, ...], int, bool], ...], rows: int, width: int, n_head: int
) -> Tensor:
    """The same for tensors that are a shape each, a number for what their names have in common, and
    whether to skip them."""
    alike: dict[tuple[object, ...], list[Tensor]] = defaultdict(list)
    start = 0
    for shape, pattern, skipped in tensors:
        indices = torch.arange(start, start + math.prod(shape))
        start += math.prod(shape)
        if not skipped:
            alike[shape].append(indices)
            alike[(shape, pattern)].append(indices)
    seen: dict[bytes, Tensor] = {}
    for group in alike.values():
        pieces = [(tensor.unsqueeze(0), 1) for tensor in group]
        pieces += [(torch.stack(group), len(group))] if len(group) > 1 else []
        for piece, stacked in pieces:
            for cut in cuts(piece, stacked, rows, width, n_head):
                seen.setdefault(cut.numpy().tobytes(), cut)
    empty = torch.empty(0, rows, n_head, width // n_head, dtype=torch.long)
    return torch.stack(list(seen.values())) if seen else empty


def cuts(piece: Tensor, stacked: int, rows: int, width: int, n_head: int) -> Iterator[Tensor]:
    """All orders of axes in which these numbers are matrices of (rows, h, d), one or several.

    Whole tensors are stacked, so some leading axes must be as many as they are.
    """
    count, rest = divmod(piece.numel(), rows * width)
    if rest or not count:
        return
    sizes = {"k": count, "i": rows, "h": n_head, "d": width // n_head}
    for order in itertools.permutations(sizes):
        leading = itertools.accumulate((sizes[role] for role in order), lambda a, b: a * b)
        if stacked == 1 or stacked in leading:
            shaped = piece.reshape([sizes[role] for role in order])
            yield from shaped.permute([order.index(role) for role in "kihd"]).contiguous()


def match_matrices(
    numbers: Tensor,
    slots: Tensor,
    single: Tensor,
    pairs: Tensor,
    wanted: Tensor,
    projected: bool,
    n_head: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None, float, str] | None:
    """Find W_V (and W_O) from single tokens, where no softmax matters; then W_Q and W_K.

    Shapes: numbers (P,), slots (S, D, h, d), single (D, D): what each unit vector gives alone,
    pairs and wanted (N, 2, D).
    """
    D = single.shape[0]
    apart = apart_from(slots, len(numbers))
    found = numbers[slots]  # (S, D, h, d)
    straight = torch.eye(D).double().reshape(1, D, n_head, D // n_head)
    outputs = (found if projected else straight).flatten(2)
    values = found.flatten(2)
    tolerance = READING_TOLERANCE * max(1.0, float(single.abs().max()))
    # Two rows of W_V W_O for all pairs first: few are left of which to look at more.
    two_rows = torch.einsum("sih,roh->srio", values[:, :2], outputs)
    fits = (two_rows - single[:2]).abs().amax((2, 3)) <= tolerance
    if projected:
        fits &= apart
    for value, mixed in fits.nonzero().tolist():
        if float((values[value] @ outputs[mixed].T - single).abs().max()) > tolerance:
            continue
        free = apart[value] & apart[mixed] if projected else apart[value]
        left = free.nonzero().flatten()
        through = outputs[mixed].view_as(found[value])
        match = match_queries_and_keys(
            found[left], found[value], through, apart[left][:, left], pairs, wanted
        )
        if match is not None:
            query, key, scale, name = match
            last = slots[mixed] if projected else None
            return slots[left[query]], slots[left[key]], slots[value], last, scale, name
    return None


def apart_from(slots: Tensor, count: int) -> Tensor:
    """Which pairs of slots have no number of all these in common, (S, S)."""
    taken = torch.zeros(len(slots), count)  # one row per slot: which numbers it holds
    taken.scatter_(1, slots.flatten(1), 1.0)
    return taken @ taken.T == 0


def match_queries_and_keys(
    found: Tensor, value: Tensor, output: Tensor, apart: Tensor, pairs: Tensor, wanted: Tensor
) -> tuple[int, int, float, str] | None:
    """Find W_Q and W_K and the scale: with two tokens, head h weighs the first by one sigmoid.

    y_2 = v_2 W_O + sum_h sigmoid(scale q_2 . (k_1 - k_2)) (v_1 - v_2) W_O, head by head.
    Shapes: found (S, D, h, d), apart (S, S), pairs and wanted (N, 2, D).
    """
    first, second = pairs[:, 0].double(), pairs[:, 1].double()
    q, k = (torch.einsum("ni,sihd->nhsd", x, found) for x in (second, first - second))
    scores = q @ k.transpose(-2, -1)  # (N, h, S, S): row = query's slot, column = key's
    through = torch.einsum("ihd,chd->hic", value, output)
    change = torch.einsum("ni,hic->nhc", first - second, through)
    target = wanted[:, 1].double() - torch.einsum("ni,hic->nc", second, through)
    tolerance = READING_TOLERANCE * max(1.0, float(wanted.abs().max()))
    for name, scale in scales(value.shape[0], value.shape[2]).items():
        y = torch.einsum("nhqk,nhc->qknc", torch.sigmoid(scores * scale), change)
        fits = ((y - target).abs().amax((2, 3)) <= tolerance) & apart
        if fits.any():
            query, key = fits.nonzero()[0].tolist()
            return query, key, scale, name
    return None


def scales(hidden_size: int, head_size: int) -> dict[str, float]:
    """The right factor of the scores first, then those that people take for it."""
    D, d = hidden_size, head_size
    several = {
        "1/sqrt(d)": d**-0.5, "1/sqrt(D)": D**-0.5, "1": 1.0, "1/d": 1 / d, "1/D": 1 / D,
        "sqrt(d)": d**0.5, "sqrt(D)": D**0.5, "1/sqrt(T)": 2**-0.5, "1/sqrt(3 D)": (3 * D) ** -0.5,
        "1/sqrt(h)": (D / d) ** -0.5,
    }  # fmt: skip
    if d < D:
        return several
    return {name.replace("d)", "D)"): several[name] for name in several if name not in
            ("1/sqrt(D)", "sqrt(D)", "1/d", "1/sqrt(h)")}  # fmt: skip


def is_right_scale(reading: Reading) -> bool:
    """Whether the scores are divided by the square root of the width of what is dotted."""
    return math.isclose(reading.scale, reading.query.shape[-1] ** -0.5)
