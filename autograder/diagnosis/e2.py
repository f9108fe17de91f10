"""E2: which mistake turns multi-head attention into what the student's module computes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autograder.diagnosis.attention import COMMON_CHANGES, named_changes
from autograder.diagnosis.attention_match import explanations
from autograder.diagnosis.attention_readings import is_bias
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e1 import ON_ZEROS, as_diagnoses
from autograder.diagnosis.e2_dropout import dropout_diagnosis
from autograder.diagnosis.modules import gradient_is_cut, length_fault, untold_by_weights
from autograder.probe.errors import StudentFault

D, H = 12, 3
d = D // H
CHANGES = named_changes({
    "scale-by-hidden-size": {"scale": "1/sqrt(D)"},
    "no-scale": {"scale": "1"},
    "scale-without-root": {"scale": "1/d"},
    "scale-without-root/of D": {"scale": "1/D"},
    "scale-multiplied": {"scale": "sqrt(d)"},
    "scale-multiplied/D": {"scale": "sqrt(D)"},
    "scale-multiplied/no root": {"scale": "d"},
    "scale-by-head-count": {"scale": "1/sqrt(h)"},
    "scale-by-head-count/no root": {"scale": "1/h"},
    "heads-cut-out-of-time": {"split": "time", "merge": "not back"},
    "heads-cut-out-of-time/merged": {"split": "time"},
    "heads-not-moved-back": {"merge": "not back"},
    "attention-among-heads": {"split": "heads as sequence"},
    "one-head-only": {"split": "one head"},
    "heads-averaged": {"merge": "mean"},
    "heads-averaged/summed": {"merge": "sum"},
    "softmax-over-heads": {"softmax": "heads"},
    "projection-not-used": {"end": "not projected"},
    "projection-cut-into-heads": {"end": "cut after projection"},
    "activation-after-projection": {"end": "relu"},
}) + COMMON_CHANGES  # fmt: skip
OF_THE_FUNCTION = ("causal", "one_head", "formula")
# Changes for which a check of dropout finds other outputs than it can read.
HIDES_DROPOUT = {"mask-hides-itself"} | {
    name for name, change in CHANGES if change.keys() & {"split", "merge", "softmax", "end"}
}
OF_DROPOUT = ("dropout_weights", "dropout_output", "evaluation")


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E2."""
    if shape := case.failed("shape"):
        yield from shape_diagnosis(case, shape)
        return
    found: list[Diagnosis] = []
    if checks := case.failed(*OF_THE_FUNCTION, "parameters"):
        found = list(function_diagnosis(case, checks))
        yield from found
    if checks := case.failed(*OF_DROPOUT):
        yield from dropout_diagnosis(
            case, checks, right_otherwise=not case.failed(*OF_THE_FUNCTION)
        )
        for diagnosis in found:
            if {name.partition(".")[2] for name in diagnosis.names} & HIDES_DROPOUT:
                yield replace(diagnosis, checks=checks)


def shape_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Why no output of the right shape comes, or one that no weight has a say in."""
    fault = case.fault(checks[0])
    try:
        module = case.student.MultiHeadCausalSelfAttention(D, H, 0.0)
        module.eval()
        if fault is None:
            if name := untold_by_weights(module, case.rng, case.rng.normal(2, 5, D)):
                yield case.named(name, checks=checks)
            return
        if name := length_fault(module, case.rng, D):
            yield case.named(name, checks=checks)
    except StudentFault:
        return


def function_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Which formula predicts the output, and what the number of parameters says beside it."""
    module = case.student.MultiHeadCausalSelfAttention(D, H, 0.0)
    module.eval()
    matrices = [p.values for p in module.unique_parameters if p.trainable and not is_bias(p, D)]
    count = sum(matrix.numel() for matrix in matrices)
    name = {
        4 * H * D * D: "wide-heads",
        D * D + 3 * D * d: "weights-shared-by-heads",
        D * D + 3 * d * d: "input-split-before-projecting",
    }.get(count, "")
    found = explanations(module, case.rng, D, H, True, CHANGES, in_pairs=count == 4 * D * D)
    if count == 3 * D * D and (not any(found) or ("projection-not-used",) in found):
        without = explanations(module, case.rng, D, H, False, CHANGES)
        found = [("no-output-projection", *names) for names in without]
    if found == [()]:
        yield from hidden_diagnosis(case, checks)
    elif found:
        yield from as_diagnoses(case, found, checks)
    elif name:
        yield case.named(name, checks=checks)


def hidden_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Why checks fail although the right formula gives the outputs at these sizes."""
    module = case.student.MultiHeadCausalSelfAttention(D, H, 0.0)
    module.eval()
    if case.failed(*OF_THE_FUNCTION):
        found = explanations(module, case.rng, D, H, True, ON_ZEROS, zero_token=True)
        yield from as_diagnoses(case, found, checks)
    if (parameters := case.failed("parameters")) and gradient_is_cut(
        module, case.rng, case.rng.normal(2, 4, D)
    ):
        yield case.named("gradient-cut", checks=parameters)
