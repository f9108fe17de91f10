"""What can go wrong in every exercise, told from what a check met."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.checks.expectations import CheckFailed
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.probe.errors import StudentFault

# Kind of exception, what its message must contain, and the misconception that it proves.
FAULTS = (
    ("AttributeError", r"before Module\.__init__\(\) call", "no-super-init"),
    # of an object of a class that a student wrote, not of None, a tensor, a list ...
    ("AttributeError", r"^'(?!NoneType|Tensor|Parameter|tuple|list|dict|set|str|int|float|bool|"
     r"function|method|builtin|generator|module|type|torch)\w+' object has no attribute",
     "attribute-never-set"),
    ("NameError", r"is not defined|cannot access free variable", "name-not-defined"),
    ("UnboundLocalError", r"", "name-not-defined"),
    ("RuntimeError", r"modified by an inplace operation|leaf Variable that requires grad",
     "overwritten-in-place"),
    ("RuntimeError", r"mat1 and mat2|size of tensor|must match|is invalid for input of size|"
     r"shape '|expected size|size mismatch|Sizes of tensors|channels, but|normalized_shape",
     "shapes-do-not-fit"),
    ("RuntimeError", r"only supports boolean masks", "mask-not-boolean"),
    ("TypeError", r"positional argument|unexpected keyword|missing \d+ required",
     "other-arguments"),
    ("RuntimeError", r"same dtype|expected scalar type|Found dtype", "number-types-mixed"),
    ("RecursionError", r"", "calls-itself"),
)  # fmt: skip


def from_causes(case: Case) -> Iterator[Diagnosis]:
    """Misconceptions that a check itself has proved (see CheckFailed.cause)."""
    for id in case.failed():
        error = case.errors.get(id)
        if isinstance(error, CheckFailed) and error.cause:
            yield case.named(error.cause, checks=(id,))


def from_faults(case: Case) -> Iterator[Diagnosis]:
    """Misconceptions that an exception of the student's code gives away."""
    for id in case.failed():
        fault = case.fault(id)
        if fault is not None and (name := named_fault(fault)):
            yield case.named(name, checks=(id,))


def named_fault(fault: StudentFault) -> str:
    """The misconception behind an exception, empty if it gives none away."""
    for kind, pattern, name in FAULTS:
        if fault.kind == kind and fault.text and re.search(pattern, fault.text):
            return name
    return ""
