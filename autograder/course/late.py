"""What lateness costs: points off by the course's policy, and the sentence that says so.

A day is 24 hours, counted from the deadline, so that a change of the clocks costs nobody an hour.
The grace decides only whether something is late at all: a minute beyond it, the first day has
begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from autograder.course.rounding import exact, rounded
from autograder.course.settings import LatePolicy

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lateness:
    """What a submission's time makes of it.

    days: begun after the deadline, 0 if on time. penalty: points off, at least 0 and at most the
    score, to two decimals; 0 as long as there is no score. closed: whether it came too late to earn
    anything. words: a sentence for the student, empty if on time.
    """

    days: int = 0
    penalty: float = 0.0
    closed: bool = False
    words: str = ""


def lateness(
    policy: LatePolicy, deadline: datetime | None, handed_in: datetime | None,
    score: float | None, maximum: float,
) -> Lateness:  # fmt: skip
    """What a submission loses for being late; both times with an offset.

    score: its points before, None as long as there is no mark; maximum: full marks. Without a
    deadline, or without a time, nothing is late.
    """
    if deadline is None or handed_in is None:
        return Lateness()
    late = handed_in.astimezone(UTC) - deadline.astimezone(UTC)
    days = days_begun(policy, late)
    if not days:
        return Lateness()
    off = 0.0 if score is None else penalty(policy, late, score, maximum)
    times = (
        f"deadline {moment(deadline)}; handed in {moment(handed_in.astimezone(deadline.tzinfo))}"
    )
    said = f"{days} {'day' if days == 1 else 'days'} late ({times}): "
    said += terms(policy, late, score, maximum, off)
    return Lateness(days, off, is_closed(policy, late), said)


def days_begun(policy: LatePolicy, late: timedelta) -> int:
    """Days begun after the deadline; 0 within the grace."""
    if late <= max(timedelta(minutes=policy.grace_minutes), timedelta()):
        return 0
    return -(-late // DAY)


def is_closed(policy: LatePolicy, late: timedelta) -> bool:
    """Whether this is too late to earn anything."""
    most = policy.closes_after_days
    return most is not None and days_begun(policy, late) > 0 and late > timedelta(days=most)


def penalty(policy: LatePolicy, late: timedelta, score: float, maximum: float) -> float:
    """Points off, to two decimals: at least 0, at most the score."""
    earned = max(exact(score), Fraction())
    if is_closed(policy, late):
        return float(earned)
    whole = earned if policy.of == "score" else exact(maximum)
    percent = min(exact(policy.per_day) * days_begun(policy, late), exact(policy.cap))
    return min(rounded(whole * percent / 100), float(earned))


def terms(
    policy: LatePolicy, late: timedelta, score: float | None, maximum: float, off: float
) -> str:
    """The policy as it meets this submission, for the student."""
    if is_closed(policy, late):
        most = policy.closes_after_days or 0
        rule = (
            f"what comes more than {most:g} {'day' if most == 1 else 'days'} late earns no points"
        )
        return rule if score is None else f"{rule}, {taken(off, score)}"
    if not policy.per_day:
        return "no points off"
    whole = f"{maximum:g} points" if policy.of == "maximum" else "the points earned"
    rule = f"{policy.per_day:g} % of {whole} a day"
    if policy.cap < policy.per_day * days_begun(policy, late):
        rule += f", {policy.cap:g} % at most"
    if score is None:
        return f"{rule}, taken off as soon as there is a mark"
    return f"{rule}, {taken(off, score)}"


def taken(off: float, score: float) -> str:
    """How many points are off."""
    if off and off >= score:
        return f"all {off:g} points off" if off != 1 else "the 1 point earned off"
    return f"{off:g} {'point' if off == 1 else 'points'} off" if off else "no points off"


def moment(time: datetime) -> str:
    """A time as people write it: 1 December 2026, 23:59 UTC+01:00."""
    offset = time.strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if time.utcoffset() else "UTC"
    clock = f"{time:%H:%M:%S}" if time.second else f"{time:%H:%M}"
    return f"{time.day} {time:%B %Y}, {clock} {zone}"
