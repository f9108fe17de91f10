"""E8: laws are told apart by counts, and what is no law of the library gets no name."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.diagnosis.e8_draws import HIGH, LOW
from autograder.diagnosis.e8_laws import (
    K,
    Seen,
    T,
    V,
    chance,
    chances,
    cut_off,
    fitting,
    laws,
    likeliest_factor,
    spread_language,
)
from tests.answers import answers, diagnosed_as, explain, grade

DRAWS = 20_000


def logits(seed: int) -> Tensor:
    rng = Draw(seed, "laws")
    return spread_language(rng).tables[0][rng.permutation(V).view(K, T)]


def drawn(law: Tensor, seed: int, draws: int = DRAWS) -> Tensor:
    """Counts (K, V) of tokens drawn from a law (K, V)."""
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.multinomial(law, draws, replacement=True, generator=generator)
    return torch.stack([torch.bincount(row, minlength=V) for row in tokens])


@pytest.mark.parametrize("temperatures", [(1.0,), (LOW, HIGH)])
def test_every_law_is_recognised_by_its_own_draws(
    temperatures: tuple[float, ...], seed: int
) -> None:
    z = logits(seed)
    unsure = 0
    tables = [list(laws(Seen(z, t))) for t in temperatures]
    for columns in zip(*tables, strict=True):
        names, right = columns[0][0], [law for _, law in columns]
        samples = {t: drawn(law, seed) for t, law in zip(temperatures, right, strict=True)}
        found = fitting(samples, z)
        if not found or len(found) > 1:  # nothing is named, or both of two that lie near each other
            unsure += 1
        else:
            assert set(found[0]) == set(names) or nearly_as(right, tables, found[0]), names
    assert unsure < len(tables[0]) / 10


def nearly_as(
    right: list[Tensor], tables: list[list[tuple[tuple[str, ...], Tensor]]], names: tuple[str, ...]
) -> bool:
    """Whether other names give so nearly the same laws that these draws cannot tell."""
    return any(
        all(float((law - other).abs().max()) < 5e-3
            for law, (_, other) in zip(right, columns, strict=True))
        for columns in zip(*tables, strict=True) if set(columns[0][0]) == set(names)
    )  # fmt: skip


@pytest.mark.parametrize("temperature", [1.0, 0.35, 3.0])
def test_right_draws_get_no_name(temperature: float, seed: int) -> None:
    z = logits(seed)
    law = torch.softmax(z[:, -1].double() / temperature, -1)
    assert fitting({temperature: drawn(law, seed)}, z) == [()]


@pytest.mark.parametrize("odd", [
    lambda p: (p * 10).round().clamp_min(1e-3),
    lambda p: p**1.5,
    lambda p: p.roll(1, -1),
    lambda p: p + 0.02,
])  # fmt: skip
def test_draws_of_no_known_law_get_no_name(odd: object, seed: int) -> None:
    z = logits(seed)
    law = odd(torch.softmax(z[:, -1].double(), -1))  # type: ignore[operator]
    counts = drawn(law / law.sum(-1, keepdim=True), seed)
    assert fitting({1.0: counts}, z) == []
    assert not cut_off(counts, z)


def test_a_threshold_of_probability_is_no_number_of_tokens(seed: int) -> None:
    z = logits(seed)
    p = torch.softmax(z[:, -1].double(), -1)
    most = torch.where(p < 0.04, 0.0, p)
    if len(set((most > 0).sum(-1).tolist())) > 1:
        counts = drawn(most / most.sum(-1, keepdim=True), seed, 10_000)
        assert cut_off(counts, z)
        assert fitting({1.0: counts}, z) == []
    assert not cut_off(drawn(p, seed, 10_000), z)


def test_chances_of_right_draws_are_even(seed: int) -> None:
    law = torch.softmax(logits(seed)[:, -1].double(), -1)
    found = torch.tensor([chance(drawn(law, seed + i, 300), law) for i in range(300)])
    assert 0.4 < float(found.mean()) < 0.6
    assert float((found < 0.1).double().mean()) < 0.2


def test_a_law_that_excludes_what_came_is_excluded() -> None:
    law = torch.eye(V)[:K].double()
    assert float(chances(drawn(law, 1), law.unsqueeze(0))) == 1.0
    assert float(chances(drawn(law.roll(1, -1), 1), law.unsqueeze(0))) == 0.0


def test_the_likeliest_factor_is_found(seed: int) -> None:
    z = logits(seed)
    samples = {
        scale: drawn(torch.softmax(0.4 * scale * z[:, -1].double(), -1), seed)
        for scale in (1.0, 3.0)
    }
    assert abs(likeliest_factor(samples, z) - 0.4) < 0.02


WITHOUT_E5 = "class GPT(nn.Module):\n    def __init__(self, *a):\n        raise NotImplementedError"
ON_A_STAND_IN = ["greedy", "crops_to_one_less", "loses_the_beginning", "temperature_multiplied",
                 "mode_not_restored", "seeds_inside", "softmax_over_the_batch",
                 "one_token_too_many", "prompt_read_again_and_again"]  # fmt: skip


@pytest.mark.parametrize("name", ON_A_STAND_IN)
def test_mistakes_are_named_where_there_is_no_model_yet(name: str, seed: int) -> None:
    answer = next(a for a in answers("wrong") if a.name == f"e8/{name}")
    results = grade({"E5": WITHOUT_E5, "E8": answer.code}, seed, only="E8")
    assert diagnosed_as(results) == answer.misconceptions, explain(results)


def test_a_crop_that_no_stand_in_shows_is_one_of_two(seed: int) -> None:
    answer = next(a for a in answers("wrong") if a.name == "e8/context_one_too_long")
    results = grade({"E5": WITHOUT_E5, "E8": answer.code}, seed, only="E8")
    failed = {r.misconception for r in results if r.status == "failed"}
    assert failed == {"e8.context-not-cropped | e8.context-one-too-long"}
