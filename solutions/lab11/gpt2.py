"""GPT-2, smallest parts first; its parameters have the names that GPT-2's checkpoints give them."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class GPTConfig:
    """Say how large a GPT-2 is; the defaults are the smallest of the four published models.

    Source: Radford et al. 2019, table 2.
    """

    block_size: int = 1024  # longest sequence the model can read
    vocab_size: int = 50304  # GPT-2's 50,257 tokens, padded to a multiple of 64 for speed
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    dropout: float = 0.0  # for pre-training 0 is fine; for fine-tuning try 0.1 and more
    bias: bool = True  # in the linear layers and LayerNorms, as in GPT-2


class LayerNorm(nn.Module):
    """Give every token's vector mean 0 and variance 1, then stretch and shift it as learned.

    y = (x - mean) / sqrt(variance + 1e-5) * weight + bias, over the last axis; bias may be None.

    Shapes: x (..., size) -> (..., size).
    Source: Ba et al. 2016, eq. 4.
    """

    def __init__(self, size: int, bias: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, eps=1e-5)


class CausalSelfAttention(nn.Module):
    """Let each token gather from itself and the tokens before it, with several heads at once.

    Two paths compute the same: with flash=True one fused call that never stores the weights, with
    flash=False the formula written out.

    Shapes: x (B, T, C) -> (B, T, C); nh heads of size hs = C / nh.
    Raises ValueError if n_head does not divide n_embd.
    Source: Vaswani et al. 2017, eq. 1; fused path: Dao et al. 2022.
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        if config.n_embd % config.n_head:
            raise ValueError(
                "n_embd must be divisible by n_head: "
                f"got n_embd={config.n_embd}, n_head={config.n_head}"
            )
        self.n_head = config.n_head
        self.dropout = config.dropout
        self.flash = True
        # queries, keys and values of all heads come out of one product
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout = nn.Dropout(config.dropout)
        self.resid_dropout = nn.Dropout(config.dropout)
        # GPT-2 calls its mask "bias". It is no parameter, and it need not be saved.
        size = config.block_size
        mask = torch.tril(torch.ones(size, size, dtype=torch.bool)).view(1, 1, size, size)
        self.register_buffer("bias", mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        B, T, C = x.shape
        q, k, v = (
            part.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)  # (B, nh, T, hs)
            for part in self.c_attn(x).split(C, dim=2)
        )
        if self.flash:
            dropout = self.dropout if self.training else 0.0
            y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        else:
            att = (q @ k.transpose(-2, -1)) / math.sqrt(k.size(-1))
            att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
            att = self.attn_dropout(F.softmax(att, dim=-1))
            y = att @ v  # (B, nh, T, hs)
        y = y.transpose(1, 2).reshape(B, T, C)  # the heads side by side again
        return self.resid_dropout(self.c_proj(y))


class MLP(nn.Module):
    """Let each token think, by itself, about what it has gathered.

    Shapes: x (B, T, C) -> the same.
    Source: Radford et al. 2018, section 4.1; GELU in its tanh form (Hendrycks and Gimpel 2016),
    which GPT-2 was trained with.
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.gelu = nn.GELU(approximate="tanh")
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(self.c_proj(self.gelu(self.c_fc(x))))


class Block(nn.Module):
    """Gather, then think; add both to the stream instead of replacing it.

    Shapes: x (B, T, C) -> the same.
    Source: Radford et al. 2019, section 2.3 (LayerNorm moved to the input of each part).
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd, config.bias)
        self.mlp = MLP(config)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    """Predict the token that comes next.

    With targets: the logits at every position, and the loss, the mean over all positions of
    -log softmax(logits)[target] in nats per token. Without: the logits at the last position only,
    since writing needs no others, and None.

    Shapes: idx, targets (b, t) long.
    Raises ValueError if t exceeds block_size.
    Source: Radford et al. 2019; tied output layer: Press and Wolf 2017.
    """

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.config = config
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(config.vocab_size, config.n_embd),
                "wpe": nn.Embedding(config.block_size, config.n_embd),
                "drop": nn.Dropout(config.dropout),
                "h": nn.ModuleList(Block(config) for _ in range(config.n_layer)),
                "ln_f": LayerNorm(config.n_embd, config.bias),
            }
        )
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.lm_head.weight = self.transformer.wte.weight  # tied: one table, used twice
        self.init_weights()

    def init_weights(self) -> None:
        """Draw weights from Normal(0, 0.02), those of every c_proj smaller; set biases to 0."""
        # Each layer adds the outputs of two c_proj to the stream: 2 n_layer terms in all, whose
        # sum does not grow with n_layer when each is scaled down by sqrt(2 n_layer).
        scaled = 0.02 / math.sqrt(2 * self.config.n_layer)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                std = scaled if name.endswith("c_proj.weight") else 0.02
                nn.init.normal_(parameter, mean=0.0, std=std)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        b, t = idx.shape
        if t > self.config.block_size:
            raise ValueError(
                f"the model reads at most block_size={self.config.block_size} tokens: got t={t}"
            )
        tok_emb = self.transformer.wte(idx)  # (b, t, n_embd)
        pos_emb = self.transformer.wpe(torch.arange(t, device=idx.device))  # (t, n_embd)
        x = self.transformer.drop(tok_emb + pos_emb)
        for block in self.transformer.h:
            x = block(x)
        x = self.transformer.ln_f(x)
        if targets is None:
            return self.lm_head(x[:, [-1], :]), None  # [-1] keeps the axis, -1 would drop it
        logits = self.lm_head(x)
        loss = F.cross_entropy(logits.view(b * t, -1), targets.reshape(b * t))
        return logits, loss

    def get_num_params(self, non_embedding: bool = False) -> int:
        """Count the parameters, tied ones once; non_embedding leaves out wpe.

        wte stays in: as lm_head it takes part in the matrix products.
        """
        count = sum(parameter.numel() for parameter in self.parameters())
        return count - self.transformer.wpe.weight.numel() if non_embedding else count

    def crop_block_size(self, block_size: int) -> None:
        """Forget the positions from block_size on; shorter sequences give the same logits.

        Raises ValueError if block_size is not in 1 .. config.block_size.
        """
        if not 1 <= block_size <= self.config.block_size:
            raise ValueError(
                "block_size can only be cropped, to 1 or more positions: "
                f"the model has {self.config.block_size}, got block_size={block_size}"
            )
        self.config = replace(self.config, block_size=block_size)
        wpe = self.transformer.wpe
        wpe.num_embeddings = block_size
        # in place, so that an optimizer that knows this parameter still does; a copy, so that the
        # memory of the whole table is given back
        wpe.weight.data = wpe.weight.data[:block_size].clone()
        wpe.weight.grad = None
        for block in self.transformer.h:
            block.attn.bias = block.attn.bias[:, :, :block_size, :block_size].clone()
