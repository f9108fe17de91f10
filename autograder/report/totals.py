"""The final mark in words, the same on the page and in the short text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.course.finals import EXCUSED, Final, time_of
from autograder.course.late import moment
from autograder.report.wording import number, of_points, plural, printable


def people_of(submission: Mapping[str, Any]) -> list[str]:
    """Everybody who handed a submission in: the ids of a group, or of the one student."""
    student = str(submission["student"])
    members = [str(member) for member in submission.get("members") or ()]
    return members if student in members else [student, *members]


def handed_in_words(submission: Mapping[str, Any], final: Final | None) -> str:
    """When it was handed in, and by how many; empty if neither is known."""
    when = final.handed_in if final is not None else time_of(submission)
    people = people_of(submission)
    said = [f"on {moment(when)}"] if when is not None else []
    if len(people) > 1:
        listed = ", ".join(printable(person) for person in people)
        said.append(f"together by {plural(len(people), 'person', 'people')}: {listed}")
    return f"Handed in {', '.join(said)}" if said else ""


def total_lines(score: float, total: float, final: Final | None) -> list[str]:
    """How the final mark comes about, a sentence for each step; none where there is no step.

    score, total: points of the notebook and the most it can give.
    """
    if final is None:
        return []
    lines = []
    late = [sentence(final.late_words)] if final.late_words else []
    if final.points is None or final.mark is None:
        return late
    if is_rescaled(score, total, final):
        lines.append(f"{of_points(score, total)} in the notebook count as "
                     f"{number(final.points)} of {number(final.max_points)}.")  # fmt: skip
    if final.penalty:
        days = f"{plural(final.days_late, 'day')} late" if final.days_late else "lateness"
        lines.append(f"{of_points(final.points, final.max_points)}, less "
                     f"{number(final.penalty)} for {days}: {number(final.mark)}.")  # fmt: skip
    return lines + late


def is_rescaled(score: float, total: float, final: Final) -> bool:
    """Whether the course counts other points than the notebook does."""
    points = score if final.points is None else final.points
    return abs(final.max_points - total) > 0.005 or abs(points - score) > 0.005


def is_excused(final: Final | None) -> bool:
    """Whether there is to be no mark."""
    return final is not None and final.status == EXCUSED


def counted(exercises: Sequence[str], final: Final | None) -> dict[str, str]:
    """What an exercise's points count as, by exercise; "–" where there is no mark yet."""
    known = final.by_exercise if final is not None else {}
    return {id: "–" if known[id] is None else number(known[id] or 0.0)
            for id in exercises if id in known}  # fmt: skip


def sentence(text: str) -> str:
    """End a text as a sentence, unless it does already."""
    return text if text.endswith((".", "?")) else f"{text}."
