"""The four panels of the notebooks, each one call in a demonstration cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.notebook.interactive import figures
from autograder.notebook.interactive.panel import Choice, Control, Panel, Slider, View, Words
from autograder.notebook.interactive.reading import (
    Decode,
    Encode,
    Tokens,
    UnseenAttention,
    attention_maps,
    context_of,
    embedding_table,
    heads_of,
    next_probabilities,
    samples,
)
from autograder.notebook.lab_strips import visible
from autograder.notebook.training_threads import threads

BARS = 10
ALL = "all"  # not None: a list whose value is None shows nothing as chosen
MOST_CHOICES = 200  # a list longer than this is no list: the token is typed


def temperature(
    model: nn.Module,
    encode: Encode,
    decode: Decode,
    *,
    prompt: str,
    value: float = 0.8,
    length: int = 60,
    vocab_size: int | None = None,
) -> None:
    """Show what a temperature does: a slider, the bars of the next token, and three texts.

    The texts are drawn when a temperature is asked for and kept; at every temperature they start
    from the same random numbers.

    length: how many tokens each text gets. vocab_size: how many tokens can be decoded, if the model
    has more. Raises what the model raises on the first picture.
    """
    temperature_panel(model, Tokens(encode, decode), prompt, value, length, vocab_size).show()


def temperature_panel(
    model: nn.Module,
    tokens: Tokens,
    prompt: str,
    value: float = 0.8,
    length: int = 60,
    vocab_size: int | None = None,
) -> Panel:
    """Build the panel of `temperature`."""
    ids = tokens.ids(prompt)

    def draw(temperature: float) -> View:
        temperature = round(temperature, 1)
        plain = next_probabilities(model, ids[None], 1.0, vocab_size)[0]
        now = next_probabilities(model, ids[None], temperature, vocab_size)[0]
        order = plain.argsort(descending=True)[: BARS + 2]
        entropy = -float(torch.special.xlogy(now, now).sum())
        figure, caption = figures.temperature_bars(
            tokens.pieces(order), now[order].tolist(), plain[order].tolist(), temperature, entropy
        )
        with threads(1):  # steps this small gain nothing from a second core, and lose if it is busy
            drawn = samples(model, ids, temperature, length=length, count=3, vocab_size=vocab_size)
        return View.of(figure, caption, "\n\n".join(prompt + tokens.text(row) for row in drawn))

    hint = "From 0.2 (careful) to 2.0 (daring); the arrow keys move it by 0.1."
    slider = Slider("temperature", "temperature", value, 0.2, 2.0, 0.1, hint)
    return Panel("The next token and three texts", [slider], draw)


def next_token(
    model: nn.Module,
    encode: Encode,
    decode: Decode,
    *,
    text: str,
    vocab_size: int | None = None,
) -> None:
    """Show the ten likeliest next tokens after a text that the reader types.

    vocab_size: how many tokens can be decoded, if the model has more. Raises what the model raises
    on the first picture.
    """
    next_token_panel(model, Tokens(encode, decode), text, vocab_size).show()


def next_token_panel(
    model: nn.Module, tokens: Tokens, text: str, vocab_size: int | None = None
) -> Panel:
    """Build the panel of `next_token`."""

    def draw(text: str) -> View:
        ids = tokens.ids(text)
        probabilities = next_probabilities(model, ids[None], 1.0, vocab_size)[0]
        values, order = probabilities.topk(min(BARS, len(probabilities)))
        figure, caption = figures.next_bars(tokens.pieces(order), values.tolist(), tokens.text(ids))
        return View.of(figure, caption)

    hint = "Type; the bars follow each letter. The model reads the end of a long text."
    return Panel("What comes next", [Words("text", "text so far", text, hint)], draw)


def attention(
    model: nn.Module,
    encode: Encode,
    decode: Decode,
    *,
    text: str,
    n_head: int | None = None,
    layer: int = 1,
    first: int = 1,
) -> None:
    """Show what a head looks at while the model reads a text: choose the layer and the head.

    n_head: heads in a layer; None asks the model. layer: the one shown first. first: 1 counts
    layers and heads from 1, 0 from 0. Weights that cannot be seen are no mistake: a sentence says
    so. Raises what the model raises.
    """
    try:
        panel = attention_panel(model, Tokens(encode, decode), text, n_head, layer, first)
    except UnseenAttention as error:
        print(error)
        return
    panel.show()


def attention_panel(
    model: nn.Module,
    tokens: Tokens,
    text: str,
    n_head: int | None = None,
    layer: int = 1,
    first: int = 1,
) -> Panel:
    """Build the panel of `attention`."""
    ids = tokens.ids(text)[: context_of(model)]
    pieces = tokens.pieces(ids)
    maps = attention_maps(model, ids, n_head or heads_of(model))  # (L, h, T, T)
    names = [range(first, first + size) for size in maps.shape[:2]]

    def draw(layer: int, head: int | str) -> View:
        heads = list(names[1]) if isinstance(head, str) else [head]
        shown = maps[layer - first][[each - first for each in heads]]
        return View.of(*figures.head_maps(shown, layer, heads, pieces))

    layers = [(str(each), each) for each in names[0]]
    heads: list[tuple[str, Any]] = [(ALL, ALL), *((str(each), each) for each in names[1])]
    controls: list[Control] = [
        Choice("layer", "layer", layer, layers, "The layer whose heads are drawn."),
        Choice("head", "head", ALL, heads, "One head, large, or all of the layer."),
    ]
    return Panel("What the heads look at", controls, draw)


def neighbours(
    tables: Mapping[str, nn.Module | Tensor],
    encode: Encode,
    decode: Decode,
    *,
    token: str,
    count: int = 8,
    among: Sequence[int] | Tensor | None = None,
) -> None:
    """Show a token's nearest neighbours in the embedding, say before and after training.

    tables: models, or tables (V, D) kept of them, by what they are called. token: the one shown
    first. among: ids that may be neighbours; None for all that there are. Raises ValueError where a
    model's table cannot be found.
    """
    neighbours_panel(tables, Tokens(encode, decode), token, count, among).show()


def neighbours_panel(
    tables: Mapping[str, nn.Module | Tensor],
    tokens: Tokens,
    token: str,
    count: int = 8,
    among: Sequence[int] | Tensor | None = None,
) -> Panel:
    """Build the panel of `neighbours`."""
    found = {
        name: table if isinstance(table, Tensor) else embedding_table(table)
        for name, table in tables.items()
    }
    size = min(len(table) for table in found.values())
    candidates = torch.arange(size) if among is None else torch.as_tensor(among).long().unique()

    def draw(token: str) -> View:
        chosen = tokens.ids(token)[0]
        near = {name: nearest(table, chosen, candidates, count) for name, table in found.items()}
        said = {name: (tokens.pieces(ids), cosines.tolist()) for name, (ids, cosines) in
                near.items()}  # fmt: skip
        return View.of(*figures.neighbour_bars(tokens.text(chosen.view(1)), said))

    return Panel("Neighbours in the embedding", [token_control(tokens, candidates, token)], draw)


def token_control(tokens: Tokens, candidates: Tensor, token: str) -> Control:
    """Return a list to choose from if it is short, else a line to type the token in."""
    if len(candidates) > MOST_CHOICES:
        hint = "The first token of what you type is looked up; most words begin with a space."
        return Words("token", "token", token, hint)
    pieces = tokens.pieces(candidates)
    options = [(visible(piece), piece) for piece in pieces]
    return Choice("token", "token", token, options, "The token whose neighbours are shown.")


def nearest(table: Tensor, chosen: Tensor, among: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the rows nearest to one row by cosine, the row itself left out.

    Shapes: table (V, D), chosen (), among (n,) -> ids and cosines, (count,) each or fewer.
    """
    others = among[among != chosen]
    rows = F.normalize(table[others].float(), dim=-1)
    cosines = rows @ F.normalize(table[chosen].float(), dim=-1)
    values, places = cosines.topk(min(count, len(others)))
    return others[places], values
