"""G2.2, G2.3 and the tasks that ask for a shape: what was changed on the way to the student's.

A shape is the right one with an axis missing, another size on an axis, or its axes in another
order: one of these changes, or two.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed, agrees
from autograder.checks.lab11 import reading
from autograder.checks.lab11.counting import LAB
from autograder.checks.lab11.shapes import NAMES, ONE_HEAD, B, D, Shape, T, V, h
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.lab11.answers import no_number, no_shape, value_of
from autograder.probe.errors import ProbeError
from autograder.probe.view import Student

Names = tuple[str, ...]
L, HS = LAB.block_size, D // h
WIDTHS = {
    D: "width-of-x", 2 * D: "tables-side-by-side", 3 * D: "width-of-c-attn",
    4 * D: "width-of-the-hidden-layer", HS: "width-of-one-head", V: "width-of-the-vocabulary",
    h: "heads-for-width",
}  # fmt: skip
# What is no change of one axis: the tables themselves, the inside of the attention.
SPECIAL: dict[Shape, Names] = {
    (B, h, T, HS): ("split-into-heads",),
    (B, T, h, HS): ("split-into-heads",),
    (h, T, HS): ("batch-axis-missing", "split-into-heads"),
    (B, h, T, T): ("scores-for-x",),
    (B, T, T): ("scores-for-x",),
    (B * T, D): ("batch-and-time-flattened",),
    (B * T, V): ("batch-and-time-flattened", "width-of-the-vocabulary"),
    (V, D): ("table-itself",),
    (L, D): ("table-itself",),
}


def changed(right: Shape) -> dict[Shape, list[Names]]:
    """Wrong shapes of a stream (batch, time, width), each with the fewest changes that give it."""
    time, width = right[1], right[2]
    batches = {B: "", 1: "batch-of-one", 0: "batch-axis-missing"}
    times: dict[float, str] = {T: "every-position", L: "block-size-for-length",
                               1: "last-position-only", 0: "time-axis-missing"}  # fmt: skip
    widths = {**WIDTHS, 0: "width-axis-missing"}
    times[time], widths[int(width)] = "", ""
    found: dict[Shape, list[Names]] = {}
    for b, t, w in itertools.product(batches, times, widths):
        names = tuple(filter(None, (batches[b], times[t], widths[w])))
        shape = tuple(float(size) for size in (b, t, w) if size)
        for order in itertools.permutations(shape):
            moved = names if order == shape else (*names, "axes-in-another-order")
            if order == right or not order or len(moved) > 2:
                continue
            known = found.setdefault(order, [moved])
            if len(moved) < len(known[0]):
                found[order] = [moved]
            elif moved not in known and len(moved) == len(known[0]):
                known.append(moved)
    return found


def of_scores() -> dict[Shape, list[Names]]:
    """Wrong shapes of the scores of one sequence and one head."""
    # of one sequence and one head: two axes of length 1 stand in front, or none
    found: dict[Shape, Names] = {
        (T,): ("one-query-only",), (1, 1, T): ("one-query-only",), (1,): ("one-number-in-all",),
        (1, T, D): ("width-kept",), (1, T, HS): ("width-kept",),
        (B, T, D): ("batch-of-four", "width-kept"),
        # a q whose axes were never swapped compares the heads of each position
        (1, T, 1, 1): ("scores-between-heads",),
    }  # fmt: skip
    for order in itertools.permutations((1, 1, T, T)):
        found.setdefault(order, ("axes-in-another-order",))
    tables: dict[Shape, Names] = {
        (T, T): (), (T, D): ("width-kept",), (T, HS): ("width-kept",), (D, T): ("width-kept",),
        (HS, T): ("width-kept",), (D, D): ("summed-over-positions",),
        (HS, HS): ("summed-over-positions",), (L, L): ("block-size-for-length",),
        (T, V): ("vocabulary-for-keys",), (1, T): ("one-query-only",), (T, 1): ("one-query-only",),
        (1, 1): ("one-number-in-all",), (h, h): ("scores-between-heads",),
    }  # fmt: skip
    fronts: dict[Shape, Names] = {
        (): (), (1, 1): (), (1,): ("one-axis-missing",), (1, h): ("twelve-heads",),
        (h,): ("twelve-heads", "one-axis-missing"), (B, 1): ("batch-of-four",),
        (B,): ("batch-of-four", "one-axis-missing"), (B, h): ("batch-of-four", "twelve-heads"),
        (1, T): ("scores-between-heads",), (B, T): ("batch-of-four", "scores-between-heads"),
    }  # fmt: skip
    for (front, before), (table, inside) in itertools.product(fronts.items(), tables.items()):
        names = tuple(dict.fromkeys((*before, *inside)))
        if 0 < len(names) <= 2:
            found.setdefault((*front, *table), names)
    return {shape: [names] for shape, names in found.items()}


X: Shape = (B, T, D)
HIDDEN: Shape = (B, T, 4 * D)
RULES: dict[str, tuple[str, dict[Shape, list[Names]], Mapping[str, float]]] = {
    "g2.2.shape": ("x_shape", changed(X), NAMES),
    "g2.3.shape": ("scores_shape", of_scores(), ONE_HEAD),
    "t2.7.shape": ("sum_shape", changed(X), NAMES),
    "t2.8.with_targets": ("logits_shape_with_targets", changed((B, T, V)), NAMES),
    "t2.8.without": ("logits_shape_without", changed((B, 1, V)), NAMES),
    "t2.14.c_fc": ("c_fc_shape", changed(HIDDEN), NAMES),
    "t2.14.output": ("mlp_shape", changed(X), NAMES),
    "t2.18.shape": ("c_attn_shape", changed((B, T, 3 * D)), NAMES),
    "t2.22.shape": (
        "mask_shape",
        {(5, 5): [("mask-without-its-axes",)], (1, 5, 5): [("mask-without-its-axes",)],
         (25,): [("mask-flattened",)], (B, h, 5, 5): [("mask-for-each-head",)],
         (1, h, 5, 5): [("mask-for-each-head",)], (B, 1, 5, 5): [("mask-for-each-head",)],
         (5, 5, 1, 1): [("axes-in-another-order",)]},
        ONE_HEAD,
    ),
}  # fmt: skip
ENTRIES = {15.0: "ones-for-zeros", 25.0: "all-entries", 20.0: "both-triangles",
           5.0: "diagonal-alone"}  # fmt: skip
# What stands for another thing in one exercise than the change that it looks like.
INSTEAD: dict[str, dict[Shape, Names]] = {
    "g2.2.shape": {(B, T): ("before-the-lookup",)},
    "t2.7.shape": {
        (B, T): ("before-the-lookup",),
        (T, D): ("positions-alone",),
        (1, T, D): ("positions-alone",),
    },
    "t2.18.shape": {(3, *X): ("three-stacked",), (B, T, 3, D): ("three-stacked",)},
    "t2.8.without": {(B, V): ("axis-dropped-by-the-index",)},
}


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the wrong shapes of one exercise."""
    for id in case.failed():
        if id == "t2.18.separate":
            yield from projections(case, id)
        elif id == "t2.22.entries":
            yield from entries(case, id)
        else:
            yield from of_shape(case, id)


