"""Which exercises there are: found by reading the check modules, without importing one.

A check module declares each of its exercises by a line that begins at its left edge:

    E9 = Exercise("E9", "Only the likely tokens", ("top_k",))

Nothing else lists it. A module beside this one belongs to Assignment 4, one in the folder of an
assignment's name to that assignment. Exercises whose ids begin with T are tasks without points.
Standard library only: the modules import torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
# Where the check modules of each assignment are: a folder below this one.
FOLDERS: Mapping[str, str] = {"assignment4": "", "lab11": "lab11"}
LINE = re.compile(
    r"""^(?P<name>\w+)(?:\s*:\s*Exercise)?\s*=\s*(?:\w+\s*=\s*)*
        Exercise\(\s*(?:id\s*=\s*)?["'](?P<id>[^"'\n]*)["']""",
    flags=re.MULTILINE | re.VERBOSE,
)
TASK = "T"
HARDEST = 3  # an exercise's difficulty is 1 to 3


@dataclass(frozen=True)
class Declared:
    """One exercise's declaration: the module below autograder.checks, the name there, the line."""

    id: str
    assignment: str
    module: str
    name: str
    line: int

    @property
    def is_task(self) -> bool:
        """Whether it is one of those without points."""
        return self.id.startswith(TASK)

    @property
    def path(self) -> Path:
        """Its module's file, from the course's root."""
        return path_of(self.module)


@cache
def declarations() -> tuple[Declared, ...]:
    """All exercises of all assignments, in the order of their ids."""
    found = [
        Declared(line["id"], assignment, ".".join(filter(None, (folder, path.stem))), line["name"],
                 text.count("\n", 0, line.start()) + 1)
        for assignment, folder in FOLDERS.items()
        for path in sorted((HERE / folder).glob("*.py"))
        for text in [path.read_text(encoding="utf-8")]
        for line in LINE.finditer(text)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: in_order(each.id)))


def modules(assignment: str, *, tasks: bool) -> dict[str, str]:
    """The ids of an assignment's tasks, or of its graded exercises, each with its module."""
    wanted = [d for d in declarations() if d.assignment == assignment and d.is_task == tasks]
    return {d.id: d.module for d in wanted}


def declaration(id: str) -> Declared:
    """Where an exercise is declared; raises LookupError if nowhere."""
    for each in declarations():
        if each.id == id:
            return each
    raise LookupError(f"no exercise {id!r}")


def path_of(module: str) -> Path:
    """The file of a check module, from the course's root."""
    return Path("autograder", "checks", *module.split(".")).with_suffix(".py")


def in_order(id: str) -> list[str | int]:
    """What ids are sorted by, E2 before E10 and G2.5 before G10.1."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", id)]


def repeated(found: Iterable[Declared]) -> list[tuple[Declared, Declared]]:
    """Those that are declared a second time, each behind the first."""
    first: dict[str, Declared] = {}
    return [(first[d.id], d) for d in found if first.setdefault(d.id, d) is not d]
