"""The words that every report shares: points, outcomes, and whether anything was written at all."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from autograder.checks.outcome import NOT_WRITTEN, CheckResult

SYMBOLS = {"passed": "✓", "failed": "✗", "skipped": "–", "errored": "!"}
WORDS = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "not tried",
    "errored": "undecided",
}
_MISSING = re.compile(r"^`[^`]+` is not defined\b")
_CODE = re.compile(r"`([^`\n]+)`")
# what may steer a terminal or break a line of a table: control and format characters, surrogates
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def number(points: float) -> str:
    """Write points as people do: 5, 3.5."""
    return f"{round(points, 2):g}"


def of_points(points: float, max_points: float) -> str:
    """Say points of points: 3.5 of 5 points, 0 of 1 point."""
    unit = "point" if max_points == 1 else "points"
    return f"{number(points)} of {number(max_points)} {unit}"


def plural(count: int, singular: str, many: str = "") -> str:
    """Say a count with its noun: 1 check, 3 checks."""
    return f"{count} {singular if count == 1 else many or singular + 's'}"


def printable(text: str) -> str:
    """Replace characters that could steer a terminal or turn a line around."""
    return _UNPRINTABLE.sub("�", text)


def prose(text: str) -> str:
    """Escape text for HTML; what stands between backticks becomes code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(printable(text)))


def is_unwritten(result: CheckResult) -> bool:
    """Whether this check only met the stub, or no definition at all."""
    return result.status == "failed" and (
        result.message == NOT_WRITTEN or _MISSING.match(result.message) is not None
    )


def nothing_written(results: Sequence[CheckResult]) -> bool:
    """Whether these checks met nothing to check: stubs and missing names only."""
    return any(map(is_unwritten, results)) and all(
        result.status == "skipped" or is_unwritten(result) for result in results
    )


def from_json(check: Mapping[str, Any]) -> CheckResult:
    """Read one check of results.json; fields that later versions add are passed over."""
    known = {field.name for field in fields(CheckResult)}
    values = {key: value for key, value in check.items() if key in known}
    values["remarks"] = tuple(values.get("remarks") or ())
    return CheckResult(**{"claim": "", **values})
