"""E1: which mistake turns causal self-attention into what the student's module computes."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.diagnosis.attention import COMMON_CHANGES, named_changes
from autograder.diagnosis.attention_match import explanations
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.modules import gradient_is_cut, length_fault, untold_by_weights
from autograder.probe.errors import StudentFault

D = 8
CHANGES = named_changes({
    "no-scale": {"scale": "1"},
    "scale-without-root": {"scale": "1/d"},
    "scale-multiplied": {"scale": "sqrt(d)"},
    "scale-multiplied/no root": {"scale": "d"},
}) + COMMON_CHANGES  # fmt: skip
ON_ZEROS = named_changes({"zero-taken-for-masked": {"mask": "zeros hidden"}})
OF_THE_FUNCTION = ("causal", "rows", "formula")


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E1."""
    if shape := case.failed("shape"):
        yield from shape_diagnosis(case, shape)
        return
    count = ""
    if checks := case.failed("parameters"):
        count = count_name(case)
    if checks := case.failed(*OF_THE_FUNCTION, "general"):
        yield from length_diagnosis(case, checks)
        if count == "one-matrix-for-two":
            checks += case.failed("parameters")
        yield from formula_diagnosis(case, checks, count)
    if count:
        yield case.named(count, checks=case.failed("parameters"))


def formula_diagnosis(case: Case, checks: tuple[str, ...], count: str) -> Iterator[Diagnosis]:
    """Which formula predicts the output; count: what the number of parameters has said."""
    module = case.student.CausalSelfAttention(D)
    module.eval()
    if count == "output-projection":
        found = explanations(module, case.rng, D, 1, True, CHANGES)
        if found:
            yield from as_diagnoses(case, [(count, *names) for names in found], checks)
            return
    found = explanations(module, case.rng, D, 1, False, CHANGES)
    if found == [()]:  # the right formula, as far as these inputs go
        if count == "one-matrix-for-two":
            found = [(count,)]
        elif case.failed(*OF_THE_FUNCTION):
            found = explanations(module, case.rng, D, 1, False, ON_ZEROS, zero_token=True)
        elif gradient_is_cut(module, case.rng, case.rng.normal(2, 4, D)):
            found = [("gradient-cut",)]
    yield from as_diagnoses(case, found, checks)


def as_diagnoses(
    case: Case, found: list[tuple[str, ...]], checks: tuple[str, ...]
) -> Iterator[Diagnosis]:
    """One explanation of one or more names; or several of one name each, of which one holds."""
    if found in ([], [()]):
        return
    if len(found) == 1:
        yield case.named(*found[0], checks=checks)
    elif all(len(names) == 1 for names in found):
        yield case.named(*(names[0] for names in found), checks=checks, either=True)


def shape_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Why no output of the right shape comes, or one that no weight has a say in."""
    fault = case.fault(checks[0])
    try:
        module = case.student.CausalSelfAttention(D)
    except StudentFault:
        return
    if fault is not None:
        if name := length_fault(module, case.rng, D):
            yield case.named(name, checks=checks)
        return
    x = case.rng.normal(2, 5, D)
    if name := untold_by_weights(module, case.rng, x):
        yield case.named(name, checks=checks)


def count_name(case: Case) -> str:
    """What the number of parameters says by itself."""
    found = case.student.CausalSelfAttention(D).unique_parameters
    sizes = [p.values.numel() for p in found if p.trainable]
    small = sum(size for size in sizes if size < D * D)
    large = sum(sizes) - small
    if large == 3 * D * D and small in (D, 2 * D, 3 * D):
        return "biases"
    if large == 4 * D * D:
        return "output-projection"
    return "one-matrix-for-two" if large == 2 * D * D and not small else ""


def length_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Why long sequences do not work, where they raise."""
    raised = tuple(id for id in checks if case.fault(id))
    if not raised:
        return
    module = case.student.CausalSelfAttention(D)
    if name := length_fault(module, case.rng, D):
        yield case.named(name, checks=raised)
