"""Sets of answers to Lab 11: one small file each, put in place of the reference's cells.

tests/right_answers/lab11/*.py must earn all six points that tests give. tests/wrong_answers/lab11/
holds one mistake each, and says in its first lines which checks must fail, no others, in which
words, and which misconceptions the diagnosis must name, no others: see tests/answers.py. Cells are
set apart by `# %% G2.5`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.build import BuiltNotebooks, build
from autograder.checks import ASSIGNMENTS, exercise
from autograder.checks.framework import run_exercise
from autograder.checks.outcome import CheckResult
from autograder.probe.links import LocalLink
from autograder.probe.view import Student

HERE = Path(__file__).parent
ROOT = HERE.parent
GRADED_BY_TESTS = ("G1.1", "G2.2", "G2.3", "G2.5")
CELL = re.compile(r"^# %% (\S+)\n", flags=re.MULTILINE)
GIVEN = """
import math
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from solutions.lab11.gpt2 import GPT, GPTConfig
CHARACTERS = ("Rachel Green", "Ross Geller", "Chandler Bing", "Monica Geller", "Joey Tribbiani",
              "Phoebe Buffay")
"""


@dataclass(frozen=True)
class AnswerSet:
    """One file: its cells by exercise, and what a wrong one must run into."""

    name: str
    cells: dict[str, str]
    fails: tuple[str, ...]
    says: tuple[str, ...]
    misconceptions: frozenset[str]


def answer_sets(kind: str) -> list[AnswerSet]:
    """All sets of a kind, "right" or "wrong", by name."""
    return [read(path) for path in sorted((HERE / f"{kind}_answers" / "lab11").glob("*.py"))]


def read(path: Path) -> AnswerSet:
    """Read one file with its headers."""
    head, *rest = CELL.split(path.read_text(encoding="utf-8"))

    def header(key: str) -> list[str]:
        return re.findall(rf"^# {key}: (.+)$", head, flags=re.MULTILINE)

    def listed(key: str) -> tuple[str, ...]:
        return tuple(item.strip() for line in header(key) for item in line.split(","))

    return AnswerSet(path.stem, dict(zip(rest[::2], rest[1::2], strict=True)), listed("fails"),
                     tuple(header("says")), frozenset(listed("misconception")))  # fmt: skip


@cache
def built() -> BuiltNotebooks:
    """The lab's notebooks."""
    return build(ROOT / "notebooks" / "text" / "lab11.py", ROOT)


@cache
def reference() -> dict[str, str]:
    """The reference's cells of the exercises that tests grade."""
    cells = {cell.metadata.get("course", {}).get("exercise"): cell.source
             for cell in built().solved.cells
             if cell.metadata.get("course", {}).get("role") == "exercise"}  # fmt: skip
    return {id: cells[id] for id in ASSIGNMENTS["lab11"] if id in GRADED_BY_TESTS}


def namespace(corpus: Any, cells: dict[str, str]) -> dict[str, Any]:
    """Run the graded cells one after the other, some replaced; a raising cell is passed over."""
    found: dict[str, Any] = {"__name__": "__main__", "corpus": corpus}
    exec(GIVEN, found)
    for id, code in {**reference(), **cells}.items():
        try:
            exec(compile(code, f"<cell {id}>", "exec"), found)
        except Exception as error:
            found.setdefault("__errors__", {})[id] = error
    return found


def grade(corpus: Any, cells: dict[str, str], seed: int) -> list[CheckResult]:
    """Run the checks of all exercises that tests grade, with these cells replaced."""
    student = Student(LocalLink(namespace(corpus, cells)))
    return [
        result for id in GRADED_BY_TESTS for result in run_exercise(exercise(id), student, seed)
    ]


def small_corpus() -> Any:
    """Two scenes in ConvoKit's own objects, with repeated and empty lines and similar names."""
    from convokit import Corpus, Speaker, Utterance

    names = ["Rachel Green", "Ross Geller", "Chandler Bing", "Monica Geller", "Joey Tribbiani",
             "Phoebe Buffay", "TRANSCRIPT_NOTE", "Rachel", "Monica's Mother"]  # fmt: skip
    speakers = {name: Speaker(id=name) for name in names}
    utterances: list[Utterance] = []
    for scene in range(1, 4):
        first = None
        for number in range(1, 61):
            id = f"s01_e01_c{scene:02}_u{number:03}"
            name = names[(number * number + 3 * number + scene) % len(names)]
            words = f"Line {(number * 7 + scene) % 50} of {name}"
            text = "" if number % 20 == 0 else "Yes!" if number % 9 == 0 else words
            reply = utterances[-1].id if first else None
            first = first or id
            utterances.append(Utterance(id=id, speaker=speakers[name], conversation_id=first,
                                        reply_to=reply, text=text))  # fmt: skip
    return Corpus(utterances=utterances)
