"""The pictures of fine-tuning and of sampling, each one function and one figure."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from autograder.notebook.drawing import BLUE, GREEN, GREY, INK, ORANGE, canvas, show
from autograder.notebook.lab_strips import visible

COLUMN_WIDTH = 46  # characters of a text beside another


def loss_curve(
    history: Any, tokens_per_pass: float, levels: Mapping[str, float] | None = None
) -> None:
    """Draw training and validation loss over updates, and above them over passes over the data.

    history: .train of (iteration, loss), .evaluations of (iteration, train, val), .best of
    (iteration, val) or None, .tokens_per_update; levels: losses to compare with, drawn dashed.
    Raises ValueError if nothing was recorded or there is no text to pass over.
    """
    if not history.train and not history.evaluations:
        raise ValueError("there is no loss to draw: the run has not made an update yet")
    if tokens_per_pass <= 0:
        raise ValueError(f"tokens_per_pass must be the size of the text: got {tokens_per_pass}")
    figure, axes = canvas(8, 4.4)
    if history.train:
        style = {"color": BLUE, "lw": 0.8, "alpha": 0.5, "label": "training, each update"}
        axes.plot(*zip(*history.train, strict=True), **style)
    if history.evaluations:
        at, train, validation = zip(*history.evaluations, strict=True)
        axes.plot(at, train, "o-", color=BLUE, ms=3.5, label="training, evaluated")
        axes.plot(at, validation, "s-", color=ORANGE, ms=3.5, label="validation, evaluated")
    mark_best(axes, history.best)
    dashed_levels(axes, levels or {})
    axes.set(xlabel="updates", ylabel="loss, nats per token")
    axes.margins(y=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=2)
    passes = history.tokens_per_update / tokens_per_pass
    above = axes.secondary_xaxis("top", functions=(lambda i: i * passes, lambda p: p / passes))
    above.set_xlabel("passes over the training text", fontsize=10)
    above.tick_params(labelsize=9, colors=INK)
    show(figure, in_words(history, passes))


def mark_best(axes: Axes, best: tuple[int, float] | None) -> None:
    """Mark the evaluation whose weights were kept."""
    if best is not None:
        label = f"best, kept: {best[1]:.3f} after {best[0]:,} updates"
        axes.plot(*best, marker="*", ms=15, color=INK, ls="none", zorder=5, label=label)


def dashed_levels(axes: Axes, levels: Mapping[str, float]) -> None:
    """Draw each level as a dashed line with its name and value."""
    for label, level in levels.items():
        axes.axhline(level, color=GREY, ls="--", lw=1)
        axes.annotate(f"{label}: {level:.2f}", (1, level), xycoords=("axes fraction", "data"),
                      xytext=(-4, 3), textcoords="offset points", ha="right", fontsize=9,
                      color=INK, parse_math=False)  # fmt: skip


def in_words(history: Any, passes: float) -> str:
    """Say what the loss curve shows: where it starts and ends, and where it was best."""
    last = max(each[-1][0] for each in (history.train, history.evaluations) if each)
    said = [f"Loss over {last:,} updates, {last * passes:.1f} passes over the training text"]
    if history.evaluations:
        (_, _, first), (_, train, final) = history.evaluations[0], history.evaluations[-1]
        said.append(f"validation loss (orange squares) from {first:.3f} to {final:.3f}")
        said.append(f"training loss (blue) to {train:.3f}")
    if history.best is not None:
        said.append(f"a star at the best validation loss, {history.best[1]:.3f} after "
                    f"{history.best[0]:,} updates")  # fmt: skip
    return "; ".join(said) + "."


def before_and_after(samples: Mapping[str, str]) -> None:
    """Print texts in columns, each under its title; a line of dialogue begins a line."""
    columns = [wrapped(text) for text in samples.values()]
    print("    ".join(f"{title:{COLUMN_WIDTH}}" for title in samples).rstrip())
    print("    ".join("─" * COLUMN_WIDTH for _ in samples))
    for lines in zip_longest(*columns, fillvalue=""):
        print("    ".join(f"{line:{COLUMN_WIDTH}}" for line in lines).rstrip())


def wrapped(text: str) -> list[str]:
    """Cut a text into lines that fit a column, at its own line ends too; blank lines stay."""
    lines = (textwrap.wrap(line, COLUMN_WIDTH) or [""] for line in text.splitlines())
    return [piece for line in lines for piece in line]


def sampling(
    logits: Tensor, names: Sequence[str], temperature: float, top_k: int | None = None
) -> None:
    """Draw what temperature and then top-k make of the probabilities of the next token.

    Shapes: logits (V,), one name each; without top_k only the temperature is drawn.
    Raises ValueError if names do not match, or temperature or top_k is not positive.
    """
    logits = torch.as_tensor(logits).detach().double()
    if logits.dim() != 1 or len(names) != len(logits):
        raise ValueError(
            f"each logit needs its name: got logits {tuple(logits.shape)} and {len(names)} names"
        )
    if temperature <= 0 or (top_k is not None and top_k < 1):
        raise ValueError(
            "temperature must be positive and top_k at least 1: "
            f"got temperature={temperature}, top_k={top_k}"
        )
    panels = {"softmax(logits)": logits, f"temperature {temperature:g}": logits / temperature}
    if top_k is not None:
        lowest = torch.topk(logits, min(top_k, len(logits))).values[-1]
        kept = logits.masked_fill(logits < lowest, float("-inf"))
        panels[f"temperature {temperature:g}, top_k {top_k}"] = kept / temperature
    figure, all_axes = canvas(3.2 * len(panels), 3, columns=len(panels))
    said = []
    for axes, (title, values) in zip(all_axes, panels.items(), strict=True):
        probabilities = torch.softmax(values, dim=-1).tolist()
        probability_bars(axes, probabilities, names, title)
        said.append(f"{title}: " + ", ".join(f"{p:.3f}" for p in probabilities))
    all_axes[0].set_ylabel("probability of the next token")
    show(figure, f"Probabilities of {len(names)} tokens as bars. {'; '.join(said)}.")


def positions_read(read: Mapping[str, Sequence[int]], block_size: int) -> None:
    """Draw how many positions a model read at each step of writing, one line for each way.

    Raises ValueError if there is no step to draw.
    """
    if not read or not all(read.values()):
        raise ValueError("there is no step to draw: let the model write a token first")
    figure, axes = canvas(8, 3.4)
    said = []
    for (name, counts), colour, style in zip(
        read.items(), (ORANGE, BLUE, GREEN), ("-", "--", ":"), strict=False
    ):
        steps = range(1, len(counts) + 1)
        axes.plot(steps, counts, style, color=colour, lw=2.2, label=name)
        said.append(f"{name} {sum(counts):,} positions in {len(counts):,} steps")
    axes.axhline(block_size, color=GREY, lw=0.9, ls=(0, (2, 3)), label="block size")
    axes.set(xlabel="step", ylabel="positions read", ylim=(0, 1.12 * block_size))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=len(read) + 1)
    show(
        figure,
        f"How many positions are read for each new token: {'; '.join(said)}. With a full block of "
        f"{block_size:,} the window moves, and all of it is read at every step.",
    )


def probability_bars(
    axes: Axes, probabilities: Sequence[float], names: Sequence[str], title: str
) -> None:
    """Draw one bar for each token, its value above; a token that cannot be drawn is crossed."""
    axes.bar(range(len(names)), probabilities, color=BLUE)
    axes.set(ylim=(0, 1.08))
    axes.set_title(title, fontsize=10, color=INK)
    axes.set_xticks(range(len(names)), [visible(name) for name in names], parse_math=False)
    for column, value in enumerate(probabilities):
        text = f"{value:.3f}" if value else "×"
        axes.text(column, value + 0.02, text, ha="center", fontsize=9, color=INK)
