"""How long exercises take and how hard they are, in words: `{{about E1}}`, `{{about part 1}}`.

The numbers are those of the check modules; they are estimates for a second-year student who reads,
predicts, writes and tries again, without the time that a training run takes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.build.registered import Asked
from autograder.checks.declared import HARDEST

A_FEW_SENTENCES = 3  # minutes for an answer in words that nobody marks
PART = re.compile(r"[A-Z]+(?P<number>[0-9]+)")


def about(exercise: Asked) -> str:
    """The line under an exercise's heading: "*5 points · about 50 minutes · ●●○*"."""
    facts = [points_in_words(exercise.points)] if exercise.points else []
    facts += [f"about {exercise.minutes} minutes"] if exercise.minutes else []
    facts += [dots(exercise.difficulty)] if exercise.difficulty else []
    return f"*{' · '.join(facts)}*" if facts else ""


def about_part(number: str, exercises: Sequence[Asked], answers: Sequence[str]) -> str:
    """The line under a part's heading: its points and its time, tasks in words included.

    answers: ids of the answers in words that nobody marks.
    """
    inside = [each for each in exercises if is_in_part(each.id, number)]
    time = about_all(inside, [id for id in answers if is_in_part(id, number)])
    points = sum(each.points for each in inside)
    return f"*{points_in_words(points) if points else 'no points'} · {time}*"


def is_in_part(id: str, number: str) -> bool:
    """Whether an id such as G2.5 belongs to part 2."""
    found = PART.match(id)
    return found is not None and found["number"] == number


def about_all(exercises: Sequence[Asked], answers: Sequence[str]) -> str:
    """How long these exercises and answers in words take together: "about 5 hours"."""
    return in_hours(sum(each.minutes for each in exercises) + A_FEW_SENTENCES * len(answers))


def in_hours(minutes: int) -> str:
    """Minutes as a person says them: "about 40 minutes", "about 2½ hours"."""
    if minutes < 90:
        return f"about {5 * round(minutes / 5)} minutes"
    halves = round(minutes / 30)
    return f"about {halves // 2}{'½' if halves % 2 else ''} hours"


def dots(difficulty: int) -> str:
    """Difficulty as filled dots: ●○○ straightforward, ●●○ some thought, ●●● hard."""
    return "●" * difficulty + "○" * (HARDEST - difficulty)


def points_in_words(points: float) -> str:
    """Points with their unit."""
    return f"{points:g} point{'' if points == 1 else 's'}"
