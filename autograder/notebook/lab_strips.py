"""Rows of cells: tokens as boxes, a stream as a strip, parts of a whole as one bar.

These draw on axes that a picture gives them; the pictures themselves are in lab_pictures.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import Polygon, Rectangle

from autograder.notebook.drawing import BLUE, GREEN, GREY, HEADS, INK, ORANGE, PINK

MONOSPACE = "DejaVu Sans Mono"
LONGEST_LABEL = 30  # characters of a token that are written before an ellipsis
LINE = 84  # characters of the monospaced font in one line of boxes
SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥"}
TINTS: Mapping[str | None, str] = {
    BLUE: "#B3D4E8",
    ORANGE: "#F5CFB3",
    GREEN: "#B3E2D5",
    PINK: "#F0D7E4",
}
SHARED = "#D9D9D9"  # a cell of several windows
MOST_CELLS = 16  # of a window that is drawn enlarged
CALLED_OUT = 0.08  # a part narrower than this share of a bar has its label below the bar


def visible(text: str) -> str:
    """Write a text so that each of its characters is seen: a space as ␣, a line's end as ↵.

    What has no shape of its own, or none in the font, is written by its number, as in U+200D.
    """
    shown = "".join(SIGNS.get(letter) or by_shape(letter) for letter in text)
    return shown if len(shown) <= LONGEST_LABEL else shown[: LONGEST_LABEL - 1] + "…"


@cache
def by_shape(letter: str) -> str:
    """Return the letter itself if the font can draw it alone, else its number."""
    alone = unicodedata.category(letter)[0] not in "CMZ"
    if alone and get_font(findfont(MONOSPACE)).get_char_index(ord(letter)):
        return letter
    return f"U+{ord(letter):04X}"


def visible_bytes(token: bytes) -> str:
    """Write a token so that all of it is seen; bytes that are no whole character as \\xe2."""
    return visible(token.decode("utf-8", errors="backslashreplace"))


def markdown_safe(text: str) -> str:
    """Return the text so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_\[\]<>$#|~])", r"\\\1", text)


def lines_of_boxes(
    labels: Sequence[str], below: Sequence[str]
) -> Iterator[tuple[int, float, float]]:
    """Say where each box goes that holds a label over a smaller one: line, left edge, width.

    All in characters; a new line begins where a box would reach beyond LINE.
    """
    line, left = 0, 0.0
    for label, under in zip(labels, below, strict=True):
        width = max(len(label), 0.72 * len(under)) + 0.9
        if left and left + width > LINE:
            line, left = line + 1, 0.0
        yield line, left, width
        left += width + 0.3


def cell(axes: Axes, left: float, bottom: float, text: str, colour: str | None) -> None:
    """Draw one cell of width and height 1 with its text, white if it has no colour."""
    edge = colour if colour in TINTS else GREY
    hatch = "////" if colour == SHARED else None
    box = Rectangle((left, bottom), 1, 1, fc=TINTS.get(colour, colour or "white"), ec=edge)
    box.set(hatch=hatch, linewidth=1)
    axes.add_patch(box)
    if text:
        centre = (left + 0.5, bottom + 0.5)
        axes.text(*centre, text, ha="center", va="center", color=INK, fontsize=9)


def hatched_future(size: int) -> Polygon:
    """Return all keys that come after their query, in a (size, size) matrix picture, as one patch.

    One patch for all of them, since a long text has thousands of such cells.
    """
    corners = [(size - 0.5, -0.5), (size - 0.5, size - 1.5)]
    for query in reversed(range(size - 1)):
        corners += [(query + 0.5, query + 0.5), (query + 0.5, query - 0.5)]
    return Polygon(corners, facecolor="#E4E4E4", edgecolor="#B0B0B0", hatch="///", lw=0)


