"""Answers in words on the pages: shown as written, marked or waiting, and never obeyed."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.checks.outcome import CheckResult
from autograder.pipeline.results import SubmissionResult, WrittenResult
from autograder.report.feedback import feedback_html
from autograder.report.pages import markdown
from autograder.report.points import points_by_exercise
from autograder.report.terminal import table

EXERCISES = [
    {"id": "G1.1", "title": "Lines", "points": 1.0, "by_hand": 0.0, "rubric": ""},
    {"id": "G1.2", "title": "Tokenizer", "points": 1.0, "by_hand": 1.0,
     "rubric": "*intro*\n<!-- BEGIN MARK SCHEME -->\n**½ point** for half\n<!-- END -->"},
]  # fmt: skip


def page(answer: str = "So it is.", points: float | None = None, comment: str = "",
         **more: Any) -> str:  # fmt: skip
    """A feedback page with one check that passed and one written answer."""
    check = CheckResult("g1.1.lines", "G1.1", "passed", 1.0, 1.0, "The lines.")
    entry = SubmissionResult(
        "ada", "needs manual grading" if points is None else "graded",
        score=1.0 + (points or 0.0), max_score=2.0, checks=[check],
        written=[WrittenResult("G1.2", points, 1.0, answer, comment)],
    ).as_json()  # fmt: skip
    return feedback_html({**entry, **more}, "Lab", EXERCISES)


def test_an_answer_that_waits_says_so_and_keeps_the_rubric_back():
    shown = page()
    assert "So it is." in shown and "waiting for a mark" in shown
    assert "your answer to G1.2 is read by a person" in shown
    assert "½ point" not in shown


def test_a_marked_answer_has_points_comment_and_rubric():
    shown = page(points=0.5, comment="why *so*?")
    assert "0.5 of 1 point" in shown and "why <em>so</em>?" in shown and "½ point" in shown
    assert "waiting" not in shown and "MARK SCHEME" not in shown


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![look](https://example.com/pixel.png)",
        "<!-- --><style>body{display:none}</style>",
        "`</code><script>`",
        '[x](https://example.com "a\\" onmouseover=alert(1)")',
    ],
)
def test_markup_of_a_student_s_own_is_shown_and_not_obeyed(written: str):
    shown = page(written, points=1.0, comment=written)
    body = shown[shown.index("<main") :]
    for danger in ("<script", "<img", "<style", "javascript:", '" onmouseover'):
        assert danger not in body, f"{written!r} gives {danger!r}"


def test_an_endless_answer_and_control_characters_do_no_harm():
    shown = page("a" * 200_000 + "\x1b[31m\u202e", points=1.0)
    assert "\x1b" not in shown and "\u202e" not in shown


def test_markdown_keeps_what_students_use():
    shown = markdown("- one\n- **two** with `code` and $x^2$\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    for part in ("<li>one</li>", "<strong>two</strong>", "<code>code</code>", "$x^2$", "<table>"):
        assert part in shown


def test_points_set_by_hand_replace_those_of_the_checks():
    changed = {"G1.1": {"points": 0.5, "comment": "half"}}
    shown = page(points=1.0, changed=changed)
    assert "0.5 of 1 point" in shown and "half" in shown
    entry = {"checks": [{"exercise": "G1.1", "points": 1.0}], "changed": changed,
             "written": [{"exercise": "G1.2", "points": None}]}  # fmt: skip
    assert points_by_exercise(entry) == {"G1.1": 0.5, "G1.2": None}


def test_a_comment_without_points_changes_no_points():
    changed = {"G1.1": {"points": None, "comment": "well read"}}
    shown = page(points=1.0, changed=changed)
    assert "well read" in shown and "1 of 1 point" in shown


def test_the_table_shows_a_question_mark_where_a_mark_is_missing():
    entry = SubmissionResult(
        "ada", "needs manual grading", "G1.2: waiting for a person's mark", 1.0, 2.0,
        checks=[CheckResult("g1.1.lines", "G1.1", "passed", 1.0, 1.0, "The lines.")],
        written=[WrittenResult("G1.2", None, 1.0, "So.")],
    ).as_json()  # fmt: skip
    lines = table({"submissions": [entry]}).splitlines()
    assert lines[0].split()[:5] == ["student", "status", "score", "G1.1", "G1.2"]
    assert lines[2].split()[-6:] != [] and " ? " in lines[2]
    assert "waiting for a person's mark" in lines[2]
