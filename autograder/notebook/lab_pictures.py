"""The pictures of Lab 11's data and model, each one function and one figure.

A picture takes what the cells computed and draws it. The pictures of fine-tuning and sampling are
in lab_curves.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from torch import Tensor, nn

from autograder.notebook.drawing import (
    BLUE,
    GREEN,
    HEADS,
    INK,
    ORANGE,
    PINK,
    canvas,
    finish_matrix,
    heatmap,
    show,
)
from autograder.notebook.lab_measures import (
    Shape,
    attention_weights,
    block_of,
    block_parts,
    parameter_parts,
    shapes_through_block,
)
from autograder.notebook.lab_road import both_roads, road_in_words
from autograder.notebook.lab_strips import (
    LINE,
    MONOSPACE,
    TINTS,
    cut_bar,
    draw_stream,
    draw_targets,
    hatched_future,
    lines_of_boxes,
    markdown_safe,
    share,
    visible,
    visible_bytes,
)

__all__ = [
    "attention_heads",
    "attention_weights",
    "block_shapes",
    "mask_steps",
    "padded_table",
    "score_spread",
    "shapes_through_block",
    "token_boundaries",
    "where_the_parameters_sit",
    "windows",
]

MOST_TOKENS = 120  # a picture of more than that is no picture
MOST_LABELS = 24  # at a map of attention; longer texts have their positions, counted from 0
PART_COLOURS = {"wte": GREEN, "wpe": PINK, "attention": BLUE, "MLP": ORANGE, "attn.c_attn": BLUE,
                "attn.c_proj": BLUE, "mlp.c_fc": ORANGE, "mlp.c_proj": ORANGE}  # fmt: skip


def token_boundaries(text: str, encoding: Any) -> None:
    """Draw the tokens of a text as boxes in two alternating colours, each with its id below.

    encoding: a tiktoken Encoding. Raises ValueError if the text is empty.
    """
    ids = encoding.encode_ordinary(text)
    if not ids:
        raise ValueError("there is nothing to draw: the text is empty, give it some words")
    labels = [visible_bytes(encoding.decode_single_token_bytes(each)) for each in ids[:MOST_TOKENS]]
    boxes = list(lines_of_boxes(labels, [str(each) for each in ids[:MOST_TOKENS]]))
    height = boxes[-1][0] + 1
    figure, axes = canvas(LINE / 9, 0.25 + 0.62 * height)
    for index, (line, left, width) in enumerate(boxes):
        colour = (BLUE, ORANGE)[index % 2]
        box = Rectangle((left, line + 0.06), width, 0.5, facecolor=TINTS[colour], edgecolor=colour)
        axes.add_patch(box)
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "parse_math": False}
        centre = left + width / 2
        axes.text(centre, line + 0.31, labels[index], family=MONOSPACE, fontsize=11, **style)
        axes.text(centre, line + 0.72, str(ids[index]), family=MONOSPACE, fontsize=8, **style)
    axes.set(xlim=(-0.2, LINE + 0.2), ylim=(height, 0))
    axes.axis("off")
    left_out = f" (the first {MOST_TOKENS} are drawn)" if len(ids) > MOST_TOKENS else ""
    show(
        figure,
        f"{len(text.split())} words, {len(text)} characters, {len(ids)} tokens{left_out}: "
        f"each box is one token, its id below, ␣ is a space. "
        f"{markdown_safe(' | '.join(labels))}",
    )


def windows(stream: int | Sequence[int] | Tensor, block_size: int, starts: Sequence[int]) -> None:
    """Draw windows on a stream of tokens and, enlarged, the targets of the first one.

    stream: the ids, or only how many there are (then they count 0, 1, 2, ...).
    Raises ValueError if there is no window, or one that leaves no token for its last target.
    """
    ids = [int(each) for each in (range(stream) if isinstance(stream, int) else stream)]
    last = len(ids) - block_size - 1
    if last < 0 or not starts or any(not 0 <= start <= last for start in starts):
        possible = f"start from 0 to {last}" if last >= 0 else "and their last target do not fit"
        raise ValueError(
            f"windows of {block_size} in {len(ids)} tokens {possible}: got starts={list(starts)}"
        )
    figure, (strip, zoom) = canvas(9.5, 3.2, rows=2, height_ratios=[1.3, 1])
    draw_stream(strip, ids, block_size, starts)
    draw_targets(zoom, ids[starts[0] : starts[0] + block_size + 1], starts[0])
    where = ", ".join(str(start) for start in starts)
    show(
        figure,
        f"Above: a stream of {len(ids)} tokens with windows of {block_size} that start at {where}. "
        f"Below: the window from {starts[0]} as input x and, one token later, its targets t; "
        "an arrow leads from each token to the one that comes next. Hatched: in several windows.",
    )


def padded_table(lengths: Sequence[int]) -> None:
    """Draw rows of tokens padded to the longest, with the share of real tokens written on it.

    Raises ValueError if there is no row or a row without tokens.
    """
    lengths = [int(length) for length in lengths]
    if not lengths or min(lengths) < 1:
        raise ValueError(f"each row needs at least one token: got the lengths {lengths}")
    longest, rows = max(lengths), len(lengths)
    real = sum(lengths) / (rows * longest)
    figure, axes = canvas(9.5, 1.0 + 0.17 * rows)
    text: dict[str, Any] = {"fc": TINTS[BLUE], "ec": BLUE, "lw": 0.8}
    padding: dict[str, Any] = {"fc": "#F0F0F0", "ec": "#B0B0B0", "hatch": "///", "lw": 0}
    for row, length in enumerate(lengths):
        axes.add_patch(Rectangle((length, row + 0.1), longest - length, 0.8, **padding))
        axes.add_patch(Rectangle((0, row + 0.1), length, 0.8, **text))
    axes.set(xlim=(0, 1.004 * longest), ylim=(rows, 0), xlabel="tokens", ylabel="lines", yticks=[])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines["left"].set_visible(False)
    axes.set_title(
        f"{sum(lengths):,} real tokens in {rows} × {longest} = {rows * longest:,} cells: "
        f"{share(real)} is text, {share(1 - real)} is padding",
        fontsize=10,
        color=INK,
        loc="left",
    )
    show(
        figure,
        f"{rows} lines as rows of a table, each padded (hatched grey) to the longest, {longest} "
        f"tokens: only {share(real)} of the cells hold real tokens (blue).",
    )


def mask_steps(scores: Tensor) -> None:
    """Draw attention scores as they are, with the future at −∞, and after the softmax.

    Shapes: scores (T, T) or (1, 1, T, T). Raises ValueError for any other shape.
    """
    T = scores.shape[-1]
    if tuple(scores.shape) not in ((T, T), (1, 1, T, T)):
        raise ValueError(
            f"scores must be (T, T) or (1, 1, T, T): got {tuple(scores.shape)}; "
            "choose one sequence and one head, as in scores[0, 0]"
        )
    table = scores.detach().reshape(T, T)
    future = torch.ones(T, T, dtype=torch.bool, device=table.device).triu(1)
    masked = table.masked_fill(future, float("-inf"))
    figure, axes = canvas(9.5, 3.4, columns=3)
    heatmap(axes[0], table, f"scores, {tuple(scores.shape)}")
    heatmap(axes[1], masked, "after masked_fill with −∞", hatch_future=True)
    heatmap(axes[2], masked.softmax(-1), "after softmax", vmax=1.0, row_sums=True)
    for later in axes[1:]:
        later.set_ylabel("")
    show(
        figure,
        f"The scores of {T} tokens in three steps: as computed, with every later key set to −∞ "
        "(hatched), and as weights: 0 for the future, and each row sums to 1.",
    )


def score_spread(widths: Sequence[int] = (768, 64), pairs: int = 10_000) -> None:
    """Draw how far the dot products of random vectors spread, for two widths of a head.

    The entries are independent and Normal(0, 1), from a generator with a seed of its own.
    """
    generator = torch.Generator().manual_seed(0)
    figure, axes = canvas(8, 3.8, rows=len(widths))
    told = []
    for each, width, colour in zip(axes, widths, HEADS, strict=False):
        q, k = (torch.randn(pairs, width, generator=generator) for _ in range(2))
        products = (q * k).sum(-1)
        spread, reach = float(products.std()), 3.6 * math.sqrt(max(widths))
        bars = {"color": TINTS[colour], "edgecolor": colour, "linewidth": 0.5}
        each.hist(products.numpy(), bins=80, range=(-reach, reach), **bars)
        for edge in (-spread, spread):
            each.axvline(edge, color=INK, ls="--", lw=1)
        told.append(f"{spread:.1f} for width {width} (√{width} = {math.sqrt(width):.1f})")
        each.set_title(f"width {width}: standard deviation {spread:.1f}, "
                       f"√{width} = {math.sqrt(width):.1f}", fontsize=10, color=INK)  # fmt: skip
        each.set(xlim=(-reach, reach), yticks=[], ylabel="pairs")
    axes[-1].set_xlabel("dot product of two random vectors (dashed: one standard deviation)")
    show(
        figure,
        f"Dot products of {pairs:,} pairs of random vectors as histograms on one axis. Standard "
        f"deviation {', '.join(told)}: the longer the vectors, the wider the scores.",
    )


def block_shapes(shapes: Mapping[str, Shape] | None = None) -> None:
    """Draw the road of one batch through a Block, a shape on each arrow.

    shapes: from shapes_through_block; one that is missing is drawn as "?", without shapes all are.
    """
    known = shapes or {}
    show(both_roads(known), road_in_words(known))


def where_the_parameters_sit(model: nn.Module) -> None:
    """Draw all parameters of a GPT-2 as one bar cut into parts, and below it one Block as another.

    The model may be on the meta device.
    """
    parts, block = parameter_parts(model), block_parts(block_of(model, 0))
    config: Any = model.config
    total, inside = sum(parts.values()), sum(block.values())
    figure, axes = canvas(9.5, 4.6, rows=2)
    titles = (
        f"the whole model: {total:,} parameters",
        f"one of {config.n_layer} Blocks: {inside:,} parameters, {share(inside / total)} of them",
    )
    for each, title, cut in zip(axes, titles, (parts, block), strict=True):
        cut_bar(each, cut, PART_COLOURS)
        each.set_title(title, fontsize=10, color=INK, loc="left")
    show(figure, f"Two bars. First {shares_in_words(titles[0], parts)}. "
                 f"Then {shares_in_words(titles[1], block)}.")  # fmt: skip


def shares_in_words(whole: str, parts: Mapping[str, int]) -> str:
    """Say what share of the whole each part has."""
    total = sum(parts.values())
    return f"{whole}: " + ", ".join(f"{name} {share(n / total)}" for name, n in parts.items())


def attention_heads(
    model: nn.Module, ids: Tensor, tokens: Sequence[str], layer: int, heads: Sequence[int]
) -> None:
    """Draw the attention of some heads of one layer while the model reads a text.

    Shapes: ids (T,) or (1, T), tokens the T pieces of text; layer and heads count from 0.
    Raises ValueError if the model has no such layer or head, or there is not one token for each id.
    """
    weights = attention_weights(model, ids, layer).cpu()
    n_head, T, _ = weights.shape
    if not heads or any(not 0 <= head < n_head for head in heads):
        raise ValueError(f"heads must be from 0 to {n_head - 1}: got {list(heads)}")
    if len(tokens) != T:
        raise ValueError(f"each id needs its piece of text: got {T} ids and {len(tokens)} tokens")
    columns = min(len(heads), 2 if len(heads) <= 4 else 3)
    rows = math.ceil(len(heads) / columns)
    side = 8.8 / max(columns, 2)
    figure, axes = canvas(columns * side + 2.1, rows * side + 1, columns=columns, rows=rows)
    axes = [axes] if len(heads) == 1 else axes
    for each, head in zip(axes, heads, strict=False):
        image = draw_head(each, weights[head], f"layer {layer}, head {head}", tokens, side)
    for index, each in enumerate(axes):
        if index >= len(heads):
            each.remove()
        if index % columns:
            each.set(ylabel="", yticks=[])
        if index + columns < len(heads):
            each.set(xlabel="", xticks=[])
    figure.colorbar(image, ax=axes[: len(heads)], shrink=0.7, label="attention weight")
    show(
        figure,
        f"What {len(heads)} of the {n_head} heads of layer {layer} (from 0, as in transformer.h) "
        f"look at while the model reads {T} tokens: row = the token that listens, column = the one "
        "it listens to, dark = much of its attention (one scale for all), hatched = the future.",
    )


def draw_head(axes: Any, weights: Tensor, title: str, tokens: Sequence[str], side: float) -> Any:
    """Draw weights (T, T) on a scale from 0 to 1, the future hatched, about `side` inches wide."""
    size = len(tokens)
    image = axes.imshow(weights.numpy(), cmap="Blues", vmin=0, vmax=1)
    axes.add_patch(hatched_future(size))
    finish_matrix(axes, size, title, None)
    if size <= MOST_LABELS:
        names = [visible(token) for token in tokens]
        style = {"fontsize": min(9.0, 55 * side / size), "parse_math": False}
        axes.set_xticks(range(size), names, rotation=90, **style)
        axes.set_yticks(range(size), names, **style)
    return image
