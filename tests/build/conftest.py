"""The tiny course: as it stands in golden/tiny, and copied out to be broken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from autograder.build import BuiltNotebooks, build

GOLDEN = Path(__file__).parent / "golden" / "tiny"
POINTS = {"E1": 2.0, "E2": 1.5, "E3": 1.0, "E4": 1.0, "E8": 3.0, "T1": 0.0}


@dataclass(frozen=True)
class TinyCourse:
    """A course of one text, notebooks/text/tiny.py, and the solutions beside it."""

    root: Path

    def build(self) -> BuiltNotebooks:
        return build(self.root / "notebooks" / "text" / "tiny.py", self.root, POINTS)

    def change(self, path: str, old: str, new: str) -> None:
        """Replace the only occurrence of a text in a file."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def golden() -> TinyCourse:
    return TinyCourse(GOLDEN)


@pytest.fixture
def course(tmp_path: Path) -> TinyCourse:
    """A copy of the tiny course that a test may change."""
    for part in ("notebooks/text", "solutions"):
        copytree(GOLDEN / part, tmp_path / "course" / part)
    return TinyCourse(tmp_path / "course")
