"""T9.1 to T9.4: what changed from GPT-2 to today's models."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RMSNorm(nn.Module):
    """Bring each vector to size 1 without moving its mean, then stretch it by learned factors.

    y = x / sqrt(mean(x^2) + eps) * weight, the mean over the last axis.

    Shapes: x (..., D) -> (..., D); weight is (D,) and starts at 1.
    Source: Zhang and Sennrich 2019, eq. 4; eps inside the root as in Llama.
    """

    def __init__(self, hidden_size: int, eps: float = 1e-6) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(hidden_size))
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION
        mean_square = x.square().mean(dim=-1, keepdim=True)
        return x * torch.rsqrt(mean_square + self.eps) * self.weight
        # END SOLUTION


def rotate(x: Tensor) -> Tensor:
    """Turn queries or keys by their positions, so that scores tell how far apart two tokens are.

    Pair i of a vector at position t = 0, 1, ... turns by the angle t * 10000^(-2i/d).

    Shapes: x (N, h, T, d) with even d -> the same, of the same dtype.
    Source: Su et al. 2021, section 3.2.2 (their pairs are neighbours, as here).
    """
    # BEGIN SOLUTION
    T, d = x.shape[-2:]
    positions = torch.arange(T, device=x.device, dtype=x.dtype)
    pairs = torch.arange(d // 2, device=x.device, dtype=x.dtype)
    angles = positions[:, None] * 10000.0 ** (-2 * pairs / d)  # (T, d / 2)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)
    # END SOLUTION


class GroupedQueryAttention(nn.Module):
    """Attend with n_head queries that share n_kv_head keys and values, group by group.

    With n_kv_head = n_head it is multi-head attention, with 1 multi-query attention; the h / n_kv
    heads of a group ask different questions of the same keys.

    Shapes: x (N, T, D) -> (N, T, D); W_Q and W_O are (D, D), W_K and W_V (D, n_kv d), d = D / h.
    Source: Ainslie et al. 2023, section 2.2; multi-query: Shazeer 2019.
    """

    def __init__(self, hidden_size: int, n_head: int, n_kv_head: int) -> None:
        super().__init__()
        self.n_head, self.n_kv_head = n_head, n_kv_head
        # BEGIN SOLUTION
        kv_size = n_kv_head * hidden_size // n_head
        self.query = nn.Linear(hidden_size, hidden_size, bias=False)
        self.keys_values = nn.Linear(hidden_size, 2 * kv_size, bias=False)
        self.projection = nn.Linear(hidden_size, hidden_size, bias=False)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION
        N, T, D = x.shape
        q = self.query(x).view(N, T, self.n_head, -1).transpose(1, 2)  # (N, h, T, d)
        shared = self.keys_values(x).view(N, T, 2 * self.n_kv_head, -1).transpose(1, 2)
        k, v = shared.repeat_interleave(self.n_head // self.n_kv_head, dim=1).chunk(2, dim=1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.projection(y.transpose(1, 2).reshape(N, T, D))
        # END SOLUTION


class SwiGLU(nn.Module):
    """Let each position think with hiddens that another view of the input opens or closes.

    y = (SiLU(x W_1) * (x W_3)) W_2, without biases; the hidden layer has 8 D / 3 numbers, rounded
    down, so that three matrices cost what two of an MLP with 4 D cost.

    Shapes: x (N, T, D) -> (N, T, D).
    Source: Shazeer 2020, section 2 (his V is our W_3), with beta = 1.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        inner_size = 8 * hidden_size // 3
        self.gate = nn.Linear(hidden_size, inner_size, bias=False)
        self.expand = nn.Linear(hidden_size, inner_size, bias=False)
        self.output = nn.Linear(inner_size, hidden_size, bias=False)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION
        return self.output(F.silu(self.gate(x)) * self.expand(x))
        # END SOLUTION
