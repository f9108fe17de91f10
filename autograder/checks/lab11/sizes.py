"""The tasks that ask for one number; they say right or wrong and why, and never the number."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed
from autograder.checks.framework import Exercise
from autograder.checks.lab11 import reading, slips
from autograder.checks.lab11.counting import KEY, LAB, PYTORCH, count
from autograder.probe.view import Student

RIGHT = {KEY: count(LAB, KEY), PYTORCH: count(LAB, PYTORCH)}
Hints = Callable[[float], str]

T2_3 = Exercise(
    "T2.3", "The parameters of wte", ("wte_parameters",), draws=False, minutes=3, difficulty=1
)
T2_4 = Exercise(
    "T2.4", "The parameters of wpe", ("wpe_parameters",), draws=False, minutes=2, difficulty=1
)
T2_9 = Exercise(
    "T2.9",
    "The parameters of one LayerNorm",
    ("layer_norm_parameters",),
    draws=False,
    minutes=2,
    difficulty=1,
)
T2_13 = Exercise(
    "T2.13", "The parameters of one MLP", ("mlp_parameters",), draws=False, minutes=4, difficulty=1
)
T2_17 = Exercise(
    "T2.17",
    "The parameters of c_attn",
    ("c_attn_parameters",),
    draws=False,
    minutes=3,
    difficulty=1,
)
T2_20 = Exercise(
    "T2.20", "The divisor of the scores", ("divisor",), draws=False, minutes=2, difficulty=1
)
T3_1 = Exercise(
    "T3.1",
    "What cropping the block size saves",
    ("cropped_parameters",),
    draws=False,
    minutes=4,
    difficulty=2,
)


def ask(task: Exercise, claim: str, right: float, hints: Hints) -> None:
    """Register the check of a task whose answer is one number; hints: what a wrong one tells."""
    (variable,) = task.defines

    def is_right(student: Student, rng: Draw) -> None:
        found = reading.number(student, variable)
        if not math.isclose(found, right, rel_tol=0, abs_tol=5e-3 if right % 1 else 0):
            close = right % 1 and math.isclose(found, right, rel_tol=0, abs_tol=0.5)
            raise CheckFailed(
                f"`{variable}` is not it", got=f"{found:,.10g}",
                hint="not far off: give two digits after the point" if close else hints(found),
            )  # fmt: skip

    is_right.__doc__ = claim
    task.check("value", points=0.0)(is_right)


def of_part(part: str, first_step: str, others: dict[str, str] | None = None) -> Hints:
    """Hints for a number of parameters: a known slip, another part's number, or a first step."""

    def hints(found: float) -> str:
        if part == "c_attn" and found == RIGHT[KEY].c_attn:
            return (
                "the bias is as long as the output of the layer, and this layer's output holds "
                "queries, keys and values"
            )
        # one layer of the MLP alone has as many parameters as PyTorch's attention: slips come first
        mixed_up = [said for other, said in (others or {}).items()
                    if found in (RIGHT[KEY][other], RIGHT[PYTORCH][other])]  # fmt: skip
        return (
            slips.explain(part, found, LAB, most=1)
            or next(iter(mixed_up), "")
            or slips.explain(part, found, LAB)
            or first_step
        )

    return hints


def of_list(known: dict[float, str], first_step: str) -> Hints:
    """Hints for some well-known wrong numbers."""
    return lambda found: next(
        (said for number, said in known.items() if math.isclose(found, number, rel_tol=1e-3)),
        first_step,
    )


ask(
    T2_3,
    "`wte_parameters`: how many numbers the token embedding holds.", RIGHT[KEY].wte,
    of_part("wte", "an embedding is a table: how many rows, and how long is each?",
            {"wpe": "this is the table of positions"}),
)  # fmt: skip
ask(
    T2_4,
    "`wpe_parameters`: how many numbers the position embedding holds.", RIGHT[KEY].wpe,
    of_part("wpe", "one row for each position that the model can see",
            {"wte": "this is the table of tokens"}),
)  # fmt: skip
ask(
    T2_9,
    "`layer_norm_parameters`: how many parameters one LayerNorm has (bias=True).",
    RIGHT[KEY].layer_norm,
    of_part("layer_norm", "which tensors does LayerNorm.__init__ make, and how long are they?"),
)  # fmt: skip
ask(
    T2_13,
    "`mlp_parameters`: how many parameters one MLP has.", RIGHT[KEY].mlp,
    of_part("mlp", "two linear layers, each with a matrix and a bias: write their sizes down first",
            {"attention": "this is the attention module", "block": "this is a whole Block"}),
)  # fmt: skip
ask(
    T2_17,
    "`c_attn_parameters`: how many parameters the linear layer c_attn has.",
    RIGHT[PYTORCH].c_attn,
    of_part("c_attn", "one matrix and one bias: how wide is its input, how wide its output?",
            {"attention": "this is the attention module with c_proj; only c_attn is asked"}),
)  # fmt: skip
ask(
    T2_20,
    "`divisor`: the value of math.sqrt(k.size(-1)) with one head and n_embd = 768.",
    math.sqrt(LAB.n_embd),
    of_list(
        {math.sqrt(LAB.n_embd / LAB.n_head): "this is the value with twelve heads; here is one",
         LAB.n_embd: "this is k.size(-1) itself; take its square root",
         math.sqrt(LAB.block_size): "the last axis of k is not the one of positions"},
        "what is the last axis of k when there is one head?",
    ),
)  # fmt: skip
ask(
    T3_1,
    "`cropped_parameters`: how many parameters go when the block size is cropped from 1,024 to "
    "256.",
    (LAB.block_size - 256) * LAB.n_embd,
    of_list(
        {256 * LAB.n_embd: "this is what is left of the table, not what goes",
         LAB.block_size * LAB.n_embd: "this is the whole table; 256 of its rows stay",
         LAB.block_size - 256: "so many rows go; how long is each?"},
        "which of the parameters know of the block size? (the mask is a buffer, no parameter)",
    ),
)  # fmt: skip
