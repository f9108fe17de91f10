"""The grader's own mistakes: right answers keep all points, wrong ones lose theirs."""

from __future__ import annotations

import pytest

from autograder.checks import ASSIGNMENTS, full_marks
from autograder.checks.outcome import score
from tests.answers import Answer, answers, diagnosed_as, explain, grade

RIGHT, WRONG = answers("right"), answers("wrong")


def test_the_reference_earns_all_points_forty_for_the_course_s_own_exercises(seed: int) -> None:
    results = grade({}, seed)
    assert score(results) == full_marks("assignment4"), explain(results)
    own = {f"E{number}" for number in range(1, 9)}
    assert score([result for result in results if result.exercise in own]) == 40.0


def alone(answer: Answer) -> str | None:
    """The exercise, if it is a task without points: those are checked for themselves."""
    return None if answer.exercise in ASSIGNMENTS["assignment4"] else answer.exercise


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.name)
def test_a_right_answer_earns_all_points(answer: Answer, seed: int) -> None:
    results = grade({answer.exercise: answer.code}, seed, only=alone(answer))
    assert all(r.status == "passed" for r in results), explain(results)


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.name)
def test_a_wrong_answer_loses_points_in_its_exercise_only(answer: Answer, seed: int) -> None:
    # Checks of earlier exercises run before this cell does: it cannot reach them.
    code = {answer.exercise: answer.code}
    results = grade(code, seed, only=alone(answer), first=answer.exercise)
    lost = {r.exercise for r in results if r.status != "passed"}
    text = explain(results)
    assert answer.fails, "a wrong answer must say which checks fail: # fails: e1.causal"
    assert set(answer.fails) <= {r.id for r in results if r.status == "failed"}, text
    assert lost == {answer.exercise}, text
    assert not [r for r in results if r.status == "errored"], text
    assert diagnosed_as(results) == answer.misconceptions, text
    for words in answer.says:
        assert any(words in f"{r.message} {r.expected} {r.got} {r.hint}" for r in results
                   if r.status == "failed"), f"nothing says {words!r}:\n{text}"  # fmt: skip
