"""The usual slips in counting GPT-2's parameters, found from the wrong number that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations

from autograder.checks.lab11.counting import KEY, PARTS, PYTORCH, Sizes, Slips, count

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
    "mlp.narrow": "the hidden layer of the MLP is wider than n_embd",
    "mlp.one_layer": "the MLP has two linear layers: there and back",
    "mlp.no_c_fc_bias": "the bias of c_fc is missing (it is as long as its output)",
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
    "wte.bias": "an embedding is a table and has no bias, and lm_head has none either",
    "total.untied": "lm_head is counted again, but it is tied: one and the same parameter as wte",
    "total.no_wpe": "the position embedding wpe is missing",
    "total.no_ln_f": "the final LayerNorm ln_f is missing",
    "total.no_wte": "the token embedding wte is missing",
}
AT_MOST = 3  # slips at once; more would explain almost any number
# the slips of one step, from numbers that may be wrong themselves
STEPS = {
    "block": ("block.no_norms", "block.one_norm", "norm.no_bias", "block.no_mlp",
              "block.no_attention"),
    "blocks": ("blocks.one", "blocks.one_more", "blocks.one_less"),
    "total": ("total.untied", "total.no_wpe", "total.no_ln_f", "total.no_wte", "norm.no_bias"),
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
    """Yield all sets of slips, smaller ones first."""
    names = list(names)
    for size in range(1, AT_MOST + 1):
        yield from map(frozenset, combinations(names, size))


def explain(part: str, number: float, sizes: Sizes) -> str:
    """Say which slips give this number; two explanations as good as each other are both said."""
    is_count = number > 0 and number == int(number)
    return sentence(table(sizes)[part].get(int(number), []) if is_count else [])


def explain_step(part: str, number: float, step: Callable[[Slips], float]) -> str:
    """The same for one step that was taken from the student's own earlier numbers."""
    fits = [slips for slips in subsets(STEPS.get(part, ())) if step(slips) == number]
    return sentence([slips for slips in fits if len(slips) == len(fits[0])])


def sentence(explanations: list[frozenset[str]]) -> str:
    """Join the slips of each explanation by "and", the explanations by "or"; none for too many."""
    if not explanations or len(explanations) > 2:
        return ""
    order = list(SLIPS)
    said = ["; and ".join(SLIPS[s] for s in sorted(slips, key=order.index))
            for slips in explanations]  # fmt: skip
    return " (or: ".join(said) + ")" * (len(said) - 1)
