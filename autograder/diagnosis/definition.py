"""The words for a misconception, and how a diagnosis is written down.

A name is that of the exercise and its own: "e2.scale-by-hidden-size". The library's files leave
the exercise out. What several have in common stands once: in library/common.toml for all that ask
for code, in library/attention.toml for E1 and E2. Standard library only: reports read this without
torch.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOGETHER, EITHER = " + ", " | "
LIBRARY = Path(__file__).parent / "library"
SHARED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("e1", "e2"), ("common", "attention")),
    **dict.fromkeys(("t9_1", "t9_2", "t9_3", "t9_4"), ("common",)),
    "t1_6": ("lab11_code",),
    **dict.fromkeys(
        ("g2_5", "t2_3", "t2_4", "t2_9", "t2_13", "t2_17"),
        ("lab11_answers", "lab11_numbers", "lab11_counting"),
    ),
    **dict.fromkeys(
        ("g2_2", "t2_7", "t2_8", "t2_14"), ("lab11_answers", "lab11_axes", "lab11_shapes")
    ),
    "t2_18": ("lab11_code", "lab11_answers", "lab11_axes", "lab11_shapes"),
    "g2_3": ("lab11_answers", "lab11_axes"),
    "t2_22": ("lab11_answers", "lab11_numbers", "lab11_axes"),
    **dict.fromkeys(("t2_20", "t3_1"), ("lab11_answers", "lab11_numbers")),
}


@dataclass(frozen=True)
class Misconception:
    """says: what happens and why it is not what is asked; asks: a question that leads on; see: the
    heading in the notebook where it is explained."""

    name: str
    says: str
    asks: str
    see: str


@dataclass(frozen=True)
class Diagnosis:
    """What some failed checks come from: one misconception, several together, or one of several.

    checks: the ids of the checks that it explains; either: whether the names are equally good
    explanations, of which one holds.
    """

    names: tuple[str, ...]
    checks: tuple[str, ...]
    either: bool = False

    @property
    def text(self) -> str:
        """As results.json has it: "e1.no-mask", "e1.no-mask + e1.no-scale", "e1.a | e1.b"."""
        return (EITHER if self.either else TOGETHER).join(self.names)


def names_in(text: str | None) -> list[str]:
    """The names in what `Diagnosis.text` wrote; none in None."""
    return re.split(r" [+|] ", text) if text else []


def shared(exercise: str) -> tuple[str, ...]:
    """The files that an exercise has in common with others; those of Assignment 4 ask for code."""
    return SHARED.get(exercise, ("common",) if exercise.startswith("e") else ())


@cache
def library(exercise: str) -> dict[str, Misconception]:
    """The misconceptions of an exercise, such as "e1" or "g2_5", by name; with the common ones."""
    found = {}
    for file in (*shared(exercise), exercise):
        path = LIBRARY / f"{file}.toml"
        if path.exists():
            for short, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
                name = f"{exercise}.{short}"
                found[name] = Misconception(name, **words)
    return found


def misconception(name: str) -> Misconception | None:
    """The words for a name; None for one that a later version knows."""
    return library(name.partition(".")[0]).get(name)
