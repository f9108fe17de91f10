"""Final marks: rescaled, rounded so that sums are right, lateness off, one for every person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.checks import full_marks
from autograder.course.config import AssignmentConfig, LatePolicy
from autograder.course.finals import EXCUSED, MISSING, Final, Scale, final_marks
from autograder.course.roster import Person, Roster
from autograder.course.rounding import apportioned, exact, rounded
from autograder.pipeline.results import GRADED, MANUAL, NOT_GRADED

DEADLINE = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
LATE = LatePolicy(grace_minutes=15, per_day=10, cap=50, closes_after_days=7)
POINTS = {"A": 4.0, "B": 4.0, "C": 2.0}
TWO_DAYS = DEADLINE + timedelta(days=1, hours=3)


def entry(student: str, a: float = 4, b: float = 4, c: float | None = 2, **more: Any) -> dict:
    """A submission: A has two checks, B one, C is marked by hand."""
    checks = [
        {"exercise": "A", "points": a / 2},
        {"exercise": "A", "points": a / 2},
        {"exercise": "B", "points": b},
    ]
    return {
        "student": student, "status": MANUAL if c is None else GRADED, "checks": checks,
        "written": [{"exercise": "C", "points": c}], "changed": {},
        "score": a + b + (c or 0), "max_score": 10.0, **more,
    }  # fmt: skip


def finals(
    *entries: dict, roster: Roster | None = None, points: dict | None = None, **settings: Any
) -> dict[str, Final]:
    found = final_marks({"assignment": "any", "submissions": list(entries)},
                        AssignmentConfig(**settings), roster, points or POINTS)  # fmt: skip
    assert len({f.student for f in found}) == len(found)
    return {final.student: final for final in found}


def test_without_settings_the_mark_is_the_score() -> None:
    found = finals(entry("anna", a=3.5))["anna"]
    assert found == Final("anna", "anna", GRADED, 9.5, 10, 0, 9.5, {"A": 3.5, "B": 4, "C": 2})


def test_a_total_is_rescaled() -> None:
    found = final_marks({"assignment": "any", "submissions": [entry("anna", a=3.5)]},
                        AssignmentConfig(points=100), None, POINTS)[0]  # fmt: skip
    assert (found.points, found.max_points, found.mark) == (95, 100, 95)
    assert found.by_exercise == {"A": 35, "B": 40, "C": 20}


def test_single_exercises_are_rescaled_and_the_total_is_their_sum() -> None:
    found = finals(entry("anna", a=3, b=1), exercise_points={"A": 12, "C": 0})["anna"]
    assert found.by_exercise == {"A": 9, "B": 1, "C": 0}
    assert (found.points, found.max_points) == (10, 16)


def test_lateness_is_taken_off_the_rescaled_points() -> None:
    late = {"deadline": DEADLINE, "late": LATE}
    found = finals(entry("anna", handed_in=TWO_DAYS.isoformat()), **late,
                   exercise_points={"C": 12})["anna"]  # fmt: skip
    assert (found.points, found.max_points, found.penalty, found.mark) == (20, 20, 4, 16)
    assert (found.days_late, found.handed_in) == (2, TWO_DAYS)
    assert "10 % of 20 points a day, 4 points off" in found.late_words


@pytest.mark.parametrize("time", [None, "", "yesterday", 3, "0001-01-01T00:00:00+14:00"])
def test_without_a_time_that_means_something_nothing_is_late(time: Any) -> None:
    found = finals(entry("anna", handed_in=time), deadline=DEADLINE, late=LATE)["anna"]
    assert (found.penalty, found.days_late, found.late_words, found.handed_in) == (0, 0, "", None)
    assert found.mark == 10


def test_a_time_without_offset_is_utc_as_in_the_gradebook() -> None:
    naive = (DEADLINE.astimezone(UTC) + timedelta(minutes=30)).replace(tzinfo=None)
    found = finals(entry("anna", handed_in=naive.isoformat()), deadline=DEADLINE, late=LATE)["anna"]
    assert found.days_late == 1


def test_older_results_have_no_time_and_no_members() -> None:
    old = entry("anna")
    assert "members" not in old and "handed_in" not in old
    assert finals(old, deadline=DEADLINE, late=LATE)["anna"].mark == 10


def test_what_waits_for_a_person_has_no_mark_yet() -> None:
    found = finals(entry("anna", c=None, handed_in=TWO_DAYS.isoformat()), deadline=DEADLINE,
                   late=LATE, points=POINTS)["anna"]  # fmt: skip
    assert (found.status, found.points, found.mark, found.penalty) == (MANUAL, None, None, 0)
    assert found.by_exercise == {"A": 4, "B": 4, "C": None}
    assert found.days_late == 2 and found.late_words.endswith("as soon as there is a mark")
    second_look = finals(entry("anna") | {"status": MANUAL})["anna"]
    assert second_look.points is None and second_look.by_exercise["C"] == 2


def test_what_could_not_be_graded_has_no_mark() -> None:
    broken = {"student": "anna", "status": NOT_GRADED, "score": 0.0, "checks": [], "written": [],
              "handed_in": TWO_DAYS.isoformat()}  # fmt: skip
    found = finals(broken, deadline=DEADLINE, late=LATE)["anna"]
    assert (found.status, found.points, found.mark, found.penalty) == (NOT_GRADED, None, None, 0)
    assert (found.by_exercise, found.days_late, found.late_words) == ({}, 2, "")


def test_a_mark_set_by_hand_counts_in_place_of_the_checks() -> None:
    found = finals(entry("anna", a=1) | {"changed": {"A": {"points": 3.5, "comment": ""}}})["anna"]
    assert (found.points, found.by_exercise["A"]) == (9.5, 3.5)


def test_where_only_a_total_is_known_it_is_rescaled() -> None:
    only = {"student": "anna", "status": GRADED, "score": 7.5, "checks": [], "written": []}
    found = final_marks({"assignment": "any", "submissions": [only]}, AssignmentConfig(points=20),
                        None, POINTS)[0]  # fmt: skip
    assert (found.points, found.by_exercise) == (15, {})


def test_a_pair_hands_in_once_and_each_has_a_mark() -> None:
    roster = Roster((Person("anna"), Person("ben"), Person("zoe")))
    found = finals(entry("anna", a=3, members=["anna", "ben"]), roster=roster)
    assert list(found) == ["anna", "ben", "zoe"]
    assert found["anna"].mark == found["ben"].mark == 9
    assert found["ben"].submission == "anna"
    assert found["zoe"] == Final("zoe", None, MISSING, None, 10, 0, None)


def test_the_later_deadline_of_a_pair_counts_for_both() -> None:
    pair = entry("anna", members=["anna", "ben"], handed_in=TWO_DAYS.isoformat())
    late = {"deadline": DEADLINE, "late": LATE, "extensions": {"ben": TWO_DAYS}}
    found = finals(pair, **late)
    assert found["anna"].penalty == found["ben"].penalty == 0
    assert finals(entry("anna", handed_in=TWO_DAYS.isoformat()), **late)["anna"].penalty == 2


def test_an_excused_member_has_no_mark_and_the_other_has_one() -> None:
    roster = Roster((Person("anna"), Person("ben"), Person("cleo")))
    pair = entry("anna", members=["anna", "ben"])
    found = finals(pair, roster=roster, excused=frozenset({"ben", "cleo"}))
    assert (found["ben"].status, found["ben"].points, found["ben"].mark) == (EXCUSED, None, None)
    assert (found["ben"].submission, found["ben"].by_exercise) == ("anna", {})
    assert found["anna"].mark == 10
    assert (found["cleo"].status, found["cleo"].submission) == (EXCUSED, None)
    alone = finals(pair, excused=frozenset({"zoe"}))  # without a roster
    assert alone["zoe"].status == EXCUSED


def test_who_is_not_on_the_roster_is_kept_and_told() -> None:
    roster = Roster((Person("anna", "Anna Lee", "anna.lee@example.org"),))
    found = finals(entry("ghost"), entry("Anna.Lee"), roster=roster)
    assert (found["ghost"].mark, found["ghost"].on_roster) == (10, False)
    assert (found["anna"].submission, found["anna"].on_roster) == ("Anna.Lee", True)
    assert list(found) == ["ghost", "anna"]


def test_who_is_in_two_submissions_gets_the_last_of_them() -> None:
    own = entry("anna", a=1, handed_in=DEADLINE.isoformat())
    pair = entry("ben", members=["ben", "anna"], handed_in=TWO_DAYS.isoformat())
    for order in ([own, pair], [pair, own]):
        found = finals(*order)
        assert (found["anna"].submission, found["anna"].others) == ("ben", ("anna",))
        assert found["ben"].others == ()
    in_doubt = finals(entry("ben", members=["ben", "anna"]), entry("anna", a=1))
    assert (in_doubt["anna"].submission, in_doubt["anna"].mark) == ("anna", 7)


def test_the_real_assignments_have_their_curriculum_points() -> None:
    for name in ("assignment4", "lab11"):
        results = {"assignment": name, "submissions": []}
        roster = Roster((Person("anna"),))
        (found,) = final_marks(results, AssignmentConfig(), roster)
        assert found.max_points == full_marks(name)


quarters = st.integers(0, 40).map(lambda n: n / 4)
thirds = st.integers(0, 30).map(lambda n: n / 3)
tenths = st.lists(st.just(0.1), max_size=30).map(sum)  # with what adding floats leaves
sizes = st.floats(0.5, 50).map(lambda x: round(x, 2))
earned = quarters | thirds | tenths


@given(earned, earned, earned, sizes | st.just(100.0), st.sampled_from([0, 1, 3, 9]))
def test_sums_are_right_to_the_hundredth(
    a: float, b: float, c: float, points: float, days: int
) -> None:
    time = (DEADLINE + timedelta(days=days, hours=-1)).isoformat()
    settings = AssignmentConfig(DEADLINE, LATE, points=points)
    whole = {"A": 10.0, "B": 10.0, "C": 10.0}
    given = {"assignment": "any", "submissions": [entry("anna", a, b, c, handed_in=time)]}
    (found,) = final_marks(given, settings, None, whole)
    assert found.points is not None and found.mark is not None
    parts = [Decimal(str(part)) for part in found.by_exercise.values()]
    assert sum(parts) == Decimal(str(found.points))
    expected = Decimal(repr(round(a + b + c, 7))) * Decimal(str(points)) / 30
    assert abs(Decimal(str(found.points)) - expected) <= Decimal("0.0050001")
    assert Decimal(str(found.points)) - Decimal(str(found.penalty)) == Decimal(str(found.mark))
    assert 0 <= found.mark <= found.points <= points == found.max_points
    assert all(-0.01 < float(part) - x * points / 30 < 0.01
               for part, x in zip(parts, (a, b, c), strict=True))  # fmt: skip


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), sizes, min_size=1), st.data())
def test_full_marks_of_exercises_add_up_to_the_full_marks(
    exercises: dict[str, float], data: st.DataObject
) -> None:
    own = data.draw(st.dictionaries(st.sampled_from(sorted(exercises)), sizes))
    total = data.draw(st.none() | sizes)
    assume(not (own and total))
    scale = Scale.of(AssignmentConfig(points=total, exercise_points=own), exercises)
    assert round(sum(scale.maxima().values()), 6) == scale.maximum
    if total:
        assert scale.maximum == total


@given(st.integers(-(10**6), 10**6))
def test_a_half_goes_up(thousandths: int) -> None:
    number = Decimal(thousandths) / 1000
    if number >= 0:
        expected = float(number.quantize(Decimal("0.01"), ROUND_HALF_UP))
        assert rounded(exact(float(number))) == expected
    assert rounded(exact(1.005)) == 1.01 and rounded(exact(2.675)) == 2.68


@given(st.dictionaries(st.text(max_size=2), st.fractions(0, 100, max_denominator=97), max_size=9))
def test_parts_are_rounded_to_their_sum_by_less_than_a_hundredth(
    parts: dict[str, Fraction],
) -> None:
    found = apportioned(parts)
    assert list(found) == list(parts)
    assert round(sum(found.values()), 6) == rounded(sum(parts.values(), Fraction()))
    assert all(abs(Fraction(str(found[name])) - parts[name]) < Fraction(1, 100) for name in parts)
