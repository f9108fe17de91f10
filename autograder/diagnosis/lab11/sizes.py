"""The tasks that ask for one number: which slip gives the student's."""

from __future__ import annotations

import math
from collections.abc import Iterator

from autograder.checks import exercise
from autograder.checks.lab11 import reading, slips
from autograder.checks.lab11.counting import KEY, LAB
from autograder.checks.lab11.sizes import RIGHT
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.lab11.answers import no_number, value_of
from autograder.diagnosis.lab11.total import names_of, one_or_either

# Which part of the model a task counts.
PART = {"T2.3": "wte", "T2.4": "wpe", "T2.9": "layer_norm", "T2.13": "mlp", "T2.17": "c_attn"}
OTHERS = {"mlp": ("attention", "block"), "c_attn": ("attention",), "wpe": ("wte",)}
D, T = LAB.n_embd, 10
# Well-known wrong numbers, and what each of them is.
KNOWN: dict[str, dict[float, str]] = {
    "T2.20": {
        math.sqrt(D / LAB.n_head): "width-of-one-of-twelve-heads",
        float(D): "root-not-taken",
        D / LAB.n_head: "width-of-one-of-twelve-heads",
        math.sqrt(LAB.block_size): "length-for-width",
        math.sqrt(T): "length-for-width",
        math.sqrt(LAB.n_head): "heads-for-width",
        D**-0.5: "factor-for-divisor",
        float(round(math.sqrt(D))): "rounded-too-far",
        float(int(math.sqrt(D))): "rounded-too-far",
        round(math.sqrt(D), 1): "rounded-too-far",
    },
    "T3.1": {
        256.0 * D: "what-is-left",
        float(LAB.block_size * D): "whole-table",
        LAB.block_size - 256.0: "rows-not-numbers",
        float(LAB.block_size**2 - 256**2): "mask-counted",
        float(LAB.n_layer * (LAB.block_size**2 - 256**2)): "mask-counted",
        (LAB.block_size - 256.0) * D + LAB.block_size**2 - 256**2: "mask-counted",
        (LAB.block_size - 256.0) * D * LAB.n_layer: "table-in-each-block",
        (256.0 - LAB.block_size) * D: "negative-number",
        RIGHT[KEY].total - (LAB.block_size - 256.0) * D: "what-is-left",
        0.0: "nothing-saved",
    },
}


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the wrong number of one task."""
    (variable,) = exercise(case.exercise).defines
    checks, value = case.failed(), value_of(case.student, variable)
    found = reading.counted(value)
    if found is None:
        if name := no_number(value):
            yield case.named(name, checks=checks)
        return
    if case.exercise in KNOWN:
        if name := KNOWN[case.exercise].get(found) or nearly(found, KNOWN[case.exercise]):
            yield case.named(name, checks=checks)
        return
    yield from of_a_part(case, PART[case.exercise], found, checks)


def nearly(found: float, known: dict[float, str]) -> str:
    """The name of the root that this is, given with a few digits."""
    roots = {number: name for number, name in known.items() if number % 1}
    return next((name for root, name in roots.items() if abs(found - root) <= 6e-3), "")


def of_a_part(case: Case, part: str, found: float, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """A number of parameters: a slip in this part, or the number of another one."""
    if part == "c_attn" and found == RIGHT[KEY].c_attn:
        yield case.named("c-attn-bias-too-short", checks=checks)
        return
    names = names_of(slips.known(part, found, LAB))
    others = OTHERS.get(part, ())
    mixed_up = any(found == counts[other] for counts in RIGHT.values() for other in others)
    # one layer of the MLP has as many parameters as PyTorch's attention: one slip comes first
    if mixed_up and (not names or len(names[0]) > 1):
        yield case.named("number-of-another-part", checks=checks)
    else:
        yield from one_or_either(case, names, checks)
