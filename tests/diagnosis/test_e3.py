"""Every change that E3 knows, carried out exactly, is recognised by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.checks.draw import Draw
from autograder.diagnosis.e3_dropout import dropout_names
from autograder.diagnosis.mlp import SECOND_FORM, Design, compute, nearest, pairs
from autograder.diagnosis.mlp_match import explanation
from autograder.probe.links import LocalLink
from autograder.probe.view import Student

D = 9
SOME_PAIRS = list(pairs())[::61]


def student_with(design: Design, bias: bool = False) -> Student:
    """A student whose MLP follows a design; its layers are nn.Linear."""

    class MLP(nn.Module):
        def __init__(self, hidden_size: int, dropout: float) -> None:
            super().__init__()
            wide = hidden_size if design.layers == "one" else 4 * hidden_size
            self.up = nn.Linear(hidden_size, wide, bias=bias)
            if design.layers == "two":
                self.down = nn.Linear(wide, hidden_size, bias=bias)

        def forward(self, x: Tensor) -> Tensor:
            first = self.up.weight.T
            second = self.down.weight if design.layers == "two" else first
            return compute(design, x, first.unsqueeze(0), second.unsqueeze(0))[0]

    return Student(LocalLink({"MLP": MLP}))


def found_in(student: Student, seed: int) -> tuple[str, ...] | None:
    module = student.MLP(D, 0.0)
    module.eval()
    found = explanation(module, Draw(seed, "e3"), D)
    return None if found is None else found.design.names


@pytest.mark.parametrize("design", nearest(), ids=str)
def test_one_change_is_named(design: Design, seed: int) -> None:
    assert found_in(student_with(design, bias=True), seed) == design.names


@pytest.mark.parametrize("design", SOME_PAIRS, ids=str)
def test_two_changes_are_named_or_are_the_same_as_fewer(design: Design, seed: int) -> None:
    found = found_in(student_with(design), seed)
    assert found is not None
    # Where one change hides the other, or two of one kind make up for each other, less is said.
    assert len(found) <= len(design.names), (found, design.names)


def test_what_follows_no_design_has_no_name(seed: int) -> None:
    class MLP(nn.Module):
        def __init__(self, hidden_size: int, dropout: float) -> None:
            super().__init__()
            self.up = nn.Linear(hidden_size, 4 * hidden_size)
            self.down = nn.Linear(4 * hidden_size, hidden_size)

        def forward(self, x: Tensor) -> Tensor:
            return self.down(torch.sin(3 * self.up(x)))

    assert found_in(Student(LocalLink({"MLP": MLP})), seed) is None


def dropped(x: Tensor, rate: float) -> Tensor:
    return nn.functional.dropout(x, rate)


Drop = Callable[[Tensor, float], Tensor]
PLACES: dict[str, tuple[tuple[Drop | None, Drop | None, Drop | None], set[str]]] = {
    "outputs": ((None, None, dropped), set()),
    "hiddens": ((None, dropped, None), {"dropout-on-hiddens"}),
    "hiddens too": ((None, dropped, dropped), {"dropout-on-hiddens-too"}),
    "input": ((dropped, None, None), {"dropout-on-the-input"}),
    "input too": ((dropped, None, dropped), {"dropout-on-the-input"}),
    "input and hiddens": ((dropped, dropped, None),
                          {"dropout-on-the-input", "dropout-on-hiddens"}),
    "twice": ((None, None, lambda x, p: dropped(dropped(x, p), p)), {"dropout-twice"}),
    "kept": ((None, None, lambda x, p: dropped(x, 1 - p)), {"dropout-rate-inverted"}),
    "fixed": ((None, None, lambda x, p: dropped(x, 0.2)), {"dropout-rate-fixed"}),
    "fixed on hiddens": ((None, lambda x, p: dropped(x, 0.1), None),
                         {"dropout-rate-fixed", "dropout-on-hiddens"}),
    "bare": ((None, None, lambda x, p: x * (torch.rand_like(x) > p)), {"dropout-not-scaled-up"}),
    "bare on hiddens": ((None, lambda x, p: x * (torch.rand_like(x) > p), None),
                        {"dropout-not-scaled-up", "dropout-on-hiddens"}),
    "by its rate": ((None, None, lambda x, p: x * (torch.rand_like(x) > p) / p),
                    {"dropout-scaled-wrongly"}),
    "whole": ((None, None, lambda x, p: x * dropped(torch.ones_like(x[..., :1]), p)),
              {"dropout-of-whole-vectors"}),
    "positions alike": ((None, None, lambda x, p: x * dropped(torch.ones_like(x[:, :1]), p)),
                        {"dropout-shared"}),
    "sequences alike": ((None, None, lambda x, p: x * dropped(torch.ones_like(x[:1]), p)),
                        {"dropout-shared"}),
    "nowhere": ((None, None, None), {"no-dropout"}),
}  # fmt: skip


@pytest.mark.parametrize("activation", [nn.GELU("tanh"), nn.ReLU(), nn.Tanh()], ids=str)
@pytest.mark.parametrize("place", PLACES)
def test_dropout_is_placed(place: str, activation: Any, seed: int) -> None:
    drops, wanted = PLACES[place]

    class MLP(nn.Module):
        def __init__(self, hidden_size: int, dropout: float) -> None:
            super().__init__()
            self.up = nn.Linear(hidden_size, 4 * hidden_size)
            self.down = nn.Linear(4 * hidden_size, hidden_size)
            self.rate = dropout

        def forward(self, x: Tensor) -> Tensor:
            at_input, at_hiddens, at_outputs = (
                d if d and self.training else (lambda z, rate: z) for d in drops
            )
            h = at_hiddens(activation(self.up(at_input(x, self.rate))), self.rate)
            return at_outputs(self.down(h), self.rate)

    torch.manual_seed(seed)
    student = Student(LocalLink({"MLP": MLP}))
    module = student.MLP(D, 0.0)
    module.eval()
    found = explanation(module, Draw(seed, "e3"), D)
    assert found is not None
    names = dropout_names(student, Draw(seed, "dropout"), found)
    if isinstance(activation, nn.Tanh) and place not in ("outputs", "nowhere"):
        assert names is None or set(names) <= wanted  # it bends the factors: less can be said
    else:
        assert names is not None
        assert set(names) == wanted


def test_the_second_form_of_gelu_is_no_mistake(seed: int) -> None:
    assert found_in(student_with(Design(activation=SECOND_FORM)), seed) == ()
