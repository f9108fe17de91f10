"""Every change that E1 and E2 know is recognised, however the weights are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.checks.draw import Draw
from autograder.diagnosis import e1, e2
from autograder.diagnosis.attention import Change, Design, compute
from autograder.diagnosis.attention_match import explanations, pairs_of
from autograder.probe.links import LocalLink
from autograder.probe.view import Handle, Student

D, H = 12, 3
d = D // H
CHANGES = [(number, *change) for number, change in enumerate(e2.CHANGES)]
Matrices = Callable[[nn.Module], Tensor]


def separate(module: nn.Module, count: int) -> Matrices:
    """A linear layer for each."""
    module.parts = nn.ModuleList(nn.Linear(D, D, bias=False) for _ in range(count))
    return lambda m: torch.stack([part.weight.T for part in m.parts])


def separate_with_biases(module: nn.Module, count: int) -> Matrices:
    """Linear layers with biases, which are 0 while a formula is looked for."""
    module.parts = nn.ModuleList(nn.Linear(D, D) for _ in range(count))
    return lambda m: torch.stack([part.weight.T + 0 * part.bias for part in m.parts])


def fused(module: nn.Module, count: int) -> Matrices:
    """One wide layer, and one for the output."""
    module.wide = nn.Linear(D, 3 * D, bias=False)
    module.last = nn.Linear(D, D, bias=False)
    return lambda m: torch.stack([*m.wide.weight.T.chunk(3, 1), m.last.weight.T][:count])


def by_head(module: nn.Module, count: int) -> Matrices:
    """One wide layer that holds head after head, each with its query, key and value."""
    module.wide = nn.Linear(D, 3 * D, bias=False)
    module.last = nn.Linear(D, D, bias=False)

    def matrices(m: Any) -> Tensor:
        parts = m.wide.weight.view(H, 3, d, D).transpose(0, 1).reshape(3, D, D)
        return torch.stack([*(part.T for part in parts), m.last.weight.T])

    return matrices


def plain(module: nn.Module, count: int) -> Matrices:
    """Parameters that are multiplied from the right, in another order."""
    module.out = nn.Parameter(torch.randn(D, D))
    module.wide = nn.Parameter(torch.randn(D, 3 * D))
    return lambda m: torch.stack([*m.wide.chunk(3, 1), m.out][:count])


STYLES = {f.__name__: f for f in (separate, separate_with_biases, fused, by_head, plain)}


def student_with(design: Design, style: str) -> Handle:
    """A module of four matrices that computes a design."""

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.matrices = STYLES[style](self, 4)

        def forward(self, x: Tensor) -> Tensor:
            found = self.matrices(self)  # (4, D in, D out)
            parts = found[:3].view(1, 3, D, H, d).double()
            last = found[3].T.reshape(1, D, H, d).double()
            return compute(design, x, parts, last)[0].to(x.dtype)

    student = Student(LocalLink({"Attention": Attention}))
    return student.Attention()


def named(handle: Handle, seed: int) -> list[tuple[str, ...]]:
    return explanations(handle, Draw(seed, "attention"), D, H, True, e2.CHANGES)


@pytest.mark.parametrize("style", STYLES)
def test_the_definition_is_recognised_as_right(style: str, seed: int) -> None:
    assert named(student_with(Design(), style), seed) == [()]


@pytest.mark.parametrize(("number", "name", "change"), CHANGES)
def test_each_change_is_named(number: int, name: str, change: dict[str, str], seed: int) -> None:
    style = list(STYLES)[number % len(STYLES)]
    assert named(student_with(replace(Design(), **change), style), seed) == [(name,)]


def test_two_changes_are_named_both_or_not_at_all(seed: int) -> None:
    pairs = pairs_of(e2.CHANGES)
    rng = Draw(seed, "pairs")
    found_both = 0
    for _ in range(20):
        names, design = pairs[rng.whole(0, len(pairs) - 1)]
        found = named(student_with(design, "fused"), seed)
        # Where one change hides the other, or a third does the same as both, fewer names are right.
        if found:
            assert any(set(each) <= set(names) for each in found) or len(found) > 1 or (
                same_function(names, found[0], e2.CHANGES)
            ), (names, found)  # fmt: skip
        found_both += found == [names]
    assert found_both >= 10


def same_function(one: tuple[str, ...], other: tuple[str, ...], changes: list[Change]) -> bool:
    """Whether two sets of changes compute the same on fresh inputs, for some of their rows."""
    rng = Draw(1, "same")
    x, parts, last = rng.normal(2, 7, D), rng.normal(1, 3, D, H, d), rng.normal(1, D, H, d)
    designs = [*pairs_of(changes), *(((n,), replace(Design(), **c)) for n, c in changes)]
    outputs = [
        [compute(design, x, parts.double(), last.double())
         for names, design in designs if set(names) == set(wanted)]
        for wanted in (one, other)
    ]  # fmt: skip
    return any(
        torch.allclose(a, b, 1e-4, 1e-5, equal_nan=True) for a in outputs[0] for b in outputs[1]
    )


def test_what_no_formula_gives_gets_no_name(seed: int) -> None:
    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.matrices = fused(self, 4)

        def forward(self, x: Tensor) -> Tensor:
            q, k, v, o = self.matrices(self)
            return torch.tanh(x @ q) * torch.cos(x @ k) @ v @ o

    assert named(Student(LocalLink({"Attention": Attention})).Attention(), seed) == []


def test_one_head_knows_its_changes_too() -> None:
    assert {name for name, _ in e1.CHANGES} < {name for name, _ in e2.CHANGES}
