"""The whole class of attacks, graded once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.attacks.case import all_cases
from autograder.attacks.run import ASSIGNMENT, AttackRun, run_attacks
from autograder.build import BuiltNotebooks, build
from autograder.sandbox import layers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built() -> BuiltNotebooks:
    return build(ROOT / "notebooks" / "text" / f"{ASSIGNMENT}.py", ROOT)


@pytest.fixture(scope="session")
def attacked(built: BuiltNotebooks) -> Iterator[tuple[AttackRun, Path]]:
    """What came of all attacks, and the folder of the classes (class0/course, ...)."""
    if lacking := layers.missing():
        pytest.skip(layers.refusal(lacking))
    # pytest's own folders are closed to others: what holds the attacks must be the sandbox alone
    folder = Path(tempfile.mkdtemp(prefix="course-attack-"))
    try:
        yield run_attacks(all_cases(), built, folder), folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
