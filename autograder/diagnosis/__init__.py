"""Name the misconception behind a failed check.

Most mistakes turn the right formula into another formula, and that formula predicts the wrong
output exactly. So each exercise has a library of misconceptions: what is said about each stands in
library/*.toml, how each is recognised in the module named after the exercise. A name is given only
on evidence: a formula that matches on two draws of inputs, or a property that nothing else has. No
evidence, no name.

    definition.py  the words for a misconception, and how a diagnosis is written down
    case.py        what a failed exercise gives to work with
    common.py      what can go wrong in every exercise: nothing returned, nothing registered
    modules.py     properties of a layer that no formula shows
    attention.py   attention with its choices open, for E1 and E2
    e1.py ...      one module per exercise: `diagnose(case)` gives diagnoses
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import Diagnosis

# Imported where they are used: reports read the library without torch.
if TYPE_CHECKING:
    from autograder.diagnosis.case import Case
    from autograder.probe.view import Student

STRICT = False  # tests set it: a fault of a diagnosis is then raised, not passed over


def diagnosed(
    module: str, exercise: str, student: Student, seed: int, results: Sequence[CheckResult],
    errors: Mapping[str, Exception],
) -> list[CheckResult]:  # fmt: skip
    """The same results; failed ones carry the name of their misconception where there is evidence.

    module: that holds the exercise's checks, such as "e1"; errors: what each failed check met, by
    its id. Never raises: a diagnosis is help beyond the marks, and nobody's marks hang on it.
    """
    from autograder.checks.draw import Draw
    from autograder.diagnosis.case import Case

    case = Case(exercise, student, Draw(seed, exercise, "diagnosis"),
                {result.id: result for result in results}, errors)  # fmt: skip
    found: list[Diagnosis] = []
    try:
        found.extend(diagnoses(module, case))
    except Exception:
        if STRICT:
            raise
    named = names_by_check(case, found)
    return [replace(r, misconception=named.get(r.id)) for r in results]


def diagnoses(module: str, case: Case) -> Iterable[Diagnosis]:
    """Everything that is known about a failed exercise, the surest first."""
    from autograder.diagnosis import common
    from autograder.probe.errors import ProbeError

    yield from common.from_causes(case)
    if importlib.util.find_spec(f"autograder.diagnosis.{module}"):
        # the student's code may raise or hang where the checks have not been
        with contextlib.suppress(ProbeError):
            yield from importlib.import_module(f"autograder.diagnosis.{module}").diagnose(case)
    yield from common.from_faults(case)


def names_by_check(case: Case, found: Sequence[Diagnosis]) -> dict[str, str]:
    """One name for each failed check that something explains: that of the first diagnosis."""
    named: dict[str, str] = {}
    for diagnosis in found:
        for id in diagnosis.checks:
            if case.results[id].status == "failed":
                named.setdefault(id, diagnosis.text)
    return named
