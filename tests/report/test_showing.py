"""When students see diagnoses: the setting, and what a notebook's own checks make of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from autograder.diagnosis.definition import misconception
from autograder.notebook import checking
from autograder.report.showing import BadSetting, in_words, students_see
from tests.answers import notebook_namespace
from tests.report.samples import ANSWERS

DEADLINE = "after:2026-12-01T23:59+01:00"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_live_is_always_and_never_is_never() -> None:
    assert students_see("live") and students_see("live", NOON)
    assert not students_see("never") and not students_see("never", NOON)


def test_after_a_moment_counts_in_any_time_zone() -> None:
    over = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    assert not students_see(DEADLINE, over - timedelta(seconds=1))
    assert students_see(DEADLINE, over)
    assert students_see(DEADLINE, over.astimezone(timezone(timedelta(hours=-8))))
    assert students_see("after:2026-12-01T22:59Z", over)
    assert students_see("after:2020-01-01T00:00+00:00")  # by this machine's clock


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("sometimes", "got 'sometimes'"),
        ("", "got ''"),
        ("after", "after a moment such as after:2026-12-01T23:59+01:00"),
        ("after:", "no date and time such as"),
        ("after:1 December", "got 'after:1 December'"),
        ("after:2026-13-01T23:59+01:00", "no date and time"),
        ("after:2026-12-01T23:59", "add the offset from UTC"),
        ("after:2026-12-01", "add the offset from UTC"),
    ],
)
def test_a_setting_that_says_nothing_is_told_how_one_looks(setting: str, says: str) -> None:
    with pytest.raises(BadSetting) as error:
        students_see(setting, NOON)
    assert says in str(error.value)


def test_settings_in_words() -> None:
    assert "after 1 December 2026, 23:59 (UTC+01:00)" in in_words(DEADLINE)
    assert "(UTC)" in in_words("after:2026-12-01T23:59Z")
    assert "leave it to you" in in_words("never")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What `check` displays, in a notebook whose E1 lacks the mask."""
    namespace = notebook_namespace({"E1": str(ANSWERS["biased and unmasked"])})
    displayed: list[str] = []
    monkeypatch.setattr(checking, "notebook_names", lambda: namespace)
    monkeypatch.setattr(checking, "show", lambda html, text: displayed.extend((html, text)))
    yield displayed
    checking.diagnoses("live")


@pytest.mark.parametrize(
    ("setting", "sees"),
    [("live", True), ("never", False), ("after:2020-01-01T00:00Z", True),
     ("after:2999-01-01T00:00Z", False)],
)  # fmt: skip
def test_a_notebook_shows_what_its_given_line_says(
    shown: list[str], setting: str, sees: bool
) -> None:
    checking.diagnoses(setting)
    points = checking.check("E1", seed=123)
    assert points == 1.0  # whatever is shown
    one: Any = misconception("e1.no-mask")
    for text in shown:
        assert (one.name in text) is sees
        assert (one.asks[:20] in text) is sees


def test_without_such_a_line_a_notebook_shows_diagnoses(shown: list[str]) -> None:
    checking.check("E1", seed=123)
    assert all("e1.no-mask" in text for text in shown)


def test_a_bad_line_is_told_when_it_is_run() -> None:
    with pytest.raises(BadSetting):
        checking.diagnoses("soon")
    assert checking._setting == "live"
