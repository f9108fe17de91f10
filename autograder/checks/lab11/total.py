"""G2.5: the parameters of GPT-2, step by step, half a point for each of six numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed
from autograder.checks.framework import Exercise, remark
from autograder.checks.lab11 import reading, slips
from autograder.checks.lab11.counting import (
    KEY,
    LAB,
    NONE,
    PARTS,
    PYTORCH,
    Sizes,
    Slips,
    block_of,
    blocks_of,
    count,
    total_of,
)
from autograder.probe.errors import ProbeError
from autograder.probe.view import Student

VARIABLES = {
    "attention": "n_attention",
    "mlp": "n_mlp",
    "block": "n_block",
    "blocks": "n_blocks",
    "wte": "n_wte",
    "total": "n_total",
}
RIGHT = {KEY: count(LAB, KEY), PYTORCH: count(LAB, PYTORCH)}
G2_5 = Exercise(
    "G2.5", "The parameters of GPT-2, counted", tuple(VARIABLES.values()), minutes=25, difficulty=3
)
Own = Mapping[str, float]


def judge(student: Student, part: str) -> None:
    """Pass the key's number, PyTorch's, or one that follows from the student's earlier numbers."""
    found = reading.number(student, VARIABLES[part])
    known = [name for name, counts in RIGHT.items() if counts[part] == found]
    if known:
        name_convention(part, known)
        return
    steps = steps_from(part, earlier(student, part))
    if any(step(NONE) == found for step in steps):
        remark("recognised: this follows from your own earlier numbers, so it keeps its points")
        return
    from_earlier = ", and it does not follow from your earlier numbers either"
    raise CheckFailed(
        f"`{VARIABLES[part]}` is not the number of parameters here"
        + (from_earlier if part in RULES else ""),
        got=f"{found:,.10g}" if found != int(found) else f"{int(found):,}",
        hint=next(filter(None, (slips.explain_step(part, found, step) for step in steps)), "")
        or slips.explain(part, found, LAB, most=1) or at_a_glance(part, found)
        or slips.explain(part, found, LAB) or FIRST_STEPS[part],
    )  # fmt: skip


def at_a_glance(part: str, found: float) -> str:
    """What can be seen in a wrong number itself."""
    if found != int(found) or 0 < found < 1000:
        return "the exact number is asked, a whole one: no thousands, no millions"
    if found > 0 and found % 1000 == 0:
        return "the exact number is asked, nothing rounded"
    if any(found == counts[other] for counts in RIGHT.values() for other in PARTS if other != part):
        return "this is the number of another part"
    return ""


def name_convention(part: str, known: list[str]) -> None:
    """Say which of the two conventions was recognised, where they differ."""
    if len(known) > 1:
        return
    if known == [KEY]:
        remark("recognised: the course key's count, with one bias vector of n_embd for c_attn; "
               f"PyTorch counts 3 n_embd there and gets {RIGHT[PYTORCH][part]:,}")  # fmt: skip
    else:
        remark("recognised: PyTorch's count, with a bias of 3 n_embd for c_attn; the course key "
               f"counts one vector of n_embd and gets {RIGHT[KEY][part]:,}")  # fmt: skip


def earlier(student: Student, part: str) -> dict[str, float]:
    """The student's numbers before this one that later numbers may build on.

    They are positive and within a factor of ten of the key's: zeros carry nothing forward.
    """
    own: dict[str, float] = {}
    for name in list(VARIABLES)[: list(VARIABLES).index(part)]:
        try:
            value = reading.counted(student.read(VARIABLES[name]))
        except ProbeError:
            continue
        if value is not None and RIGHT[KEY][name] / 10 <= value <= RIGHT[KEY][name] * 10:
            own[name] = value
    return own


def steps_from(part: str, own: Own) -> list[Callable[[Slips], float]]:
    """How this number is computed from the student's own earlier ones, slips included.

    The usual way comes first; none is left where the earlier numbers cannot be used.
    """
    return [
        partial(rule, *(own[name] for name in needed), LAB)
        for needed, rule in RULES.get(part, ())
        if all(name in own for name in needed)
    ]


def blocks_of_parts(attention: float, mlp: float, sizes: Sizes, slips: Slips = NONE) -> float:
    """All Blocks, from the parts of one."""
    return blocks_of(block_of(attention, mlp, sizes, slips), sizes, slips)


def total_of_block(block: float, wte: float, sizes: Sizes, slips: Slips = NONE) -> float:
    """The whole model, from one Block and the token embedding."""
    return total_of(blocks_of(block, sizes, slips), wte, sizes, slips)


RULES: dict[str, list[tuple[tuple[str, ...], Callable[..., float]]]] = {
    "block": [(("attention", "mlp"), block_of)],
    "blocks": [(("block",), blocks_of), (("attention", "mlp"), blocks_of_parts)],
    "total": [(("blocks", "wte"), total_of), (("block", "wte"), total_of_block)],
}
FIRST_STEPS = {
    "attention": "two linear layers, c_attn and c_proj: rows times columns, and a bias each",
    "mlp": "two linear layers, c_fc and c_proj: rows times columns, and a bias each",
    "block": "print a Block: which four parts does it have?",
    "blocks": "all Blocks are alike: how many are in transformer.h?",
    "wte": "one row for each token of the vocabulary in GPTConfig",
    "total": "add up what hangs below transformer; what is tied counts once",
}


@G2_5.check("attention", points=0.5)
def one_attention_module(student: Student, rng: Draw) -> None:
    """`n_attention`: the parameters of one attention module."""
    judge(student, "attention")


@G2_5.check("mlp", points=0.5)
def one_mlp(student: Student, rng: Draw) -> None:
    """`n_mlp`: the parameters of one MLP."""
    judge(student, "mlp")


@G2_5.check("block", points=0.5)
def one_block(student: Student, rng: Draw) -> None:
    """`n_block`: the parameters of one Block."""
    judge(student, "block")


@G2_5.check("blocks", points=0.5)
def all_blocks(student: Student, rng: Draw) -> None:
    """`n_blocks`: the parameters of all Blocks."""
    judge(student, "blocks")


@G2_5.check("wte", points=0.5)
def the_token_embedding(student: Student, rng: Draw) -> None:
    """`n_wte`: the parameters of the token embedding."""
    judge(student, "wte")


@G2_5.check("total", points=0.5)
def the_whole_model(student: Student, rng: Draw) -> None:
    """`n_total`: the parameters of the whole model."""
    judge(student, "total")
