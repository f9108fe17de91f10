"""The specification, executable: one module per exercise, found by its id.

`exercise("E1")` gives an exercise with its title, points and checks; `assignment("assignment4")`
the list of those that are graded. A module says itself which exercises it holds (declared.py); how
to add one is in docs/adding_an_exercise.md. Hidden cases are added where autograder.hidden is
installed, on instructors' machines only.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import re
from typing import TYPE_CHECKING

from autograder.checks.declared import FOLDERS, declaration, modules

if TYPE_CHECKING:
    from autograder.checks.framework import Exercise

# The graded exercises of each assignment, in order, with the module that holds each.
ASSIGNMENTS: dict[str, dict[str, str]] = {name: modules(name, tasks=False) for name in FOLDERS}
# Tasks without points whose answers can be computed: students check them, graders do not.
TASKS: dict[str, dict[str, str]] = {name: modules(name, tasks=True) for name in FOLDERS}
TITLES = {
    "assignment4": "Assignment 4: a small transformer from scratch",
    "lab11": "Lab 11: fine-tuning GPT-2 to write TV dialogue",
}


class UnknownName(LookupError):
    """No exercise or assignment of that name; says which one may be meant."""

    def __str__(self) -> str:
        return str(self.args[0])


def exercise(id: str) -> Exercise:
    """Return an exercise or task by its id; raises UnknownName with the nearest one."""
    known = [name for group in (*ASSIGNMENTS.values(), *TASKS.values()) for name in group]
    place = declaration(pick(id.upper(), known, "exercise"))
    module = importlib.import_module(f"autograder.checks.{place.module}")
    hidden = f"autograder.hidden.{place.module}"
    # find_spec imports what stands before the last dot, which is on instructors' machines only
    if all(map(importlib.util.find_spec, parents_of(hidden)[1:])):
        importlib.import_module(hidden)
    found: Exercise = getattr(module, place.name)
    found.module = place.module
    return found


def parents_of(module: str) -> list[str]:
    """A module's packages from the outermost, and the module itself."""
    steps = module.split(".")
    return [".".join(steps[: count + 1]) for count in range(len(steps))]


def assignment(name: str) -> list[Exercise]:
    """Return the exercises of an assignment in order; raises UnknownName with the nearest one."""
    return [exercise(id) for id in ASSIGNMENTS[pick(name, list(ASSIGNMENTS), "assignment")]]


def slug(id: str) -> str:
    """An exercise's id in the letters that cell ids may have: the cells of G2.5 begin with g2_5."""
    return re.sub(r"[^a-z0-9_-]", "_", id.lower())


def full_marks(name: str) -> float:
    """All points that an assignment can give."""
    return sum(found.points for found in assignment(name))


def pick(name: str, known: list[str], what: str) -> str:
    """Return the name if it is known, else raise UnknownName."""
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, 1)
    meant = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
    raise UnknownName(f"no {what} {name!r}{meant}")
