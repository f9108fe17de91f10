"""Final marks: points as the course counts them, lateness taken off, for every person.

Points are rounded as autograder.course.rounding says; the mark is the rounded points less the
rounded penalty, and the points of the exercises add up to the points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from autograder.checks import ASSIGNMENTS
from autograder.course.late import Lateness, lateness
from autograder.course.roster import Roster
from autograder.course.rounding import apportioned, exact, rounded
from autograder.course.settings import AssignmentConfig
from autograder.pipeline.results import GRADED, NOT_GRADED
from autograder.report.points import points_by_exercise

MISSING, EXCUSED = "not handed in", "excused"


@dataclass(frozen=True)
class Final:
    """One person's final mark.

    student: the person's id; submission: the student under whose name results.json has it, None if
    nothing was handed in. status: that of results.json, or MISSING or EXCUSED. points: as the
    course counts them (rescaled), before lateness; None where there is no mark yet. penalty: points
    that lateness cost. mark: points less penalty, None where there is none. by_exercise: rescaled
    points by exercise. days_late: days begun after the deadline (0 if on time). late_words: one
    sentence for the student about lateness, empty if on time. on_roster: False for somebody whom
    the roster lacks; others: further submissions with this person in them, which do not count.
    """

    student: str
    submission: str | None
    status: str
    points: float | None
    max_points: float
    penalty: float
    mark: float | None
    by_exercise: Mapping[str, float | None] = field(default_factory=dict)
    days_late: int = 0
    late_words: str = ""
    handed_in: datetime | None = None
    on_roster: bool = True
    others: tuple[str, ...] = ()


def final_marks(
    results: Mapping[str, Any], settings: AssignmentConfig, roster: Roster | None = None,
    exercises: Mapping[str, float] | None = None,
) -> list[Final]:  # fmt: skip
    """Everybody's final mark: each member of each submission, then who handed nothing in.

    results: what results.json holds, marks by hand included; exercises: the curriculum's points by
    exercise, as the results tell them if left out. Everybody has one: who is in several
    submissions gets the one handed in last, in doubt the one of their own. A submission by somebody
    whom the roster lacks is kept.
    """
    scale = Scale.of(settings, exercises or curriculum(results))
    found: dict[str, list[Final]] = {}
    for entry in results["submissions"]:
        for final in of_submission(entry, settings, scale, roster):
            found.setdefault(final.student, []).append(final)
    marks = [the_one_that_counts(finals) for finals in found.values()]
    for student in [p.id for p in roster.people] if roster else sorted(settings.excused):
        if student not in found:
            status = EXCUSED if student in settings.excused else MISSING
            marks.append(Final(student, None, status, None, scale.maximum, 0.0, None))
    return marks


@dataclass(frozen=True)
class Scale:
    """What points count: full marks of each exercise in the curriculum, and the factor on each."""

    exercises: Mapping[str, float]
    factors: Mapping[str, Fraction]

    @classmethod
    def of(cls, settings: AssignmentConfig, exercises: Mapping[str, float]) -> Scale:
        """The scale of an assignment's settings."""
        whole = sum(map(exact, exercises.values()), Fraction())
        total = Fraction(1) if settings.points is None else exact(settings.points) / whole
        factors = dict.fromkeys(exercises, total)
        for id, points in settings.exercise_points.items():
            if exercises.get(id):
                factors[id] = exact(points) / exact(exercises[id])
        return cls(exercises, factors)

    @property
    def maximum(self) -> float:
        """Full marks."""
        return rounded(self.sum_of(self.exercises))

    def sum_of(self, earned: Mapping[str, float]) -> Fraction:
        """What points by exercise are worth together, before rounding."""
        return sum((exact(earned[id]) * self.factors[id] for id in earned), Fraction())

    def maxima(self) -> dict[str, float]:
        """Full marks by exercise; they add up to the maximum."""
        return apportioned({id: exact(most) * self.factors[id]
                            for id, most in self.exercises.items()})  # fmt: skip

    def points(self, entry: Mapping[str, Any]) -> tuple[float | None, dict[str, float | None]]:
        """Points and points by exercise of an entry; None where a mark is missing."""
        known = points_by_exercise(entry)
        earned = {id: known.get(id) for id in self.exercises if id in known}
        worth = {id: exact(points) * self.factors[id]
                 for id, points in earned.items() if points is not None}  # fmt: skip
        whole = sum(worth.values(), Fraction())
        if entry["status"] != GRADED or None in earned.values():
            return None, {id: rounded(worth[id]) if id in worth else None for id in earned}
        if not earned and len(set(self.factors.values())) == 1:  # only a total is known
            return rounded(exact(entry["score"]) * next(iter(self.factors.values()))), {}
        return rounded(whole), dict(apportioned(worth))


