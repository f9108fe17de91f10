"""The drawing board under every picture: one palette, one background, one way to show a figure.

Figures are opaque white, so that a dark theme shows them as a card on which every label is still
legible; nothing in them depends on the theme, the time or the machine.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from torch import Tensor

# Okabe and Ito's palette, told apart by colour-blind readers too; a thing keeps its colour.
BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"
GREY, INK = "#767676", "#222222"
TRANSFORMER, LSTM = BLUE, ORANGE
HEADS = (BLUE, ORANGE, GREEN, PINK)

DOTS_PER_INCH = 120  # of the file
PIXELS_PER_INCH = 85  # on the page


def canvas(width: float, height: float, columns: int = 1, rows: int = 1, **grid: Any) -> Any:
    """Return a figure and its axes, `rows` x `columns`, sizes in inches.

    The axes come as one object for a single one, else as a flat list, row by row.
    """
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    figure = Figure(figsize=(width, height), facecolor="white", layout=layout)
    axes = list(figure.subplots(rows, columns, squeeze=False, gridspec_kw=grid or None).flat)
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
        each.tick_params(labelsize=9, colors=INK)
    return figure, axes[0] if len(axes) == 1 else axes


def png(figure: Figure) -> bytes:
    """Return the figure as PNG bytes; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()


def show(figure: Figure, caption: str) -> None:
    """Display a figure with its caption below; the caption is the picture's alternative text."""
    from IPython.display import Markdown, display, publish_display_data

    width = int(figure.get_figwidth() * PIXELS_PER_INCH)
    bundle, metadata = picture_output(png(figure), width, caption)
    publish_display_data(bundle, metadata=metadata)
    display(Markdown(f"*{caption}*"))


def picture_output(
    picture: bytes, width: int, caption: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a PNG as an output's data and metadata, with its caption for those who cannot see it.

    JupyterLab drops the alternative text of a bare PNG, and the Image of Colab's IPython, 7.34,
    knows none. So the picture comes as an HTML element, too, which front ends prefer; the PNG
    itself is for whatever takes pictures out of notebooks. width: in pixels.
    """
    encoded = base64.b64encode(picture).decode("ascii")
    element = (
        f'<img src="data:image/png;base64,{encoded}" width="{width}" alt="{html.escape(caption)}"'
        ' style="max-width: 100%; height: auto;">'
    )
    data = {"text/html": element, "image/png": encoded, "text/plain": caption}
    return data, {"image/png": {"width": width, "alt": caption}}


def heatmap(
    axes: Axes,
    values: Tensor | Sequence[Sequence[float]],
    title: str,
    *,
    decimals: int = 2,
    vmax: float | None = None,
    hatch_future: bool = False,
    row_sums: bool = False,
    labels: Sequence[str] | None = None,
) -> None:
    """Draw one matrix, row = query and column = key, with the value written in each cell.

    Shapes: values (T, T), -inf allowed; with hatch_future the cells above the diagonal are hatched.
    """
    table = torch.as_tensor(values).detach().double()
    size = table.shape[0]
    finite = table.masked_fill(~table.isfinite(), 0.0)
    top = vmax if vmax is not None else max(float(finite.abs().max()), 1e-9)
    axes.imshow(finite.clamp(min=0).numpy(), cmap="Blues", vmin=0, vmax=top * 1.25)
    for row in range(size):
        for column in range(table.shape[1]):
            value = float(table[row, column])
            value = 0.0 if abs(value) < 0.5 * 10**-decimals else value  # no "-0.00"
            text = "−∞" if value == float("-inf") else f"{value:.{decimals}f}"
            dark = value > 0.75 * top
            if hatch_future and column > row:
                axes.add_patch(hatched_cell(column, row))
            if size <= 8:
                colour = "white" if dark else INK
                axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
        if row_sums:
            total = float(table[row].sum())
            axes.text(table.shape[1] - 0.3, row, f"Σ {total:.2f}", va="center", fontsize=9)
    separate_cells(axes, size, table.shape[1])
    finish_matrix(axes, size, title, labels)


def hatched_cell(column: int, row: int) -> Rectangle:
    """Return a grey hatched patch for one cell: a key that its query may not see."""
    corner = (column - 0.5, row - 0.5)
    return Rectangle(corner, 1, 1, facecolor="#E4E4E4", edgecolor="#B0B0B0", hatch="///", lw=0)


def separate_cells(axes: Axes, rows: int, columns: int) -> None:
    """Draw thin white lines between the cells of a matrix picture."""
    for row in range(1, rows):
        axes.axhline(row - 0.5, color="white", lw=0.8)
    for column in range(1, columns):
        axes.axvline(column - 0.5, color="white", lw=0.8)


def finish_matrix(axes: Axes, size: int, title: str, labels: Sequence[str] | None) -> None:
    """Label the axes of a matrix picture: y = query, x = key, positions counted from 1."""
    axes.set_title(title, fontsize=10, color=INK)
    axes.set_xlabel("key", fontsize=9)
    axes.set_ylabel("query", fontsize=9)
    axes.spines[:].set_visible(False)
    if labels is not None or size <= 12:
        names = list(labels) if labels is not None else [str(i + 1) for i in range(size)]
        axes.set_xticks(range(size), names)
        axes.set_yticks(range(size), names)
    axes.tick_params(length=0)
