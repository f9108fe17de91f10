"""When students see diagnoses: the instructor's switch.

    live                          always (the default)
    after:2026-12-01T23:59+01:00  once that moment is over, such as a deadline
    never                         only the instructor's reports have them

It decides about names, causes and questions of misconceptions; what was checked, expected and got
is always shown. results.json and the class report are the instructor's and hold everything.
Standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from autograder.checks.outcome import CheckResult

LIVE, NEVER, AFTER = "live", "never", "after:"
EXAMPLE = "after:2026-12-01T23:59+01:00"


class BadSetting(ValueError):
    """A setting that says nothing; the message says what one looks like."""


def students_see(setting: str, now: datetime | None = None) -> bool:
    """Whether students see diagnoses; now: the time, that of this machine's clock if left out.

    Raises BadSetting.
    """
    if (since := starts(setting)) is None:
        return setting == LIVE
    return (now or datetime.now(UTC)) >= since


def starts(setting: str) -> datetime | None:
    """The moment of "after:..."; None for the other settings. Raises BadSetting."""
    if setting in (LIVE, NEVER):
        return None
    if not setting.startswith(AFTER):
        raise BadSetting(
            f"diagnoses are shown {LIVE}, {NEVER}, or after a moment such as {EXAMPLE}: "
            f"got {setting!r}"
        )
    text = setting.removeprefix(AFTER)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadSetting(f"no date and time such as {EXAMPLE}: got {setting!r}") from None
    if moment.tzinfo is None:
        raise BadSetting(
            f"{text} is another moment in every time zone: add the offset from UTC, as in {EXAMPLE}"
        )
    return moment


def in_words(setting: str) -> str:
    """The setting as a sentence about checks; raises BadSetting."""
    if (since := starts(setting)) is not None:
        offset = since.strftime("%z")
        zone = "UTC" if not since.utcoffset() else f"UTC{offset[:3]}:{offset[3:5]}"
        day = f"{since.day} {since:%B %Y, %H:%M} ({zone})"
        return f"Checks name the misconception behind a mistake after {day}."
    if setting == NEVER:
        return "Checks say what is wrong, and leave it to you to find out why."
    return "Checks name the misconception behind a mistake."


def as_students_see(results: Sequence[CheckResult], diagnoses: bool) -> list[CheckResult]:
    """The same results, without the names of misconceptions unless diagnoses are shown."""
    return [r if diagnoses else replace(r, misconception=None) for r in results]