def of_submission(
    entry: Mapping[str, Any], settings: AssignmentConfig, scale: Scale, roster: Roster | None
) -> list[Final]:
    """The marks of all who handed in one submission."""
    known = {person.id for person in roster.people} if roster else set()
    ids = list(dict.fromkeys(entry.get("members") or [entry["student"]]))
    students = [on_roster(id, known, roster) for id in ids]
    handed_in = time_of(entry)
    points, by_exercise = (None, {}) if entry["status"] == NOT_GRADED else scale.points(entry)
    late = lateness(settings.late, settings.deadline_of(*ids, *students), handed_in, points,
                    scale.maximum)  # fmt: skip
    if entry["status"] == NOT_GRADED:
        late = Lateness(late.days)
    mark = None if points is None else float(exact(points) - exact(late.penalty))
    shared = Final("", entry["student"], entry["status"], points, scale.maximum, late.penalty, mark,
                   by_exercise, late.days, late.words, handed_in)  # fmt: skip
    return [person_of(shared, id, settings, roster is None or id in known)
            for id in dict.fromkeys(students)]  # fmt: skip


def on_roster(id: str, known: set[str], roster: Roster | None) -> str:
    """The roster's id of somebody; the given one if the roster lacks them."""
    if roster is None or id in known:
        return id
    person = roster.find(id)
    return id if person is None else person.id


def person_of(shared: Final, id: str, settings: AssignmentConfig, known: bool) -> Final:
    """One member's mark; an excused one has none."""
    if id in settings.excused:
        shared = replace(shared, status=EXCUSED, points=None, penalty=0.0, mark=None,
                         by_exercise={}, days_late=0, late_words="")  # fmt: skip
    return replace(shared, student=id, on_roster=known)


def the_one_that_counts(finals: Sequence[Final]) -> Final:
    """Of one person's submissions the one handed in last, in doubt the person's own."""
    start = datetime.min.replace(tzinfo=UTC)
    last = max(finals, key=lambda f: (f.handed_in or start, f.submission == f.student))
    others = tuple(str(f.submission) for f in finals if f is not last)
    return replace(last, others=others)


def time_of(entry: Mapping[str, Any]) -> datetime | None:
    """When a submission was handed in; without an offset it is UTC, as in nbgrader's gradebook."""
    try:
        found = datetime.fromisoformat(entry.get("handed_in") or "")
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)  # years at either end have no such time
        return found
    except (ValueError, TypeError, OverflowError):
        return None


def curriculum(results: Mapping[str, Any]) -> dict[str, float]:
    """The curriculum's points by exercise, as the results tell them.

    Only where nobody has reached an exercise are the checks asked: importing them takes a second.
    """
    found: dict[str, float] = {}
    for entry in results["submissions"]:
        told: dict[str, float] = {}
        for part in (*(entry.get("checks") or ()), *(entry.get("written") or ())):
            told[part["exercise"]] = told.get(part["exercise"], 0.0) + part["max_points"]
        found |= {id: max(most, found.get(id, 0.0)) for id, most in told.items()}
    ids = list(ASSIGNMENTS[results["assignment"]])
    if set(ids) <= set(found):
        return {id: found[id] for id in ids}
    from autograder.checks import assignment

    return {each.id: each.points for each in assignment(results["assignment"])}