def of_shape(case: Case, id: str) -> Iterator[Diagnosis]:
    """Which changes of the right shape give the student's."""
    variable, wrong, sizes = RULES[id]
    try:
        found = reading.shape(case.student, variable, sizes)
    except CheckFailed:
        if name := no_shape(value_of(case.student, variable)):
            yield case.named(name, checks=(id,))
        return
    special = SPECIAL if id not in ("g2.3.shape", "t2.22.shape") else {}
    first = {**special, **INSTEAD.get(id, {})}.get(found)
    names = [first] if first else wrong.get(found, [])
    if len(names) == 1:
        yield case.named(*names[0], checks=(id,))
    elif len(names) > 1 and all(len(each) == 1 for each in names):
        yield case.named(*(each[0] for each in names), checks=(id,), either=True)


def entries(case: Case, id: str) -> Iterator[Diagnosis]:
    """What a wrong number of masked entries counts."""
    value = value_of(case.student, "masked_entries")
    found = reading.counted(value)
    name = no_number(value) if found is None else ENTRIES.get(found)
    if name:
        yield case.named(name, checks=(id,))


def projections(case: Case, id: str) -> Iterator[Diagnosis]:
    """Which other slices of c_attn the three tensors are, on two draws."""
    sizes = ((6, 5), (4, 7))
    ways = [matching_ways(case.student, case.rng, width, length) for width, length in sizes]
    names = [name for name in ways[0] if name in ways[1]]
    if len(names) == 1:
        yield case.named(names[0], checks=(id,))


def matching_ways(student: Student, rng: Draw, n: int, length: int) -> list[str]:
    """The wrong ways to split the layer that give the student's three tensors."""
    x, weight, bias = rng.normal(2, length, n), rng.normal(3 * n, n), rng.normal(3 * n)
    try:
        parts = student.function("three_projections", weight, bias, x)
    except ProbeError:
        return []
    if isinstance(parts, Tensor):
        return ["one-tensor-for-three"]
    if not isinstance(parts, list) or len(parts) != 3:
        return ["other-than-three-tensors"] if isinstance(parts, list) else []
    whole = x @ weight.T
    straight, strided = whole.split(n, -1), [whole[..., i::3] for i in range(3)]
    biases, strided_biases = bias.split(n), [bias[i::3] for i in range(3)]
    q, k, v = (w + b for w, b in zip(straight, biases, strict=True))
    ways = {
        "biases-left-out": straight,
        "every-third-row": [w + b for w, b in zip(strided, strided_biases, strict=True)],
        "every-third-row/no bias": strided,
        "not-transposed": [x @ w + b for w, b in zip(weight.split(n), biases, strict=True)],
        "not-transposed/no bias": [x @ w for w in weight.split(n)],
        "one-bias-for-all": [w + biases[0] for w in straight],
        "one-slice-for-all": [q, q, q],
        "x-itself": [x, x, x],
    }
    for order in list(itertools.permutations(range(3)))[1:]:
        ways[f"slices-in-another-order/{order}"] = [(q, k, v)[i] for i in order]
    return [
        name.partition("/")[0]
        for name, way in ways.items()
        if all(agrees(part, right) for part, right in zip(parts, way, strict=True))
    ]
