"""No attack wins a point, leaves a trace, or changes what the others get."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.attacks.case import all_cases
from autograder.attacks.run import AttackRun, run_attacks
from autograder.attacks.verdict import HONEST, gradebook_scores
from autograder.build import BuiltNotebooks
from autograder.checks import full_marks

CASES = {case.name: case for case in all_cases()}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("name", CASES)
def test_an_attack_wins_no_more_than_its_honest_work(
    name: str, attacked: tuple[AttackRun, Path]
) -> None:
    run, _ = attacked
    outcome = next(outcome for outcome in run.outcomes if outcome.case.name == name)
    assert not outcome.through, f"{outcome.case.tries}: {outcome.through} (seed {run.seed})"


def test_nothing_outside_was_touched_and_the_class_was_graded_as_without_them(
    attacked: tuple[AttackRun, Path],
) -> None:
    run, _ = attacked
    assert run.broken == [], f"seed {run.seed}"


def test_every_attack_was_run(attacked: tuple[AttackRun, Path]) -> None:
    run, _ = attacked
    assert [outcome.case.name for outcome in run.outcomes] == sorted(CASES)
    assert run.left_out == ()


def test_the_honest_students_have_the_marks_they_deserve(
    attacked: tuple[AttackRun, Path],
) -> None:
    _, folder = attacked
    scores = gradebook_scores(folder / "class0" / "course")
    assert scores["aaron"] == full_marks("assignment4")
    assert 20.0 < scores["zoe"] < scores["mona"] < scores["aaron"]
    assert set(HONEST) == {"aaron", "mona", "zoe"}


SEEN = {  # what must be noticed where nothing holds an attack
    "gradebook_above": "wrote to",
    "writes_outside": "changed a file outside",
    "calls_unix_sockets": "called",
    "copies_the_reference": "points for work worth 0",
}


def test_without_a_sandbox_the_same_attacks_are_seen_to_get_through(
    built: BuiltNotebooks, tmp_path: Path
) -> None:
    run = run_attacks([CASES[name] for name in SEEN], built, tmp_path / "out", sandbox="none")
    through = {outcome.case.name: " ".join(outcome.through) for outcome in run.outcomes}
    assert not [name for name, words in SEEN.items() if words not in through[name]], through
    around = " ".join(run.broken)
    for words in ("canary.txt was changed", "unix socket was called"):
        assert words in around, run.broken
