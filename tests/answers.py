"""Answers of imagined students: one small file each, put in place of the reference's exercise.

tests/right_answers/e1/*.py must earn all points. tests/wrong_answers/e1/*.py holds one mistake and
says in its first lines which checks must fail, and with which words:

    # fails: e1.causal, e1.formula
    # says: position 1
    # misconception: e1.no-mask

The misconception is what the diagnosis must name, no more and no less, or "none" where nothing can
be told; several in one answer are set apart by commas. It must lose points in that exercise and in
no other. Answers to a task without points, such as T9.1, are in t9_1/.
"""

from __future__ import annotations

import ast
import linecache
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import diagnosis
from autograder.build.text import read_text
from autograder.checks import assignment, exercise
from autograder.checks.declared import in_order
from autograder.checks.framework import run_exercise
from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import names_in
from autograder.probe.links import LocalLink
from autograder.probe.view import Student

diagnosis.STRICT = True
HERE = Path(__file__).parent
SOLUTIONS = HERE.parent / "solutions" / "assignment4"
# As the notebook's text has them: each exercise's file and names in the solutions, and what its
# cell holds besides.
CELLS = [cell for cell in read_text(HERE.parent / "notebooks/text/assignment4.py", HERE.parent)
         if cell.role == "exercise"]  # fmt: skip
REFERENCE = {c.name: (Path(c.pull.path).name, c.pull.names) for c in CELLS if c.pull is not None}
ATTACH = {cell.name: cell.source for cell in CELLS if cell.source.strip()}
GIVEN = """
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
import torch
from torch import Tensor, nn
from torch.nn import functional as F
GetBatch = Callable
"""


@dataclass(frozen=True)
class Answer:
    """One file: the exercise it answers, its code, and what a wrong one must run into."""

    exercise: str
    name: str
    code: str
    fails: tuple[str, ...]
    says: tuple[str, ...]
    misconceptions: frozenset[str]


def answers(kind: str) -> list[Answer]:
    """All answers of a kind ("right" or "wrong"), by exercise and name."""
    return [read(path) for path in sorted((HERE / f"{kind}_answers").glob("[et][0-9]*/*.py"))]


def read(path: Path) -> Answer:
    """Read one answer file with its headers."""
    code = path.read_text(encoding="utf-8")

    def header(key: str) -> list[str]:
        return re.findall(rf"^# {key}: (.+)$", code, flags=re.MULTILINE)

    def listed(key: str) -> tuple[str, ...]:
        return tuple(item.strip() for line in header(key) for item in line.split(","))

    id = path.parent.name.upper().replace("_", ".")
    return Answer(id, f"{path.parent.name}/{path.stem}", code, listed("fails"),
                  tuple(header("says")), frozenset(listed("misconception")))  # fmt: skip


def reference(id: str) -> str:
    """The reference's code of an exercise, as it would stand in the cell."""
    file, names = REFERENCE[id]
    source = (SOLUTIONS / file).read_text(encoding="utf-8")
    return "\n\n".join(
        ast.get_source_segment(source, node) or ""
        for node in ast.parse(source).body
        if getattr(node, "name", None) in names
    )


def train_config() -> str:
    """The code of TrainConfig, which the notebook gives."""
    source = (SOLUTIONS / "train.py").read_text(encoding="utf-8")
    config = next(n for n in ast.parse(source).body if getattr(n, "name", "") == "TrainConfig")
    return "@dataclass(frozen=True)\n" + (ast.get_source_segment(source, config) or "")


def notebook_namespace(replaced: dict[str, str] | None = None) -> dict[str, Any]:
    """Run all exercise cells one after the other, some replaced; a raising cell is passed over."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    run_cell(GIVEN, "given", namespace)
    run_cell(train_config(), "config", namespace)
    for id in REFERENCE:
        for part in ((replaced or {}).get(id, reference(id)), ATTACH.get(id, "")):
            try:
                run_cell(part, id, namespace)
            except Exception as error:
                namespace.setdefault("__errors__", {})[id] = error
    return namespace


def run_cell(code: str, name: str, namespace: dict[str, Any]) -> None:
    """Execute code as a notebook would, with its lines known to tracebacks."""
    filename = f"<cell {name}>"
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    exec(compile(code, filename, "exec"), namespace)


def grade(
    replaced: dict[str, str], seed: int, only: str | None = None, first: str = "E1"
) -> list[CheckResult]:
    """Run the checks of all exercises (of one, or from one on) with these cells replaced."""
    student = Student(LocalLink(notebook_namespace(replaced)))
    wanted = [exercise(only)] if only else assignment("assignment4")
    wanted = [found for found in wanted if in_order(found.id) >= in_order(first)]
    return [result for found in wanted for result in run_exercise(found, student, seed)]


def diagnosed_as(results: list[CheckResult]) -> frozenset[str]:
    """The misconceptions that failed checks were given; "none" where there are none."""
    found = {name for r in results if r.status == "failed" for name in names_in(r.misconception)}
    return frozenset(found or {"none"})


def explain(results: list[CheckResult]) -> str:
    """What a test prints when an answer was graded otherwise than it should."""
    return "\n".join(
        f"{r.id} {r.status}: {r.message} | expected {r.expected} | got {r.got} (seed {r.seed}, "
        f"{r.misconception})"
        f"\n{r.detail}"
        for r in results
        if r.status != "passed"
    )
