"""The specification, executable: one module per exercise, found by its id.

`exercise("E1")` gives an exercise with its title, points and checks; `assignment("assignment4")`
the list of them. Hidden cases are added where autograder.hidden is installed, on instructors'
machines only.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.checks.framework import Exercise

ASSIGNMENTS: dict[str, tuple[str, ...]] = {
    "assignment4": ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"),
}
TITLES = {"assignment4": "Assignment 4: a small transformer from scratch"}


class UnknownName(LookupError):
    """No exercise or assignment of that name; says which one may be meant."""

    def __str__(self) -> str:
        return str(self.args[0])


def exercise(id: str) -> Exercise:
    """Return an exercise by its id; raises UnknownName with the nearest one."""
    known = [name for names in ASSIGNMENTS.values() for name in names]
    name = pick(id.upper(), known, "exercise")
    module = importlib.import_module(f"autograder.checks.{name.lower()}")
    hidden = f"autograder.hidden.{name.lower()}"
    if importlib.util.find_spec("autograder.hidden") and importlib.util.find_spec(hidden):
        importlib.import_module(hidden)
    found: Exercise = module.EXERCISE
    return found


def assignment(name: str) -> list[Exercise]:
    """Return the exercises of an assignment in order; raises UnknownName with the nearest one."""
    return [exercise(id) for id in ASSIGNMENTS[pick(name, list(ASSIGNMENTS), "assignment")]]


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
