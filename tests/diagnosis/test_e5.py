"""E5: a right model has no mistake to name, and formulas and laws tell their mistakes apart."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from autograder.checks import exercise
from autograder.checks.draw import Draw
from autograder.checks.evidence.known_blocks import Sizes
from autograder.checks.framework import outcome
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import library, names_in
from autograder.diagnosis.e5 import diagnose
from autograder.diagnosis.e5_laws import DEFAULT, OTHER_STD, PLAIN, SCALED, laws
from autograder.diagnosis.e5_loss import BATCHES, close, losses
from autograder.diagnosis.e5_weights import MODELS
from autograder.probe.links import LocalLink
from autograder.probe.view import Parameter, Student
from tests.answers import Answer, answers, notebook_namespace

RIGHT = [answer for answer in answers("right") if answer.exercise == "E5"]
CHECKS = exercise("E5").checks


def case_of(code: dict[str, str], seed: int, but: str = "") -> Case:
    """A case in which all checks have failed but one, whatever the model is like."""
    student = Student(LocalLink(notebook_namespace(code)))
    results = {c.id: outcome(c, "failed") for c in CHECKS if c.id != but}
    return Case("E5", student, Draw(seed, "test"), results, {})


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.name)
@pytest.mark.parametrize("but", ["e5.logits", ""])
def test_nothing_is_named_in_a_right_model(answer: Answer, but: str, seed: int) -> None:
    found = list(diagnose(case_of({"E5": answer.code}, seed, but)))
    assert not found, found


def test_nothing_is_named_in_the_reference(seed: int) -> None:
    assert not list(diagnose(case_of({}, seed, "e5.logits")))


def test_an_answer_shows_every_misconception() -> None:
    common = {name.partition(".")[2] for name in library("common")}
    own = {name for name in library("e5") if name.partition(".")[2] not in common}
    shown = {name for answer in answers("wrong") for name in answer.misconceptions}
    assert not own - shown, sorted(own - shown)


def test_losses_of_different_mistakes_differ(seed: int) -> None:
    rng, V = Draw(seed, "losses"), 13
    found = []
    for N, T in BATCHES:
        x, y = rng.tokens(V, N, T), rng.tokens(V, N, T)
        found.append(list(losses(rng.normal(N, T, V, std=2.0), x, y)))
    singles = [row for row in zip(*found, strict=True) if len(row[0][0]) < 2]
    for one, other in itertools.combinations(singles, 2):
        alike = all(close(a[1], b[1]) for a, b in zip(one, other, strict=True))
        assert one[0][0] == other[0][0] or not alike, (one, other)


def drawn(values: Tensor) -> Parameter:
    return Parameter("weight", values, True, 0, 0)


def cut_off(*shape: int, std: float, generator: torch.Generator) -> Tensor:
    values = torch.empty(*shape)
    return torch.nn.init.trunc_normal_(values, 0, std, -2 * std, 2 * std, generator=generator)


LAWS: dict[str, Callable[[Draw, tuple[int, int], Sizes], Tensor]] = {
    PLAIN: lambda rng, shape, sizes: rng.normal(*shape, std=0.02),
    SCALED: lambda rng, shape, sizes: rng.normal(*shape, std=0.02 / (2 * sizes.n_layer) ** 0.5),
    DEFAULT: lambda rng, shape, sizes: rng.uniform(
        *shape, low=-(shape[1] ** -0.5), high=shape[1] ** -0.5
    ),
    "scaled-by-root-of-layers":
        lambda rng, shape, sizes: rng.normal(*shape, std=0.02 / sizes.n_layer**0.5),
    "scaled-without-root":
        lambda rng, shape, sizes: rng.normal(*shape, std=0.02 / (2 * sizes.n_layer)),
    "std-of-one": lambda rng, shape, sizes: rng.normal(*shape),
    "variance-for-deviation": lambda rng, shape, sizes: rng.normal(*shape, std=0.02**0.5),
    "xavier-initialisation":
        lambda rng, shape, sizes: rng.normal(*shape, std=(2 / sum(shape)) ** 0.5),
    "std-from-width": lambda rng, shape, sizes: rng.normal(*shape, std=(2 / shape[1]) ** 0.5),
    "uniform-initialisation": lambda rng, shape, sizes: rng.uniform(*shape, low=-0.02, high=0.02),
    "truncated-initialisation": lambda rng, shape, sizes: cut_off(
        *shape, std=0.02, generator=torch.Generator().manual_seed(rng.seed % 2**31)
    ),
    "mean-not-zero": lambda rng, shape, sizes: rng.normal(*shape, std=0.02) + 0.02,
    "weights-start-at-zero": lambda rng, shape, sizes: torch.zeros(*shape),
    OTHER_STD: lambda rng, shape, sizes: rng.normal(*shape, std=0.2),
}  # fmt: skip


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("sizes", MODELS, ids=str)
def test_a_law_is_recognised_by_the_numbers(law: str, sizes: Sizes, seed: int) -> None:
    D, rng = sizes.hidden_size, Draw(seed, law)
    for number, shape in enumerate([(4 * D, D), (D, 4 * D), (3 * D, D)] * 5):
        values = LAWS[law](Draw(rng.seed + number, "values"), shape, sizes)
        found = laws(drawn(values), sizes, table=False)
        assert law in found and (found[0] == law or law == OTHER_STD), (law, shape, found)


def test_no_two_laws_are_the_same_in_both_models() -> None:
    for one, other in itertools.combinations([law for law in LAWS if law != OTHER_STD], 2):
        found = []
        for sizes in MODELS:
            D = sizes.hidden_size
            values = LAWS[one](Draw(1, one), (4 * D, D), sizes)
            found.append(other in laws(drawn(values), sizes, table=False))
        # All that is drawn evenly is uniform, whatever rule the bounds come from.
        assert not all(found) or other == "uniform-initialisation", (one, other)


def test_names_are_written_in_the_library(seed: int) -> None:
    wrong = next(a for a in answers("wrong") if a.name == "e5/untied")
    found = list(diagnose(case_of({"E5": wrong.code}, seed, "e5.logits")))
    assert {name for d in found for name in names_in(d.text)} == {"e5.not-tied"}


def test_an_infinite_loss_is_evidence_of_nothing() -> None:
    assert not close(3.0, math.inf)
