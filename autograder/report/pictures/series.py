"""Numbers one after the other, wanted and come."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.report.pictures.parts import (
    WRONG,
    Number,
    Picture,
    circle,
    cross,
    label,
    stroke,
    svg,
)


def series_svg(picture: Picture) -> str:
    """Wanted as rings on a broken line; what came as dots, or as crosses where it differs."""
    wanted, got, name, index = series_of(picture)
    left, right, top, bottom = 44.0, 372.0, 34.0, 140.0
    numbers = [x for x in (*wanted, *got) if x is not None]
    low, high = min(numbers), max(numbers)
    room = (high - low or abs(high) or 1.0) * 0.08
    across = (right - left - 20) / max(1, len(wanted) - 1)
    up = (bottom - top) / (high - low + 2 * room)

    def at(i: int, x: float) -> tuple[float, float]:
        return left + 10 + i * across, bottom - (x - low + room) * up

    points = [at(i, x) for i, x in enumerate(wanted) if x is not None]
    parts = ['<polyline points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
             + '" style="fill: none; stroke: currentColor; stroke-dasharray: 4 3;"/>']  # fmt: skip
    parts += [circle(x, y, 5, filled=False) for x, y in points]
    for i, x in enumerate(got):
        if x is not None:
            wrong = differs(wanted[i], x)
            parts.append(cross(*at(i, x)) if wrong else circle(*at(i, x), 2.5, filled=True))
    parts += [stroke(left, bottom, right, bottom), stroke(left, top, left, bottom)]
    parts += [label(left - 4, at(0, x)[1] + 4, f"{x:.3g}", "end") for x in {low, high}]
    every = max(1, len(wanted) // 8)
    parts += [label(at(i, low)[0], bottom + 14, str(i), "middle")
              for i in range(0, len(wanted), every)]  # fmt: skip
    parts += [
        label(left, bottom + 30, f"{index}, counted from 0"), label(0, 12, name, weight="bold"),
        circle(left + 140, 8, 5, filled=False), label(left + 150, 12, "wanted"),
        circle(left + 206, 8, 2.5, filled=True), label(left + 214, 12, "yours"),
        cross(left + 262, 8), label(left + 272, 12, "yours, wrong"),
    ]  # fmt: skip
    return svg(right + 12, bottom + 36, described(wanted, got, name, index), parts)


def series_text(picture: Picture) -> str:
    """A line for each number, with a sign where it differs."""
    wanted, got, name, index = series_of(picture)
    first = max(len(index), 4)
    lines = [name, f"{index:>{first}}{'wanted':>12}{'yours':>12}"]
    for i, (want, came) in enumerate(zip(wanted, got, strict=True)):
        mark = f"  {WRONG}" if differs(want, came) else ""
        lines.append(f"{i:>{first}}{worded(want):>12}{worded(came):>12}{mark}")
    return "\n".join(lines)


def described(wanted: Sequence[Number], got: Sequence[Number], name: str, index: str) -> str:
    """The picture in words."""
    pairs = ", ".join(
        f"{i}: {worded(want)} wanted, {worded(came)} came"
        for i, (want, came) in enumerate(zip(wanted, got, strict=True)) if differs(want, came)
    )  # fmt: skip
    return f"The {name} by {index}, wanted and yours. They differ at {index} {pairs}."


def series_of(picture: Picture) -> tuple[list[Number], list[Number], str, str]:
    """Both series, what they are and what counts them; raises ValueError if they do not match."""
    wanted, got = (
        [None if x is None else float(x) for x in picture[key]] for key in ("expected", "got")
    )
    if not 0 < len(wanted) == len(got) <= 40 or None in wanted:
        raise ValueError("not a pair of series")
    return wanted, got, str(picture["name"]), str(picture["index"])


def differs(wanted: Number, got: Number) -> bool:
    """Whether two numbers are not the same; they are rounded alike."""
    return wanted != got


def worded(value: Number) -> str:
    """A number, or that there is none."""
    return "no number" if value is None else f"{value:.3g}"
