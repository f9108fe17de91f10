"""E5: how many blocks there are, and how they follow each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from autograder.checks.evidence.known_blocks import WAYS, Sizes, known_gpt
from autograder.diagnosis.case import Case
from autograder.diagnosis.e5_output import ACTIVATIONS, pairs_of
from autograder.diagnosis.e5_runs import OTHER, SMALL, Names, Run, explained, fewest, run, same

RATES = (0.3, 0.45)


def made_in_forward(case: Case) -> bool:
    """Whether each call makes new blocks."""
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        run(gpt, case.rng, 2, 5)
        before = len(gpt.made)
        found = run(gpt, case.rng, 2, 5)
        return bool(found.seen.calls) and len(gpt.made) > before


def block_names(case: Case) -> list[str]:
    """Everything that is wrong with the number of blocks, their order and what they are made of."""
    names: list[str] = []
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        if not gpt.made:
            return own_layers_name(case)
        seen = run(gpt, case.rng, 2, 5).seen
    names += count_name(case)
    if len(seen.calls) > 1 and (chain := explained(case, chain_names)):
        names += fewest(chain)[0] if len(chain) == 1 else ()
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        used = len(set(seen.numbers))
        if not gpt.blocks_at and used > 1:
            names.append("blocks-in-a-plain-list")
    return names + made_names(case)


def numbers_at(case: Case, sizes: Sizes) -> tuple[list[int], int]:
    """Which block ran first, second, ...; and how many the model knows."""
    with known_gpt(case.student, case.rng, sizes) as gpt:
        return run(gpt, case.rng, 2, 5).seen.numbers, len(gpt.blocks_at)


def count_name(case: Case) -> list[str]:
    """What is wrong with the number of blocks, at two numbers of layers."""
    counts, known = [], []
    for sizes in (SMALL, OTHER):
        numbers, registered = numbers_at(case, sizes)
        known.append(registered)
        counts.append((sizes, numbers, len(set(numbers))))
    if all(not numbers for _, numbers, _ in counts):
        return ["blocks-not-used"]
    if all(
        different == 1 and len(numbers) == sizes.n_layer for sizes, numbers, different in counts
    ):
        return ["one-block-repeated"]
    if all(different == len(numbers) for _, numbers, different in counts):
        found = [different for _, _, different in counts]
        wanted = [sizes.n_layer for sizes, _, _ in counts]
        if found == wanted:
            return ["one-block-too-many"] if known == [n + 1 for n in wanted] else []
        if found == [n - 1 for n in wanted]:
            return ["one-block-too-few"]
        if found == [n + 1 for n in wanted]:
            return ["one-block-too-many"]
        if found == [sizes.n_head for sizes, _, _ in counts]:
            return ["layers-and-heads-swapped"]
        return ["number-of-blocks-fixed"] if found[0] == found[1] else []
    if all(
        different == sizes.n_layer and len(numbers) % different == 0
        and all(numbers.count(n) == len(numbers) // different for n in set(numbers))
        for sizes, numbers, different in counts
    ):  # fmt: skip
        return ["blocks-used-twice"]
    return []


def chain_names(run: Run) -> list[Names]:
    """How each block's input comes from what the block before it gave, () if it is that."""
    found: list[Names] | None = None
    for number, (before, after) in enumerate(pairwise(run.seen.calls)):
        here = [
            names for names, wanted in links(run, number, before["x"], before["y"])
            if same(after["x"], wanted)
        ]  # fmt: skip
        found = here if found is None else [names for names in found if names in here]
    return list(dict.fromkeys(found or []))


def links(run: Run, number: int, x: Tensor, y: Tensor) -> Iterator[tuple[Names, Tensor]]:
    """What the next block may take after one that took x and gave y."""
    entry = run.entry
    assert entry is not None
    yield (), y
    yield ("blocks-in-parallel",), entry
    if x.shape == y.shape == entry.shape:
        yield ("residual-around-blocks",), x + y
        if number:  # after the first block, both are one
            yield ("embeddings-added-again",), entry + y
        else:
            yield ("embeddings-added-again",), x + y
    for weight, bias in pairs_of(run):
        yield ("norm-between-blocks",), F.layer_norm(y, y.shape[-1:], weight, bias)
    for activation in ACTIVATIONS:
        yield ("activation-between-blocks",), activation(y)
    for table in run.tables():
        if len(table) >= y.shape[1] and len(table) == run.gpt.sizes.context_size:
            yield ("positions-at-every-block",), y + table[: y.shape[1]]


def made_names(case: Case) -> list[str]:
    """What is wrong with the arguments of the blocks, at two sizes."""
    found = []
    for sizes, rate in zip((SMALL, OTHER), RATES, strict=True):
        with known_gpt(case.student, case.rng, sizes.but(dropout=rate)) as gpt:
            given = {tuple(made) for made in gpt.made}
        if len(given) != 1:
            return []
        found.append((sizes, next(iter(given))))
    if in_another_order([(s.but(dropout=rate), made) for (s, made), rate in
                         zip(found, RATES, strict=True)]):  # fmt: skip
        return ["arguments-of-blocks-swapped"]
    found = [(sizes, made[:2]) for sizes, made in found]
    if all(made == (s.hidden_size, s.n_layer) for s, made in found):
        return ["layers-and-heads-swapped"]
    if all(len(made) == 2 and made[0] == s.hidden_size for s, made in found):
        heads = {made[1] for _, made in found}
        return ["number-of-heads-fixed"] if len(heads) == 1 else []
    return []


def in_another_order(found: Sequence[tuple[Sizes, tuple[Any, ...]]]) -> bool:
    """Whether the blocks of each model were given the right arguments in a wrong order."""
    wanted = [(s.hidden_size, s.n_head, s.dropout) for s, _ in found]
    return all(
        made != right and len(made) == 3 and all(made.count(value) == 1 for value in right)
        for right, (_, made) in zip(wanted, found, strict=True)
    )


def own_layers_name(case: Case) -> list[str]:
    """For a model without Block: what one more layer changes, with the same weights loaded."""
    L = SMALL.n_layer
    values: dict[str, Tensor] = {}
    x = case.rng.tokens(SMALL.vocab_size, 2, 5)
    logits = []
    # two models of the same sizes, which the same ways would make one, and one of another depth
    for ways, n_layer in ((WAYS[:1], L), (WAYS[:2], L), (WAYS[:1], L + 1)):
        with known_gpt(case.student, case.rng, SMALL.but(n_layer=n_layer), ways) as gpt:
            shapes = {p.name: tuple(p.values.shape) for p in gpt.parameters}
            values = values or {n: case.rng.normal(*s, std=0.3) for n, s in shapes.items()}
            if {n: tuple(v.shape) for n, v in values.items()} != shapes:
                return []
            gpt.model.load(values)
            logits.append(gpt.logits(x))
    if not same(logits[0], logits[1]):
        return ["blocks-in-a-plain-list"]  # other first weights, which nothing shows
    return ["number-of-blocks-fixed"] if same(logits[0], logits[2]) else ["one-block-repeated"]
