"""E5: which group of the first weights was drawn otherwise than asked for.

A group's law must hold for each of its parameters, in models of two sizes: no two of the factors
that people write are the same in both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from autograder.checks.evidence.first_weights import Roles, find_roles
from autograder.checks.evidence.gpt_reading import squeezed
from autograder.checks.evidence.known_blocks import WAYS, KnownGPT, Sizes, known_gpt
from autograder.diagnosis.case import Case
from autograder.diagnosis.e5_laws import (
    DEFAULT,
    ERRORS,
    OTHER_STD,
    PLAIN,
    SCALED,
    STD,
    buffer_name,
    is_uniform,
    laws,
    spread_of,
)
from autograder.probe.view import Parameter

MODELS = (Sizes(50, 21, 32, 3, 4), Sizes(61, 27, 40, 5, 8))
TABLES, IN_BLOCKS = {"token", "position"}, {"attention", "projections", "first", "either", "output"}
ATTENTION = {"attention", "projections"}


@dataclass(frozen=True)
class Start:
    """One model when it was new: its matrices by what they are for, and its vectors."""

    sizes: Sizes
    groups: dict[str, list[Parameter]]
    roles: Roles
    outside: list[Parameter]
    blocks: int


def start_of(case: Case, sizes: Sizes) -> Start:
    """Look at a new model; with stand-ins where the student's own blocks cannot be read."""
    found: Start | None = None
    for ways in (WAYS, WAYS[-1:]):
        with known_gpt(case.student, case.rng, sizes, ways) as gpt:
            roles = find_roles(case.student, gpt, case.rng)
            found = Start(
                sizes,
                groups_of(gpt, roles),
                roles,
                gpt.outside,
                len(gpt.blocks_at) or sizes.n_layer,
            )
            if roles.outputs:
                break
    assert found is not None
    return found


def groups_of(gpt: KnownGPT, roles: Roles) -> dict[str, list[Parameter]]:
    """The matrices by what they are for."""
    V, C, D = gpt.sizes.vocab_size, gpt.sizes.context_size, gpt.sizes.hidden_size
    groups: dict[str, list[Parameter]] = {"output": roles.outputs}
    narrow, unknown = {p.name for p in roles.attention}, {p.name for p in roles.either}
    for p in (*roles.matrices, *roles.attention, *roles.either):
        if buffer_name(p):
            continue  # no weight, whatever it is registered as
        shape = sorted(squeezed(p))
        if p.name in narrow:
            name = "projections"
        elif p.name in unknown:
            name = "either"
        elif shape == sorted((V, D)):
            name = "token"
        elif shape == sorted((C, D)):
            name = "position"
        elif gpt.in_block(p):
            name = "first" if p.values.numel() == 4 * D * D else "attention"
        else:
            name = "other"
        groups.setdefault(name, []).append(p)
    return {name: found for name, found in groups.items() if found}


def weight_names(case: Case) -> tuple[list[str], list[str]]:
    """What is wrong with all but the MLPs' outputs, and what with these; empty where unknown."""
    starts = [start_of(case, sizes) for sizes in MODELS]
    found = {group: common_laws(starts, group) for group in starts[0].groups}
    for group in {"projections", "either"} & {*found}:
        found[group] = laws_of_the_rest(starts, group)
        if not found[group]:
            del found[group]  # all are outputs of the attention, which may be scaled
    law = likeliest(found)
    outputs = law.pop("output", "")
    rest = matrix_names(law, outputs)
    untouched = {"not-initialised", "blocks-not-initialised"} & {*rest}
    rest += [n for n in vector_names(starts) if not (untouched and n == "biases-left-alone")]
    of_outputs = output_names(starts, law, outputs)
    if not rest and outputs in ("weights-start-at-zero", "mean-not-zero"):
        rest = of_outputs if all(map(constant, starts[0].groups["output"])) else []
    elif not rest and start_alike(starts):
        rest = ["blocks-start-alike"]
    return rest, of_outputs


