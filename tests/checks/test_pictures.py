"""Which failed checks come with a picture, and that no hidden case gives one away."""

from __future__ import annotations

import pytest

from autograder.checks import expectations
from autograder.checks.expectations import CheckFailed, expect
from autograder.checks.framework import Exercise, run_exercise
from autograder.checks.outcome import CheckResult
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from autograder.report.wording import from_json
from tests.answers import HERE, grade, notebook_namespace, read

PICTURE = {"kind": "series", "name": "n", "index": "i", "expected": [1.0], "got": [2.0]}


def checks_of(answer: str, seed: int) -> dict[str, CheckResult]:
    found = read(HERE / "wrong_answers" / f"{answer}.py")
    return {r.id: r for r in grade({found.exercise: found.code}, seed, only=found.exercise)}


@pytest.mark.parametrize(
    ("answer", "check", "kind"),
    [
        ("e1/no_mask", "e1.causal", "attention"),
        ("e1/masked_after_softmax", "e1.causal", "attention"),
        ("e1/no_softmax", "e1.rows", "attention"),
        ("e2/no_mask", "e2.causal", "attention"),
        ("e5/weights_ten_times_too_wide", "e5.init", "histogram"),
        ("e5/mlp_outputs_not_scaled", "e5.scaled", "histogram"),
        ("e7/rate_of_the_next_update", "e7.schedule", "series"),
        ("e7/logs_the_next_rate", "e7.log", "series"),
    ],
)
def test_a_picture_stands_where_it_says_more(answer: str, check: str, kind: str, seed: int) -> None:
    results = checks_of(answer, seed)
    assert results[check].status == "failed"
    assert (results[check].picture or {}).get("kind") == kind
    assert all(r.picture is None for r in results.values() if r.status != "failed")


def test_a_late_mask_leaks_where_the_picture_says(seed: int) -> None:
    picture = checks_of("e1/mask_one_too_late", seed)["e1.causal"].picture
    assert picture is not None
    later = [(t, s) for t in range(6) for s in range(t + 1, 6) if picture["weights"][t][s]]
    assert later == [(t, t + 1) for t in range(5)]


def run(fails_hidden: bool) -> CheckResult:
    """A check that fails with a picture, itself or in its hidden case."""
    found = Exercise("E1", "t", ("CausalSelfAttention",))

    @found.check("x", points=1.0)
    def claim(student, rng):  # type: ignore[no-untyped-def]
        """It holds."""
        expect(fails_hidden, "wrong", picture=lambda: PICTURE)

    @found.hidden("e1.x")
    def case(student, rng):  # type: ignore[no-untyped-def]
        """It holds elsewhere."""
        raise CheckFailed("wrong", picture=PICTURE)

    (result,) = run_exercise(found, Student(LocalLink(notebook_namespace())), 1)
    assert result.status == "failed"
    return result


def test_a_hidden_case_shows_no_picture() -> None:
    assert run(fails_hidden=False).picture == PICTURE
    assert run(fails_hidden=True).picture is None


def test_a_picture_is_made_only_where_a_check_fails_and_decides_nothing() -> None:
    expect(True, "fine", picture=lambda: pytest.fail("made in vain"))

    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(CheckFailed) as failure:
        expect(False, "wrong", picture=broken)
    assert failure.value.picture is None
    assert expectations.made(lambda: PICTURE) == PICTURE


def test_results_carry_it_and_older_ones_have_none() -> None:
    result = run(fails_hidden=False)
    plain = {name: getattr(result, name) for name in ("id", "exercise", "status", "points",
                                                      "max_points", "claim")}  # fmt: skip
    assert from_json(plain).picture is None
    assert from_json({**plain, "picture": PICTURE}).picture == PICTURE
