"""E6 compared: the groups of an optimizer, and what its steps do to the weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from benchmarks.mutants.comparison import RAISED, Comparison, reseed

ARGUMENTS = ((0.3, 0.05, (0.8, 0.95)), (0.0, 1e-3, (0.9, 0.99)), (0.1, 0.2, (0.5, 0.7)))
SIZES = ((13, 7, 8, 2, 2, 0.0), (5, 4, 6, 1, 3, 0.1))


def compare_configuration(c: Comparison) -> None:
    """E6: for models of several sizes, with all parameters trained and with some frozen."""
    for sizes in SIZES:
        for number, arguments in enumerate(ARGUMENTS):
            for frozen in (False, True):
                pair = c.pair(
                    lambda n, s=sizes, a=arguments, f=frozen, k=number: made(n, s, a, f, k)
                )
                if RAISED in pair:
                    continue
                suffix = ", some parameters frozen" if frozen else ""
                c.note("kind", *(isinstance(o, torch.optim.AdamW) for _, o in pair))
                c.same(f"groups{suffix}", lambda each: sorted(groups(*each, True)), pair)
                c.same("frozen parameters", lambda each: sorted(groups(*each, False)), pair)
                c.same(f"steps{suffix}", lambda each: list(steps(*each)), pair)


def made(names: Any, sizes: Any, arguments: Any, frozen: bool, number: int) -> tuple[Any, Any]:
    """A model and the optimizer for it; arguments by position or by name."""
    model = names["GPT"](*sizes)
    if frozen:
        for name, p in model.named_parameters():
            if "expand" in name:
                p.requires_grad_(False)
    if number % 2:
        return model, model.configure_optimizers(*arguments)
    named = dict(zip(("weight_decay", "learning_rate", "betas"), arguments, strict=True))
    return model, model.configure_optimizers(**named)


def groups(model: Any, optimizer: Any, trained: bool) -> Iterator[tuple[Any, ...]]:
    """Each parameter, trained or not, with the settings of its group, every time it is in one."""
    names = {id(p): name for name, p in model.named_parameters()}
    for group in optimizer.param_groups:
        for p in (p for p in group["params"] if p.requires_grad is trained):
            yield (names.get(id(p), "?"), float(group["weight_decay"]), float(group["lr"]),
                   *map(float, group["betas"]))  # fmt: skip


def steps(model: Any, optimizer: Any) -> Iterator[Any]:
    """The weights after each of four steps with drawn gradients, large ones and small ones."""
    reseed(3)
    for size in (1.0, 1e-3, 10.0, 1e-6):
        for _, p in sorted(model.named_parameters()):
            gradient = size * torch.randn(p.shape)
            p.grad = gradient if p.requires_grad else None
        optimizer.step()
        yield {name: p.detach().clone() for name, p in sorted(model.named_parameters())}
    optimizer.zero_grad()
