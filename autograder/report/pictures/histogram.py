"""The first weights of a layer against the bell curve wanted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from autograder.report.pictures.parts import Picture, label, rectangle, stroke, svg


def histogram_svg(picture: Picture) -> str:
    """Bars of the student's numbers, and the curve wanted as a line."""
    edges, got, std = histogram_of(picture)
    left, right, top, bottom = 8.0, 372.0, 30.0, 140.0
    across = (right - left) / (edges[-1] - edges[0])
    line = wanted_line(edges, std)
    most = max(*got, *(share for _, share in line), 1e-9)

    def at(x: float, share: float) -> str:
        return f"{left + (x - edges[0]) * across:.1f},{bottom - share / most * (bottom - top):.1f}"

    parts = []
    for i, share in enumerate(got):
        x, y = map(float, at(edges[i], share).split(","))
        parts.append(rectangle(x, y, (edges[i + 1] - edges[i]) * across - 1, bottom - y, 0.35))
    points = " ".join(at(*point) for point in line)
    parts.append(f'<polyline points="{points}" style="fill: none; stroke: currentColor;'
                 ' stroke-width: 2;"/>')  # fmt: skip
    parts.append(stroke(left, bottom, right, bottom))
    for x, anchor in ((edges[0], "start"), (0.0, "middle"), (edges[-1], "end")):
        parts.append(label(left + (x - edges[0]) * across, bottom + 14, f"{x:.3g}", anchor))
    parts += [
        rectangle(left, 4, 14, 10, 0.35), label(left + 20, 13, "yours"),
        stroke(left + 80, 9, left + 100, 9, 2), label(left + 106, 13, wanted_name(std)),
    ]  # fmt: skip
    return svg(right + 8, bottom + 20, described(edges, got, std), parts)


def histogram_text(picture: Picture) -> str:
    """A line for each bar: where it stands, its share, and the share wanted."""
    edges, got, std = histogram_of(picture)
    wanted = wanted_shares(edges, std)
    most = max(*got, *wanted, 1e-9)
    lines = [f"{'your weights':<49}{wanted_name(std)}"]
    for i, (share, want) in enumerate(zip(got, wanted, strict=True)):
        if max(share, want) < 0.005:
            continue
        bars = [
            f"{'#' * round(20 * each / most):<20} {100 * each:3.0f} %" for each in (share, want)
        ]
        lines.append(f"{edges[i]:>8.3g} to {edges[i + 1]:<8.3g} {bars[0]}  {bars[1]}")
    return "\n".join(lines)


def described(edges: Sequence[float], got: Sequence[float], std: float) -> str:
    """The picture in words."""
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    mean = sum(x * share for x, share in zip(middles, got, strict=True))
    spread = math.sqrt(sum((x - mean) ** 2 * share for x, share in zip(middles, got, strict=True)))
    many = [f"{100 * share:.0f} % near {x:.2g}" for x, share in zip(middles, got, strict=True)
            if share >= 0.01]  # fmt: skip
    return (f"Histogram of your weights, spread about {spread:.2g}, against the bell curve of "
            f"Normal(0, {std:g}). Yours: {', '.join(many)}.")  # fmt: skip


def histogram_of(picture: Picture) -> tuple[list[float], list[float], float]:
    """Edges, shares and the deviation wanted; raises ValueError where they are no histogram."""
    edges, got = [float(x) for x in picture["edges"]], [float(x) for x in picture["got"]]
    std = float(picture["std"])
    if not 0 < len(got) == len(edges) - 1 <= 40 or not std > 0 or sorted(set(edges)) != edges:
        raise ValueError("not a histogram")
    return edges, got, std


def wanted_shares(edges: Sequence[float], std: float) -> list[float]:
    """What Normal(0, std) has between the edges; the outer bars hold what lies beyond."""
    below = [0.5 * (1 + math.erf(x / std / math.sqrt(2))) for x in edges]
    below[0], below[-1] = 0.0, 1.0
    return [b - a for a, b in pairwise(below)]


def wanted_line(edges: Sequence[float], std: float) -> list[tuple[float, float]]:
    """The curve wanted: smooth, or in steps where the bars are wider than the bell."""
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    if width > 1.2 * std:
        return [(x, share) for i, share in enumerate(wanted_shares(edges, std))
                for x in edges[i : i + 2]]  # fmt: skip
    xs = [edges[0] + (edges[-1] - edges[0]) * i / 80 for i in range(81)]
    peak = width / std / math.sqrt(2 * math.pi)
    return [(x, peak * math.exp(-0.5 * (x / std) ** 2)) for x in xs]


def wanted_name(std: float) -> str:
    """The legend of the curve."""
    return f"wanted: Normal(0, {std:g})"
