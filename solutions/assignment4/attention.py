"""E1 and E2: causal self-attention with one head, then with several."""

import math

import torch
from torch import Tensor, nn


class CausalSelfAttention(nn.Module):
    """Let each position gather from itself and the positions before it.

    Y = softmax(Q K^T / sqrt(D)) V  with  Q = X W_Q,  K = X W_K,  V = X W_V;
    scores of later positions are -inf before the softmax, so every row of weights sums to 1.

    Shapes: x (N, T, D) -> (N, T, D); W_Q, W_K, W_V are (D, D), without bias.
    Source: Vaswani et al. 2017, eq. 1 (their d_k is our D, there is one head).
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.query = nn.Linear(hidden_size, hidden_size, bias=False)
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)
        self.value = nn.Linear(hidden_size, hidden_size, bias=False)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION
        _, T, D = x.shape
        q, k, v = self.query(x), self.key(x), self.value(x)  # each (N, T, D)
        scores = q @ k.transpose(1, 2) / math.sqrt(D)  # (N, T, T): row = query, column = key
        future = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(diagonal=1)
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        return weights @ v
        # END SOLUTION


class MultiHeadCausalSelfAttention(nn.Module):
    """Attend h times in parallel, each head in its own d = D / h dimensions.

    head_i = softmax(Q_i K_i^T / sqrt(d)) V_i;  Y = dropout(concat(head_1 .. head_h) W_O + b_O);
    a first dropout acts on the weights, right after the softmax.

    Shapes: x (N, T, D) -> (N, T, D).
    Raises ValueError if n_head does not divide hidden_size.
    Source: Vaswani et al. 2017, section 3.2.2; both dropouts as in GPT-2.
    """

    def __init__(self, hidden_size: int, n_head: int, dropout: float) -> None:
        super().__init__()
        # BEGIN SOLUTION
        if hidden_size % n_head:
            raise ValueError(f"n_head must divide hidden_size: got {n_head} and {hidden_size}")
        self.n_head = n_head
        self.queries_keys_values = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.projection = nn.Linear(hidden_size, hidden_size)
        self.weights_dropout = nn.Dropout(dropout)
        self.output_dropout = nn.Dropout(dropout)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION
        N, T, D = x.shape
        h, d = self.n_head, D // self.n_head
        # One product makes Q, K and V; the heads split the width, never the tokens.
        q, k, v = (
            part.view(N, T, h, d).transpose(1, 2)  # (N, h, T, d)
            for part in self.queries_keys_values(x).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(d)  # (N, h, T, T)
        future = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(diagonal=1)
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        heads = self.weights_dropout(weights) @ v  # (N, h, T, d)
        merged = heads.transpose(1, 2).reshape(N, T, D)
        return self.output_dropout(self.projection(merged))
        # END SOLUTION
