"""The lab's checks: right answers keep all points, wrong ones lose theirs, in the right words."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.checks.outcome import score
from autograder.notebook import check
from tests.answers import diagnosed_as, explain
from tests.lab_answers import AnswerSet, answer_sets, grade, small_corpus

RIGHT, WRONG = answer_sets("right"), answer_sets("wrong")


@pytest.fixture(scope="module")
def corpus() -> Any:
    return small_corpus()


def test_the_corpus_has_what_the_answers_trip_over(corpus: Any) -> None:
    """Each of the six has an empty line and a repeated one, so that the mistakes can show."""
    for name in ("Chandler Bing", "Phoebe Buffay", "Joey Tribbiani", "Monica Geller"):
        lines = [u.text for u in corpus.iter_utterances() if u.speaker.id == name]
        assert len(lines) > 12
        assert len(set(lines)) < len(lines), name


def test_there_are_enough_sets_of_answers() -> None:
    assert len(RIGHT) >= 15
    assert len(WRONG) >= 40


def test_the_reference_earns_six_points(corpus: Any, seed: int) -> None:
    results = grade(corpus, {}, seed)
    assert score(results) == 6.0, explain(results)


@pytest.mark.parametrize("answers", RIGHT, ids=lambda a: a.name)
def test_a_right_set_earns_all_points(answers: AnswerSet, corpus: Any, seed: int) -> None:
    results = grade(corpus, answers.cells, seed)
    assert all(r.status == "passed" for r in results), explain(results)


@pytest.mark.parametrize("answers", WRONG, ids=lambda a: a.name)
def test_a_wrong_set_loses_where_it_is_wrong_and_nowhere_else(
    answers: AnswerSet, corpus: Any, seed: int
) -> None:
    results = grade(corpus, answers.cells, seed)
    failed = [r for r in results if r.status != "passed"]
    text = explain(results)
    assert {r.id for r in failed} == set(answers.fails), text
    assert all(r.status == "failed" for r in failed), text
    assert diagnosed_as(failed) == answers.misconceptions, text
    assert answers.says, "a wrong answer must say in which words it fails: # says: ..."
    for words in answers.says:
        assert any(words in f"{r.message} {r.expected} {r.got} {r.hint}" for r in failed), (
            f"nothing says {words!r}:\n{text}"
        )


def test_the_check_of_an_answer_in_words_names_its_reader(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check("g1.2") == 0.0
    assert "G1.2 is answered in words and read by a person" in capsys.readouterr().out
