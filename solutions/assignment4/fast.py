# not for the notebook: the student's own loop stays plain
"""What makes the reference's training faster, each trick by itself; the loop stays the textbook's.

`train` of E7 does not know which model, batches and optimizer it is given. So nothing here is a
second loop: larger micro-batches, fused attention and a fused optimizer take the places of the
plain ones, and every one of them makes the same update. benchmarks/speed.py measures what they are
worth on a machine.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from solutions.assignment4.attention import MultiHeadCausalSelfAttention
from solutions.assignment4.data import GetBatch
from solutions.assignment4.train import TrainConfig, train


@dataclass(frozen=True)
class Tricks:
    """What is done for speed; as it is made without arguments, nothing is: the notebook's loop.

    merge: micro-batches that are computed as one; compile: with torch.compile; dtype: of the
    matrix products, None for float32.
    """

    fused_attention: bool = False
    fused_optimizer: bool = False
    merge: int = 1
    compile: bool = False
    dtype: torch.dtype | None = None


def tricks_for(device: torch.device, dtype: torch.dtype | None, micro_batches: int) -> Tricks:
    """Return what was measured to pay on such a device, with the dtype that is fastest there.

    A GPU wants few and large kernels. A CPU gains nothing by a fused optimizer or merged
    micro-batches, whose numbers leave its caches; and PyTorch's fused attention, a little faster
    there in float32, is several times as slow as the formula in 16 bits.
    """
    on_gpu = device.type == "cuda"
    return Tricks(
        fused_attention=on_gpu or dtype is None,
        fused_optimizer=on_gpu,
        merge=micro_batches if on_gpu else 1,
        compile=can_compile(device),
        dtype=dtype,
    )


def merged(get_batch: GetBatch, count: int) -> GetBatch:
    """Return a get_batch that gives `count` batches of the other as one: the same windows.

    Shapes: x, y (count * batch_size, T).
    """

    def get_merged(split: str) -> tuple[Tensor, Tensor]:
        batches = [get_batch(split) for _ in range(count)]
        return torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches])

    return get_merged


def merged_config(config: TrainConfig, count: int) -> TrainConfig:
    """Return the config for micro-batches that are `count` times as large: as many fewer of them.

    K micro-batches of B add up to the gradient of one batch of K * B, since the loss is a mean and
    all of them are equally large. Fewer, larger products keep a GPU busy; a CPU gains nothing.
    Raises ValueError if count does not divide the micro-batches of an update.
    """
    steps = config.gradient_accumulation_steps
    if count < 1 or steps % count:
        raise ValueError(
            f"only a divisor of the {steps} micro-batches of an update can be merged: got {count}"
        )
    return replace(config, gradient_accumulation_steps=steps // count)


class FusedAttention(MultiHeadCausalSelfAttention):
    """E2 with its formula in one call of PyTorch's, which never stores the (T, T) weights.

    Shapes: x (N, T, D) -> (N, T, D). Source: Dao et al. 2022.
    """

    def forward(self, x: Tensor) -> Tensor:
        N, T, D = x.shape
        q, k, v = (
            part.view(N, T, self.n_head, D // self.n_head).transpose(1, 2)  # (N, h, T, d)
            for part in self.queries_keys_values(x).chunk(3, dim=-1)
        )
        dropout = self.weights_dropout.p if self.training else 0.0
        heads = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        return self.output_dropout(self.projection(heads.transpose(1, 2).reshape(N, T, D)))


def fuse_attention(model: nn.Module) -> None:
    """Let every E2 in a model compute by FusedAttention; its weights stay the same objects."""
    for module in model.modules():
        if type(module) is MultiHeadCausalSelfAttention:
            module.__class__ = FusedAttention  # the same module, with another forward


def fused(optimizer: torch.optim.AdamW) -> torch.optim.AdamW:
    """Return a new AdamW for the same groups that makes its whole step in one kernel a group."""
    groups = [{**group, "fused": True, "foreach": False} for group in optimizer.param_groups]
    return torch.optim.AdamW(groups)


def fuse(model: nn.Module, optimizer: torch.optim.AdamW, tricks: Tricks) -> torch.optim.AdamW:
    """Fuse of a model and its optimizer what the tricks say; return the optimizer to use."""
    if tricks.fused_attention:
        fuse_attention(model)
    return fused(optimizer) if tricks.fused_optimizer else optimizer


class Faster(nn.Module):
    """A model whose training runs compiled, and in 16 bits where asked; evaluating does not.

    Its weights, and what they are called in a checkpoint, remain the model's own: save that.

    Raises what the compiler raises, at the first call.
    """

    def __init__(self, model: nn.Module, compile: bool, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.model = model
        # for one shape, that of the micro-batches: writing, with its growing ones, stays as it was
        forward = torch.compile(model.forward, dynamic=False) if compile else model.forward
        self.forward_training: Any = forward
        self.dtype = dtype

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        if not self.training:
            result: tuple[Tensor, Tensor | None] = self.model(x, y)
            return result
        with torch.autocast(x.device.type, dtype=self.dtype, enabled=self.dtype is not None):
            logits, loss = self.forward_training(x, y)
        return logits, loss


def can_compile(device: torch.device) -> bool:
    """Say whether torch.compile has what it needs: a C++ compiler for a CPU, Triton for a GPU."""
    if device.type == "cpu":
        return any(shutil.which(name) for name in ("g++", "clang++", "cl"))
    return device.type == "cuda" and torch.utils._triton.has_triton()


def train_fast(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    config: TrainConfig,
    get_batch: GetBatch,
    estimate_loss: Callable[[nn.Module], dict[str, float]],
    logger: Any,
    *,
    merge: int = 1,
    compile: bool = False,
    dtype: torch.dtype | None = None,
) -> float:
    """Train as `train` does, with `merge` micro-batches as one, compiled, or in 16 bits.

    merge changes the updates by rounding only, compile too; dtype (torch.bfloat16, which needs no
    scaled loss) does change them, by how little benchmarks/speed.py measures.
    """
    faster = Faster(model, compile, dtype)
    batches = merged(get_batch, merge)
    return train(faster, optimizer, merged_config(config, merge), batches, estimate_loss, logger)
