"""E3: the position-wise feed-forward network."""

from torch import Tensor, nn


class MLP(nn.Module):
    """Let each position think, by itself, about what it has gathered.

    y = dropout(GELU(x W_1 + b_1) W_2 + b_2), with a hidden layer four times as wide.

    Shapes: x (N, T, D) -> (N, T, D); W_1 is (D, 4D), W_2 is (4D, D).
    Source: Vaswani et al. 2017, section 3.3, with GELU (Hendrycks and Gimpel 2016) for ReLU.
    """

    def __init__(self, hidden_size: int, dropout: float) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.expand = nn.Linear(hidden_size, 4 * hidden_size)
        self.activation = nn.GELU()
        self.output = nn.Linear(4 * hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION
        return self.dropout(self.output(self.activation(self.expand(x))))
        # END SOLUTION
