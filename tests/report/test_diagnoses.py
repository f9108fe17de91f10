"""A diagnosis in words: in the notebook, as text, and on the feedback page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import Misconception, misconception
from autograder.report.diagnoses import guidance
from autograder.report.feedback import feedback_html, next_steps
from autograder.report.notebook_table import table_html, table_text
from autograder.report.showing import as_students_see
from tests.report.reading import Page, assert_harmless
from tests.report.samples import EXERCISES, PAYLOAD, TITLES, results, submission

WRONG = "biased and unmasked"


def in_notebook(found: list[CheckResult]) -> str:
    return assert_harmless(table_html("E1", TITLES["E1"], found)).text


def in_terminal(found: list[CheckResult]) -> str:
    return " ".join(table_text("E1", TITLES["E1"], found).replace("`", "").split())


def on_page(found: list[CheckResult]) -> str:
    entry = submission("ada", checks=found).as_json()
    text = assert_harmless(feedback_html(entry, "Assignment 4", EXERCISES)).text
    return text[text.index("E1 Causal self-attention 1 of 5") :]


PLACES = pytest.mark.parametrize("shown", [in_notebook, in_terminal, on_page])
Shown = Callable[[list[CheckResult]], str]


def known(name: str) -> Misconception:
    found = misconception(name)
    assert found is not None
    return found


def with_causes(*causes: str | None) -> list[CheckResult]:
    """E1's results, its three failed checks with these causes, and hints of their own."""
    waiting = list(causes)
    return [
        replace(r, misconception=waiting.pop(0), hint=f"hint of {r.id}")
        if r.status == "failed"
        else r
        for r in results(WRONG)
    ]


HINTS = [f"hint of {r.id}" for r in results(WRONG) if r.status == "failed"]


@PLACES
def test_a_cause_comes_with_its_question_and_where_to_read_again(shown: Shown) -> None:
    text = shown(with_causes(None, "e1.no-mask", None))
    one = known("e1.no-mask")
    parts = [one.says, "(e1.no-mask)", one.asks, f"“{one.see}”"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "read again" in text


@PLACES
def test_a_known_cause_takes_the_place_of_the_hint(shown: Shown) -> None:
    text = shown(with_causes(None, "e1.no-mask", "e1.no-mask"))
    assert [hint in text for hint in HINTS] == [True, False, False]


@PLACES
def test_one_cause_of_several_checks_is_explained_once(shown: Shown) -> None:
    text = shown(with_causes("e1.no-mask", "e1.no-mask", "e1.no-mask"))
    assert text.count(known("e1.no-mask").says) == 1
    assert text.count("the same as at e1.parameters") == 2


@PLACES
def test_two_causes_at_once_are_both_explained(shown: Shown) -> None:
    text = shown(with_causes(None, "e1.no-mask + e1.no-scale", None))
    assert "two things at once" in text
    assert text.index("first") < text.index(known("e1.no-mask").says) < text.index("second")
    assert known("e1.no-scale").says.replace("`", "") in text


@PLACES
def test_causes_that_fit_equally_well_are_called_one_of_two(shown: Shown) -> None:
    text = shown(with_causes(None, "e1.no-mask | e1.no-scale", None))
    assert "one of two things" in text
    assert "either" in text and "at once" not in text
    for name in ("e1.no-mask", "e1.no-scale"):
        assert known(name).asks.replace("`", "") in text


@PLACES
def test_names_of_later_versions_are_passed_over(shown: Shown) -> None:
    text = shown(with_causes("e1.from-a-later-version", "e9.x + e1.no-mask", "e1.no-mask | e9.x"))
    # nothing known: the hint stays; one of two known: it may be the other one
    assert [hint in text for hint in HINTS] == [True, False, True]
    assert known("e1.no-mask").says in text and "one of" not in text
    assert "later-version" not in text and "e9.x" not in text


@PLACES
def test_a_name_cannot_bring_html_with_it(shown: Shown) -> None:
    assert PAYLOAD not in shown(with_causes(PAYLOAD, f"e1.no-mask + {PAYLOAD}", None))


@PLACES
def test_where_students_do_not_see_causes_the_hint_stands_again(shown: Shown) -> None:
    text = shown(as_students_see(results(WRONG), diagnoses=False))
    failed = [r for r in results(WRONG) if r.status == "failed"]
    assert all(r.misconception for r in failed)
    for result in failed:
        assert result.hint in text
        assert known(str(result.misconception)).says not in text
    assert "cause" not in text and "e1.no-mask" not in text


def test_the_next_step_asks_the_question() -> None:
    wrong = with_causes("e1.no-mask", "e1.no-mask", None)
    (step,) = next_steps({"E1": wrong})
    assert step.endswith(known("e1.no-mask").asks)
    (step,) = next_steps({"E1": with_causes("e1.no-mask + e1.biases", None, None)})
    assert step.endswith(known("e1.no-mask").asks)
    (step,) = next_steps({"E1": with_causes("e1.no-mask | e1.biases", None, None)})
    assert "?" not in step and "Hint" not in step


def test_a_passed_check_has_no_cause() -> None:
    assert guidance([replace(r, misconception="e1.no-mask") for r in results("right")]) == {}


def test_labels_keep_their_column() -> None:
    lines = table_text("E1", TITLES["E1"], results(WRONG)).splitlines()
    labels = ("problem:", "cause:", "question:", "read again:")
    labelled = [line for line in lines if line.strip().startswith(labels)]
    starts = {line.index(line.split(": ", 1)[1].lstrip()) for line in labelled}
    assert starts == {18}
    assert max(map(len, lines)) <= 100


def test_the_page_shows_diagnoses_only_where_it_is_told_to() -> None:
    entry = submission("ada", WRONG).as_json()
    assert any(check["misconception"] for check in entry["checks"])
    says = known("e1.no-mask").says
    assert says in Page(feedback_html(entry, "A", EXERCISES)).text
    hidden = Page(feedback_html(entry, "A", EXERCISES, diagnoses=False)).text
    assert says not in hidden and "no-mask" not in hidden
