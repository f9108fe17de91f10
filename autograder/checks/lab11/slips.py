"""The usual slips in counting GPT-2's parameters, found from the wrong number that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations

from autograder.checks.lab11.counting import (
    KEY,
    NO_LN_F,
    NO_WPE,
    PARTS,
    PYTORCH,
    Sizes,
    Slips,
    count,
)

# What each slip forgot or did, as a question or remark that does not give the number away.
SLIPS = {
    "no_biases": "no bias is counted anywhere, but every linear layer and LayerNorm here has one "
    "(bias=True)",
    "attention.one_matrix": "c_attn makes queries, keys and values in one go: is your matrix wide "
    "enough for all three?",
    "attention.no_c_attn_bias": "the bias of c_attn is missing",
    "attention.no_c_proj": "the attention has a second linear layer, c_proj, after the heads",
    "attention.no_c_proj_bias": "the bias of the attention's c_proj is missing",
    "attention.per_head": "the heads share the width: they add no parameters, so nothing is "
    "multiplied by n_head",
    "attention.one_head": "the projections of one head alone are counted; all heads together are "
    "as wide as the model",
    "attention.with_mask": "the mask is counted as well, but it is a buffer, no parameter",
    "mlp.narrow": "the hidden layer of the MLP is wider than n_embd",
    "mlp.twice_as_wide": "the hidden layer of the MLP is wider than that: look at c_fc",
    "mlp.three_times_as_wide": "so wide is the output of c_attn; the hidden layer of the MLP has "
    "another width",
    "mlp.one_layer": "the MLP has two linear layers: there and back",
    "mlp.no_c_fc_bias": "the bias of c_fc is missing (it is as long as its output)",
    "mlp.short_c_fc_bias": "a bias is as long as the output of its layer: how long is c_fc's?",
    "mlp.no_c_proj_bias": "the bias of the MLP's c_proj is missing",
    "norm.no_bias": "a LayerNorm has a weight and a bias",
    "block.no_norms": "a Block holds two LayerNorms besides attention and MLP",
    "block.one_norm": "a Block holds two LayerNorms, not one",
    "block.no_mlp": "the MLP of the Block is missing",
    "block.no_attention": "the attention of the Block is missing",
    "blocks.one": "this is one Block: how many are there?",
    "blocks.one_more": "one Block too many",
    "blocks.one_less": "one Block too few",
    "wte.unpadded": "the tokenizer knows 50,257 tokens, but the model's table is padded: look at "
    "vocab_size in GPTConfig",
    "wte.positions": "this is wpe, the table of positions",
    "wte.twice": "the table is counted twice: lm_head is tied to it, one and the same parameter",
    "wte.added": "rows and columns of a table are multiplied, not added",
    "wte.rows_only": "so many rows has the table: how long is each?",
    "wte.bias": "an embedding is a table and has no bias, and lm_head has none either",
    "wpe.added": "rows and columns of a table are multiplied, not added",
    "wpe.rows_only": "so many rows has the table: how long is each?",
    "total.untied": "lm_head is counted again, but it is tied: one and the same parameter as wte",
    "total.second_table": "the table of the vocabulary is in it twice, that of the positions not "
    "at all: either lm_head is counted again and wpe is missing, or wpe was given a row for each "
    "token",
    "total.no_wpe": "the position embedding wpe is missing",
    "total.no_ln_f": "the final LayerNorm ln_f is missing",
    "total.no_wte": "the token embedding wte is missing",
    "total.no_blocks": "the Blocks are missing",
    "total.blocks_only": "these are the Blocks alone: the embeddings and ln_f are missing",
    "total.blocks_and_wte": "these are the Blocks and wte alone: wpe is missing, and so is ln_f",
    "total.sum_of_names": "this adds up all five numbers above: some of them are parts of others",
    "total.parts_again": "attention, MLP and Block are counted again, though the Blocks hold them",
}
# of these only one can happen at a time
EITHER = (
    {"mlp.narrow", "mlp.twice_as_wide", "mlp.three_times_as_wide"},
    {"block.no_norms", "block.one_norm"},
    {"blocks.one", "blocks.one_more", "blocks.one_less"},
    {"wte.unpadded", "wte.positions", "wte.added", "wte.rows_only", "wte.bias", "total.no_wte"},
    {"wpe.added", "wpe.rows_only", *NO_WPE, "total.blocks_only"},
    {*NO_LN_F, "total.blocks_only"},
    {"total.untied", "total.no_wte", "total.second_table", "total.blocks_only"},
)
AT_MOST = 2  # slips at once; more would explain almost any number
# the slips of one step, from numbers that may be wrong themselves
STEPS = {
    "block": ("block.no_norms", "block.one_norm", "norm.no_bias", "block.no_mlp",
              "block.no_attention"),
    "blocks": ("blocks.one", "blocks.one_more", "blocks.one_less"),
    "total": ("total.untied", "total.second_table", "total.no_wpe", "total.no_ln_f", "total.no_wte",
              "total.no_blocks", "total.blocks_only", "total.blocks_and_wte", "norm.no_bias",
              "wpe.added", "wpe.rows_only",
              "blocks.one", "blocks.one_more", "blocks.one_less"),
}  # fmt: skip


@cache
def table(sizes: Sizes) -> dict[str, dict[int, list[frozenset[str]]]]:
    """For each part, the wrong numbers and the fewest slips that give them, in either convention.

    A number that is right in one of the conventions is none of these.
    """
    found: dict[str, dict[int, list[frozenset[str]]]] = {part: {} for part in PARTS}
    right = [count(sizes, convention) for convention in (KEY, PYTORCH)]
    for slips in subsets(SLIPS):
        counted = [count(sizes, convention, slips) for convention in (KEY, PYTORCH)]
        for part in PARTS:
            for number in {each[part] for each in counted}:
                if number in {each[part] for each in right}:
                    continue
                known = found[part].setdefault(number, [slips])
                # subsets come by size: only those as small as the first are kept, and of these
                # none whose extra slip changes nothing here
                if slips not in known and len(slips) == len(known[0]):
                    known.append(slips)
    return found


def subsets(names: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield all sets of slips that can happen together, smaller ones first."""
    names = list(names)
    for size in range(1, AT_MOST + 1):
        for slips in map(frozenset, combinations(names, size)):
            if all(len(slips & group) < 2 for group in EITHER):
                yield slips


