"""What lateness costs: grace, days begun, cap, closing, and the sentence that says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.config import LatePolicy
from autograder.course.late import lateness

DEADLINE = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
POLICY = LatePolicy(grace_minutes=15, per_day=10, of="maximum", cap=50, closes_after_days=7)

policies = st.builds(
    LatePolicy,
    grace_minutes=st.floats(0, 3000),
    per_day=st.floats(0, 100),
    of=st.sampled_from(["maximum", "score"]),
    cap=st.floats(0, 100),
    closes_after_days=st.none() | st.floats(0, 30),
)
spans = st.timedeltas(timedelta(days=-40), timedelta(days=40))
maxima = st.floats(0.01, 1000).map(lambda x: round(x, 2))


def penalty(late: timedelta, score: float = 40, policy: LatePolicy = POLICY) -> float:
    return lateness(policy, DEADLINE, DEADLINE + late, score, 40).penalty


@pytest.mark.parametrize(
    ("late", "off"),
    [
        (timedelta(days=-3), 0),
        (timedelta(0), 0),
        (timedelta(minutes=15), 0),  # the grace's last moment
        (timedelta(minutes=15, microseconds=1), 4),
        (timedelta(hours=24), 4),  # one day, to the second
        (timedelta(hours=24, seconds=1), 8),  # grace is not given once more on the second day
        (timedelta(days=4), 16),
        (timedelta(days=5), 20),
        (timedelta(days=6), 20),  # the cap
        (timedelta(days=7), 20),
        (timedelta(days=7, seconds=1), 40),  # closed
    ],
)
def test_days_begun_cost_their_share_of_the_maximum(late: timedelta, off: float) -> None:
    assert penalty(late) == off


def test_a_share_of_the_score_is_smaller_where_less_was_earned() -> None:
    of_score = LatePolicy(per_day=10, of="score")
    assert penalty(timedelta(days=2), 30, of_score) == 6
    assert penalty(timedelta(days=2), 0, of_score) == 0


def test_no_more_is_lost_than_was_earned() -> None:
    assert penalty(timedelta(days=5), 13) == 13
    assert penalty(timedelta(days=9), 13.37) == 13.37


def test_nothing_is_late_without_a_deadline_or_without_a_time() -> None:
    for deadline, handed_in in ((None, DEADLINE), (DEADLINE, None)):
        found = lateness(POLICY, deadline, handed_in, 40, 40)
        assert (found.days, found.penalty, found.words) == (0, 0, "")


def test_a_change_of_the_clocks_costs_nobody_an_hour() -> None:
    zurich = ZoneInfo("Europe/Zurich")  # 25 October 2026 has 25 hours there
    deadline = datetime(2026, 10, 24, 23, 59, tzinfo=zurich)
    policy = LatePolicy(per_day=10)
    a_day_by_the_wall = datetime(2026, 10, 25, 23, 30, tzinfo=zurich)  # 24 hours 31 minutes
    assert lateness(policy, deadline, a_day_by_the_wall, 40, 40).days == 2
    assert (
        lateness(policy, deadline, datetime(2026, 10, 25, 22, 59, tzinfo=zurich), 40, 40).days == 1
    )


@given(policies, spans, spans, maxima, st.floats(0, 1))
def test_the_penalty_grows_with_lateness_and_never_beyond_the_score(
    policy: LatePolicy, one: timedelta, other: timedelta, maximum: float, share: float
) -> None:
    score = round(maximum * share, 2)
    sooner, later = sorted((one, other))
    first = lateness(policy, DEADLINE, DEADLINE + sooner, score, maximum)
    second = lateness(policy, DEADLINE, DEADLINE + later, score, maximum)
    assert 0 <= first.penalty <= second.penalty <= score
    assert first.days <= second.days
    assert not first.closed or (second.closed and second.penalty == score)


@given(policies, spans, maxima, st.floats(0, 1))
def test_grace_and_cap_hold_for_every_policy(
    policy: LatePolicy, late: timedelta, maximum: float, share: float
) -> None:
    score = round(maximum * share, 2)
    found = lateness(policy, DEADLINE, DEADLINE + late, score, maximum)
    assert (found.words == "") == (found.days == 0) == (
        late <= timedelta(minutes=policy.grace_minutes)
    )  # fmt: skip
    if found.days == 0:
        assert found.penalty == 0 and not found.closed
    elif not found.closed:
        whole = score if policy.of == "score" else maximum
        assert found.penalty <= whole * policy.cap / 100 + 0.005 + 1e-9
        assert found.penalty == round(found.penalty, 2)


@given(policies, spans, st.integers(-14, 14))
def test_the_time_zone_in_which_a_time_is_written_does_not_matter(
    policy: LatePolicy, late: timedelta, hours: int
) -> None:
    here = lateness(policy, DEADLINE, DEADLINE + late, 31, 40)
    there = (DEADLINE + late).astimezone(timezone(timedelta(hours=hours)))
    assert lateness(policy, DEADLINE, there, 31, 40) == here
    assert lateness(policy, DEADLINE.astimezone(UTC), there, 31, 40).penalty == here.penalty


TIMES = "deadline 1 December 2026, 23:59 UTC+01:00; handed in "


@pytest.mark.parametrize(
    ("policy", "late", "score", "words"),
    [
        (POLICY, timedelta(days=1, hours=10, minutes=13), 36,
         f"2 days late ({TIMES}3 December 2026, 10:12 UTC+01:00): "
         "10 % of 40 points a day, 8 points off"),
        (POLICY, timedelta(minutes=16, seconds=30), 36,
         f"1 day late ({TIMES}2 December 2026, 00:15:30 UTC+01:00): "
         "10 % of 40 points a day, 4 points off"),
        (POLICY, timedelta(days=6), 36,
         f"6 days late ({TIMES}7 December 2026, 23:59 UTC+01:00): "
         "10 % of 40 points a day, 50 % at most, 20 points off"),
        (POLICY, timedelta(days=2), 3,
         f"2 days late ({TIMES}3 December 2026, 23:59 UTC+01:00): "
         "10 % of 40 points a day, all 3 points off"),
        (POLICY, timedelta(days=8), 36,
         f"8 days late ({TIMES}9 December 2026, 23:59 UTC+01:00): "
         "what comes more than 7 days late earns no points, all 36 points off"),
        (POLICY, timedelta(days=2), None,
         f"2 days late ({TIMES}3 December 2026, 23:59 UTC+01:00): "
         "10 % of 40 points a day, taken off as soon as there is a mark"),
        (LatePolicy(per_day=2.5, of="score"), timedelta(days=1), 40,
         f"1 day late ({TIMES}2 December 2026, 23:59 UTC+01:00): "
         "2.5 % of the points earned a day, 1 point off"),
        (LatePolicy(), timedelta(days=1), 40,
         f"1 day late ({TIMES}2 December 2026, 23:59 UTC+01:00): no points off"),
        (POLICY, timedelta(days=2), 0,
         f"2 days late ({TIMES}3 December 2026, 23:59 UTC+01:00): "
         "10 % of 40 points a day, no points off"),
    ],
)  # fmt: skip
def test_the_student_is_told_in_one_sentence(
    policy: LatePolicy, late: timedelta, score: float | None, words: str
) -> None:
    assert lateness(policy, DEADLINE, DEADLINE + late, score, 40).words == words
