"""E5: which other number the loss is, worked out from the student's own logits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.evidence.gpt_reading import fresh_weights
from autograder.checks.evidence.known_blocks import KnownGPT, known_gpt
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e5_runs import OTHER, SMALL, Names, fewest, told
from autograder.probe.errors import StudentFault

NEAR = 1e-4  # relative; float32 gives 1e-6
BATCHES = ((2, 6), (3, 5), (5, 4))
Each = Callable[[Tensor, Tensor], Tensor]


def nll(logits: Tensor, y: Tensor) -> Tensor:
    """-log softmax(logits)[y] at each position; shapes (N, T, V), (N, T) -> (N, T)."""
    return -logits.log_softmax(-1).gather(-1, y.unsqueeze(-1)).squeeze(-1)


# What is taken at each position: of logits (N, T, V) and targets (N, T), (N, T) numbers.
EACH: dict[str, Each] = {
    "": nll,
    "loss-of-probabilities": lambda z, y: nll(z.softmax(-1), y),
    "loss-without-logarithm":
        lambda z, y: -z.softmax(-1).gather(-1, y.unsqueeze(-1)).squeeze(-1),
    "loss-without-logarithm/one minus":
        lambda z, y: 1 - z.softmax(-1).gather(-1, y.unsqueeze(-1)).squeeze(-1),
    "loss-without-softmax": lambda z, y: -z.gather(-1, y.unsqueeze(-1)).squeeze(-1),
    "loss-counts-errors": lambda z, y: (z.argmax(-1) != y).to(z.dtype),
    "loss-of-another-kind/bce": lambda z, y: F.binary_cross_entropy_with_logits(
        z, F.one_hot(y, z.shape[-1]).to(z.dtype), reduction="none").mean(-1),
    "loss-of-another-kind/bce sum": lambda z, y: F.binary_cross_entropy_with_logits(
        z, F.one_hot(y, z.shape[-1]).to(z.dtype), reduction="none").sum(-1),
    "loss-of-another-kind/squares":
        lambda z, y: (z - F.one_hot(y, z.shape[-1])).square().mean(-1),
    "loss-of-another-kind/squares of probabilities":
        lambda z, y: (z.softmax(-1) - F.one_hot(y, z.shape[-1])).square().mean(-1),
    "loss-of-another-kind/margin": lambda z, y: F.multi_margin_loss(
        z.flatten(0, 1), y.flatten(), reduction="none").view_as(y),
}  # fmt: skip
# Which numbers are put together to one, of (N, T).
TOGETHER: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda each: each.mean(),
    "loss-summed": lambda each: each.sum(),
    "loss-summed/over time": lambda each: each.sum(1).mean(),
    "loss-summed/over the batch": lambda each: each.sum(0).mean(),
    "loss-of-last-position": lambda each: each[:, -1].mean(),
    "loss-skips-positions/all but the first": lambda each: each[:, 0].mean(),
    "loss-skips-positions": lambda each: each[:, 1:].mean(),
    "loss-skips-positions/last": lambda each: each[:, :-1].mean(),
}
AFTER: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda loss: loss,
    "loss-in-other-unit/bits": lambda loss: loss / math.log(2),
    "loss-in-other-unit/tens": lambda loss: loss / math.log(10),
    "loss-with-wrong-sign": lambda loss: -loss,
    "perplexity-as-loss": torch.exp,
}
Pair = tuple[Tensor, Tensor]


def pairs(logits: Tensor, x: Tensor, y: Tensor) -> Iterator[tuple[str, Pair]]:
    """Which logits meet which targets, the right pairs first."""
    N, T, V = logits.shape
    yield "", (logits, y)
    yield "inputs-as-targets", (logits, x)
    if T > 1:
        yield "loss-shifts-again", (logits[:, :-1], y[:, 1:])
        yield "loss-shifts-again", (logits[:, 1:], y[:, :-1])
        yield "loss-shifts-again", (logits[:, :-1], x[:, 1:])
        yield "loss-shifts-again", (logits, y.roll(-1, 1))
        yield "loss-shifts-again", (logits, y.roll(1, 1))
    yield "loss-mixes-positions", (logits, y.T.reshape(N, T))
    yield "loss-mixes-positions", (logits.transpose(0, 1).reshape(N, T, V), y)
    yield "loss-mixes-axes", (logits.reshape(N, V, T).transpose(1, 2), y)
    yield "loss-mixes-axes", (logits.transpose(1, 2).reshape(N, T, V), y)


def losses(logits: Tensor, x: Tensor, y: Tensor) -> Iterator[tuple[Names, float]]:
    """What the loss would be with each mistake, and with each two of them."""
    for (name, pair), each, together in itertools.product(pairs(logits, x, y), EACH, TOGETHER):
        changed = [n.partition("/")[0] for n in (name, each, together) if n]
        if len(changed) > 2:
            continue
        taken = EACH[each](*pair)
        if taken.shape[1] < 2 and "skips" in together:
            continue
        loss = TOGETHER[together](taken)
        for after, function in AFTER.items():
            names = (*changed, *([after.partition("/")[0]] if after else []))
            if len(names) <= 2:
                yield names, float(function(loss))
    yield from ignoring(logits, y)


def ignoring(logits: Tensor, y: Tensor) -> Iterator[tuple[Names, float]]:
    """What the loss would be without the positions of one target, the first or the last."""
    each = nll(logits, y)
    for token in (0, logits.shape[-1] - 1):
        counted = y != token
        if counted.any():
            yield ("loss-ignores-a-token",), float(each[counted].mean())
            yield ("loss-ignores-a-token",), float((each * counted).mean())


def close(found: float, wanted: float) -> bool:
    """Whether two numbers agree to rounding."""
    return math.isfinite(wanted) and abs(found - wanted) <= NEAR * max(0.1, abs(wanted))


def loss_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """What the loss is instead, from three batches of each of two sizes."""
    for sizes in (SMALL, OTHER):
        with known_gpt(case.student, case.rng, sizes) as gpt:
            if name := form_name(gpt, case):
                yield case.named(name, checks=checks)
                return
            seen = [one_loss(gpt, case, N, T) for N, T in BATCHES]
            found: list[Names] | None = None
            for logits, x, y, loss in seen:
                here = {n: None for n, wanted in losses(logits, x, y) if close(loss, wanted)}
                found = [n for n in here if found is None or n in found]
            if () in (found or ()):
                if name := cut_name(gpt, case):
                    yield case.named(name, checks=checks)
                    return
                continue
            if found:
                yield from told(case, fewest(found), checks)
            elif name := mixture_name(seen):
                yield case.named(name, checks=checks)
            return


def one_loss(gpt: KnownGPT, case: Case, N: int, T: int) -> tuple[Tensor, Tensor, Tensor, float]:
    """Logits, tokens, targets and loss of one batch with fresh weights."""
    fresh_weights(gpt, case.rng)
    V = gpt.sizes.vocab_size
    x, y = case.rng.tokens(V, N, T), case.rng.tokens(V, N, T)
    logits = gpt.logits(x)
    result = gpt.model(x, y)
    found = result if isinstance(result, list) else []
    loss = next((r for r in found if isinstance(r, Tensor) and r.numel() == 1), None)
    return logits, x, y, float("nan") if loss is None else float(loss)


def mixture_name(seen: Sequence[tuple[Tensor, Tensor, Tensor, float]]) -> str:
    """Whether the targets were smoothed: the loss is a mixture, with the same share each time.

    Or whether the right loss is multiplied by the same number each time.
    """
    shares, factors = [], []
    for logits, _, y, loss in seen:
        right, all_tokens = float(nll(logits, y).mean()), float(-logits.log_softmax(-1).mean())
        shares.append((loss - right) / (all_tokens - right))
        factors.append(loss / right)
    if all(close(share, shares[0]) for share in shares) and 0 < shares[0] < 1:
        return "loss-smoothed"
    return "loss-scaled" if all(close(factor, factors[0]) for factor in factors) else ""


def form_name(gpt: KnownGPT, case: Case) -> str:
    """What is returned where a pair of logits and one number in a tensor should be."""
    fresh_weights(gpt, case.rng)
    V = gpt.sizes.vocab_size
    x, y = case.rng.tokens(V, 3, 5), case.rng.tokens(V, 3, 5)
    result = gpt.model(x, y)
    if result is None:
        return "nothing-returned"
    if not isinstance(result, list):
        lone = isinstance(result, Tensor)
        return "" if not lone else "loss-alone" if result.numel() == 1 else "logits-alone"
    if len(result) > 2:
        return "more-than-a-pair"
    if len(result) < 2:
        return ""
    first, second = result
    if second is None:
        return "no-loss-with-targets"
    if isinstance(first, Tensor) and first.numel() == 1 and isinstance(second, Tensor):
        return "pair-swapped" if second.numel() == x.numel() * V else ""
    if isinstance(second, (int, float)) and not isinstance(second, bool):
        return "loss-as-a-number"
    if isinstance(second, Tensor) and second.numel() in (len(x), x.numel()):
        each = nll(gpt.logits(x), y)
        for wanted in (each, each.mean(1), each.sum(1)):
            if second.numel() == wanted.numel() and torch.allclose(
                second.flatten(), wanted.flatten(), 1e-3, 1e-4
            ):
                return "loss-not-reduced"
    return ""


def cut_name(gpt: KnownGPT, case: Case) -> str:
    """Whether a gradient comes back from the logits and none from the loss."""
    x = case.rng.tokens(gpt.sizes.vocab_size, 3, 5)

    def comes_back(output: int, shape: tuple[int, ...]) -> bool:
        try:
            _, found = gpt.model.gradients(x, x, cotangent=torch.ones(shape), output=output)
        except StudentFault:
            return False
        return any(g is not None and bool((g != 0).any()) for g in found.values())

    if comes_back(0, (3, 5, gpt.sizes.vocab_size)):
        return "" if comes_back(1, ()) else "loss-detached"
    return ""
