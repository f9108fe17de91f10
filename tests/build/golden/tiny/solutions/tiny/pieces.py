"""Given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

SIDES = ("left", "right")  # read from the front


# Cached, so that the golden shows a decorator
# under two lines of comment.
@cache
def square(x: float) -> float:
    return x * x


@dataclass(frozen=True)
class Side:
    """A side by name."""

    name: str
