"""How many parameters GPT-2 has, part by part, from its configuration.

The course's key counts one bias vector of n_embd for the fused c_attn; PyTorch counts the module's
real one of 3 n_embd. A slip is a change to this count, so that every wrong number of the usual
kinds is computed and none is listed.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, fields

KEY, PYTORCH = "key", "pytorch"
UNPADDED_VOCABULARY = 50257  # of the tokenizer; the model's is padded to a multiple of 64


@dataclass(frozen=True)
class Sizes:
    """The configuration that the lab counts."""

    vocab_size: int = 50304
    block_size: int = 1024
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768


LAB = Sizes()


@dataclass(frozen=True)
class Counts:
    """Numbers of parameters; block holds one attention, one MLP and two LayerNorms."""

    c_attn: int
    attention: int
    mlp: int
    layer_norm: int
    block: int
    blocks: int
    wte: int
    wpe: int
    total: int

    def __getitem__(self, part: str) -> int:
        return int(getattr(self, part))


PARTS = tuple(field.name for field in fields(Counts))


Slips = Set[str]
NONE: Slips = frozenset()


def count(sizes: Sizes = LAB, convention: str = KEY, slips: Slips = NONE) -> Counts:
    """Count every part; a slip (see slips.SLIPS) changes the count where it happens."""
    c_attn, attention = attention_of(sizes, convention, slips)
    mlp = mlp_of(sizes, slips)
    block = int(block_of(attention, mlp, sizes, slips))
    blocks = int(blocks_of(block, sizes, slips))
    wte = wte_of(sizes, slips)
    if "total.sum_of_names" in slips:
        total = attention + mlp + block + blocks + wte
    else:
        total = int(total_of(blocks, wte, sizes, slips))
        total += attention + mlp + block if "total.parts_again" in slips else 0
    return Counts(
        c_attn, attention, mlp, layer_norm_of(sizes, slips), block, blocks,
        2 * wte if "wte.twice" in slips else wte, wpe_of(sizes, slips), total,
    )  # fmt: skip


def bias(length: int, slips: Slips, slip: str) -> int:
    """The numbers in one bias vector, 0 where it was forgotten."""
    return 0 if "no_biases" in slips or slip in slips else length


def attention_of(sizes: Sizes, convention: str, slips: Slips) -> tuple[int, int]:
    """The parameters of c_attn alone, and of the attention module with it."""
    D = sizes.n_embd
    width = D // sizes.n_head if "attention.one_head" in slips else D
    c_attn = D * width * (1 if "attention.one_matrix" in slips else 3)
    c_attn += bias(3 * width if convention == PYTORCH else width, slips, "attention.no_c_attn_bias")
    whole = c_attn
    if "attention.no_c_proj" not in slips:
        whole += D * D + bias(D, slips, "attention.no_c_proj_bias")
    whole *= sizes.n_head if "attention.per_head" in slips else 1
    return c_attn, whole + (sizes.block_size**2 if "attention.with_mask" in slips else 0)


HIDDEN = {"mlp.narrow": 1, "mlp.twice_as_wide": 2, "mlp.three_times_as_wide": 3}


def mlp_of(sizes: Sizes, slips: Slips) -> int:
    """The parameters of one MLP."""
    D = sizes.n_embd
    hidden = D * next((n for slip, n in HIDDEN.items() if slip in slips), 4)
    first = D if "mlp.short_c_fc_bias" in slips else hidden
    whole = D * hidden + bias(first, slips, "mlp.no_c_fc_bias")
    if "mlp.one_layer" not in slips:
        whole += hidden * D + bias(D, slips, "mlp.no_c_proj_bias")
    return whole


def layer_norm_of(sizes: Sizes, slips: Slips) -> int:
    """The parameters of one LayerNorm."""
    return sizes.n_embd + bias(sizes.n_embd, slips, "norm.no_bias")


def wte_of(sizes: Sizes, slips: Slips) -> int:
    """The parameters of the token embedding."""
    rows = UNPADDED_VOCABULARY if "wte.unpadded" in slips else sizes.vocab_size
    rows = sizes.block_size if "wte.positions" in slips else rows
    if "wte.added" in slips:
        return rows + sizes.n_embd
    whole = rows * (1 if "wte.rows_only" in slips else sizes.n_embd)
    return whole + (rows if "wte.bias" in slips else 0)


def wpe_of(sizes: Sizes, slips: Slips = NONE) -> int:
    """The parameters of the position embedding."""
    if "wpe.added" in slips:
        return sizes.block_size + sizes.n_embd
    return sizes.block_size * (1 if "wpe.rows_only" in slips else sizes.n_embd)


def block_of(attention: float, mlp: float, sizes: Sizes, slips: Slips = NONE) -> float:
    """One Block, from its attention and its MLP, whatever these were counted to be."""
    norms = 0 if "block.no_norms" in slips else 1 if "block.one_norm" in slips else 2
    parts = [0 if "block.no_attention" in slips else attention,
             0 if "block.no_mlp" in slips else mlp]  # fmt: skip
    return sum(parts) + norms * layer_norm_of(sizes, slips)


def blocks_of(block: float, sizes: Sizes, slips: Slips = NONE) -> float:
    """All Blocks, from one."""
    layers = 1 if "blocks.one" in slips else sizes.n_layer
    return block * (layers + ("blocks.one_more" in slips) - ("blocks.one_less" in slips))


NO_WPE = {"total.no_wpe", "total.second_table", "total.blocks_and_wte"}
NO_LN_F = {"total.no_ln_f", "total.blocks_and_wte"}


def total_of(blocks: float, wte: float, sizes: Sizes, slips: Slips = NONE) -> float:
    """The whole model, from its Blocks and its token embedding."""
    if "total.blocks_only" in slips:
        return blocks
    return (
        (0 if "total.no_blocks" in slips else blocks)
        + wte * len({"total.untied", "total.second_table"} & slips)
        + (0 if "total.no_wte" in slips else wte)
        + (0 if NO_WPE & slips else wpe_of(sizes, slips))
        + (0 if NO_LN_F & slips else layer_norm_of(sizes, slips))
    )
