"""E4: one layer of the transformer."""

from torch import Tensor, nn

from solutions.assignment4.attention import MultiHeadCausalSelfAttention
from solutions.assignment4.mlp import MLP


class Block(nn.Module):
    """Gather, then think; add both to the stream instead of replacing it.

    a = x + attention(LayerNorm_1(x));  y = a + mlp(LayerNorm_2(a)).

    Shapes: x (N, T, D) -> (N, T, D).
    Source: pre-norm residual blocks as in GPT-2 (Radford et al. 2019, section 2.3).
    """

    def __init__(self, hidden_size: int, n_head: int, dropout: float) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.attention_norm = nn.LayerNorm(hidden_size)
        self.attention = MultiHeadCausalSelfAttention(hidden_size, n_head, dropout)
        self.mlp_norm = nn.LayerNorm(hidden_size)
        self.mlp = MLP(hidden_size, dropout)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION
        x = x + self.attention(self.attention_norm(x))
        return x + self.mlp(self.mlp_norm(x))
        # END SOLUTION
