"""Errors of the build: each says where it is and what to do.

BuildError (ValueError)    the text source or a reference solution cannot become a notebook
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file; the path is written relative to the course's root."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.line}"


class BuildError(ValueError):
    """Say what in which line keeps the notebook from being built."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'E8'?" for the nearest known name, or nothing where none is near."""
    # One letter of two may differ ('E9', 'E8'), so the usual cutoff of 0.6 is too strict.
    near = get_close_matches(wrong, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{near[0]}'?" if near else ""
