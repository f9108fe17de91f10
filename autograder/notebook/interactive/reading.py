"""What the panels ask of a model, through its forward alone: logits, attention maps, its table.

Nothing here knows a name inside the model, so that it works on any student's GPT, on Lab 11's, and
on an LSTM. A model is used on the device it is on, in evaluation mode; the mode is restored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from autograder.probe.capture import captured_attention


class UnseenAttention(ValueError):
    """The model attends with weights that pass through no softmax of PyTorch: right, but unseen."""


Encode = Callable[[str], Any]
Decode = Callable[[Any], str]


@dataclass(frozen=True)
class Tokens:
    """Text to token ids and back; `decode` is given ids in the form in which `encode` gives them.

    So both pairs work: the notebook's encode and decode, which speak of tensors, and those of a
    tokenizer, which speak of lists.
    """

    encode: Encode
    decode: Decode

    def ids(self, text: str) -> Tensor:
        """Return the token ids of a text, (T,) long.

        Raises ValueError if it has none, as a model needs something to go on from.
        """
        ids = torch.as_tensor(self.encode(text), dtype=torch.long).view(-1).cpu()
        if not len(ids):
            raise ValueError("there is no text yet: write at least one character")
        return ids

    def text(self, ids: Tensor) -> str:
        """Return the text of token ids (T,)."""
        wants_tensor = isinstance(self.encode(" "), Tensor)
        return self.decode(ids if wants_tensor else ids.tolist())

    def pieces(self, ids: Tensor) -> list[str]:
        """Return the text of each token of ids (T,) by itself."""
        return [self.text(each) for each in ids.view(-1, 1)]


@contextmanager
def asking(model: nn.Module) -> Iterator[torch.device]:
    """Ask a model without gradients and in evaluation mode; gives the device that it is on."""
    was_training = model.training
    first = next(model.parameters(), None)
    model.eval()
    try:
        with torch.no_grad():
            yield torch.device("cpu") if first is None else first.device
    finally:
        model.train(was_training)


def context_of(model: nn.Module) -> int | None:
    """Return how many tokens a model reads at once, as it says itself; None if it does not."""
    config = getattr(model, "config", None)
    for owner, name in ((model, "context_size"), (config, "block_size")):
        size = getattr(owner, name, None)
        if isinstance(size, int) and size > 0:
            return size
    return None


def next_logits(model: nn.Module, ids: Tensor) -> Tensor:
    """Return what the model says of the next token after each sequence; it reads the last ones.

    Shapes: ids (N, T) long -> (N, V) float32 on the CPU.
    """
    window = ids[:, -(context_of(model) or ids.shape[1]) :]
    with asking(model) as device:
        answer = model(window.to(device))
    logits = answer[0] if isinstance(answer, tuple) else answer
    last: Tensor = logits[:, -1].float().cpu()
    return last


def next_probabilities(
    model: nn.Module, ids: Tensor, temperature: float = 1.0, vocab_size: int | None = None
) -> Tensor:
    """Return softmax(logits / temperature) over the first vocab_size tokens (None: all of them).

    Shapes: ids (N, T) long -> (N, V) float32 on the CPU.
    """
    return torch.softmax(next_logits(model, ids)[:, :vocab_size] / temperature, dim=-1)


def samples(
    model: nn.Module,
    ids: Tensor,
    temperature: float,
    *,
    length: int,
    count: int,
    vocab_size: int | None = None,
    seed: int = 0,
) -> Tensor:
    """Continue a text `count` times, with the same random numbers at every temperature.

    They come from the seed. The generator is this function's own: the notebook's random numbers
    stay as they are. A draw looks up a uniform number in the distribution's running sum, so that
    the temperature alone makes the difference between two texts.

    Shapes: ids (T,) long -> (count, length) long, the new tokens only.
    """
    generator = torch.Generator().manual_seed(seed)
    rows = ids.expand(count, -1)
    for _ in range(length):
        probabilities = next_probabilities(model, rows, temperature, vocab_size).double()
        drawn = torch.rand(count, 1, generator=generator, dtype=torch.float64)
        running = probabilities.cumsum(dim=-1)
        token = torch.searchsorted(running, drawn * running[:, -1:], right=True)
        rows = torch.cat([rows, token.clamp(max=probabilities.shape[1] - 1)], dim=1)
    return rows[:, len(ids) :]


def attention_maps(model: nn.Module, ids: Tensor, n_head: int) -> Tensor:
    """Return the weights of all heads of all layers while the model reads one text.

    Shapes: ids (T,) long -> (L, n_head, T, T) float32 on the CPU. Only weights that pass through a
    softmax of PyTorch, or its SDPA, are seen.
    Raises UnseenAttention if they are not; ValueError if their number is no multiple of n_head.
    """
    length = len(ids)
    with asking(model) as device, captured_attention() as seen:
        model(ids[None].to(device))
    square = [m.reshape(-1, length, length) for m in seen if m.shape[-2:] == (length, length)]
    if not square:
        raise UnseenAttention(
            "Your attention uses a softmax of its own, so its weights cannot be drawn here."
        )
    maps = torch.cat(square).float().cpu()
    if len(maps) % n_head:
        raise ValueError(
            f"the model has {len(maps)} attention maps: they cannot be {n_head} heads in each layer"
        )
    return maps.view(-1, n_head, length, length)


def heads_of(model: nn.Module) -> int:
    """Return how many heads a layer has, as the model says itself.

    Raises ValueError if it does not.
    """
    for owner in (model, getattr(model, "config", None)):
        heads = getattr(owner, "n_head", None)
        if isinstance(heads, int) and heads > 0:
            return heads
    raise ValueError("the model does not say how many heads it has: give n_head")


class LookUps(TorchFunctionMode):
    """Note each table in which these very ids are looked up, by F.embedding or by indexing."""

    def __init__(self, ids: Tensor) -> None:
        super().__init__()
        self.ids, self.tables = ids, list[Tensor]()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is F.embedding:
            given = [*args, *kwargs.values()]
            self.note(given[0], given[1])
        elif func is Tensor.__getitem__:
            self.note(args[1], args[0])
        return func(*args, **kwargs)

    def note(self, index: Any, table: Any) -> None:
        """Keep the table if it is a matrix and the index is these ids."""
        if not (isinstance(index, Tensor) and isinstance(table, Tensor) and table.dim() == 2):
            return
        if index.numel() == self.ids.numel() and bool((index.flatten() == self.ids).all()):
            self.tables.append(table)


def embedding_table(model: nn.Module) -> Tensor:
    """Return a copy of a model's token embedding, found by what the model does with it.

    It is the matrix in which the tokens of an input are looked up; failing that, the only parameter
    with one row for each token.

    Shapes: -> (V, D) float32 on the CPU; later training does not change it.
    Raises ValueError if there is no such parameter, or several.
    """
    ids = torch.tensor([3, 0, 2, 0])  # no model takes these for positions
    with asking(model) as device:
        look_ups = LookUps(ids.to(device))
        with look_ups:
            answer = model(ids[None].to(device))
    if look_ups.tables:
        return look_ups.tables[0].detach().float().cpu().clone()
    logits = answer[0] if isinstance(answer, tuple) else answer
    return _only_table(list(model.parameters()), logits.shape[-1])


def _only_table(parameters: Sequence[Tensor], rows: int) -> Tensor:
    """Return a copy of the only parameter with one row for each token."""
    found = [each for each in parameters if each.dim() == 2 and each.shape[0] == rows]
    if len(found) != 1:
        raise ValueError(
            f"the token embedding cannot be told from the other parameters: {len(found)} of them "
            f"have {rows} rows"
        )
    return found[0].detach().float().cpu().clone()
