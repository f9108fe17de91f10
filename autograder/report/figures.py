"""The figures of the class report: SVG by matplotlib that takes its colours from the page.

matplotlib is imported when the first figure is drawn: a run that only grades does not wait for it
earlier. No clock and no random number enters: the same numbers give the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 6.2  # inches, all sizes below too; the page scales a figure to its column
FONT = 10.0  # points
BINS = 20  # at most: a class is read at a glance
# Colours that matplotlib writes, and what the page has in their place, in light and in dark.
INK, QUIET, BAR, TRACK, PAGE = "#010203", "#010204", "#010205", "#010206", "#010207"
OF_THE_PAGE = {INK: "--ink", QUIET: "--quiet", BAR: "--bar", TRACK: "--track", PAGE: "--page"}
# What matplotlib writes for a file of its own and a page cannot use: styles for everything on it,
# fonts of its own, and ids that are the same in two figures.
MADE_FIT = (
    (r"<metadata>.*?</metadata>", ""),
    (r"<style[^>]*>.*?</style>", ""),
    (r"font-family: [^;\"]*;? ?", ""),
    (r'(\bid="|href="#|url\(#)', r"\g<1>NAME-"),
    (r"\s*\n\s*", "\n"),
)
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none", "font.size": FONT, "text.color": INK, "axes.labelcolor": INK,
    "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "axes.edgecolor": QUIET, "axes.spines.top": False, "axes.spines.right": False,
    "axes.linewidth": 0.8, "figure.facecolor": "none", "axes.facecolor": "none",
}  # fmt: skip


def histogram_of_marks(scores: Sequence[float], max_score: float, description: str) -> str:
    """How many students reached which mark; a full mark, or more, falls into the last bar."""
    from matplotlib.ticker import MaxNLocator

    with drawing(2.9) as (figure, axes):
        edges, students = bins_of(scores, max_score)
        widths = [right - left for left, right in itertools.pairwise(edges)]
        axes.bar(edges[:-1], students, widths, align="edge", color=BAR, edgecolor=PAGE,
                 linewidth=0.8)  # fmt: skip
        axes.set(xlim=(0, edges[-1]), ylim=(0, max([*students, 1]) * 1.04),
                 xlabel=f"points of {max_score:g}", ylabel="students")  # fmt: skip
        axes.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        return svg(figure, "marks", description)


def shares_of_checks(shares: Sequence[tuple[str, float]], description: str) -> str:
    """One bar for each check: its id, and the share from 0 to 1 of the class that passed it.

    Exercises stand apart; there is at least one check.
    """
    places = positions([name.rpartition(".")[0] for name, _ in shares])
    with drawing(0.7 + 0.2 * (places[-1] + 1)) as (figure, axes):
        percents = [100 * share for _, share in shares]
        axes.barh(places, [100.0] * len(places), 0.66, color=TRACK)
        axes.barh(places, percents, 0.66, color=BAR)
        for place, percent in zip(places, percents, strict=True):
            axes.text(101.5, place, f"{percent:.0f} %", va="center")
        axes.set_yticks(places, [name for name, _ in shares])
        axes.tick_params(axis="y", length=0)
        axes.set(xlim=(0, 100), ylim=(places[-1] + 0.8, -0.8),
                 xlabel="passed, percent of the notebooks checked")  # fmt: skip
        return svg(figure, "checks", description)


def points_of_exercises(exercises: Sequence[tuple[str, Sequence[float]]], description: str) -> str:
    """A box plot for each exercise: its id, and everybody's share of its points, from 0 to 1.

    There is at least one exercise. Whiskers end at the 5th and 95th percentile.
    """
    thin = {"color": INK, "linewidth": 0.8}
    with drawing(2.6) as (figure, axes):
        places = list(range(len(exercises)))
        axes.boxplot(
            [[100 * share for share in shares] for _, shares in exercises], positions=places,
            widths=0.55, manage_ticks=False, patch_artist=True, whis=(5, 95), showfliers=False,
            boxprops={"facecolor": TRACK, "edgecolor": INK, "linewidth": 0.8}, whiskerprops=thin,
            capprops=thin, medianprops={"color": BAR, "linewidth": 2.4}, showmeans=True,
            meanprops={"marker": "D", "markersize": 5, "markerfacecolor": INK,
                       "markeredgecolor": INK},
        )  # fmt: skip
        axes.set_xticks(places, [name for name, _ in exercises])
        axes.tick_params(axis="x", length=0)
        axes.set(xlim=(-0.6, len(places) - 0.4), ylim=(-2, 102), ylabel="percent of the points")
        return svg(figure, "exercises", description)


def bins_of(scores: Sequence[float], max_score: float) -> tuple[list[float], list[int]]:
    """The edges of the histogram's bars, one more than bars, and how many students each holds."""
    width = bin_width(max_score)
    count = max(1, -int(-max_score // width))
    end = max(max_score, width)
    students = Counter(min(int(max(score, 0.0) // width), count - 1) for score in scores)
    edges = [min(i * width, end) for i in range(count + 1)]
    return edges, [students[i] for i in range(count)]


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


@contextlib.contextmanager
def drawing(height: float) -> Iterator[tuple[Figure, Axes]]:
    """A figure of this height in inches, with its axes, to be drawn and saved inside."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        yield figure, figure.subplots()


def svg(figure: Figure, name: str, description: str) -> str:
    """A figure as an element of the page, with its description; name: what its ids begin with."""
    import matplotlib

    text = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(text, format="svg", metadata=nothing)
    drawn = text.getvalue()
    start = drawn.index("<svg")
    (box,) = re.findall(r'viewBox="[^"]*"', drawn[start : drawn.index(">", start)])
    drawn = drawn[drawn.index(">", start) + 1 :].rstrip()
    for pattern, instead in MADE_FIT:
        drawn = re.sub(pattern, instead.replace("NAME", name), drawn, flags=re.DOTALL)
    for colour, of_page in OF_THE_PAGE.items():
        drawn = drawn.replace(colour, f"var({of_page})")
    told = escape(description)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' role="img" aria-label="{told}" {box} style="stroke-linejoin: round">'
            f"<title>{told}</title>{drawn}")  # fmt: skip
