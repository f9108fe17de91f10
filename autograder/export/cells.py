"""Cells of the tables that leave this course: never a formula, and ids exactly as they were.

Two kinds of text go out. What an LMS finds a student or a column by (ids, logins, addresses,
headings) must arrive unchanged, so a row with such a text that a spreadsheet would compute is left
out and told (`is_formula`). Everything else, such as a name that students choose for themselves, is
made harmless (`safe`).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

SIGNS = ("=", "+", "-", "@", "|", "%")


def safe(name: str) -> str:
    """A student's name that a spreadsheet does not take for a formula.

    Signs count in their full-width forms too, and behind spaces, quotes and invisible characters,
    which some programs drop. Source: OWASP, CSV injection.
    """
    return f"'{name}" if is_formula(name) else name


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might compute this cell."""
    seen = unicodedata.normalize("NFKC", text)
    told = seen.lstrip("".join(c for c in set(seen) if is_dropped(c)))
    return seen.startswith(("\t", "\r", "\n")) or told.startswith(SIGNS)


def is_dropped(character: str) -> bool:
    """Whether a program may pass over this character at the start of a cell."""
    return character in "'\"`" or unicodedata.category(character)[0] in "ZC"


def points(value: float | None) -> str:
    """Points as every LMS reads them, with at most two decimals behind a point; None: empty."""
    return "" if value is None else f"{round(value, 2) + 0.0:.12g}"  # + 0.0: no -0


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV.

    Every cell stands in quotes: a spreadsheet that parts cells at another sign than the comma
    would else begin a new one in the middle of a name.
    """
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    written.writerows(rows)
    return text.getvalue()
