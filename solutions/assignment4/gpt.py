"""E5: the whole language model."""

import math

from torch import Tensor, nn
from torch.nn import functional as F

from solutions.assignment4.block import Block


class GPT(nn.Module):
    """Predict, at every position, the token that comes next.

    logits = LayerNorm(Block_L(... Block_1(dropout(E[x] + P[0..T-1])))) E^T, where E (V, D) is both
    the token embedding and the output layer (tied: one parameter) and P (C, D) embeds positions.
    loss = mean over all N * T positions of -log softmax(logits)[target], in nats per token.

    Initialisation: weights and embeddings ~ Normal(0, 0.02), the output layer of each MLP
    ~ Normal(0, 0.02 / sqrt(2 L)), biases 0, LayerNorm weight 1 and bias 0.

    Shapes: x, y (N, T) long -> logits (N, T, V), loss () or None if y is left out.
    Raises ValueError if T exceeds context_size.
    Source: Radford et al. 2018 and 2019 (GPT, GPT-2); tying: Press and Wolf 2017.
    """

    def __init__(
        self,
        vocab_size: int,
        context_size: int,
        hidden_size: int,
        n_layer: int,
        n_head: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.context_size = context_size
        self.hidden_size = hidden_size
        self.n_layer = n_layer
        self.n_head = n_head
        self.dropout = dropout
        # BEGIN SOLUTION
        self.token_embedding = nn.Embedding(vocab_size, hidden_size)
        self.position_embedding = nn.Embedding(context_size, hidden_size)
        self.embedding_dropout = nn.Dropout(dropout)
        self.blocks = nn.Sequential(*(Block(hidden_size, n_head, dropout) for _ in range(n_layer)))
        self.final_norm = nn.LayerNorm(hidden_size)
        self.head = nn.Linear(hidden_size, vocab_size, bias=False)
        self.head.weight = self.token_embedding.weight  # tie first, then initialise in place
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, 0.0, 0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        # 2 L branches add to the stream; scaled so, their sum does not grow with L.
        for block in self.blocks:
            nn.init.normal_(block.mlp.output.weight, 0.0, 0.02 / math.sqrt(2 * n_layer))
        # END SOLUTION

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        # BEGIN SOLUTION
        if (T := x.shape[1]) > self.context_size:
            raise ValueError(f"at most context_size={self.context_size} tokens: got T={T}")
        stream = self.token_embedding(x) + self.position_embedding.weight[:T]  # (N, T, D)
        stream = self.blocks(self.embedding_dropout(stream))
        logits = self.head(self.final_norm(stream))  # (N, T, V)
        return logits, None if y is None else F.cross_entropy(logits.flatten(0, 1), y.flatten())
        # END SOLUTION
