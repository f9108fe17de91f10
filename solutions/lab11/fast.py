# not for the notebook: the student's own loop stays plain
"""What makes training GPT-2 in bfloat16 on a CPU faster; the loop stays the lab's.

Beside the matrix products, drawing the masks of dropout is the largest part of an update: at a
block size of 256, 56,000 numbers a token, each with all the bits of a float32. For a mask 16 bits
are plenty. benchmarks/speed.py measures it with the rest.
"""

import torch
from torch import Tensor, nn

from solutions.lab11.gpt2 import GPT, CausalSelfAttention

LEVELS = 2**16


def random_bits(shape: torch.Size, device: torch.device) -> Tensor:
    """Return random int16 of a shape, each of the 65,536 values equally likely: four a draw."""
    count = shape.numel()
    words = torch.empty((count + 3) // 4, dtype=torch.int64, device=device)
    words.random_(-(2**63), None)  # all 64 bits, from PyTorch's generator
    return words.view(torch.int16)[:count].view(shape)


class QuickDropout(nn.Dropout):
    """Dropout whose rate is rounded to a 65,536th; the mean stays exactly that of the input.

    Shapes: any -> the same.
    """

    def forward(self, x: Tensor) -> Tensor:
        dropped = round(self.p * LEVELS)
        if not self.training or dropped in (0, LEVELS):
            return super().forward(x)
        keep = random_bits(x.shape, x.device) >= dropped - LEVELS // 2
        return x * keep / (1 - dropped / LEVELS)


def quicken_dropout(model: GPT) -> None:
    """Let all dropout of a model be quick; its weights stay the same objects.

    Attention then takes its written-out path: the fused one draws masks of its own, and on a CPU,
    with dropout, it is the same products.
    """
    for module in model.modules():
        if type(module) is nn.Dropout:
            module.__class__ = QuickDropout
        if isinstance(module, CausalSelfAttention):
            module.flash = False
