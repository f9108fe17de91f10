"""What the pictures of a GPT-2 show, measured on the model itself.

The model may be any module with GPT-2's names: transformer.wte, .wpe, .h[i] (with ln_1,
attn.c_attn, attn.c_proj, ln_2, mlp.c_fc, mlp.c_proj), .ln_f, and lm_head.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

Shape = tuple[int, ...]

PARTS = {"wte": "wte", "wpe": "wpe", "attn": "attention", "mlp": "MLP", "ln": "LayerNorms"}


class InsideAttention(TorchFunctionMode):
    """Record the shapes of q, k, v, the scores and y, on the fast path and on the manual one."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: dict[str, Shape] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if func is F.scaled_dot_product_attention:
            q, k, v = [*args, *(kwargs or {}).values()][:3]
            self.keep(q=q, k=k, v=v, scores=q @ k.transpose(-2, -1), y=result)
        elif "matmul" in name and all(each.dim() == 4 for each in args):
            left, right = args
            if "scores" not in self.shapes:
                self.keep(q=left, k=right.transpose(-2, -1), scores=result)
            else:
                self.keep(v=right, y=result)
        return result

    def keep(self, **tensors: Tensor) -> None:
        """Note the shape of each tensor under its name."""
        self.shapes |= {name: tuple(tensor.shape) for name, tensor in tensors.items()}


@torch.no_grad()
def shapes_through_block(block: nn.Module, x: Tensor) -> dict[str, Shape]:
    """Send x (b, t, n_embd) through one Block and return each shape on its way, by name.

    The names are x, ln_1, c_attn, q, k, v, scores, y, joined (all heads side by side again),
    attn.c_proj, x + attn, ln_2, c_fc, gelu, mlp.c_proj, x + mlp. The meta device will do.
    """
    seen: dict[str, Shape] = {"x": tuple(x.shape)}
    attn: Any = block.attn
    mlp: Any = block.mlp
    places: list[tuple[Any, str, str]] = [  # the module, name of what goes in, of what comes out
        (block.ln_1, "", "ln_1"),
        (attn.c_attn, "", "c_attn"),
        (attn.c_proj, "joined", "attn.c_proj"),
        (block.ln_2, "x + attn", "ln_2"),
        (mlp.c_fc, "", "c_fc"),
        (mlp.c_proj, "gelu", "mlp.c_proj"),
        (block, "", "x + mlp"),
    ]
    inside = InsideAttention()
    with ExitStack() as stack:
        for module, before, after in places:
            stack.enter_context(noting_shapes(module, before, after, seen))
        stack.enter_context(inside)
        block(x)
    return seen | inside.shapes


@contextmanager
def noting_shapes(module: nn.Module, before: str, after: str, seen: dict[str, Shape]) -> Iterator:
    """Note the shape of a module's input (unless its name is empty) and of its output."""

    def note(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen[after] = tuple(output.shape)
        if before:
            seen[before] = tuple(inputs[0].shape)

    handle = module.register_forward_hook(note)
    try:
        yield
    finally:
        handle.remove()


@torch.no_grad()
def attention_weights(model: nn.Module, ids: Tensor, layer: int) -> Tensor:
    """Say how much each token listens to itself and to every earlier one, in each head of a layer.

    Computed from what the layer's own c_attn returns: softmax(q kᵀ / √d), the future masked.

    Shapes: ids (T,) or (1, T) -> (n_head, T, T); layer counts from 0, as in transformer.h[layer].
    Raises ValueError if the model has no such layer or there is more than one sequence.
    """
    ids = torch.as_tensor(ids).long().view(-1, torch.as_tensor(ids).shape[-1])
    if len(ids) != 1:
        raise ValueError(f"ids must be one sequence, (T,) or (1, T): got {tuple(ids.shape)}")
    attn: Any = block_of(model, layer).attn
    kept: list[Tensor] = []
    handle = attn.c_attn.register_forward_hook(lambda _module, _inputs, out: kept.append(out))
    was_training = model.training
    try:
        model.eval()(ids)
    finally:
        handle.remove()
        model.train(was_training)
    q, k, _ = kept[0][0].float().chunk(3, dim=-1)  # each (T, n_embd)
    config: Any = model.config
    q, k = (
        each.unflatten(-1, (config.n_head, -1)).transpose(0, 1) for each in (q, k)
    )  # (n_head, T, d)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1)


def block_of(model: nn.Module, layer: int) -> Any:
    """Return the model's Block number `layer`, counted from 0.

    Raises ValueError if there is none.
    """
    transformer: Any = model.transformer
    blocks = transformer.h
    if not 0 <= layer < len(blocks):
        raise ValueError(
            f"layer must be from 0 to {len(blocks) - 1}, as in transformer.h: got {layer}"
        )
    return blocks[layer]


def parameter_parts(model: nn.Module) -> dict[str, int]:
    """Count a model's parameters by part, a tied weight once; the sum is the whole model.

    The parts are wte, wpe, attention, MLP and LayerNorms; what belongs to none of them has its own
    name, such as an lm_head that is not tied.
    """
    parts = dict.fromkeys(PARTS.values(), 0)
    for name, parameter in model.named_parameters():
        words = name.split(".")
        module = next((word for word in words if word.split("_")[0] in PARTS), words[0])
        part = PARTS.get(module.split("_")[0], module)
        parts[part] = parts.get(part, 0) + parameter.numel()
    return parts


def block_parts(block: nn.Module) -> dict[str, int]:
    """Count the parameters of one Block by layer, its two LayerNorms together."""
    parts: dict[str, int] = {}
    for name, parameter in block.named_parameters():
        module = name.rpartition(".")[0]
        part = "ln_1, ln_2" if module.startswith("ln_") else module
        parts[part] = parts.get(part, 0) + parameter.numel()
    parts["ln_1, ln_2"] = parts.pop("ln_1, ln_2", 0)  # the smallest part goes last
    return parts
