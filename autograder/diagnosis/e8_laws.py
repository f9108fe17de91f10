"""E8: the laws by which tokens may have been drawn, and which of them the counts allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.languages import Language

V, T, K = 12, 4, 3  # tokens, their number in a context, contexts: each token stands in one of them
FITS, FAILS = 1e-4, 1e-9  # a law is as likely as this or more; or less likely than this
LEAST_EXPECTED = 5.0  # of a cell of chi-square; smaller ones are counted together
Names = tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What a draw can depend on: logits (K, T, V) of what the model was given, temperature."""

    logits: Tensor
    temperature: float = 1.0


Transform = Callable[[Tensor, float], Tensor]  # logits (K, V), temperature -> weights (K, V)
Base = Callable[[Tensor], Tensor]  # logits (K, T, V) -> (K, V)

BASES: dict[str, Base] = {
    "": lambda z: z[:, -1],
    "first-position": lambda z: z[:, 0],
    "second-position": lambda z: z[:, 1] if z.shape[1] > 1 else z[:, 0],
    "previous-position": lambda z: z[:, -2] if z.shape[1] > 1 else z[:, -1],
    "positions-merged": lambda z: z.mean(1),
    "positions-merged/summed": lambda z: z.sum(1),
    "positions-merged/largest": lambda z: z.amax(1),
    "first-row-for-all": lambda z: z[:1, -1].expand(len(z), -1),
}
TRANSFORMS: dict[str, Transform] = {
    "": lambda z, t: torch.softmax(z / t, -1),
    "greedy": lambda z, t: torch.nn.functional.one_hot(z.argmax(-1), z.shape[-1]).double(),
    "uniform": lambda z, t: torch.ones_like(z),
    "softmax-twice": lambda z, t: torch.softmax(torch.softmax(z / t, -1), -1),
    "softmax-twice/after": lambda z, t: torch.softmax(torch.softmax(z, -1) / t, -1),
    "logits-rounded": lambda z, t: torch.softmax((z / t).floor(), -1),
    "logits-rounded/to the nearest": lambda z, t: torch.softmax((z / t).round(), -1),
    "logits-rounded/towards 0": lambda z, t: torch.softmax((z / t).trunc(), -1),
    "fraction-upside-down": lambda z, t: torch.softmax(t / z, -1),
    "sigmoid-for-softmax": lambda z, t: torch.sigmoid(z / t),
    "least-likely": lambda z, t: torch.softmax(-z / t, -1),
    "logits-taken-for-probabilities": lambda z, t: (z / t).clamp_min(0),
    "logits-taken-for-probabilities/size": lambda z, t: (z / t).abs(),
    "logits-taken-for-probabilities/shifted": lambda z, t: z - z.min(-1, keepdim=True).values,
    "logs-taken-for-probabilities": lambda z, t: -torch.log_softmax(z / t, -1),
    "softmax-over-the-batch": lambda z, t: torch.softmax(z / t, 0),
    "last-token-never-drawn": lambda z, t: without(torch.softmax(z / t, -1), -1),
    "first-token-never-drawn": lambda z, t: without(torch.softmax(z / t, -1), 0),
}
# With a base, these give no law of their own, or one that a single token may show by chance.
NOT_WITH = dict.fromkeys(BASES, ("uniform",)) | {
    "first-row-for-all": ("uniform", "softmax-over-the-batch", "greedy")
}
TEMPERATURES: dict[str, Transform] = {
    "temperature-multiplied": lambda z, t: torch.softmax(z * t, -1),
    "temperature-without-effect": lambda z, t: torch.softmax(z, -1),
    "temperature-not-as-given": lambda z, t: torch.softmax(z / t**2, -1),
    "temperature-not-as-given/root": lambda z, t: torch.softmax(z / t**0.5, -1),
    "temperature-not-as-given/one more": lambda z, t: torch.softmax(z / (1 + t), -1),
    "temperature-not-as-given/exponential": lambda z, t: torch.softmax(z / torch.e**t, -1),
}


def without(weights: Tensor, token: int) -> Tensor:
    """The same weights, but one token is never drawn. Shapes: (K, V) -> (K, V)."""
    weights = weights.clone()
    weights[:, token] = 0.0
    return weights


def normal(weights: Tensor) -> Tensor:
    """Weights as probabilities. Shapes: (K, V) -> (K, V)."""
    return weights / weights.sum(-1, keepdim=True)


def laws(seen: Seen) -> Iterator[tuple[Names, Tensor]]:
    """Every law, with the misconceptions that lead to it: none for the right one; (K, V) each."""
    z, t = seen.logits.double(), seen.temperature
    transforms = TRANSFORMS | (TEMPERATURES if t != 1 else {})
    for base, logits in BASES.items():
        for name, weights in transforms.items():
            names = tuple(part.partition("/")[0] for part in (base, name) if part)
            if not (base and name in NOT_WITH[base]):
                yield names, normal(weights(logits(z), t))
    yield ("softmax-over-time",), normal(torch.softmax(z / t, 1)[:, -1])
    yield ("positions-merged",), torch.softmax(z / t, -1).mean(1)
    for name, weights in (("", TRANSFORMS[""]), *(TEMPERATURES.items() if t != 1 else ())):
        p = weights(z[:, -1], t)
        for k in range(2, z.shape[-1]):
            names = tuple(part.partition("/")[0] for part in (name, "top-k") if part)
            yield names, normal(p * (p >= p.topk(k).values[:, -1:]))


