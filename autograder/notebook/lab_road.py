"""The road of one batch through a Block, drawn as stations with a shape on each arrow between."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from autograder.notebook.drawing import BLUE, GREEN, GREY, INK, ORANGE, canvas
from autograder.notebook.lab_measures import Shape

# A station and the shapes that leave it; the first has only the shape that comes in.
Road = Sequence[tuple[str, tuple[str, ...]]]
ATTENTION_ROAD: Road = (
    ("x", ("x",)),
    ("ln_1", ("ln_1",)),
    ("attn.c_attn", ("c_attn",)),
    ("split: q, k, v, then heads", ("q", "k", "v")),
    ("q @ kᵀ / √d", ("scores",)),
    ("mask, softmax, @ v", ("y",)),
    ("heads side by side", ("joined",)),
    ("attn.c_proj", ("attn.c_proj",)),
    ("+", ("x + attn",)),
)
MLP_ROAD: Road = (
    ("x", ("x + attn",)),
    ("ln_2", ("ln_2",)),
    ("mlp.c_fc", ("c_fc",)),
    ("GELU", ("gelu",)),
    ("mlp.c_proj", ("mlp.c_proj",)),
    ("+", ("x + mlp",)),
)
STEP = 1.0  # from one station to the next
BOX = (2.6, 0.46)  # width and height of a station
LONGEST_BAR = 2.6


def both_roads(shapes: Mapping[str, Shape]) -> Figure:
    """Draw the two halves of a Block side by side."""
    figure, (left, right) = canvas(9.5, 7.4, columns=2)
    most = max((per_token(names, shapes) for _, names in (*ATTENTION_ROAD, *MLP_ROAD)), default=0)
    scale = LONGEST_BAR / most if most else 0.0
    draw_road(left, ATTENTION_ROAD, shapes, BLUE, scale)
    draw_road(right, MLP_ROAD, shapes, ORANGE, scale)
    for axes, title in ((left, "x = x + attn(ln_1(x))"), (right, "then x = x + mlp(ln_2(x))")):
        axes.set_title(title, fontsize=10, color=INK, family="monospace", loc="left")
    if scale:
        note = "Bars, to scale: how many numbers\neach token has at this place."
        right.text(0, -7.3, note, ha="center", va="center", fontsize=9, color=INK)
    return figure


def road_in_words(shapes: Mapping[str, Shape]) -> str:
    """Say the stations and the shapes between them, in order."""
    halves = []
    for road in (ATTENTION_ROAD, MLP_ROAD):
        halves.append(" → ".join(f"{name} {label(names, shapes)}" for name, names in road))
    return (
        "The road of one batch through a Block, a shape behind each station: first "
        f"{halves[0]}; then {halves[1]}. Green: the ways around, by which x comes to each +."
    )


def draw_road(
    axes: Axes, road: Road, shapes: Mapping[str, Shape], colour: str, scale: float
) -> None:
    """Draw the stations from top to bottom, the shape right of each arrow, and the way around."""
    for index, (station, leaving) in enumerate(road):
        height = -STEP * index
        if station == "x":
            axes.text(0, height, "x", ha="center", va="center", fontsize=12, color=INK)
        else:
            draw_station(axes, height, station, colour)
        style = {"arrowstyle": "-|>", "color": INK, "lw": 1, "shrinkA": 0, "shrinkB": 0}
        top, bottom = height - BOX[1] / 2, height - STEP + BOX[1] / 2
        axes.annotate("", (0, bottom), (0, top), arrowprops=style)
        middle = (top + bottom) / 2
        axes.text(0.15, middle + 0.06, label(leaving, shapes), va="center", fontsize=9, color=INK)
        length = scale * per_token(leaving, shapes)
        axes.add_patch(Rectangle((0.18, middle - 0.17), length, 0.09, color=colour, lw=0))
    draw_way_around(axes, -STEP * (len(road) - 1))
    axes.set(xlim=(-1.9, 3.2), ylim=(-9.0, 0.4))
    axes.axis("off")


def draw_station(axes: Axes, height: float, name: str, colour: str) -> None:
    """Draw one station: a round box with its name, an addition as a circle."""
    adds = name == "+"
    width = BOX[1] if adds else BOX[0]
    edge = GREEN if adds else GREY if name.startswith("ln_") else colour
    box = FancyBboxPatch(
        (-width / 2, height - BOX[1] / 2), width, BOX[1], boxstyle="round,pad=0,rounding_size=0.15"
    )
    box.set(facecolor="white", edgecolor=edge, linewidth=1.5)
    axes.add_patch(box)
    axes.text(0, height, name, ha="center", va="center", fontsize=9, color=INK)


def draw_way_around(axes: Axes, lowest: float) -> None:
    """Draw the skip connection: from x past all stations to the addition."""
    left = -1.6
    axes.plot([-0.2, left, left], [0, 0, lowest], color=GREEN, lw=1.5)
    style = {"arrowstyle": "-|>", "color": GREEN, "lw": 1.5, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (-BOX[1] / 2, lowest), (left, lowest), arrowprops=style)
    axes.text(left - 0.05, lowest / 2, "x, unchanged", rotation=90, ha="right", va="center",
              fontsize=9, color=INK)  # fmt: skip


def label(names: tuple[str, ...], shapes: Mapping[str, Shape]) -> str:
    """Write the shape that the names share as Python does, or "?" where it is not known."""
    shape = shapes.get(names[0])
    text = f"({', '.join(str(size) for size in shape)})" if shape else "?"
    return f"{', '.join(names)}: {text}" if len(names) > 1 else text


def per_token(names: tuple[str, ...], shapes: Mapping[str, Shape]) -> float:
    """Count the numbers that all these tensors hold for each token of the batch."""
    if "x" not in shapes:
        return 0.0
    tokens = math.prod(shapes["x"][:-1])
    return sum(math.prod(shapes[name]) for name in names if name in shapes) / tokens
