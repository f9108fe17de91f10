"""Whole models with known answers, for the exercises that work on a finished GPT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SmallGPT(nn.Module):
    """A GPT in little: a tied table, positions, one layer, LayerNorms, biases, a frozen parameter.

    Its names mean nothing on purpose: E6 asks which parameters there are, not what they are called.
    Design: vocab_size, context_size, hidden_size.
    """

    def __init__(self, design: dict[str, Any], log: Any) -> None:
        super().__init__()
        V, C, D = (design[key] for key in ("vocab_size", "context_size", "hidden_size"))
        self.vocab_size, self.context_size, self.hidden_size = V, C, D
        self.a = nn.Embedding(V, D)
        self.b = nn.Embedding(C, D)
        self.c = nn.ModuleList([nn.LayerNorm(D), nn.Linear(D, 4 * D), nn.Linear(4 * D, D)])
        self.d = nn.LayerNorm(D)
        self.e = nn.Linear(D, V, bias=False)
        self.e.weight = self.a.weight
        self.f = nn.Parameter(torch.ones(D, D), requires_grad=False)

    def forward(self, *_: Any) -> Any:
        """It is there to be optimized: a forward would answer E5 for whoever imports this class."""
        raise NotImplementedError


class LanguageModel(nn.Module):
    """A model whose next token has a known distribution, other in training mode.

    logits[n, t] = tables[mode][(x[n, t] + far * (x[n, 0] + t)) % V], mode 0 for evaluation and 1
    for training; with far = 1 they depend on where the context begins and ends as well. Notes what
    it saw, and whether gradients were asked for. Works on at most context_size tokens, as GPT does.
    Design: vocab_size, context_size, hidden_size, n_layer, n_head, dropout, tables (2, V, V), far.
    """

    def __init__(self, design: dict[str, Any], log: Any) -> None:
        super().__init__()
        self.vocab_size: int = design["vocab_size"]
        self.context_size: int = design["context_size"]
        for name in ("hidden_size", "n_layer", "n_head", "dropout"):
            setattr(self, name, design[name])
        self.tables = nn.Parameter(torch.from_numpy(np.array(design["tables"], dtype=np.float32)))
        self.far = int(design["far"])
        self.drop = nn.Dropout(design["dropout"])
        self.log = log

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        T, C = x.shape[1], self.context_size
        if T > C:
            raise ValueError(f"the model sees at most context_size={C} tokens: got {T}")
        self.log.saw(0, self.drop.training, x, None)
        self.log.calls[-1]["gradients"] = torch.is_grad_enabled()
        rows = (x + self.far * (x[:, :1] + torch.arange(T))) % self.vocab_size
        logits = self.tables[int(self.drop.training)][rows]
        return logits, None if y is None else F.cross_entropy(logits.flatten(0, 1), y.flatten())


MODELS: dict[str, Callable[[dict[str, Any], Any], nn.Module]] = {
    "language_model": LanguageModel,
    "small_gpt": SmallGPT,
}
