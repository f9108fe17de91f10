"""The transformer of Assignment 4 as a textbook writes it down: what the reference is measured by.

Nothing here is slow on purpose, and nothing is done for speed: the windows of a batch are cut one
by one, the attention is written out, the optimizer is AdamW as it comes.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

VOCAB_SIZE, CONTEXT_SIZE, HIDDEN_SIZE, N_LAYER, N_HEAD = 40, 64, 128, 4, 4
BATCH_SIZE = 12
LEARNING_RATE, BETAS, WEIGHT_DECAY, GRAD_CLIP = 1e-3, (0.9, 0.99), 0.1, 1.0


class Attention(nn.Module):
    """Causal self-attention with several heads, formula by formula; (N, T, D) -> (N, T, D)."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(HIDDEN_SIZE, 3 * HIDDEN_SIZE, bias=False)
        self.output = nn.Linear(HIDDEN_SIZE, HIDDEN_SIZE)
        self.register_buffer("visible", torch.ones(CONTEXT_SIZE, CONTEXT_SIZE).tril())

    def forward(self, x: Tensor) -> Tensor:
        N, T, D = x.shape
        q, k, v = self.query_key_value(x).split(D, dim=2)
        q = q.view(N, T, N_HEAD, D // N_HEAD).transpose(1, 2)
        k = k.view(N, T, N_HEAD, D // N_HEAD).transpose(1, 2)
        v = v.view(N, T, N_HEAD, D // N_HEAD).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(D // N_HEAD)
        scores = scores.masked_fill(self.visible[:T, :T] == 0, float("-inf"))
        heads = F.softmax(scores, dim=-1) @ v
        return self.output(heads.transpose(1, 2).contiguous().view(N, T, D))


class Block(nn.Module):
    """Attention and feed-forward network, each added to the stream; (N, T, D) -> (N, T, D)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(HIDDEN_SIZE), nn.LayerNorm(HIDDEN_SIZE)
        self.attention = Attention()
        self.mlp = nn.Sequential(
            nn.Linear(HIDDEN_SIZE, 4 * HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(4 * HIDDEN_SIZE, HIDDEN_SIZE),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm_1(x))
        return x + self.mlp(self.norm_2(x))


class Transformer(nn.Module):
    """The whole model; x, y (N, T) -> logits (N, T, V) and the mean loss, None without y."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(VOCAB_SIZE, HIDDEN_SIZE)
        self.positions = nn.Embedding(CONTEXT_SIZE, HIDDEN_SIZE)
        self.blocks = nn.Sequential(*(Block() for _ in range(N_LAYER)))
        self.norm = nn.LayerNorm(HIDDEN_SIZE)
        for table in (self.tokens, self.positions):
            nn.init.normal_(table.weight, 0.0, 0.02)

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        stream = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        logits = self.norm(self.blocks(stream)) @ self.tokens.weight.T
        if y is None:
            return logits, None
        return logits, F.cross_entropy(logits.view(-1, VOCAB_SIZE), y.reshape(-1))


def optimizer_of(model: nn.Module) -> torch.optim.Optimizer:
    """AdamW as it comes, with its own choice of kernels."""
    return torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, betas=BETAS, weight_decay=WEIGHT_DECAY
    )


def batch(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Cut the windows of one micro-batch, one after the other; x, y (BATCH_SIZE, CONTEXT_SIZE)."""
    starts = torch.randint(len(ids) - CONTEXT_SIZE, (BATCH_SIZE,))
    x = torch.stack([ids[i : i + CONTEXT_SIZE] for i in starts])
    y = torch.stack([ids[i + 1 : i + CONTEXT_SIZE + 1] for i in starts])
    return x, y


def train(
    model: nn.Module, optimizer: torch.optim.Optimizer, ids: Tensor, updates: int, steps: int
) -> None:
    """Make some updates, each of so many micro-batches."""
    model.train()
    for _ in range(updates):
        optimizer.zero_grad()
        for _ in range(steps):
            _, loss = model(*batch(ids))
            (loss / steps).backward()
        nn.utils.clip_grad_norm_(model.parameters(), GRAD_CLIP)
        optimizer.step()


@torch.no_grad()
def generate(model: nn.Module, x: Tensor, max_new_tokens: int) -> Tensor:
    """Extend x (N, T), the whole window read anew for every token; -> (N, T + max_new_tokens)."""
    model.eval()
    for _ in range(max_new_tokens):
        logits, _ = model(x[:, -CONTEXT_SIZE:])
        probabilities = F.softmax(logits[:, -1, :], dim=-1)
        x = torch.cat((x, torch.multinomial(probabilities, num_samples=1)), dim=1)
    return x
