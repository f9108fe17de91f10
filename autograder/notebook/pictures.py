"""The pictures of the notebook up to the optimiser, each one function and one figure.

A picture takes what the student's cells computed and draws it; it computes nothing that the
lesson is about. The curves of training and the texts are in curves.py.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import pairwise

import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.notebook.drawing import (
    BLUE,
    GREEN,
    GREY,
    HEADS,
    INK,
    ORANGE,
    PINK,
    SKY,
    canvas,
    hatched_cell,
    heatmap,
    separate_cells,
    show,
)


def attention_steps(scores: Tensor, scaled: Tensor, masked: Tensor, weights: Tensor) -> None:
    """Draw causal attention in four steps, each (T, T): scores, scaled, masked, weights."""
    figure, axes = canvas(11, 3.2, columns=4)
    heatmap(axes[0], scores, "scores  Q Kᵀ", decimals=0)
    heatmap(axes[1], scaled, "scaled  / √D")
    heatmap(axes[2], masked, "masked", hatch_future=True)
    heatmap(axes[3], weights, "weights: softmax of each row", vmax=1.0, row_sums=True)
    for later in axes[1:]:
        later.set_ylabel("")
    show(
        figure,
        "The four steps of causal attention on the worked example: scores, scores divided by √2, "
        "the future set to −∞ (hatched), and the weights, whose rows sum to 1.",
    )


def causal_mask(length: int) -> None:
    """Draw which keys each of `length` queries may see."""
    figure, axes = canvas(3.6, 3.4)
    allowed = torch.ones(length, length).tril()
    axes.imshow(allowed.numpy(), cmap="Blues", vmin=0, vmax=1.6)
    for query in range(length):
        for key in range(query + 1, length):
            axes.add_patch(hatched_cell(key, query))
    separate_cells(axes, length, length)
    axes.set(xlabel="key: who is listened to", ylabel="query: who listens")
    axes.set_xticks(range(length), [str(i + 1) for i in range(length)])
    axes.set_yticks(range(length), [str(i + 1) for i in range(length)])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    show(
        figure,
        f"The causal mask for {length} positions: query t may see keys 1 to t (blue, the lower "
        "triangle with its diagonal); later keys are hatched.",
    )


def attention_maps(maps: Mapping[str, Tensor], caption: str) -> None:
    """Draw attention weights (T, T) side by side under their titles, on one colour scale."""
    figure, axes = canvas(3.4 * len(maps), 3.4, columns=max(2, len(maps)))
    for each, (title, weights) in zip(axes, maps.items(), strict=False):
        heatmap(each, weights, title, vmax=1.0, row_sums=True)
    for unused in axes[len(maps) :]:
        unused.remove()
    show(figure, caption)


@torch.no_grad()
def attention_weights_of(module: nn.Module, x: Tensor) -> Tensor:
    """Find the weights that a one-head attention module uses, from its outputs alone.

    A sequence of one token can only listen to itself, so the module's output for x[t] alone is
    that token's value v_t. Then y_t = sum_s weights[t, s] v_s is a linear system for the weights.

    Shapes: x (T, D) with T <= D -> (T, T), float64; nothing in the module is looked at.
    Raises ValueError if the values are linearly dependent, as the weights are not unique then.
    """
    module = copy.deepcopy(module).double().eval()
    x = x.double()
    values = torch.cat([module(token.view(1, 1, -1))[0] for token in x])  # (T, D)
    outputs = module(x.unsqueeze(0))[0]  # (T, D)
    if torch.linalg.matrix_rank(values) < len(values):
        raise ValueError(
            "the weights cannot be told from the outputs: the values of these "
            f"{len(values)} tokens are linearly dependent"
        )
    return torch.linalg.lstsq(values.T, outputs.T).solution.T


def heads_split(table: Tensor, right: Tensor, wrong: Tensor) -> None:
    """Draw how a (T, D) table falls into heads: right by view and transpose, wrong by view alone.

    Shapes: table (T, D); right and wrong (h, T, d).
    """
    n_head, _, head_size = right.shape
    owner = {
        int(value): int(index) // head_size
        for row in table
        for index, value in enumerate(row.tolist())
    }
    figure, axes = canvas(9, 3.6, columns=3, rows=2, width_ratios=[2, 1, 1])
    for row, (heads, word) in enumerate([(right, "right"), (wrong, "wrong")]):
        coloured_table(axes[3 * row], table, owner, "all four features of three tokens")
        for index in range(n_head):
            title = f"{word}: head {index + 1} gets"
            coloured_table(axes[3 * row + 1 + index], heads[index], owner, title)
    show(
        figure,
        "Above, view and transpose: each head gets its own two features (one colour) of all three "
        "tokens. Below, a direct view: both heads get a mixture of colours, and head 1 gets "
        "token 1 twice and token 3 never.",
    )


def coloured_table(axes: Axes, table: Tensor, owner: Mapping[int, int], title: str) -> None:
    """Draw a small table of whole numbers, each cell in the colour of the head it belongs to."""
    rows, columns = table.shape
    for row in range(rows):
        for column in range(columns):
            value = int(table[row, column])
            cell = Rectangle((column, row), 1, 1, color=HEADS[owner[value]], alpha=0.35, lw=0)
            axes.add_patch(cell)
            axes.text(column + 0.5, row + 0.5, str(value), ha="center", va="center", color=INK)
    axes.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_title(title, fontsize=10, color=INK)


def gelu_and_relu() -> None:
    """Draw GELU over ReLU with its minimum, and below them how little the tanh form differs."""
    figure, (above, below) = canvas(6, 4.6, rows=2, height_ratios=[3, 1.2])
    x = torch.linspace(-4, 4, 801, dtype=torch.float64)
    exact, approximate = F.gelu(x), F.gelu(x, approximate="tanh")
    lowest = int(exact.argmin())
    above.plot(x, F.relu(x), color=GREY, lw=1.5, ls="--", label="ReLU")
    above.plot(x, exact, color=BLUE, lw=2, label="GELU")
    above.plot(x[lowest], exact[lowest], "o", color=BLUE)
    above.annotate(
        f"minimum {exact[lowest]:.3f} at {x[lowest]:.2f}",
        (float(x[lowest]), float(exact[lowest])),
        xytext=(-3.4, 1.0),
        arrowprops={"arrowstyle": "-", "color": GREY},
    )
    above.set(ylabel="activation")
    above.legend(frameon=False, loc="upper left")
    below.plot(x, exact - approximate, color=PINK)
    below.set(xlabel="input", ylabel="exact − tanh")
    below.axhline(0, color=GREY, lw=0.5)
    show(
        figure,
        "GELU (blue) and ReLU (dashed grey) on [−4, 4]: alike far from 0, but GELU is smooth and "
        "dips below 0. Below, on its own scale: the exact form minus the tanh form, "
        "never more than 0.0005.",
    )


def gradients_by_layer(norms: Mapping[str, list[float]]) -> None:
    """Draw the gradient's norm by layer, log scale, for a plain and a residual stack."""
    figure, axes = canvas(6, 3.4)
    for (name, values), colour in zip(norms.items(), (ORANGE, BLUE), strict=False):
        layers = range(1, len(values) + 1)
        axes.semilogy(layers, values, "o-", color=colour, label=name)
    axes.set(xlabel="layer (1 is next to the input)", ylabel="norm of the weight's gradient")
    axes.legend(frameon=False, loc="lower right")
    show(
        figure,
        "Gradient norm in each of twelve layers, logarithmic scale. In the plain stack (orange) "
        "it falls by five powers of ten on the way down to layer 1; with residual "
        "connections (blue) it stays level.",
    )