def common_laws(starts: Sequence[Start], group: str) -> list[str]:
    """The laws that hold for all parameters of a group in all models; none if it is empty."""
    every = [(p, start) for start in starts for p in start.groups.get(group, ())]
    found = in_all([laws(p, start.sizes, group in TABLES) for p, start in every])
    if found == [OTHER_STD] and any(
        abs(spread_of(p) / spread_of(start.groups[group][0]) - 1) > 0.2 for p, start in every
    ):
        return []  # each another one: that says nothing about the group
    return found


def in_all(found: Sequence[Sequence[str]]) -> list[str]:
    """What each of these lists holds, in the order of the first."""
    return [name for name in dict.fromkeys(found[0]) if all(name in each for each in found)] if (
        found) else []  # fmt: skip


def laws_of_the_rest(starts: Sequence[Start], group: str) -> list[str]:
    """The law of a group where one matrix in each block may be scaled, as an output.

    None where all are such outputs. Where one in each block follows a law of its own, that one.
    """
    others, own, few = [], [], True
    for start in starts:
        each = [laws(p, start.sizes, False) for p in start.groups.get(group, ())]
        if sum(SCALED in here for here in each) > start.blocks:
            return [SCALED]
        others += [here for here in each if SCALED not in here]
        odd = [here for here in each if SCALED not in here and PLAIN not in here]
        few &= len(odd) <= start.blocks < len(each)
        own += odd
    if not others:
        return []
    return in_all(own if few and own else others) or [""]


def likeliest(law: dict[str, list[str]]) -> dict[str, str]:
    """One law for each group: that of all groups which are wrong, where there is one, or its first.

    For square matrices, several rules of thumb give the same numbers.
    """
    wrong = [found for group, found in law.items() if group != "output" and PLAIN not in found]
    common = [name for name in in_all(wrong) if name != OTHER_STD]
    return {
        group: next((n for n in common if n in found and PLAIN not in found), (*found, "")[0])
        for group, found in law.items()
    }


def matrix_names(law: dict[str, str], outputs: str) -> list[str]:
    """What is wrong with the matrices, by the law of each group; nothing if one is unknown."""
    wrong = {group: name for group, name in law.items() if name != PLAIN}
    if "" in wrong.values():
        return []
    names = []
    if scaled := {group for group, name in wrong.items() if name == SCALED}:
        names.append(scaled_name(scaled, outputs))
    untouched = {group for group, name in wrong.items() if name == DEFAULT}
    if "std-of-one" in wrong.values():
        untouched -= TABLES  # where all have a deviation of 1, the tables are drawn so as well
    if untouched:
        names.append(untouched_name(untouched, {*law}))
    for group, name in wrong.items():
        if name not in (SCALED, DEFAULT):
            # of the attention's outputs, a wrong factor says the same as of the MLPs'
            elsewhere = name.startswith("scaled-") and group != "projections"
            names.append("scaled-everywhere" if elsewhere else name)
    return list(dict.fromkeys(name for name in names if name))


def scaled_name(groups: set[str], outputs: str) -> str:
    """What to say where these groups are scaled as the MLPs' outputs should be."""
    if groups == {"first"}:
        return "scaled-both-mlp-layers" if outputs == SCALED else "scaled-wrong-layer"
    if groups <= ATTENTION:
        return "attention-scaled-too"
    return "scaled-everywhere" if outputs == SCALED else ""


def untouched_name(groups: set[str], every: set[str]) -> str:
    """What to say where these groups, of all that there are, are as PyTorch draws them."""
    if groups <= TABLES:
        return "embeddings-not-initialised"
    if groups >= every & IN_BLOCKS:
        return "not-initialised" if groups & TABLES else "blocks-not-initialised"
    return "matrices-not-initialised"


