"""The words of the misconceptions: there for every exercise, and never the answer itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.checks import ASSIGNMENTS, TASKS, slug
from autograder.diagnosis.definition import LIBRARY, SHARED, library
from tests.answers import REFERENCE, answers, reference

ROOT = Path(__file__).parents[2]
LEAST = {"e1": 12, "e2": 20, "e3": 7, "e4": 8, "e5": 20, "e6": 9, "e7": 14, "e8": 9, "lab11": 20}
OF_THE_LAB = [slug(id) for id in ASSIGNMENTS["lab11"]]
SHORT = 14  # characters: less is a name or a word, such as `self.train`


def own_names(exercise: str) -> set[str]:
    """The misconceptions of an exercise (or of the whole lab) without those of every exercise."""
    parts = OF_THE_LAB if exercise == "lab11" else [exercise]
    common = {name.partition(".")[2] for name in library("common")}
    return {n for part in parts for n in library(part) if n.partition(".")[2] not in common}


@pytest.mark.parametrize("exercise", LEAST)
def test_there_are_enough_misconceptions(exercise: str) -> None:
    assert len(own_names(exercise)) >= LEAST[exercise], sorted(own_names(exercise))


def all_words() -> Iterator[tuple[str, str]]:
    """Every text that a student may read about a misconception, with its name."""
    for exercise in [*(id.lower() for id in ASSIGNMENTS["assignment4"]), *OF_THE_LAB]:
        for found in library(exercise).values():
            yield found.name, found.says
            yield found.name, found.asks


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_points_to_a_heading_of_the_notebook(assignment: str) -> None:
    text = (ROOT / "notebooks" / "text" / f"{assignment}.py").read_text(encoding="utf-8")
    headings = set(re.findall(r"^# #+ (.+)$", text, flags=re.MULTILINE))
    for id in ASSIGNMENTS[assignment]:
        for found in library(slug(id)).values():
            assert found.see in headings, (found.name, found.see)


def test_each_explains_and_then_asks() -> None:
    for name, words in all_words():
        assert 40 < len(words) < 400, (name, words)
    for exercise in (id.lower() for id in ASSIGNMENTS["assignment4"]):
        for found in library(exercise).values():
            assert found.says.rstrip().endswith("."), found
            assert found.asks.rstrip().endswith("?"), found


def pieces(code: str) -> set[str]:
    """What one would have to type: statements, calls, indexings and formulas, without spaces."""
    kinds = (ast.stmt, ast.Call, ast.Subscript, ast.BinOp, ast.Compare)
    found = {
        squeezed(ast.get_source_segment(code, node) or "")
        for node in ast.walk(ast.parse(code))
        if isinstance(node, kinds) and not isinstance(node, (ast.ClassDef, ast.FunctionDef))
    }
    return {piece for piece in found if len(piece) >= SHORT}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


# What the notebook itself says: the arguments' own names, and the calls that an exercise is about.
GIVEN = {
    squeezed(piece)
    for piece in (
        "super().__init__()", "nn.Embedding(vocab_size, hidden_size)", "self.parameters()",
        'get_batch("train")', "optimizer.step()", "estimate_loss(model)",
        "logger.evaluation(iteration, losses)", "torch.no_grad()",
        "q @ k.transpose(-2, -1)", "k.transpose(-2, -1)",
    )
}  # fmt: skip


@pytest.mark.parametrize("id", REFERENCE)
def test_no_words_hold_the_solution(id: str) -> None:
    solution = pieces(reference(id)) - GIVEN
    for name, words in [*all_words(), *texts_of_the_checks()]:
        shown = [piece for piece in solution if piece in squeezed(words)]
        assert not shown, (name, words, shown)


def texts_of_the_checks() -> Iterator[tuple[str, str]]:
    """Every text in the code of the checks, hints among them, with its place."""
    for path in sorted((ROOT / "autograder" / "checks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.name}:{node.lineno}", node.value


def test_every_file_of_the_library_belongs_to_an_exercise() -> None:
    exercises = {slug(id) for group in (ASSIGNMENTS, TASKS) for ids in group.values() for id in ids}
    known = exercises.union(*SHARED.values())
    assert {path.stem for path in LIBRARY.glob("*.toml")} <= known


def test_the_corpus_expects_names_that_there_are() -> None:
    for answer in answers("wrong"):
        for name in answer.misconceptions - {"none"}:
            assert name in library(name.partition(".")[0]), (answer.name, name)
