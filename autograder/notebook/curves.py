"""The pictures of training and of what the models write."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from matplotlib.patches import FancyBboxPatch
from torch import Tensor

from autograder.notebook.drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LSTM,
    ORANGE,
    TRANSFORMER,
    canvas,
    show,
)
from autograder.notebook.training import Run

COLOURS = {"transformer": TRANSFORMER, "LSTM": LSTM}


def one_update(micro_batches: int) -> None:
    """Draw one weight update as a timeline: zero, K times forward and backward, clip, step."""
    figure, axes = canvas(9, 1.5)
    shown = [1, 2, 3, None, micro_batches]
    steps = ["set rate,\nzero"]
    steps += ["…" if k is None else f"batch {k}\nforward,\nbackward" for k in shown]
    steps += ["clip\nonce", "step\nonce"]
    for column, step in enumerate(steps):
        colour = BLUE if "batch" in step else ORANGE
        if step != "…":
            style = "round,pad=0,rounding_size=0.1"
            box = FancyBboxPatch((column + 0.08, 0.1), 0.84, 0.8, boxstyle=style)
            box.set(facecolor="white", edgecolor=colour, linewidth=1.5)
            axes.add_patch(box)
        axes.text(column + 0.5, 0.5, step, ha="center", va="center", fontsize=9, color=INK)
    axes.set(xlim=(0, len(steps)), ylim=(0, 1))
    axes.axis("off")
    show(
        figure,
        f"One update from left to right: set the rate and zero the gradients, {micro_batches} "
        "fresh micro-batches forward and backward (blue), then clip once and step once (orange).",
    )


def learning_rate(config: Any, marked: Sequence[int]) -> None:
    """Draw the schedule of a config with some of its points marked."""
    figure, axes = canvas(6.5, 3)
    iterations = range(config.max_iters + 1)
    axes.plot(iterations, [config.get_lr(i) for i in iterations], color=GREEN, lw=2)
    for iteration in marked:
        rate = config.get_lr(iteration)
        axes.plot(iteration, rate, "o", color=GREEN)
        label = f"  {rate:.2g} at {iteration:,}"
        last = iteration > 0.8 * config.max_iters
        height = rate + (1.2e-4 if last else 3e-5)
        axes.text(iteration, height, label, ha="right" if last else "left", fontsize=9)
    axes.set(xlabel="iteration (one update each)", ylabel="learning rate", ylim=(0, None))
    axes.margins(x=0.02)
    points = ", ".join(f"{config.get_lr(i):.2g} at {i:,}" for i in marked)
    show(
        figure,
        "The learning rate over iterations: a straight line up, then half a cosine down "
        f"to min_lr. Marked: {points}.",
    )


def losses(runs: Mapping[str, Run], uniform: float, bigram: float | None = None) -> None:
    """Draw the losses of some runs against the characters they have seen."""
    figure, axes = canvas(8, 4)
    for name, run in runs.items():
        colour = COLOURS.get(name, GREY)
        scale = run.characters_per_update / 1e6
        if run.history.train:
            at, values, _ = zip(*run.history.train, strict=True)
            axes.plot([scale * i for i in at], values, color=colour, lw=0.8, alpha=0.45)
        if run.history.evaluations:
            at, _, values = zip(*run.history.evaluations, strict=True)
            label = f"{name}, validation"
            axes.plot([scale * i for i in at], values, "o-", color=colour, lw=2, ms=4, label=label)
    levels = {f"guessing: ln 40 = {uniform:.2f}": uniform}
    if bigram is not None:
        levels[f"pairs of characters: {bigram:.2f}"] = bigram
    for label, level in levels.items():
        axes.axhline(level, color=GREY, ls="--", lw=1)
        axes.annotate(label, (1, level), xycoords=("axes fraction", "data"), xytext=(-4, 3),
                      textcoords="offset points", ha="right", fontsize=9, color=INK)  # fmt: skip
    axes.set(xlabel="characters seen, millions", ylabel="loss, nats per character")
    axes.legend(frameon=False, loc="upper right", bbox_to_anchor=(1, 0.93))
    names = " and ".join(f"{name} ({colour_name(name)})" for name in runs)
    show(
        figure,
        f"Loss of {names} against characters seen: thin lines the training batches, points the "
        "validation text. Dashed: the loss of guessing at random, and of a table of pairs.",
    )


def colour_name(name: str) -> str:
    """Say a run's colour in words, for those who do not see the picture."""
    return {TRANSFORMER: "blue", LSTM: "orange"}.get(COLOURS.get(name, ""), "grey")


def temperature_bars(logits: Tensor, names: Sequence[str], temperatures: Sequence[float]) -> None:
    """Draw the distribution softmax(logits / temperature) for several temperatures; logits (V,)."""
    figure, axes = canvas(2.1 * len(temperatures), 2.5, columns=len(temperatures))
    for each, temperature in zip(axes, temperatures, strict=True):
        probabilities = torch.softmax(logits / temperature, dim=-1)
        entropy = -float(torch.special.xlogy(probabilities, probabilities).sum())
        each.bar(range(len(names)), probabilities.tolist(), color=BLUE)
        each.set(ylim=(0, 1.08), title=f"T = {temperature:g}", xlabel=f"entropy {entropy:.2f}")
        each.set_xticks(range(len(names)), names)
        for column, value in enumerate(probabilities.tolist()):
            if len(names) <= 4:
                each.text(column, value + 0.02, f"{value:.2f}", ha="center", fontsize=8)
    axes[0].set_ylabel("probability")
    low, high = min(temperatures), max(temperatures)
    show(
        figure,
        f"The same logits at temperatures from {low:g} to {high:g}: one tall bar at "
        "low temperature, nearly equal bars at high temperature, entropy in nats below.",
    )


def texts(samples: Mapping[str, str]) -> None:
    """Print some texts, each under its title, wrapped so that none runs out of the page."""
    for title, text in samples.items():
        print(f"── {title} " + "─" * max(0, 88 - len(title)))
        print(textwrap.fill(text, width=92), end="\n\n")
