"""The pictures of the panels, each a figure and its caption."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from autograder.notebook.drawing import BLUE, GREY, INK, ORANGE, canvas, heatmap
from autograder.notebook.lab_strips import MONOSPACE, hatched_future, visible

Drawn = tuple[Figure, str]

WORDS: dict[str, Any] = {"family": MONOSPACE, "parse_math": False}


def likely(
    axes: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    colour: str = BLUE,
    form: str = "{:.1%}",
    top: float = 1.0,
) -> None:
    """Draw bars that lie, the first on top, each with its number."""
    rows = range(len(labels))
    axes.barh(rows, values, color=colour, height=0.7)
    axes.set_yticks(rows, [visible(label) for label in labels], fontsize=10, **WORDS)
    axes.set(xlim=(0, 1.16 * top), ylim=(len(labels) - 0.4, -0.6))
    for row, value in enumerate(values):
        axes.text(max(value, 0) + 0.012 * top, row, form.format(value), va="center", fontsize=9)
    axes.tick_params(axis="y", length=0)


def next_bars(pieces: Sequence[str], probabilities: Sequence[float], text: str) -> Drawn:
    """Draw the likeliest next tokens; text: what the model has read, its end is quoted."""
    figure, axes = canvas(7.5, 0.9 + 0.3 * len(pieces))
    likely(axes, pieces, probabilities)
    axes.set_xlabel("probability of being next")
    axes.set_title(f"after “{ending(text)}”", fontsize=10, color=INK, loc="left", parse_math=False)
    rest = max(0.0, 1 - sum(probabilities))
    return figure, (
        f"After “{ending(text)}” the model expects {in_words(pieces, probabilities)}; all other "
        f"tokens together {rest:.1%}. ␣ is a space."
    )


def temperature_bars(
    pieces: Sequence[str],
    probabilities: Sequence[float],
    plain: Sequence[float],
    temperature: float,
    entropy: float,
) -> Drawn:
    """Draw the distribution of the next token at one temperature, and at 1 as marks."""
    figure, axes = canvas(8.5, 2.9)
    places = range(len(pieces))
    axes.bar(places, probabilities, color=BLUE, width=0.72, label=f"temperature {temperature:.1f}")
    axes.plot(places, plain, "_", color=ORANGE, ms=17, mew=2.4, label="temperature 1")
    for place, (value, mark) in enumerate(zip(probabilities, plain, strict=True)):
        if value >= 0.01:
            axes.text(
                place, max(value, mark) + 0.025, f"{value:.2f}".lstrip("0"), ha="center", fontsize=9
            )
    axes.set_xticks(places, [visible(piece) for piece in pieces], **WORDS)
    axes.set(ylim=(0, 1.1), ylabel="probability of being next")
    axes.tick_params(axis="x", length=0, labelsize=11)
    axes.set_title(f"temperature {temperature:.1f}: entropy {entropy:.2f} nats, as undecided as a "
                   f"fair draw from {math.exp(entropy):.1f} tokens", fontsize=10, color=INK,
                   loc="left")  # fmt: skip
    axes.legend(frameon=False, loc="upper right", fontsize=9)
    return figure, (
        f"The next token at temperature {temperature:.1f} (blue bars), and at 1 (orange marks): "
        f"{in_words(pieces[:3], probabilities)}. ␣ is a space."
    )


def head_maps(maps: Tensor, layer: int, heads: Sequence[int], pieces: Sequence[str]) -> Drawn:
    """Draw heads of one layer, all counted as the titles say; maps (n, T, T), one for each name."""
    letters = len(pieces) <= 20 and max(map(len, pieces)) == 1
    columns = min(len(heads), (4 if letters else 2) if len(heads) in (2, 4) else 3)
    rows = math.ceil(len(heads) / columns)
    side = 6.2 if len(heads) == 1 else 9.8 / columns
    figure, axes = canvas(columns * side, rows * side * 0.98, columns=columns, rows=rows)
    axes = [axes] if len(heads) == 1 else axes
    size = max(4.5, min(10.0, 42 * side / max(len(pieces), 1)))  # points; below a cell's height
    labels = [visible(piece) for piece in pieces]
    for index, each in enumerate(axes):
        if index >= len(heads):
            each.remove()
            continue
        heatmap(each, maps[index], f"layer {layer}, head {heads[index]}", vmax=1.0)
        each.add_patch(hatched_future(len(labels)))
        turned = {"rotation": 90} if max(map(len, labels)) > 1 else {}
        each.set_xticks(range(len(labels)), labels, fontsize=size, **turned, **WORDS)
        each.set_yticks(range(len(labels)), labels, fontsize=size, **WORDS)
        each.set_ylabel("query" if index % columns == 0 else "")
        each.set_xlabel("key" if index + columns >= len(heads) else "")
    names = f"head {heads[0]}" if len(heads) == 1 else f"the {len(heads)} heads"
    return figure, (
        f"What {names} of layer {layer} looked at while the model read “{''.join(pieces)}”: row = "
        "the token that listens, column = the one it listens to, dark = much of its attention, "
        "hatched = the future."
    )


def neighbour_bars(piece: str, found: Mapping[str, tuple[Sequence[str], Sequence[float]]]) -> Drawn:
    """Draw a token's nearest neighbours in several tables, with the cosine to each."""
    most = max(len(pieces) for pieces, _ in found.values())
    figure, axes = canvas(8.8, 1.0 + 0.3 * most, columns=len(found))
    axes = axes if len(found) > 1 else [axes]
    colours = [GREY, *[BLUE] * (len(found) - 1)]
    said = []
    for each, colour, (title, (pieces, cosines)) in zip(axes, colours, found.items(), strict=True):
        likely(each, pieces, cosines, colour, form="{:.2f}")
        each.set_xlabel("cosine")
        each.set_title(title, fontsize=10, color=INK, loc="left")
        said.append(f"{title}: {in_words(pieces, cosines, '{:.2f}')}")
    return figure, (
        f"The nearest neighbours of “{visible(piece)}” by the cosine of their rows in the "
        f"embedding table. {'; '.join(said)}. ␣ is a space."
    )


def ending(text: str) -> str:
    """Return the end of a text, made visible, with dots where its beginning is left out."""
    return visible(text) if len(text) <= 29 else "…" + visible(text[-28:])


def in_words(pieces: Sequence[str], values: Sequence[float], form: str = "{:.0%}") -> str:
    """List the first three tokens with their numbers."""
    first = list(zip(pieces, values, strict=False))[:3]
    return ", ".join(f"“{visible(piece)}” {form.format(value)}" for piece, value in first)
