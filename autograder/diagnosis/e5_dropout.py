"""E5: where dropout acts, read off what the known blocks take in training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from autograder.checks.evidence.embedding_dropout import chained
from autograder.checks.evidence.gpt_reading import find_head, fresh_weights
from autograder.checks.evidence.known_blocks import KnownGPT, Seen, known_gpt
from autograder.checks.expectations import agrees
from autograder.diagnosis.case import Case
from autograder.diagnosis.e5_blocks import in_another_order
from autograder.diagnosis.e5_runs import SMALL, Run, same
from autograder.diagnosis.e5_stream import sums

RATES = (0.3, 0.45)  # the first is the check's, so that the model is there already
NEAR = 1e-4
BATCH = 70


@dataclass(frozen=True)
class Dropped:
    """A model in training at one rate: what was seen without dropout and with it."""

    gpt: KnownGPT
    still: Run
    noisy: Seen
    evaluation_varies: bool

    @property
    def rate(self) -> float:
        return self.gpt.sizes.dropout

    def factor(self) -> float | None:
        """By what the numbers of the stream grow where they are not 0; None if not by one."""
        before, after = self.still.entry, self.noisy.calls[0]["x"]
        if before is None or before.shape != after.shape:
            return None
        kept = after != 0
        if not bool(kept.any()):
            return None
        ratios = after[kept].double() / before[kept].double()
        factor = float(ratios.median())
        alike = (after - factor * before).abs()[kept] <= NEAR * float(before.abs().max()) * factor
        return factor if bool(alike.all()) else None

    def zeros(self) -> Tensor:
        """Where the stream into the first block is 0: (N, T, D)."""
        return torch.as_tensor(self.noisy.calls[0]["x"] == 0)


def watch(gpt: KnownGPT, case: Case) -> Dropped:
    """Run a model twice without dropout and once with it."""
    values = fresh_weights(gpt, case.rng)
    x = case.rng.tokens(min(gpt.sizes.vocab_size, gpt.sizes.context_size), BATCH, 6)
    still = Run(gpt, x, gpt.forward(x), values)
    varies = not agrees(gpt.logits(x), still.seen.logits)
    gpt.model.train()
    noisy = gpt.forward(x)
    gpt.model.eval()
    return Dropped(gpt, still, noisy, varies)


def dropout_names(case: Case) -> list[str]:
    """Everything that is wrong with dropout outside the blocks, and with the blocks' rate."""
    seen = []
    for rate in RATES:
        with known_gpt(case.student, case.rng, SMALL.but(dropout=rate)) as gpt:
            seen.append(watch(gpt, case))
    if all(one.evaluation_varies for one in seen):
        return ["dropout-in-evaluation"]
    if any(not one.still.seen.calls or not one.noisy.calls for one in seen):
        still = all(agrees(one.noisy.logits, one.still.seen.logits, 1e-3) for one in seen)
        return ["no-embedding-dropout"] if still else []
    names = entry_name(seen)
    if all(chained(one.still.seen) and thinned_between(one) for one in seen):
        names.append("dropout-between-blocks")
    elif all(map(changed_after, seen)):
        names.append("dropout-after-blocks")
    return list(dict.fromkeys(name for name in names + blocks_rate(seen) if name))


def entry_name(seen: list[Dropped]) -> list[str]:
    """What is wrong with the dropout of the embeddings."""
    factors = [one.factor() for one in seen]
    zeros = [float(one.zeros().double().mean()) for one in seen]
    if any(factor is None for factor in factors):
        names = [parts_name(one) for one in seen]
        return [names[0]] if names[0] and names[0] == names[1] else []
    found = [float(factor or 0.0) for factor in factors]
    rates = [one.rate for one in seen]
    unchanged = all(abs(factor - 1) < NEAR for factor in found)
    if unchanged:
        return ["no-embedding-dropout"] if max(zeros) == 0 else ["dropout-not-scaled-up"]
    for name, factor in (
        ("", lambda p: 1 / (1 - p)),
        ("dropout-rate-inverted", lambda p: 1 / p),
        ("dropout-twice", lambda p: (1 - p) ** -2),
    ):
        if all(abs(f / factor(p) - 1) < NEAR for f, p in zip(found, rates, strict=True)):
            return [name or together_name([one.zeros() for one in seen])]
    return ["dropout-rate-fixed"] if abs(found[0] / found[1] - 1) < NEAR else []


def together_name(zeros: list[Tensor]) -> str:
    """Whether numbers are dropped together: those of a token, or the same in all sequences.

    Shapes: (N, T, D) each, true where the stream is 0.
    """
    for name, axis in (
        ("dropout-of-whole-vectors", 2),
        ("dropout-shared", 0),
        ("dropout-shared/positions", 1),
    ):
        if all(bool((zero.all(axis) == zero.any(axis)).all()) for zero in zeros):
            return name.partition("/")[0]
    return ""


def parts_name(one: Dropped) -> str:
    """Whether the embeddings were dropped apart, before they were added."""
    after = one.noisy.calls[0]["x"]
    grown = 1 / (1 - one.rate)
    for names, tokens, rows in sums(one.still):
        if names or after.shape != tokens.shape:
            continue
        rows = rows.expand_as(tokens)
        fates = {
            "dropout-on-one-embedding": (rows, grown * tokens + rows),
            "dropout-on-one-embedding/positions": (tokens, tokens + grown * rows),
            "dropout-before-the-sum": (
                torch.zeros_like(rows), grown * tokens, grown * rows, grown * (tokens + rows)
            ),
        }  # fmt: skip
        for name, values in fates.items():
            off = torch.stack([(after - value).abs() for value in values]).amin(0)
            if float(off.max()) <= NEAR * float(after.abs().max()):
                return name.partition("/")[0]
    return ""


def thinned_between(one: Dropped) -> bool:
    """Whether between two blocks numbers become 0, and the others grow or stay."""
    for before, after in pairwise(one.noisy.calls):
        zeros = (after["x"] == 0) & (before["y"] != 0)
        share = float(zeros.double().mean())
        if share < 7 * math.sqrt(share / zeros.numel()) or share == 0:
            return False
    return True


def changed_after(one: Dropped) -> bool:
    """Whether in training the logits are not what the output makes of the last block's result."""
    end = one.still.exit
    if end is None:
        return False
    head = find_head(one.gpt, end, one.still.seen.logits, one.still.values)
    if head is None:
        return False
    return not same(one.noisy.logits, head.predict(one.noisy.calls[-1]["y"], one.still.values))


def blocks_rate(seen: list[Dropped]) -> list[str]:
    """What is wrong with the rate that the blocks were made with."""
    given = [{made[2] if len(made) > 2 else None for made in one.gpt.made} for one in seen]
    if any(len(found) != 1 for found in given):
        return []
    rates = [next(iter(found)) for found in given]
    if rates == [one.rate for one in seen]:
        return []
    if in_another_order([(one.gpt.sizes, tuple(one.gpt.made[0])) for one in seen]):
        return ["arguments-of-blocks-swapped"]
    numbers = [rate if isinstance(rate, (int, float)) else float("nan") for rate in rates]
    if rates[0] == rates[1]:
        return ["dropout-not-passed-on"]
    inverted = all(abs(n - 1 + one.rate) < NEAR for n, one in zip(numbers, seen, strict=True))
    return ["dropout-rate-inverted"] if inverted else []
