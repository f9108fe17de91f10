"""The figures of the class report, as SVG that takes its colours and its font from the page.

Drawn here rather than by a plotting library: a run that grades a small class in seconds would spend
some of them on importing one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

WIDTH = 446  # in units of the drawing, all sizes below too; the page scales it
FONT = 10
LETTER = 5.8  # about the width of a letter: labels are set against a line and may be shorter
BINS = 20  # at most: a class is read at a glance
INK, QUIET, BAR, TRACK = "var(--ink)", "var(--quiet)", "var(--bar)", "var(--track)"


def histogram_of_marks(scores: Sequence[float], max_score: float, description: str) -> str:
    """How many students reached which mark; a full mark, or more, falls into the last bar."""
    width = bin_width(max_score)
    count = max(1, -int(-max_score // width))
    end, height, left, top = max(max_score, width), 202, 44, 8
    across, bottom = (WIDTH - left - 8) / end, height - 40
    students = Counter(min(int(max(score, 0.0) // width), count - 1) for score in scores)
    most = max(students.values(), default=1)
    up = (bottom - top) / most
    bars = [
        rectangle(left + i * width * across, bottom - students[i] * up,
                  (min((i + 1) * width, end) - i * width) * across, students[i] * up,
                  BAR, f" stroke: {TRACK}; stroke-width: 0.8;")
        for i in range(count)
    ]  # fmt: skip
    below = [
        label(left + mark * across, bottom + 15, f"{mark:g}", "middle")
        for mark in steps(end, most_steps=10, finest=0.5)
    ]
    beside = [
        label(left - 7, bottom - mark * up + 3.5, f"{mark:g}", "end")
        for mark in steps(most, most_steps=5, finest=1)
    ]
    axes = [line(left, bottom, WIDTH - 8, bottom), line(left, top, left, bottom)]
    names = [
        label((left + WIDTH - 8) / 2, height - 6, f"points of {max_score:g}", "middle"),
        label(12, (top + bottom) / 2, "students", "middle",
              f' transform="rotate(-90 12 {(top + bottom) / 2:g})"'),
    ]  # fmt: skip
    return svg(height, description, [*bars, *axes, *below, *beside, *names])


def shares_of_checks(shares: Sequence[tuple[str, float]], description: str) -> str:
    """One bar for each check: its id, and the share from 0 to 1 of the class that passed it.

    Exercises stand apart; there is at least one check.
    """
    left = 12 + LETTER * max(len(name) for name, _ in shares)
    right, row = WIDTH - 40, 15
    rows = [4 + row * place for place in positions([name.split(".")[0] for name, _ in shares])]
    bottom = rows[-1] + row + 4
    parts = []
    for (name, share), y in zip(shares, rows, strict=True):
        parts += [
            label(left - 6, y + 9, name, "end"),
            rectangle(left, y, right - left, 10, TRACK),
            rectangle(left, y, (right - left) * share, 10, BAR),
            label(right + 5, y + 9, f"{100 * share:.0f} %", "start"),
        ]
    parts.append(line(left, bottom, right, bottom))
    for percent in (0, 25, 50, 75, 100):
        x = left + (right - left) * percent / 100
        parts += [line(x, bottom, x, bottom + 3), label(x, bottom + 14, str(percent), "middle")]
    what = "passed, percent of the notebooks checked"
    parts.append(label((left + right) / 2, bottom + 30, what, "middle"))
    return svg(bottom + 36, description, parts)


def positions(exercises: Sequence[str]) -> list[float]:
    """Where the bars stand: one below the other, with a gap where a new exercise begins."""
    found: list[float] = []
    for i, exercise in enumerate(exercises):
        gap = 0.5 if i and exercise != exercises[i - 1] else 0.0
        found.append(found[-1] + 1 + gap if found else 0.0)
    return found


def bin_width(max_score: float) -> float:
    """The smallest readable width that needs no more than BINS bars."""
    widths = (0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0)
    return next((width for width in widths if max_score / width <= BINS), max_score / BINS)


def steps(end: float, *, most_steps: int, finest: float) -> list[float]:
    """Round numbers from 0 to the end of an axis, no more steps than these."""
    rounds = (first * 10**power for power in range(-1, 9) for first in (1, 2, 5))
    step = next(step for step in rounds if step >= finest and end / step <= most_steps)
    return [step * k for k in range(int(end / step + 1e-9) + 1)]


def rectangle(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """A filled bar."""
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"'
        f' style="fill: {fill};{more}"/>'
    )


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A thin line of an axis."""
    return (
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}"'
        f' style="stroke: {QUIET}; stroke-width: 0.8;"/>'
    )


def label(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    """A word or number; anchor: which of its ends stands at x, "start", "middle" or "end"."""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}"{more}'
        f' style="fill: {INK}; font-size: {FONT}px;">{escape(text)}</text>'
    )


def svg(height: float, description: str, parts: Iterable[str]) -> str:
    """A whole drawing with its description; the same bytes for the same figure."""
    told = escape(description)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{told}"'
        f' viewBox="0 0 {WIDTH} {height:g}"><title>{told}</title>\n' + "\n".join(parts) + "\n</svg>"
    )