def known(part: str, number: float, sizes: Sizes) -> list[frozenset[str]]:
    """The fewest slips that give this number of parameters: one set for each explanation."""
    is_count = number > 0 and number == int(number)
    return table(sizes)[part].get(int(number), []) if is_count else []


def known_steps(part: str, number: float, step: Callable[[Slips], float]) -> list[frozenset[str]]:
    """The same for one step that was taken from the student's own earlier numbers."""
    fits = [slips for slips in subsets(STEPS.get(part, ())) if step(slips) == number]
    return [slips for slips in fits if len(slips) == len(fits[0])]


def explain(part: str, number: float, sizes: Sizes, most: int = AT_MOST) -> str:
    """Say which slips give this number; two explanations as good as each other are both said.

    most: how many slips at once are still said.
    """
    return sentence([slips for slips in known(part, number, sizes) if len(slips) <= most])


def explain_step(part: str, number: float, step: Callable[[Slips], float]) -> str:
    """The same for one step that was taken from the student's own earlier numbers."""
    return sentence(known_steps(part, number, step))


def sentence(explanations: list[frozenset[str]]) -> str:
    """Join the slips of each explanation by "and", the explanations by "or"; none for too many."""
    if not explanations or len(explanations) > 2:
        return ""
    order = list(SLIPS)
    said = ["; and ".join(SLIPS[s] for s in sorted(slips, key=order.index))
            for slips in explanations]  # fmt: skip
    return " (or: ".join(said) + ")" * (len(said) - 1)
