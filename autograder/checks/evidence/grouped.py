"""Read a student's weights as those of attention whose heads share keys and values.

As in reading.py, with a key or value head standing where each query head of its group would have
one of its own. Which heads make a group is the student's: neighbours, or every n-th.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.reading import (
    READING_TOLERANCE,
    Reading,
    flat,
    layouts,
    looks_like,
    match_matrices,
)
from autograder.checks.expectations import agrees, output
from autograder.probe.view import Handle, Parameter


def find_grouped_reading(
    module: Handle, rng: Draw, hidden_size: int, n_head: int, n_kv_head: int
) -> Reading | None:
    """Search for a reading, without biases, under which grouped-query attention is what it does.

    The scale 1/sqrt(d) is tried first, as in find_reading. Leaves fresh weights in the module.
    """
    D = hidden_size
    parameters = [p for p in module.unique_parameters if p.trainable]
    values = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    numbers = flat(values, [p.name for p in parameters])
    single, pairs, probe = torch.eye(D).unsqueeze(1), rng.normal(4, 2, D), rng.normal(2, 4, D)
    inputs = single, pairs
    one, two = found_outputs = module.each(inputs)
    if not all(map(looks_like, found_outputs, inputs)):
        return None
    for slots in slots_of(parameters, D, n_head, n_kv_head):
        found = match_matrices(numbers, slots, one[:, 0], pairs, two, True, n_head)
        if found is None:
            continue
        reading = Reading(tuple(parameters), *found[:4], None, *found[4:])
        if agrees(output(module, probe), reading.predict(module, probe, values), READING_TOLERANCE):
            return reading
    return None


def slots_of(
    parameters: Sequence[Parameter], D: int, n_head: int, n_kv_head: int
) -> Iterator[Tensor]:
    """All places of whole and of shared matrices, (S, D, h, d), for each way to form groups."""
    fused = list(cut_fused(parameters, D, n_head, n_kv_head))
    own = [layouts(parameters, D, D, n_head, skip=set())]
    own += [place[None] for place in fused if place.shape[1] == n_head]
    if n_kv_head == n_head:
        yield torch.cat(own)
        return
    width = n_kv_head * D // n_head
    shared = [layouts(parameters, D, width, n_kv_head, skip=set())]
    shared += [place[None] for place in fused if place.shape[1] == n_kv_head]
    group = n_head // n_kv_head
    yield torch.cat([*own, *(each.repeat_interleave(group, dim=2) for each in shared)])  # 1 1 2 2
    yield torch.cat([*own, *(each.repeat(1, 1, group, 1) for each in shared)])  # 1 2 1 2


def cut_fused(
    parameters: Sequence[Parameter], D: int, n_head: int, n_kv_head: int
) -> Iterator[Tensor]:
    """Places of W_Q, (D, h, d), and W_K or W_V, (D, n_kv_head, d), in one tensor that holds all.

    Whole matrices one behind the other, or group by group: the group's queries, its key, its value.
    """
    d, n, group = D // n_head, n_kv_head, n_head // n_kv_head
    heads = n_head + 2 * n
    in_groups = torch.arange(heads).view(n, group + 2)
    queries = [torch.arange(n_head) + first for first in (0, n, 2 * n)]
    shared = [torch.arange(n) + first for first in (0, n, n_head, n_head + n)]
    queries.append(in_groups[:, :group].flatten())
    shared += [in_groups[:, group], in_groups[:, group + 1]]
    start = 0
    for parameter in parameters:
        numel = parameter.values.numel()
        places = torch.arange(start, start + numel)
        start += numel
        if numel == heads * d * D:
            outputs_first = places.view(heads, d, D).permute(2, 0, 1)
            for whole in (outputs_first, places.view(D, heads, d)):
                yield from (whole[:, which].contiguous() for which in (*queries, *shared))
