"""How points are rounded, here and nowhere else.

Points are worked out exactly, as the decimals that they are, and rounded once, at the end: to two
decimals, a half up. Parts of a total are rounded so that they add up to it: each down to the
hundredth, and what is then lacking goes, a hundredth each, to those that lost most (the method of
largest remainders). So 100 points on seven exercises are 14.29 twice and 14.28 five times.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

CENTS = 100  # of a point
DIGITS = 9  # beyond these a float holds what arithmetic left there, not what somebody meant


def exact(points: float) -> Fraction:
    """The number that a float stands for: 0.1 is a tenth."""
    return Fraction(f"{points:.{DIGITS}f}")


def rounded(points: Fraction) -> float:
    """Points to two decimals, a half up."""
    return math.floor(points * CENTS + Fraction(1, 2)) / CENTS


def apportioned(parts: Mapping[str, Fraction]) -> dict[str, float]:
    """Parts to two decimals that add up to their sum's two decimals."""
    cents = {name: math.floor(part * CENTS) for name, part in parts.items()}
    total = math.floor(sum(parts.values(), Fraction()) * CENTS + Fraction(1, 2))
    lacking = total - sum(cents.values())
    by_loss = sorted(parts, key=lambda name: cents[name] - parts[name] * CENTS)
    for name in by_loss[:lacking]:
        cents[name] += 1
    return {name: count / CENTS for name, count in cents.items()}