def output_names(starts: Sequence[Start], rest: dict[str, str], law: str) -> list[str]:
    """What is wrong with the MLPs' outputs; nothing if nobody knows.

    rest: the law of each other group; law: that of the outputs.
    """
    if law == SCALED or not starts[0].groups.get("output"):
        return []
    first = rest.get("first", "")
    if first not in ("", PLAIN, SCALED, OTHER_STD) and first in scaled_back(starts):
        law = first  # scaled as asked, but drawn as all the others are
    if law == PLAIN:
        scaled = {group for group, name in rest.items() if name == SCALED}
        return ["scaled-wrong-layer" if scaled == {"first"} else "outputs-not-scaled"]
    if law == DEFAULT:
        untouched = {group for group, name in rest.items() if name == DEFAULT}
        return [untouched_name(untouched | {"output"}, {*rest, "output"})]
    if law not in ("", OTHER_STD):
        return [law]
    if in_some_blocks(starts):
        return ["scaled-in-some-blocks"]
    if by_number(starts):
        return ["scaled-by-block-number"]
    if not law:
        return []
    return [OTHER_STD]


def scaled_back(starts: Sequence[Start]) -> list[str]:
    """The laws of the outputs, had they not been scaled as asked."""
    larger = []
    for start in starts:
        factor = math.sqrt(2 * start.sizes.n_layer)
        outputs = [replace(p, values=p.values * factor) for p in start.groups.get("output", ())]
        larger.append(replace(start, groups={"output": outputs}))
    return common_laws(larger, "output")


def in_some_blocks(starts: Sequence[Start]) -> bool:
    """Whether some of the outputs are scaled as asked, and the others not at all."""
    for start in starts:
        each = [laws(p, start.sizes, False) for p in start.groups["output"]]
        scaled = sum(SCALED in here for here in each)
        if not 0 < scaled < len(each) == start.sizes.n_layer or not all(
            SCALED in e or PLAIN in e for e in each
        ):
            return False
    return True


def by_number(starts: Sequence[Start]) -> bool:
    """Whether the outputs start the smaller, the later their block comes."""
    for start in starts:
        for number, p in enumerate(start.groups["output"], start=1):
            error = ERRORS / math.sqrt(2 * p.values.numel())
            wanted = [STD / math.sqrt(n) for n in (number, 2 * number, 2 * number + 2)]
            if not any(abs(spread_of(p) / std - 1) <= error for std in wanted):
                return False
    return True


def vector_names(starts: Sequence[Start]) -> list[str]:
    """What is wrong with the first biases and LayerNorms."""
    names = []
    for start in starts:
        D = start.sizes.hidden_size
        norms = [p for p in start.roles.ones if not bool((p.values == 1).all())]
        outside = [p for p in start.outside if squeezed(p) == (D,) and not buffer_name(p)]
        if any(bool((p.values == 1).all()) for p in outside):
            outside = []  # else none of these is a LayerNorm's weight as it should start
        norms += outside
        if norms:
            zero = all(bool((p.values == 0).all()) for p in norms)
            names.append("norms-zeroed" if zero else "norms-drawn")
        known = {p.name for p in outside}
        biases = [
            p for p in start.roles.zeros
            if bool((p.values != 0).any()) and bool(torch.isfinite(p.values).all())
            and p.name not in known and not buffer_name(p)
        ]  # fmt: skip
        if biases:
            names.append("biases-left-alone" if left_alone(biases, D) else "biases-drawn")
    return list(dict.fromkeys(names))


def left_alone(biases: Sequence[Parameter], D: int) -> bool:
    """Whether biases are as PyTorch draws them: uniform within 1 / sqrt(what goes in)."""
    bound = D**-0.5
    wide = [p.values.double().flatten() for p in biases if p.values.abs().max() > bound / 2]
    if not wide or any(float(p.values.abs().max()) > bound * (1 + 1e-6) for p in biases):
        return False
    together = torch.cat(wide)
    return float(together.abs().max()) > 0.9 * bound and is_uniform(together)


def constant(p: Parameter) -> bool:
    """Whether all numbers of a parameter are one and the same."""
    return bool((p.values == p.values.flatten()[0]).all())


def start_alike(starts: Sequence[Start]) -> bool:
    """Whether two matrices of one kind hold the same numbers when they are new."""
    for group in starts[0].groups.values():
        for number, one in enumerate(group):
            alike = any(torch.equal(one.values, other.values) for other in group[:number])
            if alike and not constant(one):
                return True
    return False
