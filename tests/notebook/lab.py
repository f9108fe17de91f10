"""What the tests of Lab 11's text share: its tasks, its prose as one line, and claims about it.

A claim is a sentence as it stands in the text, with a gap for each number, and the way to compute
the numbers that belong into the gaps.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

import torch
from nbformat import NotebookNode
from torch import Tensor

from autograder.build import words
from autograder.build.builder import BuiltNotebooks
from solutions.lab11.gpt2 import GPT, GPTConfig
from tests.notebook.conftest import ROOT, Played

GRADED = {"G1.1": 1, "G1.2": 1, "G1.3": 1, "G2.1": 1, "G2.2": 1, "G2.3": 1, "G2.4": 1, "G2.5": 3}
WRITTEN = ("G1.2", "G1.3", "G2.1", "G2.4")
# as the curriculum lists them
TASKS = (
    *("T1.1", "G1.1", "T1.2", "T1.3", "G1.2", "T1.4", "T1.5", "T1.6", "G1.3"),
    *("T2.1", "T2.2", "T2.3", "T2.4", "G2.1", "T2.5", "T2.6", "T2.7", "G2.2", "T2.8", "T2.9"),
    *("T2.10", "T2.11", "T2.12", "T2.13", "T2.14", "T2.15", "T2.16", "T2.17", "T2.18", "T2.19"),
    *("G2.3", "T2.20", "T2.21", "T2.22", "T2.23", "G2.4", "T2.24", "T2.25", "T2.26", "T2.27"),
    *("G2.5", "T3.1", "ethics"),
)
WORDS = words.read(ROOT, words.Path("solutions/lab11/words.md"))
ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve")  # fmt: skip

NOTEBOOK, ANSWERS = "notebook", "answers in words"
GAP = r"(?:[\d.,e−-]*\d| ?\w+)"  # what may stand where a number belongs: "1,024", "Six"
# Digits that are part of a name, and tasks' ids: no numbers that could be wrong.
NAMES = re.compile(
    r"GPT-2|Assignment 4|Lab 11|Part \d|Colab T4|u?int\d+|b?float\d+|1990s|\b[GT]\d\.\d+"
)
NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,.]*(?:e-?\d+)?")


@dataclass(frozen=True)
class Claim:
    """One sentence of one of the two texts; compute gets the solved notebook, played."""

    text: str
    sentence: str
    compute: Callable[[Played], tuple[Any, ...]]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Say where the sentence stands in a text, whatever its numbers are."""
        parts = Formatter().parse(self.sentence)
        pattern = "".join(
            re.escape(before) + ("" if field is None else GAP) for before, field, *_ in parts
        )
        return [found.span() for found in re.finditer(pattern, text)]


CLAIMS: list[Claim] = []


def claim(text: str, sentence: str) -> Callable[[Callable[[Played], Any]], Callable[[Played], Any]]:
    """Register the computation of the numbers in one sentence of a text."""

    def register(compute: Callable[[Played], Any]) -> Callable[[Played], Any]:
        CLAIMS.append(Claim(text, sentence, lambda lab: as_tuple(compute(lab))))
        return compute

    return register


def as_tuple(values: Any) -> tuple[Any, ...]:
    if isinstance(values, Tensor):
        return tuple(values.flatten().tolist())
    return values if isinstance(values, tuple) else (values,)


def full_size(**changes: Any) -> GPT:
    """GPT-2 as in the lab, shapes without numbers."""
    with torch.device("meta"):
        return GPT(replace(GPTConfig(), **changes))


def parameters(**changes: Any) -> int:
    """What PyTorch counts, tied parameters once."""
    return sum(parameter.numel() for parameter in full_size(**changes).parameters())


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def text_of(place: str, lab: BuiltNotebooks) -> str:
    """The prose of the notebook that students get, or all answers and rubrics, as one line."""
    if place == ANSWERS:
        return one_line("\n".join(f"{each.answer}\n{each.rubric}" for each in WORDS.values()))
    return one_line("\n".join(c.source for c in lab.release.cells if c.cell_type == "markdown"))


def numbers(text: str) -> list[tuple[int, str]]:
    """All numbers of a text with their places; 0 and 1 are words here, as in "i + 1"."""
    without_names = NAMES.sub(lambda found: "x" * len(found[0]), text)
    found = [(each.start(), each[0].rstrip(",.")) for each in NUMBER.finditer(without_names)]
    return [(start, number) for start, number in found if number.lstrip("−-") not in ("0", "1")]


def cells_of(notebook: NotebookNode, role: str, exercise: str | None = None) -> list[NotebookNode]:
    """The cells of a role, those of one exercise if it is given."""
    ours = [(cell, cell.metadata.get("course", {})) for cell in notebook.cells]
    return [
        cell
        for cell, course in ours
        if course.get("role") == role and exercise in (None, course.get("exercise"))
    ]
