"""The reference answers of Lab 11 that are code, numbers or shapes, in the order of the notebook.

A script for the notebook's namespace rather than a module to import: each answer stands where its
cell stands. What follows an answer as a comment is seen by students beside the blank.
"""

# ruff: noqa: F821

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

# Part 1: data

first_ten = [(u.speaker.id, u.text) for u in list(corpus.iter_utterances())[:10]]

character = "Monica Geller"  # one of CHARACTERS
uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == character]

train_text = "\n".join(uts[: int(0.9 * len(uts))])
val_text = "\n".join(uts[int(0.9 * len(uts)) :])


def count_units(text: str) -> tuple[int, int, int]:
    """Return how many tokens, words and characters a text has."""
    # BEGIN SOLUTION
    return len(encoding.encode_ordinary(text)), len(text.split()), len(text)
    # END SOLUTION


train_counts = count_units(train_text)  # (tokens, words, characters)
val_counts = count_units(val_text)


def store(text: str, path: str) -> np.memmap:
    """Write a text's tokens to a file as uint16, and return the file memory-mapped."""
    # BEGIN SOLUTION
    np.array(encoding.encode_ordinary(text), dtype=np.uint16).tofile(path)
    return np.memmap(path, dtype=np.uint16, mode="r")
    # END SOLUTION


train_data = store(train_text, "train.bin")
val_data = store(val_text, "val.bin")


def get_batch(
    data: np.ndarray, block_size: int, batch_size: int, device: str
) -> tuple[Tensor, Tensor]:
    """Return x and t: random windows of the data, and the same windows one token later.

    Shapes: data (number of tokens,) uint16 -> x, t (batch_size, block_size) int64, on the device.
    """
    # BEGIN SOLUTION
    starts = torch.randint(len(data) - block_size, (batch_size,)).tolist()
    windows = np.stack([data[i : i + block_size + 1] for i in starts]).astype(np.int64)
    x, t = torch.from_numpy(windows[:, :-1]), torch.from_numpy(windows[:, 1:])
    if torch.device(device).type == "cuda":
        # from pinned memory the copy runs while the GPU still works on the last batch
        x, t = x.contiguous().pin_memory(), t.contiguous().pin_memory()
    return x.to(device, non_blocking=True), t.to(device, non_blocking=True)
    # END SOLUTION


# Part 2: the model

wte_parameters = 50304 * 768
wpe_parameters = 1024 * 768

sum_shape = ("b", "t", "n_embd")
x_shape = ("b", "t", "n_embd")
logits_shape_with_targets = ("b", "t", "vocab_size")
logits_shape_without = ("b", 1, "vocab_size")

layer_norm_parameters = 2 * 768
mlp_parameters = (768 * 3072 + 3072) + (3072 * 768 + 768)
c_fc_shape = ("b", "t", "4 * n_embd")
mlp_shape = ("b", "t", "n_embd")

c_attn_parameters = 768 * 2304 + 2304
c_attn_shape = ("b", "t", "3 * n_embd")


def three_projections(weight: Tensor, bias: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return q, k and v, each by a linear layer of its own with a third of c_attn's rows.

    Shapes: weight (3 n_embd, n_embd), bias (3 n_embd,), x (b, t, n_embd) -> each (b, t, n_embd).
    """
    # BEGIN SOLUTION
    weights, biases = weight.chunk(3), bias.chunk(3)
    q, k, v = (F.linear(x, w, b) for w, b in zip(weights, biases, strict=True))
    return q, k, v
    # END SOLUTION


scores_shape = (1, 1, "T", "T")
divisor = math.sqrt(768)

mask_shape = (1, 1, 5, 5)
masked_entries = 4 + 3 + 2 + 1  # how many of its 25 entries are 0

n_attention = (768 * 3 * 768 + 768) + (768 * 768 + 768)  # one attention module
n_mlp = (768 * 3072 + 3072) + (3072 * 768 + 768)  # one MLP
n_block = n_attention + n_mlp + 2 * (2 * 768)  # one Block
n_blocks = 12 * n_block  # all twelve Blocks
n_wte = 50304 * 768  # the token embedding
n_total = n_blocks + n_wte + 1024 * 768 + 2 * 768  # the whole model

# Part 3: fine-tuning

cropped_parameters = (1024 - 256) * 768
