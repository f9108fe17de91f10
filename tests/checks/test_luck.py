"""A mistake costs the same points whatever the inputs are: students are not marked by luck."""

from __future__ import annotations

import pytest

from tests.answers import Answer, answers, explain, grade

SEEDS = range(12)
# Answers whose loss once hung on the seed.
ONCE_UNEQUAL = {"e7/same_batch_every_time"}


@pytest.mark.parametrize(
    "answer", [a for a in answers("wrong") if a.name in ONCE_UNEQUAL], ids=lambda a: a.name
)
def test_a_mistake_loses_the_same_checks_with_every_seed(answer: Answer) -> None:
    lost = {}
    for seed in SEEDS:
        results = grade({answer.exercise: answer.code}, seed, only=answer.exercise)
        failed = tuple(result.id for result in results if result.status != "passed")
        lost.setdefault(failed, f"seed {seed}: {explain(results)}")
    assert set(lost) == {answer.fails}, "\n".join(lost.values())
