"""One student's feedback as a short plain text, for an e-mail or an LMS's comment."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.course.finals import Final
from autograder.report.feedback import exercise_view, next_steps, shown_checks
from autograder.report.totals import handed_in_words, is_excused, people_of, total_lines
from autograder.report.wording import number, of_points, printable

WIDTH = 78  # what e-mail programs show without breaking lines themselves
MOST_EXERCISES = 10
STEP = 300  # characters of a first step; the page has all of it
MOST_LINES = 25


def feedback_text(
    submission: Mapping[str, Any], assignment_title: str, exercises: Sequence[Mapping[str, Any]],
    diagnoses: bool = True, final: Final | None = None, student: str | None = None,
) -> str:  # fmt: skip
    """The text for one entry of results.json; the same arguments as feedback_html's.

    At most 25 lines and no markup: total, points of each exercise, what to do first.
    """
    who = student or people_of(submission)[0]
    blocks = [[assignment_title, f"Feedback for {who}"],
              outcome(submission, exercises, final)]  # fmt: skip
    if submission["status"] != "not graded":
        checks = shown_checks(submission, exercises, diagnoses)
        views = [exercise_view(each, checks[each["id"]], submission) for each in exercises]
        blocks.append([exercise_line(view) for view in views[:MOST_EXERCISES]])
        if left_out := len(views) - MOST_EXERCISES:
            blocks[-1] += [f"... and {left_out} more"] if left_out > 0 else []
        if steps := next_steps(checks):
            first = textwrap.shorten(steps[0].replace("`", ""), STEP, placeholder=" ...")
            blocks.append(wrapped(f"First: {first}"))
    more = ", and what was mended in your file" if submission.get("mended") else ""
    blocks.append([f"The whole feedback is on your page{more}."])
    text = "\n\n".join("\n".join(one_line(line) for line in block) for block in blocks if block)
    return "\n".join(text.splitlines()[:MOST_LINES]) + "\n"


def outcome(
    submission: Mapping[str, Any], exercises: Sequence[Mapping[str, Any]], final: Final | None
) -> list[str]:
    """The total and how it comes about, or why there is none."""
    if is_excused(final):
        lines = ["You are excused: no mark is counted."]
    elif submission["status"] == "not graded":
        why = one_line(submission.get("reason") or "the grader gave no reason").rstrip(".")
        lines = wrapped(f"Not graded yet, which is not a zero: {why}.")
    else:
        lines = total(submission, exercises, final)
    handed_in = handed_in_words(submission, final)
    return [*lines, *wrapped(handed_in)]


def total(
    submission: Mapping[str, Any], exercises: Sequence[Mapping[str, Any]], final: Final | None
) -> list[str]:
    """The total of what has one."""
    score = submission.get("score") or 0.0
    most = submission.get("max_score") or sum(each["points"] for each in exercises)
    if final is None or final.mark is None:
        lines = [of_points(score, most)]
    else:
        lines = [of_points(final.mark, final.max_points)]
    if waiting := [a["exercise"] for a in submission.get("written") or () if a["points"] is None]:
        lines = [f"Not final: {lines[0]} so far, without {', '.join(waiting)}."]
    return [*lines, *(part for line in total_lines(score, most, final) for part in wrapped(line))]


def exercise_line(view: Any) -> str:
    """One exercise and its points."""
    waits = view.written is not None and not view.written.marked
    points = f"{number(view.points)} of {number(view.max_points)}"
    name = textwrap.shorten(f"{view.id} {view.title}".strip(), WIDTH - 24, placeholder=" ...")
    return f"{name}: {'waiting for a mark' if waits else points}"


def wrapped(text: str) -> list[str]:
    """A text in lines of an e-mail's width."""
    return textwrap.wrap(one_line(text), WIDTH, break_on_hyphens=False)


def one_line(text: str) -> str:
    """Text without line breaks and characters that could steer what shows it."""
    return printable(" ".join(str(text).split()))