def first_losses(losses: Mapping[str, float], uniform: float) -> None:
    """Draw the loss before any training for several initialisations, log scale."""
    figure, axes = canvas(7, 2.8)
    names = list(losses)[::-1]
    values = [losses[name] for name in names]
    colours = [ORANGE if value > 2 * uniform else BLUE for value in values]
    axes.barh(names, values, color=colours)
    for row, value in enumerate(values):
        axes.text(value * 1.04, row, f"{value:.2f}", va="center", fontsize=9)
    axes.axvline(uniform, color=INK, ls="--", lw=1)
    axes.text(uniform * 1.05, len(names) - 0.45, f"ln 40 = {uniform:.3f}", fontsize=9)
    axes.set(xscale="log", xlim=(1, 200), xlabel="loss before training, nats per character")
    show(
        figure,
        "Loss at step 0 as bars for four initialisations; the dashed line is ln 40. "
        f"Only the tied default starts far away, at {max(values):.1f}.",
    )


def next_characters(text: str) -> None:
    """Draw a text over its targets: at each position, what the model is to say next."""
    figure, axes = canvas(0.9 * len(text), 1.7)
    for column, (now, then) in enumerate(pairwise(text)):
        for height, letter, colour in ((1, now, BLUE), (0, then, ORANGE)):
            label = "␣" if letter == " " else letter
            box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour}
            axes.text(column, height, label, ha="center", va="center", fontsize=13, bbox=box)
        style = {"arrowstyle": "->", "color": GREY}
        axes.annotate("", (column, 0.25), (column, 0.75), arrowprops=style)
    axes.text(-0.6, 1, "x", va="center", color=BLUE, fontsize=12)
    axes.text(-0.6, 0, "y", va="center", color=ORANGE, fontsize=12)
    axes.set(xlim=(-0.8, len(text) - 1.4), ylim=(-0.4, 1.4))
    axes.axis("off")
    show(
        figure,
        f"The input “{text[:-1]}” over its targets “{text[1:]}”, an arrow at each position: "
        f"{len(text) - 1} lessons in one row.",
    )


def parameter_groups(optimizer: torch.optim.Optimizer) -> None:
    """Draw how many tensors and how many numbers each group of an optimizer holds."""
    figure, axes = canvas(8, 2.2, columns=2)
    names = [f"weight decay {group['weight_decay']:g}" for group in optimizer.param_groups]
    colours = [GREEN if group["weight_decay"] else SKY for group in optimizer.param_groups]
    counts = {
        "tensors": [len(group["params"]) for group in optimizer.param_groups],
        "numbers": [sum(p.numel() for p in group["params"]) for group in optimizer.param_groups],
    }
    for each, (what, values) in zip(axes, counts.items(), strict=True):
        each.barh(names, values, color=colours)
        each.invert_yaxis()
        each.set(xlabel=what, xlim=(0, 1.25 * max(values)))
        for row, value in enumerate(values):
            each.text(value, row, f" {value:,}", va="center", fontsize=9)
    axes[1].set_yticks([])
    axes[1].xaxis.set_major_locator(MaxNLocator(4))
    axes[1].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    show(
        figure,
        "The optimizer's parameter groups as bars, tensors on the left and numbers on the right: "
        "the decayed group has fewer tensors but nearly all of the numbers.",
    )
