"""The pictures of Assignment 4's appendix, each one function and one figure.

As in pictures.py, a picture draws what cells computed, or the functions that a section is about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle
from torch import Tensor
from torch.nn import functional as F

from autograder.notebook.drawing import (
    BLUE,
    GREY,
    HEADS,
    INK,
    ORANGE,
    canvas,
    heatmap,
    show,
)


def two_norms(points: Tensor) -> None:
    """Draw where LayerNorm and RMSNorm send points of the plane, (M, 2)."""
    figure, axes = canvas(7.4, 3.7, columns=2)
    sizes = points.square().mean(-1, keepdim=True).sqrt()
    for each, title, sent, colour in (
        (axes[0], "LayerNorm: two places are left", F.layer_norm(points, (2,)), ORANGE),
        (axes[1], "RMSNorm: the direction is left", points / sizes, BLUE),
    ):
        for start, end in zip(points.tolist(), sent.tolist(), strict=True):
            each.plot([start[0], end[0]], [start[1], end[1]], color=GREY, lw=0.6, alpha=0.6)
        each.plot(points[:, 0], points[:, 1], "o", color=GREY, ms=4)
        each.plot(sent[:, 0], sent[:, 1], "o", color=colour, ms=6)
        each.set(xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), aspect="equal")
        each.set_xlabel("first number", fontsize=9)
        each.set_title(title, fontsize=10, color=INK)
    axes[0].set_ylabel("second number", fontsize=9)
    show(
        figure,
        f"{len(points)} points of the plane (grey) and where each norm sends them. LayerNorm "
        "(orange) leaves only two places, (1, −1) and (−1, 1); RMSNorm (blue) moves each point "
        "along its own direction to a circle.",
    )


def rotary_dials(frequencies: Sequence[float], positions: int) -> None:
    """Draw one dial for each pair: where its hand, once (1, 0), stands at each position."""
    figure, axes = canvas(2.5 * len(frequencies), 2.9, columns=len(frequencies))
    for number, (each, frequency) in enumerate(zip(axes, frequencies, strict=True)):
        each.add_patch(Circle((0, 0), 1, fill=False, color=GREY, lw=0.8))
        for position in range(positions):
            angle = position * frequency
            share = 0.25 + 0.75 * position / max(1, positions - 1)
            tip = math.cos(angle), math.sin(angle)
            each.plot([0, tip[0]], [0, tip[1]], color=BLUE, lw=1, alpha=share)
            each.plot(*tip, "o", color=BLUE, ms=4, alpha=share)
        each.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25), aspect="equal", xticks=[], yticks=[])
        each.spines[:].set_visible(False)
        each.set_title(f"pair {number}: {frequency:g} a position", fontsize=10, color=INK)
    show(
        figure,
        f"One dial for each of {len(frequencies)} pairs, with its hand at positions 0 (pale) to "
        f"{positions - 1} (dark). The first goes round more than once; the last has hardly moved.",
    )


def rotary_scores(scores: Tensor) -> None:
    """Draw the scores (T, T) of one query and one key that stand at every position."""
    figure, axes = canvas(4.4, 4.0)
    shifted = scores - scores.min()
    heatmap(axes, shifted, "score, less the smallest", decimals=1)
    show(
        figure,
        "Scores of one and the same query with one and the same key, row = where the query stands, "
        "column = where the key stands: along every diagonal one value, the distance's.",
    )


def sharing_heads(n_head: int, shared: Sequence[int]) -> None:
    """Draw which query heads listen by which key and value heads, for several numbers of these."""
    figure, axes = canvas(3.4 * len(shared), 2.3, columns=len(shared))
    for each, count in zip(axes, shared, strict=True):
        group = n_head // count
        for head in range(n_head):
            colour = HEADS[(head // group) % len(HEADS)]
            middle = (head // group + 0.5) * group - 0.5
            each.plot([head, middle], [1, 0.25], color=colour, lw=1.2)
            box(each, head, 1.0, colour, filled=False)
        for kept in range(count):
            box(each, (kept + 0.5) * group - 0.5, 0.0, HEADS[kept % len(HEADS)], filled=True)
        each.set(xlim=(-0.8, n_head - 0.2), ylim=(-0.2, 1.5), xticks=[])
        each.set_yticks([0.1, 1.1], ["keys, values", "queries"])
        each.tick_params(length=0)
        each.spines[:].set_visible(False)
        each.set_title(f"{count} of {n_head} keys and values", fontsize=10, color=INK)
    for later in axes[1:]:
        later.set_yticks([])
    listed = ", ".join(map(str, shared))
    show(
        figure,
        f"{n_head} query heads above, and below them the heads of keys and values that they use: "
        f"{listed} of these. The fewer there are, the more queries share one (same colour).",
    )


def box(axes: Axes, x: float, y: float, colour: str, *, filled: bool) -> None:
    """Draw one head as a small square."""
    face = colour if filled else "white"
    axes.add_patch(Rectangle((x - 0.3, y), 0.6, 0.25, facecolor=face, edgecolor=colour, lw=1.5))


def gated_unit() -> None:
    """Draw what one GELU unit and one gated unit give for two inputs."""
    figure, axes = canvas(7.6, 3.6, columns=2)
    line = torch.linspace(-3, 3, 121)
    first, second = line[None, :].expand(121, 121), line[:, None].expand(121, 121)
    for each, title, values in (
        (axes[0], "GELU(a + b)", F.gelu(first + second)),
        (axes[1], "SiLU(a) · b", F.silu(first) * second),
    ):
        top = float(values.abs().max())
        picture = each.contourf(line, line, values, levels=15, cmap="RdBu_r", vmin=-top, vmax=top)
        each.contour(line, line, values, levels=15, colors=INK, linewidths=0.4)
        each.set(aspect="equal")
        each.set_title(title, fontsize=10, color=INK)
        each.set_xlabel("a", fontsize=9)
        each.set_ylabel("b", fontsize=9)
        figure.colorbar(picture, ax=each, shrink=0.8)
    show(
        figure,
        "One hidden number as a function of two inputs a and b. Left, GELU(a + b): straight "
        "parallel lines, so it looks in one direction only. Right, SiLU(a) · b: b counts where a "
        "is positive, and hardly at all where a is far below 0.",
    )
