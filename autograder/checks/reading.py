"""Read a student's weights as W_Q, W_K, W_V, W_O, whatever their names, order and layout.

The grader sets all weights, looks at what comes out, and searches for a reading under which the
formula gives exactly that: single matrices, fused ones, one per head, stacked or transposed. A
reading is only a guess until it has predicted the output for fresh weights and fresh inputs, so a
wrong one cannot pass. Head size must be at least 4: then no bias is as large as a head's matrix.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import agrees
from autograder.probe.view import Handle, Parameter

Values = Mapping[str, Tensor]
READING_TOLERANCE = 2e-4


@dataclass(frozen=True)
class Slot:
    """Where one D x D matrix (or one vector of D) lives among the parameters.

    names: the tensors that hold it, stacked; order: which role each axis of their contents plays
    (k: which matrix, i: model width, h: head, d: width in the head); index: its k.
    """

    names: tuple[str, ...]
    order: tuple[str, ...]
    sizes: tuple[tuple[str, int], ...]
    index: int

    def find(self, values: Values) -> Tensor:
        """Cut the matrix (i, h, d) out of these values, in float64."""
        sizes = dict(self.sizes)
        contents = torch.stack([values[name].double() for name in self.names])
        shaped = contents.reshape([sizes[role] for role in self.order])
        places = [self.order.index(role) for role in ("k", "i", "h", "d")]
        return shaped.permute(places)[self.index]

    @property
    def place(self) -> tuple[tuple[str, ...], int]:
        """Two slots of one place and one order are the same numbers; see `overlaps`."""
        return self.names, self.index

    def overlaps(self, other: Slot) -> bool:
        """Whether two matrices would claim the same numbers."""
        if not set(self.names) & set(other.names):
            return False
        return self.order != other.order or self.names != other.names or self.index == other.index


@dataclass(frozen=True)
class Reading:
    """The slots of the four matrices and, where there are any, of the biases."""

    query: Slot
    key: Slot
    value: Slot
    output: Slot | None
    query_bias: Slot | None = None
    key_bias: Slot | None = None
    value_bias: Slot | None = None
    output_bias: Slot | None = None

    def predict(self, x: Tensor, values: Values, scale: float) -> Tensor:
        """What the formula gives for x (N, T, D) with these parameters, in float64."""
        return attend(x, *(
            None if slot is None else slot.find(values)
            for slot in (
                self.query, self.key, self.value, self.output,
                self.query_bias, self.key_bias, self.value_bias, self.output_bias,
            )
        ), scale=scale)  # fmt: skip


def attend(
    x: Tensor,
    query: Tensor | None,
    key: Tensor | None,
    value: Tensor | None,
    output: Tensor | None = None,
    query_bias: Tensor | None = None,
    key_bias: Tensor | None = None,
    value_bias: Tensor | None = None,
    output_bias: Tensor | None = None,
    *,
    scale: float,
) -> Tensor:
    """Causal multi-head attention by its definition, in float64.

    Shapes: x (N, T, D); query, key, value, output (D, h, d), the last with its model width first;
    biases (1, h, d), the output's too -> (N, T, D).
    Source: Vaswani et al. 2017, eq. 1.
    """
    x = x.double()
    T = x.shape[1]
    q, k, v = (
        torch.einsum("nti,ihd->nhtd", x, matrix) + (0 if bias is None else bias[0][:, None])
        for matrix, bias in ((query, query_bias), (key, key_bias), (value, value_bias))
        if matrix is not None
    )
    scores = q @ k.transpose(-2, -1) * scale
    future = torch.ones(T, T, dtype=torch.bool).triu(1)
    heads = scores.masked_fill(future, float("-inf")).softmax(-1) @ v  # (N, h, T, d)
    if output is None:
        return heads.transpose(1, 2).flatten(2)
    y = torch.einsum("nhtd,chd->ntc", heads, output)
    return y if output_bias is None else y + output_bias.flatten()


def find_reading(
    module: Handle, rng: Draw, hidden_size: int, n_head: int, projected: bool, scale: float
) -> Reading | None:
    """Search for a reading under which attention with this scale is what the module computes.

    projected: whether an output projection follows. Leaves fresh weights in the module.
    """
    D, d = hidden_size, hidden_size // n_head
    values = rng.weights_for(module)
    vectors, matrices = split(module.unique_parameters, D, d)
    without = dict(values) | {p.name: torch.zeros_like(p.values) for p in vectors}
    module.load(without)
    probe = rng.normal(2, 4, D)
    slots = list(matrix_slots(matrices, D, n_head))
    found = match_matrices(module, probe, without, slots, projected, scale)
    if found is None:
        return None
    module.load(values)
    return match_biases(found, module(probe), probe, values, list(bias_slots(vectors, D, n_head)),
                        scale)  # fmt: skip


def split(
    parameters: Sequence[Parameter], hidden_size: int, head_size: int
) -> tuple[list[Parameter], list[Parameter]]:
    """Tell biases from matrices by their size."""
    small = [p for p in parameters if p.values.numel() < hidden_size * head_size]
    large = [p for p in parameters if p.values.numel() >= hidden_size * head_size]
    return small, large


def matrix_slots(parameters: Sequence[Parameter], hidden_size: int, n_head: int) -> Iterator[Slot]:
    """All regular ways to cut D x D matrices out of these tensors."""
    yield from slots(parameters, hidden_size, hidden_size, n_head)


def bias_slots(parameters: Sequence[Parameter], hidden_size: int, n_head: int) -> Iterator[Slot]:
    """All regular ways to cut vectors of D out of these tensors."""
    yield from slots(parameters, 1, hidden_size, n_head)


def slots(parameters: Sequence[Parameter], rows: int, width: int, n_head: int) -> Iterator[Slot]:
    """Slots of rows x width numbers: from each tensor alone, and from those of one shape stacked."""
    by_shape: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for parameter in parameters:
        by_shape[tuple(parameter.values.shape)].append(parameter.name)
    for shape, names in by_shape.items():
        size = math.prod(shape)
        groups = [(name,) for name in names] if size % (rows * width) == 0 else []
        if len(names) > 1 and size < rows * width and size * len(names) % (rows * width) == 0:
            groups.append(tuple(names))
        for group in groups:
            count = size * len(group) // (rows * width)
            sizes = {"k": count, "i": rows, "h": n_head, "d": width // n_head}
            for order in orders(sizes):
                for index in range(count):
                    yield Slot(group, order, tuple(sizes.items()), index)


def orders(sizes: Mapping[str, int]) -> list[tuple[str, ...]]:
    """All orders of the axes; an axis of size 1 may stand anywhere, so it stands first."""
    single = tuple(role for role, size in sizes.items() if size == 1)
    several = [role for role, size in sizes.items() if size > 1]
    return [single + order for order in itertools.permutations(several)]


def match_matrices(
    module: Handle, x: Tensor, values: Values, slots: list[Slot], projected: bool, scale: float
) -> Reading | None:
    """Find W_V (and W_O) from single tokens, where no softmax matters; then W_Q and W_K."""
    D = x.shape[-1]
    seen = module(torch.eye(D).unsqueeze(1))  # D sequences of one token: the rows of W_V W_O
    wanted = module(x)
    if not isinstance(seen, Tensor) or seen.shape != (D, 1, D) or not isinstance(wanted, Tensor):
        return None
    found = {slot: slot.find(values) for slot in slots}
    for value, output in value_output_pairs(found, seen[:, 0].double(), projected):
        taken = [value] if output is None else [value, output]
        free = [s for s in slots if not any(s.overlaps(t) for t in taken)]
        for query, key in itertools.permutations(free, 2):
            if query.overlaps(key):
                continue
            reading = Reading(query, key, value, output)
            mixed = None if output is None else found[output]
            y = attend(x, found[query], found[key], found[value], mixed, scale=scale)
            if agrees(wanted, y, READING_TOLERANCE):
                return reading
    return None


def value_output_pairs(
    found: Mapping[Slot, Tensor], product: Tensor, projected: bool
) -> Iterator[tuple[Slot, Slot | None]]:
    """Pairs whose product is what single tokens show: x W_V W_O, shape (D, D)."""
    for value, matrix in found.items():
        if not projected:
            if agrees(product, matrix.flatten(1), READING_TOLERANCE):
                yield value, None
            continue
        for output, mixed in found.items():
            if not value.overlaps(output) and agrees(
                product, matrix.flatten(1) @ mixed.flatten(1).T, READING_TOLERANCE
            ):
                yield value, output


def match_biases(
    reading: Reading, wanted: Tensor, x: Tensor, values: Values, slots: list[Slot], scale: float
) -> Reading | None:
    """Say which bias belongs where, if any; a key's bias never shows, softmax takes it out."""
    places = ("value_bias", "output_bias", "query_bias")
    options: list[Slot | None] = [None, *slots]
    for chosen in itertools.product(options, repeat=len(places)):
        used = [slot for slot in chosen if slot is not None]
        if any(a.overlaps(b) for a, b in itertools.combinations(used, 2)):
            continue
        tried = Reading(
            reading.query, reading.key, reading.value, reading.output,
            **dict(zip(places, chosen, strict=True)),
        )  # fmt: skip
        if agrees(wanted, tried.predict(x, values, scale), READING_TOLERANCE):
            return tried
    return None
