"""The figures of the class report, as SVG that takes its colours from the page around it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# matplotlib draws in these; the page's own colours, which follow light and dark, replace them
INK, QUIET, BAR, TRACK = "#010101", "#020202", "#030303", "#040404"
_VARIABLES = {INK: "--ink", QUIET: "--quiet", BAR: "--bar", TRACK: "--track"}
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: searchable, and in the page's font
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.color": QUIET,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
WIDTH = 6.2  # inches: half of a wide page at its natural size
BINS = 20  # at most: a class is read at a glance


def histogram_of_marks(scores: Sequence[float], max_score: float, description: str) -> str:
    """How many students reached which mark; a full mark, or more, falls into the last bar."""
    from matplotlib import rc_context
    from matplotlib.ticker import MaxNLocator

    width = bin_width(max_score)
    count = max(1, -int(-max_score // width))
    edges = [i * width for i in range(count)] + [max(max_score, width)]
    with rc_context({**_SETTINGS, "svg.hashsalt": "marks"}):
        figure, axes = canvas(WIDTH, 2.8)
        within = [min(max(score, 0.0), edges[-1]) for score in scores]
        axes.hist(within, bins=edges, color=BAR, edgecolor=TRACK, linewidth=0.8)
        axes.set_xlim(0, edges[-1])
        axes.set_xlabel(f"points of {max_score:g}")
        axes.set_ylabel("students")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
        if not scores:
            axes.set_ylim(0, 1)
        return as_svg(figure, "marks", description)


def shares_of_checks(shares: Sequence[tuple[str, float]], description: str) -> str:
    """One bar for each check: its id, and the share from 0 to 1 of the class that passed it.

    Exercises stand apart; there is at least one check.
    """
    from matplotlib import rc_context

    names = [name for name, _ in shares]
    percent = [100 * share for _, share in shares]
    rows = positions([name.split(".")[0] for name in names])
    with rc_context({**_SETTINGS, "svg.hashsalt": "checks"}):
        figure, axes = canvas(WIDTH, 0.7 + 0.21 * (rows[-1] + 1))
        axes.barh(rows, [100.0] * len(rows), color=TRACK, height=0.66)
        axes.barh(rows, percent, color=BAR, height=0.66)
        axes.set_yticks(rows, names)
        for row, value in zip(rows, percent, strict=True):
            axes.text(101, row, f"{value:.0f} %", va="center", ha="left", fontsize=9)
        axes.set_xlim(0, 110)
        axes.set_ylim(rows[-1] + 0.6, -0.6)
        axes.set_xticks([0, 25, 50, 75, 100])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("passed, percent of the notebooks checked")
        return as_svg(figure, "checks", description)


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


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of its own, without pyplot's global state; sizes in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def as_svg(figure: Figure, name: str, description: str) -> str:
    """The figure as an inline SVG with its description; the same bytes for the same figure.

    Ids get the figure's name in front: two figures share a page.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'href="#', f'href="#{name}-', svg)
    svg = svg.replace("url(#", f"url(#{name}-")
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    labelled = f'<svg role="img" aria-label="{escape(description)}"'
    title = f"<title>{escape(description)}</title>"
    svg = svg.replace("<svg", labelled, 1)
    head, body = svg.split(">", 1)
    return f"{head}>{title}{body}"
