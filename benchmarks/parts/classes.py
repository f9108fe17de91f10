"""Classes of any size, made from the bundled students of Assignment 4."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import demo
from autograder.attacks.case import all_cases, notebook_of
from autograder.build import BuiltNotebooks, build
from autograder.build.notebook import role_of
from autograder.pipeline.execute import NOT_RUN

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "assignment4"
FILE = f"{ASSIGNMENT}.ipynb"
# Bundled students whose time is a time-out or nothing at all, and why they say nothing of speed.
LEFT_OUT = {"emre": "loops forever", "grace": "handed in a link"}


@cache
def built() -> BuiltNotebooks:
    """The notebooks of Assignment 4."""
    return build(ROOT / "notebooks" / "text" / f"{ASSIGNMENT}.py", ROOT)


def students() -> list[str]:
    """Bundled students whose notebooks end by themselves."""
    text = (Path(demo.__file__).parent / f"{ASSIGNMENT}.toml").read_text(encoding="utf-8")
    return [name for name in tomllib.loads(text) if name not in LEFT_OUT]


def everybody() -> list[str]:
    """All bundled students."""
    return [*students(), *LEFT_OUT]


def write_class(folder: Path, count: int, chosen: Sequence[str] = ()) -> list[str]:
    """Write a class of that many, its members taken in turn; returns all names.

    The first of each is called as in the bundled class, the others ada-1, ada-2, ...
    """
    chosen = list(chosen) or students()
    demo.write_class(built(), folder, chosen)
    for student in chosen[count:]:
        shutil.rmtree(folder / student)
    names = chosen[:count]
    for number in range(len(chosen), count):
        student, copy = chosen[number % len(chosen)], number // len(chosen)
        shutil.copytree(folder / student, folder / f"{student}-{copy}")
        names.append(f"{student}-{copy}")
    return names


def write_hostile(
    folder: Path, count: int, known: Mapping[str, str], only: Sequence[str] = ()
) -> dict[str, float]:
    """Add that many attacks, spread over the suite; returns what each deserves, by name.

    known: what an attacker is told, see autograder/attacks; only: these attacks. Attacks that need
    limits, files or a name of their own are left out.
    """
    suite = [case for case in all_cases(only)
             if not (case.limits or case.brings or case.file or case.student)]  # fmt: skip
    deserved = {}
    for number in range(count):
        case = suite[number * max(1, len(suite) // count) % len(suite)]
        name = f"hostile-{number}-{case.name}"
        place = folder / name / FILE
        place.parent.mkdir(parents=True)
        text = nbformat.writes(notebook_of(case, built(), known))
        place.write_text(str(text), encoding="utf-8")
        deserved[name] = case.honest
    return deserved


def graded_cells_only(notebook: NotebookNode) -> NotebookNode:
    """A copy without the cells that the grader does not run: demonstrations, settings."""
    dropped = {cell.id for cell in built().source.cells if role_of(cell) in NOT_RUN}
    found = nbformat.from_dict(notebook)
    found.cells = [cell for cell in found.cells if cell.id not in dropped]
    return found
