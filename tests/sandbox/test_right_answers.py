"""Isolation costs no right solution a point: all right answers, inside the sandbox."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest

from autograder.checks import exercise
from autograder.checks.framework import run_exercise
from autograder.pipeline.execute import execute, roles_of
from autograder.pipeline.warm import PRELOAD
from autograder.probe.view import Student
from autograder.sandbox.session import Limits, Zygote, session
from tests.answers import (
    ATTACH,
    GIVEN,
    REFERENCE,
    Answer,
    answers,
    explain,
    reference,
    train_config,
)
from tests.lab_answers import AnswerSet, answer_sets, built


@pytest.fixture(scope="module")
def assignment4() -> Iterator[Zygote]:
    with Zygote(PRELOAD["assignment4"]) as warm:
        yield warm


@pytest.fixture(scope="module")
def lab11() -> Iterator[Zygote]:
    with Zygote(PRELOAD["lab11"]) as warm:
        yield warm


@pytest.mark.parametrize("answer", answers("right"), ids=lambda a: a.name)
def test_a_right_answer_earns_all_points_inside(
    assignment4: Zygote, answer: Answer, seed: int
) -> None:
    cells = [GIVEN, train_config()]
    for id in REFERENCE:
        cells += [answer.code if id == answer.exercise else reference(id), ATTACH.get(id, "")]
    with session(assignment4, Limits()) as running:
        for cell in cells:
            running.run_cell(cell)
        results = run_exercise(exercise(answer.exercise), Student(running), seed)
    assert all(r.status == "passed" for r in results), explain(results)


@pytest.mark.parametrize("answer", answer_sets("right"), ids=lambda a: a.name)
def test_a_right_set_of_the_lab_earns_all_points_inside(
    lab11: Zygote, answer: AnswerSet, seed: int
) -> None:
    notebook = copy.deepcopy(built().solved)
    for cell in notebook.cells:
        course = cell.metadata.get("course", {})
        if course.get("role") == "exercise" and course.get("exercise") in answer.cells:
            cell.source = answer.cells[course["exercise"]]
    executed = execute(notebook, roles_of(built().source), "ada", "lab11", seed, lab11, Limits())
    failed = [check for check in executed.result.checks if check.status != "passed"]
    assert not failed, f"{explain(failed)}\n{executed.result.notes}"
    assert executed.result.score == 6.0
