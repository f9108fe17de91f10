"""Checked values of a TOML file: whatever is wrong is told with its line and what may be meant."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from autograder.course import toml_lines

T = TypeVar("T")
MOMENT = "2026-12-01T23:59:00+01:00"
MINUTES = {"s": 1 / 60, "sec": 1 / 60, "second": 1 / 60, "min": 1, "minute": 1, "h": 60,
           "hour": 60, "d": 1440, "day": 1440}  # fmt: skip
DURATION = re.compile(r"(\d+(?:\.\d+)?) *([a-z]+?)s?", re.IGNORECASE)
WHERE = re.compile(r" \(at line (\d+), column \d+\)$")
SLIPS = (  # what people write that is no TOML, and what to do about it
    (re.compile("[“”„‘’]"), "curly quotes are no quotes here: write \"…\""),
    (re.compile(r"\d\d\d\d-\d\d-\d\d[Tt ]\d\d:\d\d(?!:?\d)"), f"a time has seconds: {MOMENT}"),
    (re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)? +[+-]"), f"no space before the offset: {MOMENT}"),
    (re.compile(r"=\s*\d+,\d"), "decimals have a point: 2.5"),
    (re.compile(r"=\s*\d+\s*%"), "percentages are numbers without the sign: 10"),
    (re.compile(r"=\s*(?:True|False)\b"), "true and false are written small"),
    (re.compile(r"^\s*[^\[#=\s]+\s+[^=]*$|^[^=]*[:][^=]*$"), "a setting is written key = value"),
    (re.compile(r"=\s*(?![\[{\d\s\"'+-])[^\s]"), "text stands in quotes: \"…\""),
    (re.compile(r"=\s*(?:#.*)?$"), "the value is missing"),
)  # fmt: skip


class Wrong(ValueError):
    """A value that cannot be used; the message says what would be right."""


@dataclass
class Report:
    """What is wrong with a file, by line."""

    file: Path
    lines: Mapping[toml_lines.Path, int]
    problems: list[tuple[int, str]] = field(default_factory=list)

    def tell(self, path: toml_lines.Path, message: str) -> None:
        """Note something wrong at a key."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        label = ".".join(str(part) for part in path if isinstance(part, str))
        told = f"{label}: {message}" if label else message
        self.problems.append((self.lines.get(known, 1), told))

    def as_text(self) -> str:
        """All of it in the order of the file, one line each."""
        return "\n".join(f"{self.file}:{line}: {told}" for line, told in sorted(set(self.problems)))


@dataclass(frozen=True)
class Table:
    """One table of the file, read key by key."""

    report: Report
    path: tuple[str, ...]
    values: Mapping[str, Any]

    def take(self, key: str, reader: Callable[[Any], T]) -> T | None:
        """A key's value as `reader` gives it; None where it is absent, or wrong, which is told."""
        if key not in self.values:
            return None
        try:
            return reader(self.values[key])
        except Wrong as error:
            self.tell(key, str(error))
            return None

    def tell(self, key: str, message: str) -> None:
        """Note something wrong at one of this table's keys."""
        self.report.tell((*self.path, key), message)

    def table(self, key: str) -> Table:
        """A table in this one; an empty one where it is absent, or no table, which is told."""
        found = self.values.get(key, {})
        if not isinstance(found, dict):
            header = ".".join((*self.path, key))
            self.tell(key, f"this is a table: its settings stand below a line [{header}]")
            found = {}
        return Table(self.report, (*self.path, key), found)

    def only(self, known: Collection[str], elsewhere: Mapping[str, str]) -> None:
        """Tell every key that this table does not have.

        elsewhere: keys of other tables, with where they belong.
        """
        for key in self.values:
            if key in known:
                continue
            hint = f"it belongs {elsewhere[key]}" if key in elsewhere else meant(key, known)
            self.tell(key, f"no such setting here; {hint}")

    def leaves(self) -> Iterator[tuple[str, tuple[str, ...], Any]]:
        """Name, path and value of each entry; G1.1 = 2 without quotes means "G1.1" = 2."""
        seen: set[str] = set()
        waiting: list[tuple[tuple[str, ...], Any]] = [((key,), v) for key, v in self.values.items()]
        while waiting:
            path, value = waiting.pop(0)
            if isinstance(value, dict):
                waiting[:0] = [((*path, key), inner) for key, inner in value.items()]
            elif (name := ".".join(path)) in seen:
                self.report.tell((*self.path, *path), f"{name} stands here twice")
            else:
                seen.add(name)
                yield name, (*self.path, *path), value


