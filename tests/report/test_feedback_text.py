"""The short text for an e-mail or an LMS's comment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.finals import EXCUSED, Final
from autograder.report.feedback_text import MOST_LINES, WIDTH, feedback_text
from tests.report.samples import EXERCISES, PAYLOAD, class_results, submission

TITLE = "Assignment 4: a small transformer from scratch"
MARKUP = ("<", "`", "**", "\x1b", "\u202e")


def text_of(entry, **more):
    return feedback_text(entry, TITLE, EXERCISES, **more)


@pytest.mark.parametrize("entry", class_results()["submissions"], ids=lambda e: e["student"][:8])
def test_every_text_is_short_and_about_one_student(entry):
    text = text_of(entry)
    lines = text.splitlines()
    assert len(lines) <= MOST_LINES and lines[0] == TITLE and text.endswith(".\n")
    assert lines[1] == f"Feedback for {entry['student']}"
    others = {e["student"] for e in class_results()["submissions"]} - {entry["student"]}
    assert not [name for name in others if name in text.split()]


def test_the_text_says_total_points_and_the_first_step():
    text = text_of(submission("bertrand", "biased and unmasked").as_json())
    assert "\n1 of 5 points\n" in text and "\nE1 Causal self-attention: 1 of 5\n" in text
    assert "\nFirst: E1 (4 points lost): start with e1." in text
    assert not any(sign in text for sign in MARKUP)


def test_lateness_and_other_points_are_said_as_on_the_page():
    mark = Final(
        "ada", "ada", "graded", 90.0, 100.0, 10.0, 80.0, {}, 1, "1 day late: 10 points off"
    )
    lines = text_of(submission("ada").as_json(), final=mark).splitlines()
    assert lines[3:7] == [
        "80 of 100 points", "5 of 5 points in the notebook count as 90 of 100.",
        "90 of 100 points, less 10 for 1 day late: 80.", "1 day late: 10 points off.",
    ]  # fmt: skip


def test_what_has_no_mark_says_why():
    reason = "not valid JSON\n(line 3)"
    entry = submission("francis", status="not graded", reason=reason).as_json()
    assert "Not graded yet, which is not a zero: not valid JSON (line 3)." in text_of(entry)
    excused = Final("ada", "ada", EXCUSED, None, 5.0, 0.0, None)
    assert "You are excused" in text_of(submission("ada").as_json(), final=excused)


def test_what_waits_for_a_person_is_not_final():
    written = [
        {"exercise": "E1", "points": None, "max_points": 1.0, "answer": "So.", "comment": ""}
    ]
    entry = {**submission("ada", status="needs manual grading").as_json(), "written": written}
    text = text_of(entry)
    assert "Not final: 5 of 5 points so far, without E1." in text
    assert "Causal self-attention: waiting for a mark" in text


def test_misconceptions_are_named_only_when_students_see_them():
    entry = submission("bertrand", "biased and unmasked").as_json()
    live, later = text_of(entry), text_of(entry, diagnoses=False)
    assert "?" in live.split("First:")[1] and live != later


def test_a_message_with_markup_and_line_breaks_stays_one_plain_paragraph():
    text = text_of(submission("eve", "payload").as_json())
    assert text_of(submission(PAYLOAD + "\n\n=1+1", "payload").as_json()).count("\n") == (
        text.count("\n")
    )


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.integers(1, 40))
def test_no_text_of_a_student_s_makes_it_long_or_steers_a_terminal(name, reason, count):
    exercises = [{"id": f"E{i}", "title": "t" * 200, "points": 1.0} for i in range(1, count + 1)]
    for status in ("graded", "not graded"):
        entry = submission("x", status=status, reason=reason).as_json()
        text = feedback_text({**entry, "student": name}, TITLE, exercises)
        lines = text.split("\n")
        assert len(lines) <= MOST_LINES + 1 and not any(c in text for c in "\x1b\u202e\r\x07")
        assert all(len(line) <= WIDTH for line in lines[2:])
