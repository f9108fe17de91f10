"""Attention weights beside the causal pattern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.report.pictures.parts import WRONG, Number, Picture, cell, label, svg

SMALLEST = 0.005  # of a weight that is not 0: two digits are shown
MOST_WITH_NUMBERS = 8
LEFT, TOP, HIGH, WIDE, NARROW, SUMS, GAP = 22, 34, 22, 36, 20, 54, 38
KEY = (
    "row: who listens; column: to whom",
    f"{WRONG} marks what is wrong: a look ahead, a weight below 0, a sum that is not 1",
)


def attention_svg(picture: Picture) -> str:
    """Two tables, the weights and the causal pattern: row = who listens, column = to whom."""
    weights = table_of(picture["weights"])
    T = len(weights)
    wide = WIDE if T <= MOST_WITH_NUMBERS else NARROW
    second = LEFT + T * wide + (SUMS if T <= MOST_WITH_NUMBERS else 0) + GAP
    parts = [label(LEFT, 10, "yours", weight="bold"), label(second, 10, "wanted", weight="bold")]
    for left in (LEFT, second):
        for i in range(T):
            parts.append(label(left + (i + 0.5) * wide, TOP - 7, str(i + 1), "middle"))
            parts.append(label(left - 6, TOP + i * HIGH + 15, str(i + 1), "end"))
    largest = max(abs(w or 0.0) for row in weights for w in row) or 1.0
    for t, row in enumerate(weights):
        for s, w in enumerate(row):
            parts += one_weight(t, s, w, LEFT + s * wide, wide, abs(w or 0.0) / largest)
            parts.append(cell(second + s * wide, TOP + t * HIGH, wide, HIGH, 0.22 * (s <= t)))
            if s > t:
                middle = second + (s + 0.5) * wide
                parts.append(label(middle, TOP + t * HIGH + 15, "0", "middle"))
        if T <= MOST_WITH_NUMBERS:
            parts.append(row_sum(row, LEFT + T * wide + 5, TOP + t * HIGH + 15))
    bottom = TOP + T * HIGH
    parts += [label(LEFT, bottom + 16 + 14 * i, line) for i, line in enumerate(KEY)]
    width = max(second + T * wide + 2, LEFT + 5.8 * max(map(len, KEY)))
    return svg(width, bottom + 36, described(weights), parts)


def one_weight(t: int, s: int, w: Number, x: float, wide: float, share: float) -> list[str]:
    """A cell, the darker the larger its share of the largest weight, and what is written in it."""
    wrong = is_wrong(t, s, w)
    text = (WRONG if wrong else "") + (short(w) if wide == WIDE else "")
    y = TOP + t * HIGH
    drawn = [cell(x, y, wide, HIGH, 0.36 * min(1.0, share), wrong=wrong)]
    if text:
        drawn.append(label(x + wide / 2, y + 15, text, "middle", "bold" if wrong else "normal"))
    return drawn


def row_sum(row: Sequence[Number], x: float, y: float) -> str:
    """What a row sums to."""
    wrong, text = sum_of(row)
    return label(x, y, f"Σ {text} {WRONG}" if wrong else f"Σ {text}",
                 weight="bold" if wrong else "normal")  # fmt: skip


def attention_text(picture: Picture) -> str:
    """The weights as a table of numbers, with a sign before each that is wrong."""
    weights = table_of(picture["weights"])
    head = "    " + "".join(f"{s + 1:>5}" for s in range(len(weights)))
    lines = ["your attention weights", *KEY, f"{head}    sum"]
    for t, row in enumerate(weights):
        shown = [(WRONG if is_wrong(t, s, w) else "") + short(w) for s, w in enumerate(row)]
        wrong, text = sum_of(row)
        lines.append(f"{t + 1:>4}" + "".join(f"{each:>5}" for each in shown)
                     + f"{(WRONG if wrong else '') + text:>7}")  # fmt: skip
    return "\n".join(lines)


def described(weights: Sequence[Sequence[Number]]) -> str:
    """The picture in words."""
    told = ["Your attention weights beside the causal pattern wanted."]
    for t, row in enumerate(weights):
        later = [str(s + 1) for s in range(t + 1, len(row)) if is_wrong(t, s, row[s])]
        if later:
            many = "positions" if len(later) > 1 else "position"
            told.append(f"Position {t + 1} listens to the later {many} {', '.join(later)}.")
    off = [f"{t + 1} ({sum_of(row)[1]})" for t, row in enumerate(weights) if sum_of(row)[0]]
    if off:
        told.append(f"The weights of these positions do not sum to 1: {', '.join(off)}.")
    return " ".join(told)


def table_of(weights: Any) -> list[list[Number]]:
    """The weights as numbers; raises ValueError unless they are a square of at most 16 x 16."""
    found = [[None if w is None else float(w) for w in row] for row in weights]
    if not 0 < len(found) <= 16 or any(len(row) != len(found) for row in found):
        raise ValueError("not a square of weights")
    return found


def is_wrong(t: int, s: int, weight: Number) -> bool:
    """Whether no causal attention has this weight at row t, column s."""
    return weight is None or weight < -SMALLEST or (s > t and weight >= SMALLEST)


def sum_of(row: Sequence[Number]) -> tuple[bool, str]:
    """Whether a row's sum is not 1, and the sum."""
    total = sum(w for w in row if w is not None)
    return abs(total - 1) >= 2 * SMALLEST, f"{total:.2f}"


def short(weight: Number) -> str:
    """A weight in four characters: .27, 0, 1.3, -.4."""
    if weight is None:
        return "nan"
    if abs(weight) < SMALLEST:
        return "0"
    if abs(weight) >= 0.995:
        return f"{weight:.2g}" if abs(weight) < 100 else f"{weight:.0e}"
    text = f"{weight:.2f}" if weight > 0 else f"{weight:.1f}"
    return text.replace("0.", ".", 1)
