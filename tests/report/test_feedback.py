"""The page that a student gets back."""

import re

import pytest

from autograder.checks import exercise
from autograder.checks.expectations import CheckFailed
from autograder.checks.framework import Exercise, run_exercise
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from autograder.report.feedback import feedback_html, next_steps
from tests.answers import notebook_namespace
from tests.report.reading import assert_harmless
from tests.report.samples import (
    EXERCISES,
    PAYLOAD,
    class_results,
    errored,
    results,
    submission,
)

TITLE = "Assignment 4: a small transformer from scratch"


def page_of(result, exercises=EXERCISES):
    return assert_harmless(feedback_html(result.as_json(), TITLE, exercises))


@pytest.mark.parametrize("entry", class_results()["submissions"], ids=lambda e: e["student"][:8])
def test_every_page_is_well_formed_and_runs_and_fetches_nothing(entry):
    page = assert_harmless(feedback_html(entry, TITLE, EXERCISES))
    assert TITLE in page.text
    assert entry["student"] in page.text
    others = {e["student"] for e in class_results()["submissions"]} - {entry["student"]}
    assert not [name for name in others if re.search(rf"\b{re.escape(name)}\b", page.text)]


def test_the_same_entry_gives_the_same_bytes():
    entry = submission("ada", "biased and unmasked").as_json()
    assert feedback_html(entry, TITLE, EXERCISES) == feedback_html(entry, TITLE, EXERCISES)


def test_a_full_mark_says_that_nothing_is_left():
    page = page_of(submission("ada"))
    assert "5 of 5 points" in page.text
    assert "nothing is left to mend" in page.text
    assert "✗" not in page.text


def test_every_lost_point_is_explained():
    result = submission("bertrand", "biased and unmasked")
    lost = [check for check in result.checks if check.points < check.max_points]
    assert {check.status for check in lost} == {"failed", "skipped"}
    page = page_of(result)
    for check in lost:
        assert check.claim in page.text
        for part in (check.expected, check.got):
            assert part in page.text
        assert check.message.removeprefix("not tried: ") in page.text
    assert "1 of 5 points" in page.text


def test_the_next_step_is_the_first_check_that_failed():
    first = next(c for c in results("biased and unmasked") if c.status == "failed")
    (step,) = next_steps({"E1": results("biased and unmasked"), "E2": results("right")})
    assert step.startswith(f"E1 (4 points lost): start with `{first.id}`: {first.message}")


def test_next_steps_name_stopped_cells_first_and_unwritten_ones_last():
    steps = next_steps({"E1": results("stub"), "E2": results("payload"), "E3": results("missing")})
    assert [step[:8] for step in steps] == ["E3: rest", "E2 (5 po", "Write E1"]


def test_next_steps_stay_few():
    wrong = {f"E{i}": results("biased and unmasked") for i in range(1, 9)}
    steps = next_steps(wrong)
    assert len(steps) == 4
    assert steps[-1] == "Then E4, E5, E6, E7 and E8, in the same way."


def test_an_untouched_notebook_gets_a_kind_page_without_a_list_of_failures():
    page = page_of(submission("chloé", "stub"))
    assert "Nothing is written yet" in page.text
    assert "begin with E1, Causal self-attention" in page.text
    assert "0 of 5 points" in page.text
    assert "✗" not in page.text
    assert "lost" not in page.text


def test_a_cell_that_stopped_is_not_called_untouched():
    page = page_of(submission("dennis", "missing", notes=["cell `e1_solution` raised ImportError"]))
    assert "Nothing is written yet" not in page.text
    assert "CausalSelfAttention was not there after your notebook had run" in page.text
    assert "cell e1_solution raised ImportError" in page.text


def test_a_submission_without_a_mark_says_why_and_shows_no_zero():
    page = page_of(submission("francis", status="not graded", reason="not valid JSON (line 3)"))
    assert "Not graded yet" in page.text
    assert "not valid JSON (line 3)" in page.text
    assert "Your instructor sees this submission" in page.text
    assert "0 of" not in page.text


def test_a_page_without_a_reason_still_says_something():
    page = page_of(submission("francis", status="not graded"))
    assert "the grader gave no reason" in page.text


def test_a_mark_that_a_person_must_confirm_is_called_not_final():
    page = page_of(submission("hal", status="needs manual grading", reason="an essay question"))
    assert "Not final: a person will look at this submission" in page.text
    assert "an essay question" in page.text


def test_the_graders_own_fault_is_not_blamed_on_the_student():
    page = page_of(submission("grace", checks=errored(results("biased and unmasked"))))
    assert "Not final: the grader itself failed on 1 check." in page.text
    assert "this is not your fault" in page.text
    assert "secret of the grader" not in page.text


def test_advice_costs_nothing_and_is_shown_with_a_full_mark():
    page = page_of(submission("ian", "overflowing"))
    assert "nothing is left to mend" in page.text
    assert "overflows" in page.text


def test_html_in_names_reasons_notes_and_messages_is_text():
    evil = submission(PAYLOAD, "payload", notes=[PAYLOAD + " `</style><script>`"], reason=PAYLOAD,
                      status="needs manual grading")  # fmt: skip
    page = page_of(evil)
    assert page.text.count(PAYLOAD) >= 4
    assert "<script>" in page.text  # as letters


def test_titles_are_escaped_too():
    exercises = [{"id": "E1", "title": "<b>bold</b>", "points": 5.0}]
    page = page_of(submission("ada"), exercises)
    assert "<b>bold</b>" in page.text
    assert "b" not in page.names()


def test_neither_seed_nor_hidden_case_is_shown():
    found = Exercise("E1", "Causal self-attention", ("CausalSelfAttention",))

    @found.check("shape", points=1.0)
    def public(student, rng):
        """The public claim."""

    @found.hidden("e1.shape")
    def a_case_that_students_never_see(student, rng):
        """The secret claim."""
        raise CheckFailed("the output is wrong", "secret expectation", "secret value")

    checks = run_exercise(found, Student(LocalLink(notebook_namespace())), 987654321)
    assert [check.status for check in checks] == ["failed"]
    entry = submission("ada", checks=checks).as_json()
    page = assert_harmless(feedback_html(entry, TITLE, EXERCISES))
    assert "The public claim." in page.text
    assert "right on the notebook's sizes, but not on others" in page.text
    for secret in ("secret", "never_see", "hidden", "987654321"):
        assert secret not in page.text


def test_only_the_checks_of_the_named_exercises_are_shown():
    entry = submission("ada").as_json()
    entry["checks"].append({**entry["checks"][0], "id": "x9.other", "exercise": "X9",
                            "claim": "from elsewhere"})  # fmt: skip
    page = assert_harmless(feedback_html(entry, TITLE, EXERCISES))
    assert "from elsewhere" not in page.text and "x9.other" not in page.text


def test_fields_of_later_versions_are_passed_over():
    entry = submission("ada").as_json()
    entry["checks"][0]["colour"] = "blue"
    assert "5 of 5" in assert_harmless(feedback_html(entry, TITLE, EXERCISES)).text


def test_the_checks_of_the_course_carry_what_the_page_needs():
    assert exercise("E1").points == EXERCISES[0]["points"]