def chances(counts: Tensor, laws: Tensor) -> Tensor:
    """How likely counts so far from each law are, by chi-square over all contexts.

    Rare tokens, of which fewer than LEAST_EXPECTED should come in all, count as one cell, measured
    by its likelihood. What a law excludes never comes.
    Shapes: counts (K, V), laws (M, K, V) -> (M,).
    """
    n = counts.double().expand_as(laws)
    expected, order = (n.sum(-1, keepdim=True) * laws).sort(-1)
    got = n.gather(-1, order)
    rare = expected.cumsum(-1) < LEAST_EXPECTED
    cells = torch.where(rare, 0.0, (got - expected) ** 2 / expected.clamp_min(1e-9)).sum(-1)
    came, wanted = ((rare * part).sum(-1) for part in (got, expected))
    of_rare = 2 * (torch.xlogy(came, came / wanted.clamp_min(1e-300)) - came + wanted)
    statistic = (cells + of_rare).sum(-1)
    freedom = ((~rare).sum(-1) + rare.any(-1).long() - 1).sum(-1).double()
    likely = torch.special.gammaincc(freedom.clamp_min(1.0) / 2, statistic / 2)
    impossible = (~(laws > 0) & (n > 0)).any(-1).any(-1)  # also where a law has no numbers
    return torch.where(impossible, 0.0, likely)


def chance(counts: Tensor, law: Tensor) -> float:
    """The same for one law. Shapes: both (K, V)."""
    return float(chances(counts, law.double().unsqueeze(0)))


def fitting(samples: Mapping[float, Tensor], logits: Tensor) -> list[Names] | None:
    """The names of the laws that all samples allow, the fewest first; () is the right law.

    None if nobody knows: some other law is neither likely nor excluded. Names that hold more than
    an explanation that fits already are left out.
    samples: counts (K, V) by temperature; logits: as in Seen.
    """
    odds: dict[Names, float] = {}
    likely = []
    for temperature, counts in samples.items():
        names, table = zip(*laws(Seen(logits, temperature)), strict=True)
        likely.append(chances(counts, torch.stack(table)))
    for name, p in zip(names, torch.stack(likely).amin(0).tolist(), strict=True):
        odds[name] = max(odds.get(name, 0.0), p)
    fits = [names for names, p in odds.items() if p > FITS]
    fewest = [a for a in fits if not any(set(b) < set(a) for b in fits)]
    doubtful = [a for a, p in odds.items() if FAILS < p <= FITS
                and not any(set(b) <= set(a) for b in fits)]  # fmt: skip
    return None if fits and doubtful else sorted(fewest, key=len)


def cut_off(counts: Tensor, logits: Tensor, temperature: float = 1.0) -> bool:
    """Whether rare tokens are never drawn, another number of them in each context.

    All that were drawn are likelier than all that were not, which would have come many times.
    Shapes: counts (K, V), logits (K, T, V).
    """
    p = torch.softmax(logits[:, -1].double() / temperature, -1)
    drawn = counts > 0
    kept = normal(p * drawn)
    missing = (counts.sum(-1, keepdim=True) * p)[~drawn]
    in_order = torch.where(drawn, p, 1.0).amin(-1) > torch.where(drawn, 0.0, p).amax(-1)
    several = len(set(drawn.sum(-1).tolist())) > 1
    return (
        several and bool(in_order.all()) and bool((missing > 20).all())
        and chance(counts, kept) > FITS
    )  # fmt: skip


def likeliest_factor(samples: Mapping[float, Tensor], logits: Tensor) -> float:
    """The b from 0.01 to 100 for which softmax(b * scale * logits) makes all counts likeliest.

    samples: counts (K, V) by scale; logits: as in Seen.
    """
    z = logits[:, -1].double()
    low, high = -4.6, 4.6
    for _ in range(40):
        middle = (low + high) / 2
        slope = 0.0  # of the log-likelihood
        for scale, counts in samples.items():
            p = torch.softmax(math.exp(middle) * scale * z, -1)
            n = counts.double()
            slope += scale * float((n * z).sum() - (p * z * n.sum(-1, keepdim=True)).sum())
        low, high = (middle, high) if slope > 0 else (low, middle)
    return math.exp(low)


def spread_language(rng: Draw, lowest: float = 0.0, context_size: int = 16) -> Language:
    """A language in which every token may follow, more evenly after some tokens than after others.

    lowest: the smallest logit; 0 stands for a scale with negative and positive ones.
    """
    wide = torch.tensor([1.0, 1.6, 2.2]).repeat(V // 3)[rng.permutation(V)]
    rows = torch.stack([torch.linspace(-1.0, 1.0, V)[rng.permutation(V)] for _ in range(V)])
    table = rows * wide.unsqueeze(1) + 0.15
    if lowest:
        table = table - table.min() + lowest
    return Language(table.expand(2, V, V), context_size)