def lanes(intervals: Sequence[tuple[float, float]]) -> list[int]:
    """Give each interval the first lane where it touches no earlier one."""
    taken: list[list[tuple[float, float]]] = []
    chosen = []
    for start, end in intervals:
        free = (
            lane
            for lane, others in enumerate(taken)
            if all(end < left or start > right for left, right in others)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((start, end))
        chosen.append(lane)
    return chosen


def draw_stream(axes: Axes, ids: Sequence[int], block_size: int, starts: Sequence[int]) -> None:
    """Draw the stream as a strip of cells, and each window as a bar below its cells.

    A cell that belongs to several windows is hatched.
    """
    colours: list[str | None] = [None] * len(ids)
    for index, start in enumerate(starts):
        for place in range(start, start + block_size):
            colours[place] = SHARED if colours[place] else HEADS[index % len(HEADS)]
    for place, (each, colour) in enumerate(zip(ids, colours, strict=True)):
        cell(axes, place, 0, str(each) if len(ids) <= 24 else "", colour)
    lane_of = lanes([(start, start + block_size) for start in starts])
    for index, (start, lane) in enumerate(zip(starts, lane_of, strict=True)):
        colour, bottom = HEADS[index % len(HEADS)], -1.1 - 1.0 * lane
        bar = Rectangle((start, bottom), block_size, 0.8, fc=TINTS[colour], ec=colour)
        axes.add_patch(bar)
        label = f"from {start}"
        centre = (start + block_size / 2, bottom + 0.37)
        axes.text(*centre, label, ha="center", va="center", fontsize=9)
    axes.set(xlim=(-0.1, len(ids) + 0.1), ylim=(-1.2 - max(lane_of), 1.1), yticks=[])
    axes.set_title("the stream of tokens", fontsize=10, color=INK, loc="left")
    axes.axis("off")


def draw_targets(axes: Axes, window: Sequence[int], start: int) -> None:
    """Draw one window over the same window one token later, cell for cell in the same columns."""
    shown = min(len(window) - 1, MOST_CELLS)
    for place in range(shown):
        cell(axes, place, 1.8, str(window[place]), BLUE)
        cell(axes, place + 1, 0, str(window[place + 1]), ORANGE)
    staircase(axes, shown, 1.75, 1.05)
    if shown < len(window) - 1:
        axes.text(shown + 0.2, 2.3, "…", va="center", fontsize=12)
        axes.text(shown + 1.2, 0.5, "…", va="center", fontsize=12)
    axes.text(-0.2, 2.3, "x", ha="right", va="center", color=BLUE, fontsize=11)
    axes.text(-0.2, 0.5, "t", ha="right", va="center", color=ORANGE, fontsize=11)
    axes.set(xlim=(-0.6, max(shown, 8) + 1.6), ylim=(-0.1, 2.9))
    axes.set_title(f"the window from {start}, and its targets", fontsize=10, color=INK, loc="left")
    axes.axis("off")


def staircase(axes: Axes, block_size: int, y_x: float, y_t: float) -> None:
    """Draw an arrow from each input to its target, which stands one cell further right."""
    for left, right in pairwise(range(block_size + 1)):
        style = {"arrowstyle": "->", "color": GREY, "lw": 0.8, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (right + 0.35, y_t), (left + 0.65, y_x), arrowprops=style)


def cut_bar(axes: Axes, parts: Mapping[str, int], colours: Mapping[str, str]) -> None:
    """Draw one bar from 0 to 1, cut into parts with names, numbers and shares of the whole.

    A part too narrow for its label has it below the bar, with a line to it.
    """
    total = sum(parts.values())
    left, called_out = 0.0, []
    for name, number in parts.items():
        width = number / total
        colour = colours.get(name, GREY)
        tint = TINTS.get(colour, "#E4E4E4")
        axes.add_patch(Rectangle((left, 0), width, 1, facecolor=tint, edgecolor=colour, lw=1.2))
        label = f"{name}\n{number:,}\n{share(width)}"
        if width >= CALLED_OUT:
            axes.text(left + width / 2, 0.5, label, ha="center", va="center", fontsize=9, color=INK)
        elif number:
            called_out.append((left + width / 2, label))
        left += width
    for (at, label), x in zip(called_out, spread([at for at, _ in called_out]), strict=True):
        axes.plot([at, x], [0, -0.28], color=GREY, lw=0.8, clip_on=False)
        axes.text(x, -0.32, label, ha="center", va="top", fontsize=9, color=INK)
    axes.set(xlim=(-0.001, 1.001), ylim=(-1.15 if called_out else -0.1, 1.03))
    axes.axis("off")


def spread(wanted: Sequence[float], gap: float = 0.13) -> list[float]:
    """Move places apart until neighbours are a gap away, all within half a gap of the ends."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else gap / 2))
    limit = 1 - gap / 2
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - gap
    return places


def share(fraction: float) -> str:
    """Write a share in per cent, with the digits that a small one needs."""
    decimals = 2 if 0 < fraction < 0.001 else 1
    return f"{100 * fraction:.{decimals}f} %"