def parse(file: Path) -> tuple[dict[str, Any], dict[toml_lines.Path, int]]:
    """What a TOML file holds, and the line of each key; raises Wrong with file and line."""
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text), toml_lines.key_lines(text)
    except OSError as error:
        raise Wrong(f"{file} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise Wrong(f"{file} is not a text file in UTF-8: save it as one") from error
    except RecursionError as error:
        raise Wrong(f"{file} cannot be read: its lists stand too deep in each other") from error
    except tomllib.TOMLDecodeError as error:
        raise Wrong(_syntax(file, text, str(error))) from error


def _syntax(file: Path, text: str, message: str) -> str:
    """What tomllib says, with the line and what is often the reason."""
    lines = text.split("\n")
    found = WHERE.search(message)
    number = int(found[1]) if found else len(lines)
    said = WHERE.sub("", message).removesuffix(" (at end of document)")
    line = lines[number - 1]
    if "overwrite" in message or "declare" in message or "mutate" in message:
        hint = "it stands in the file twice"
    else:
        hint = next((hint for slip, hint in SLIPS if slip.search(line)), "")
    return f"{file}:{number}: {said}: {line.strip()[:80]!r}" + (f"; {hint}" if hint else "")


def as_text(value: Any) -> str:
    """Text of one line that says something."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise Wrong(f"a text in quotes, of one line and not empty: got {shown(value)}")
    return value.strip()


def as_number(least: float, most: float, what: str) -> Callable[[Any], float]:
    """A reader of numbers in a range."""

    def read(value: Any) -> float:
        if not is_number(value) or not least <= value <= most:
            raise Wrong(f"{what}: got {shown(value)}")
        return float(value)

    return read


def as_choice(*choices: str) -> Callable[[Any], str]:
    """A reader of one of several words."""

    def read(value: Any) -> str:
        if value in choices:
            return str(value)
        near = difflib.get_close_matches(str(value).lower(), choices, 1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise Wrong(f"{' or '.join(map(repr, choices))}: got {shown(value)}{meant}")

    return read


def as_minutes(value: Any) -> float:
    """A duration such as "15 min", in minutes."""
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found[2].lower() not in MINUTES:
        hint = f'; did you mean "{value:g} min"?' if is_number(value) else ""
        raise Wrong(f'a duration such as "15 min", "2 hours" or "1 day": got {shown(value)}{hint}')
    return float(found[1]) * MINUTES[found[2].lower()]


def as_moment(value: Any) -> datetime:
    """A date and time with its offset from UTC, quoted or not."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise Wrong(f"a date and time such as {MOMENT}: got {shown(value)}") from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Wrong(f"{value.isoformat()} is another moment in every time zone: "
                        f"add the offset from UTC, as in {MOMENT}")  # fmt: skip
        return value
    raise Wrong(f"a date and time such as {MOMENT}: got {shown(value)}")


def is_number(value: Any) -> bool:
    """Whether this is a number to count with; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def shown(value: Any) -> str:
    """A value about as it stands in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return "a table"
    return f"{value!r}"[:80]


def meant(wrong: str, known: Collection[str], most: int = 100) -> str:
    """The nearest of the known names, else all of them; most: unless there are more."""
    # one letter of two may differ, as in E9 and E8
    if near := difflib.get_close_matches(wrong, list(known), 1, 0.5):
        return f"did you mean {near[0]!r}?"
    return f"there are {', '.join(known) if len(known) <= most else len(known)}"
