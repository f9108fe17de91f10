"""E8 compared: the tokens that are drawn, from which contexts, and the state that is left."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import torch

from benchmarks.mutants.comparison import RAISED, Comparison, attempt

SIZES = ((13, 5, 8, 2, 2, 0.4), (7, 9, 6, 1, 3, 0.0), (4, 1, 4, 1, 1, 0.2))
MANY = 3_000


def compare_generation(c: Comparison) -> None:
    """E8: in both modes, at several temperatures, from short and from long texts."""
    for sizes in SIZES:
        pair = c.pair(lambda n, sizes=sizes: sharp(n["GPT"](*sizes)))
        if RAISED in pair:
            continue
        V, C = sizes[:2]
        for number, (N, T, new) in enumerate(lengths(C)):
            x = torch.randint(V, (N, T), generator=torch.Generator().manual_seed(number))
            for temperature in (None, 1.0, 0.5, 2.0, 0.01):
                for training in (False, True):
                    call = (x, new, temperature, training)
                    calls = [attempt(lambda m, call=call: written(m, *call), m, 1) for m in pair]
                    c.note("refusals", *(found is RAISED for found in calls))
                    if RAISED not in calls:
                        for what in calls[0]:
                            c.note(what, *(found[what] for found in calls))
        if "texts" in c.differing:  # other random numbers may still be of the same law
            compare_frequencies(c, pair, V)


def compare_frequencies(c: Comparison, pair: Any, V: int) -> None:
    """How often each pair of tokens comes when many texts go on from one beginning."""
    x = torch.randint(V, (1, 3), generator=torch.Generator().manual_seed(9)).repeat(MANY, 1)
    for temperature in (1.0, 0.6):
        counts = [frequencies(m, x, temperature, V) for m in pair]
        c.note("distribution", True, unlike(*counts) < 35.0)


def lengths(C: int) -> tuple[tuple[int, int, int], ...]:
    """Numbers of sequences, their lengths, and how many tokens are added; C is the context."""
    return ((1, 1, 4), (3, 2, 6), (2, C, 3), (2, C + 3, 4), (4, 1, 0), (1, C + 1, 1),
            (5, 3, C + 2))  # fmt: skip


def sharp(model: Any) -> Any:
    """A model whose next token depends on all that it sees."""
    torch.default_generator.manual_seed(5)
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() > 1:
                p.normal_(0, 0.7)
    return model


def written(model: Any, x: Any, new: int, temperature: float | None, training: bool) -> Any:
    """Texts of two calls, what the model was shown, and modes, gradients and prints after."""
    seen: list[Any] = []
    hook = model.blocks[0].register_forward_pre_hook(
        lambda part, given: seen.append((list(given[0].shape), part.training, part.mlp.training,
                                         torch.is_grad_enabled()))
    )  # fmt: skip
    model.train(training)
    given, printed = x.clone(), io.StringIO()
    settings = {} if temperature is None else {"temperature": temperature}
    try:
        with contextlib.redirect_stdout(printed):
            texts = [model.generate(given, new, **settings)]
            modes = [part.training for part in model.modules()]
            texts.append(model.generate(given, new, **settings))
    finally:
        hook.remove()
        grad = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
    left = [modes, torch.equal(given, x), grad, printed.getvalue(), str(texts[0].dtype),
            [p.requires_grad and p.grad is None for p in model.parameters()]]  # fmt: skip
    return {"texts": texts, "what is left": left, "what the model sees": seen}


def frequencies(model: Any, x: Any, temperature: float, V: int) -> Any:
    """How often each pair of tokens was drawn; None if it could not be counted."""
    torch.default_generator.manual_seed(17)
    try:
        text = model.generate(x, 2, temperature)[:, -2:]
        return torch.bincount(text[:, 0] * V + text[:, 1], minlength=V * V).double()
    except Exception:
        return None
    finally:
        torch.set_grad_enabled(True)


def unlike(a: Any, b: Any) -> float:
    """Chi-squared of two tables of counts, in standard deviations beyond its mean."""
    if a is None or b is None:
        return 0.0 if a is b else float("inf")
    if a.shape != b.shape:
        return float("inf")
    both = a + b
    kept = both > 10
    chi = float((((a - b) ** 2)[kept] / both[kept]).sum())
    return max(0.0, (chi - int(kept.sum())) / (2 * max(1, int(kept.sum()))) ** 0.5) * 5
