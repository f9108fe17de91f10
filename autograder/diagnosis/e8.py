"""E8: what a student's generate does with a model whose every probability is known."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e8_draws import ANY, draw_findings
from autograder.diagnosis.e8_laws import V, spread_language
from autograder.diagnosis.e8_texts import mode_findings, quiet_findings, text_findings
from autograder.diagnosis.e8_windows import window_findings
from autograder.diagnosis.e8_writing import a_desk, desks
from autograder.diagnosis.finding import Finding, explained

# Kind of exception, what its message must contain, and the misconception that it proves.
FAULTS = (
    ("TypeError", "tuple indices must be integers", "answer-not-unpacked"),
    ("AttributeError", "'tuple' object has no attribute", "answer-not-unpacked"),
    ("AttributeError", "GPT' object has no attribute", "attribute-not-there"),
    ("AttributeError", "LanguageModel' object has no attribute", "attribute-not-there"),
    ("TypeError", "'NoneType' object is not subscriptable", "loss-for-logits"),
    ("RuntimeError", "same number of dimensions", "token-without-its-axis"),
)
WITHOUT_TOKENS = {"nothing-returned", "no-tensor-returned", "nothing-new", "numbers-for-tokens",
                  "one-row-returned", "counts-up-to-the-length"}  # fmt: skip


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E8."""
    for id in case.failed():
        fault = case.fault(id)
        for kind, text, name in FAULTS:
            if fault is not None and fault.kind == kind and text in fault.text:
                yield case.named(name, checks=(id,))
    yield from explained(case, list(findings(case)))


def findings(case: Case) -> Iterator[Finding]:
    """All that is wrong with generate, as far as the failed checks ask for it."""
    desk, _ = a_desk(case, spread_language(case.rng), case.rng.tokens(V, 2, 3))
    if desk is not None:
        of_text = list(text_findings(case, desk))
        yield from of_text
        if WITHOUT_TOKENS & {name for finding in of_text for name in finding.names}:
            return
        if case.failed("mode"):
            yield from mode_findings(case, desk)
        if case.failed("quiet"):
            yield from quiet_findings(case, desk)
        if case.failed("context", "rows", "shape"):
            yield from window_findings(case)
    elif reads_nothing(case):
        yield Finding(("context-empty",), (*ANY, "quiet"))
        return
    if case.failed(*ANY):
        yield from draw_findings(case)


def reads_nothing(case: Case) -> bool:
    """Whether the model is given no token where a short text has some."""
    x = case.rng.tokens(V, 2, 3)
    for desk in desks(case, spread_language(case.rng)):
        windows = desk.ask(x, 2).windows
        if windows and windows[0].shape[-1] == 0:
            return True
    return False
