"""The baseline: an LSTM of about the same size, trained on the same characters."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LSTMLanguageModel(nn.Module):
    """Predict the next token with a recurrent network; same calls as GPT.

    State after token t depends on all tokens before, but only through one vector per layer, so
    64 characters are 63 steps apart where an attention layer needs one. With the defaults it has
    800,976 parameters, the transformer of the assignment 805,120.

    Shapes: x, y (N, T) long -> logits (N, T, V), loss () or None if y is left out.
    Source: Hochreiter and Schmidhuber 1997; tied output layer as in the transformer.
    """

    def __init__(
        self,
        vocab_size: int = 40,
        context_size: int = 64,
        hidden_size: int = 222,
        n_layer: int = 2,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.context_size = context_size
        self.token_embedding = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, n_layer, batch_first=True, dropout=dropout)
        # Large enough to be heard by the first layer, which has no LayerNorm before it; small
        # enough, tied, for a first loss near ln V.
        nn.init.normal_(self.token_embedding.weight, 0.0, 0.1)

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        hidden, _ = self.lstm(self.token_embedding(x))
        logits = hidden @ self.token_embedding.weight.T
        if y is None:
            return logits, None
        return logits, F.cross_entropy(logits.flatten(0, 1), y.flatten())

    @torch.no_grad()
    def generate(self, x: Tensor, max_new_tokens: int, temperature: float = 1.0) -> Tensor:
        """Extend each sequence, carrying the state along; shapes as in GPT.generate."""
        hidden, state = self.lstm(self.token_embedding(x))
        for _ in range(max_new_tokens):
            logits = hidden[:, -1] @ self.token_embedding.weight.T
            next_ids = torch.multinomial(torch.softmax(logits / temperature, dim=-1), 1)
            x = torch.cat([x, next_ids], dim=1)
            hidden, state = self.lstm(self.token_embedding(next_ids), state)
        return x
