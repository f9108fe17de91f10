"""Changes that the curriculum's "Readings" call right, each with the sentence that says so.

A rule looks at where the change is and at what differs; what it does not name must be the same. A
mutant that a rule allows must keep its points, as a right answer must.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.mutants.equivalence import Proof
from benchmarks.mutants.mutant import Mutant
from benchmarks.mutants.runs import (
    reports_otherwise,
    same_but_for_rounding,
    same_where_it_comes_in_training_mode,
)


@dataclass(frozen=True)
class Rule:
    """reason: the curriculum's sentence. exercises: where. differing: what may differ, no more.

    site: whether the change is of this kind; holds: whether what differs is right all the same.
    """

    reason: str
    exercises: tuple[str, ...]
    differing: tuple[str, ...]
    site: Callable[[Mutant], bool]
    holds: Callable[[Proof], bool] = lambda proof: True


def changes_a_bias(mutant: Mutant) -> bool:
    """Whether a projection or a LayerNorm gets or loses its bias by its argument."""
    if mutant.operator == "constant" and {mutant.before, mutant.after} != {"True", "False"}:
        return False
    return mutant.operator in ("bias", "argument-dropped", "constant") and "bias=" in changed(
        mutant
    )


def changed(mutant: Mutant) -> str:
    """The lines that are not the same."""
    return "\n".join(line for line in mutant.diff.splitlines() if line[:1] in "+-")


def not_of_the_vocabulary(mutant: Mutant) -> bool:
    """Whether a bias changes in a layer of E5 other than the last, which has none."""
    return changes_a_bias(mutant) and "hidden_size, vocab_size" not in changed(mutant)


def changes_the_form_of_gelu(mutant: Mutant) -> bool:
    """Whether the exact form becomes the tanh form or the other way round."""
    forms = ("'tanh'", "'none'")
    return (mutant.before in forms and mutant.after in forms) or (
        "GELU" in mutant.before and "tanh" in mutant.before
        and mutant.after in ("nn.GELU()", "nn.GELU")
    )  # fmt: skip


def keeps_eps_small(mutant: Mutant) -> bool:
    """Whether an eps stays between 1e-6 and 1e-5, or is left to LayerNorm, which takes 1e-5."""
    if mutant.operator == "argument-dropped" and "eps" in mutant.before:
        return "orm" in mutant.before and "eps" not in mutant.after
    try:
        before, after = float(mutant.before), float(mutant.after)
    except ValueError:
        return False
    return 1e-6 <= before <= 1e-5 and 1e-6 <= after <= 1e-5


def leaves_out_the_bias_of_a_norm(mutant: Mutant) -> bool:
    """Whether a call of layer_norm loses its last of four arguments, the bias."""
    return (
        mutant.operator == "argument-dropped"
        and mutant.before.startswith("F.layer_norm(")
        and len(ast.parse(mutant.before, mode="eval").body.args) == 4  # type: ignore[attr-defined]
    )


def anywhere(mutant: Mutant) -> bool:
    """No matter where: what differs says it all."""
    return True


# What a layer computes, by the names in layers.py.
COMPUTED = (
    "evaluation: outputs and gradients", "training: outputs and gradients",
    "evaluation: without gradient", "training: without gradient",
    "evaluation: logits, loss and gradients", "training: logits, loss and gradients",
    "without targets", "float32",
)  # fmt: skip
RULES: tuple[Rule, ...] = (
    Rule("E2: Projections with or without bias are both right. E3, E4: Projections with or without "
         "bias; LayerNorm with or without bias.", ("E2", "E3", "E4"),
         ("parameters", "saved state"), changes_a_bias),
    Rule("E3, E4: Projections with or without bias; LayerNorm with or without bias (in E5 where an "
         "answer writes these parts anew).", ("E5",), ("parameters", "saved state"),
         not_of_the_vocabulary),
    Rule("E3: GELU (exact or tanh form).", ("E3", "E4", "E5"), COMPUTED, changes_the_form_of_gelu),
    Rule("E3, E4: LayerNorm with eps from 1e-6 to 1e-5.", ("E4", "E5"), COMPUTED, keeps_eps_small),
    Rule("E3, E4: LayerNorm with or without bias.", ("E4", "E5"), COMPUTED,
         leaves_out_the_bias_of_a_norm),
    Rule("E5: initialisation is asked for there; E1 to E4 leave open with which weights a layer "
         "begins.", ("E1", "E2", "E3", "E4"), ("initial values",), anywhere),
    Rule("Everywhere: any layout that computes the right thing is right (what state_dict holds "
         "beside the parameters is the student's own affair).", ("E1", "E2", "E3", "E4", "E5"),
         ("saved state",), anywhere),
    Rule("E1, E2: Which projection is called query or key does not matter; heads may take any "
         "partition of the hidden dimension. Everywhere: any layout.", ("E1", "E2", "E3"),
         (*COMPUTED, "initial values"), anywhere, lambda proof: proof.same_family),
    Rule("E6: a parameter with requires_grad=False may be in or out.", ("E6",),
         ("frozen parameters",), anywhere),
    Rule("E7: Evaluating before or after the update, logging at it % k == 0 or (it + 1) % k == 0, "
         "and one evaluation more at the end are all right.", ("E7",),
         ("trained", "evaluated", "estimated", "returned"), anywhere,
         lambda proof: reports_otherwise(proof.seen)),
    Rule("Everywhere: Numerical style costs nothing (clipping a clipped gradient again divides by "
         "its norm plus 1e-6).", ("E7",), ("weights", "trained"), anywhere,
         lambda proof: same_but_for_rounding(proof.seen)),
    Rule("E7: a new model is in training mode; a loop that trains in the mode it finds gets a "
         "remark. Everywhere: A remark is advice, never points.", ("E7",),
         ("modes", "training", "weights", "trained"), anywhere,
         lambda proof: same_where_it_comes_in_training_mode(proof.seen)),
)  # fmt: skip


def perhaps_allowed(mutant: Mutant) -> bool:
    """Whether a rule about its kind of change may allow a mutant, if nothing else differs.

    Of a training run everything is compared: what rules allow there can be anywhere in the code.
    """
    return mutant.source.exercise == "E7" or any(
        mutant.source.exercise in r.exercises and r.site is not anywhere and r.site(mutant)
        for r in RULES
    )


def allowed(mutant: Mutant, proof: Proof) -> str:
    """The reason of the first rule that allows all differences; empty if none does."""
    for rule in RULES:
        if (
            mutant.source.exercise in rule.exercises
            and rule.site(mutant)
            and set(proof.differing) <= set(rule.differing)
            and rule.holds(proof)
        ):
            return rule.reason
    return ""
