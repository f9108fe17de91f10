"""What a build asks the check modules: which exercises there are, and what each is worth.

The text, the solutions and the check modules must say the same of an exercise; where two of them
do not, the build stops and names both places.
"""

from __future__ import annotations

import ast
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from autograder.build import notebook as nb
from autograder.build.errors import BuildError, Place, did_you_mean
from autograder.build.text import TextCell
from autograder.checks import ASSIGNMENTS
from autograder.checks.declared import (
    FOLDERS,
    HARDEST,
    HERE,
    Declared,
    declarations,
    path_of,
    repeated,
)

if TYPE_CHECKING:
    from autograder.checks.framework import Exercise

ID = re.compile(r"[A-Z][0-9]+(\.[0-9]+)*")
# `E9 · Only the likely tokens (2 points)`; no other id stands between the two
ANNOUNCED = re.compile(
    rf"\b(?P<id>{ID.pattern})\b(?:(?!\b{ID.pattern}\b)[^()])*\((?P<points>\d+(?:\.\d+)?) points?\)"
)
ASKING = ("exercise", "check", "written")


@dataclass(frozen=True)
class Asked:
    """An exercise as the build knows it; place: where a check module declares it, if one does.

    asks: what students do, for the table of exercises; defines: the names that its checks look for;
    minutes and difficulty: an estimate, 0 where none is given.
    """

    id: str
    points: float
    asks: str = ""
    by_hand: bool = False
    defines: tuple[str, ...] = ()
    place: Place | None = None
    minutes: int = 0
    difficulty: int = 0


def unregistered(points: Mapping[str, float]) -> dict[str, Asked]:
    """Exercises of which nothing is known but their points."""
    return {id: Asked(id, each) for id, each in points.items()}


def registered(assignment: str, text: Path, cells: list[TextCell]) -> dict[str, Asked]:
    """The exercises of an assignment as their check modules have them.

    Raises BuildError where text and check modules do not have the same exercises, or where a module
    cannot be imported or gives an exercise no points or points that it may not have.
    """
    if assignment not in ASSIGNMENTS:
        hint = did_you_mean(assignment, ASSIGNMENTS)
        raise BuildError(cells[0].place, f"no assignment '{assignment}'{hint}")
    _reject_doubtful(declarations())
    ours = {each.id: each for each in declarations() if each.assignment == assignment}
    _reject_unknown(cells, ours, assignment)
    asked = {cell.name for cell in cells if cell.role in ASKING}
    for id, each in ours.items():
        if id not in asked:
            place = Place(each.path, each.line)
            raise BuildError(place, f"{id} has no section in {text.as_posix()}; {_wanted(each)}")
    return {id: _asked(each) for id, each in ours.items()}


def _reject_doubtful(found: Iterable[Declared]) -> None:
    """Raise BuildError at an id that cannot be one, or that is declared twice."""
    found = list(found)
    for each in found:
        if not ID.fullmatch(each.id):
            raise BuildError(
                Place(each.path, each.line),
                f"an exercise's id is a capital letter and numbers, such as E9 or G2.6: "
                f"got '{each.id}'",
            )
    for first, second in repeated(found):
        place = Place(first.path, first.line)
        raise BuildError(
            Place(second.path, second.line), f"{second.id} is declared a second time; see {place}"
        )


def _reject_unknown(cells: list[TextCell], ours: Mapping[str, Declared], assignment: str) -> None:
    """Raise BuildError at the first cell whose exercise no check module declares."""
    for cell in cells:
        if cell.role in ASKING and cell.name not in ours:
            message = f"no exercise '{cell.name}'{did_you_mean(cell.name, ours)}"
            if ID.fullmatch(cell.name):
                end = "" if message.endswith("?") else "."
                message += f"{end} {_where_declared(cell.name, assignment)}"
            raise BuildError(cell.place, message)


def _where_declared(id: str, assignment: str) -> str:
    """Where a new exercise must be declared, and whether its check module is there already."""
    name = id.replace(".", "_")
    module = ".".join(filter(None, (FOLDERS[assignment], name.lower())))
    there = path_of(module).as_posix()
    line = f'{name} = Exercise("{id}", ...)'
    if (HERE.parent.parent / there).exists():
        return f"{there} does not declare it: it needs a line {line} that begins at the left edge"
    return f"A new one is declared by its check module, such as {there}: {line}"


def _wanted(each: Declared) -> str:
    """The cells that an exercise needs in the text."""
    return (
        f'it needs a cell # %% exercise="{each.id}" from="FILE.py:NAME" and below it '
        f'# %% check="{each.id}" (or # %% [markdown] written="{each.id}" if a person marks it)'
    )


def _asked(each: Declared) -> Asked:
    """Import an exercise's check module, and see that its points are as they should be."""
    from autograder.checks import exercise

    place = Place(each.path, each.line)
    try:
        found = exercise(each.id)
    except Exception as error:
        raise BuildError(
            _place_of(error, each),
            f"{each.id} cannot be imported: {type(error).__name__}: {error}",
        ) from error
    if found.points and each.is_task:
        raise BuildError(place, f"{each.id} gives {found.points:g} points; only tasks, which give "
                         "none, have ids that begin with T")  # fmt: skip
    if not found.points and not each.is_task:
        raise BuildError(place, f"{each.id} gives no points: its checks have none, and by_hand is "
                         "0; a task without points has an id that begins with T")  # fmt: skip
    if found.by_hand and found.checks:
        raise BuildError(place, f"{each.id} is marked by a person and has checks: choose one")
    asks = found.asks or as_phrase(found.title)
    _reject_effort(found, place)
    return Asked(
        each.id, found.points, asks, bool(found.by_hand), found.defines, place,
        found.minutes, found.difficulty,
    )  # fmt: skip


def _reject_effort(found: Exercise, place: Place) -> None:
    """Raise BuildError at minutes or a difficulty that cannot be shown."""
    if found.minutes < 0:
        raise BuildError(place, f"{found.id} has minutes={found.minutes}: say how long it takes, "
                         "or leave it out")  # fmt: skip
    if found.difficulty not in range(HARDEST + 1):
        raise BuildError(place, f"{found.id} has difficulty={found.difficulty}: 1 is easy, "
                         f"{HARDEST} is hard; or leave it out")  # fmt: skip


def as_phrase(title: str) -> str:
    """A title as it stands within a sentence: "Several heads" becomes "several heads"."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _place_of(error: Exception, each: Declared) -> Place:
    """The line of the exercise's modules that an import came to, the declaration's if of none."""
    if isinstance(error, SyntaxError) and error.filename:
        return Place(_short(error.filename), error.lineno or 1)
    own = each.path, Path("autograder", "hidden", *each.path.parts[2:])
    frames = reversed(traceback.extract_tb(error.__traceback__))
    lines = [(_short(frame.filename), frame.lineno or 1) for frame in frames]
    return next((Place(*line) for line in lines if line[0] in own), Place(each.path, each.line))


def _short(file: str) -> Path:
    """A file of our package as people write it: from the course's root."""
    path = Path(file)
    root = HERE.parent.parent
    return path.relative_to(root) if path.is_relative_to(root) else path


def reject_other_kind(cells: list[TextCell], table: Mapping[str, Asked]) -> None:
    """Raise BuildError where the text asks for words and the checks for code, or the reverse."""
    for cell in cells:
        found = table.get(cell.name)
        if found is None or found.place is None or cell.role not in ASKING:
            continue
        if (cell.role == "written") != found.by_hand:
            marked = "a person" if found.by_hand else "its checks"
            raise BuildError(
                cell.place, f"{cell.name} is marked by {marked} ({found.place}): a cell of role "
                f"{cell.role} does not fit",
            )  # fmt: skip


def reject_other_points(cells: list[TextCell], table: Mapping[str, Asked]) -> None:
    """Raise BuildError where prose announces an exercise with other points: `E9 ... (2 points)`."""
    for cell in cells:
        if cell.role != "prose":
            continue
        for id, found, line in _announced(cell):
            asked = table.get(id)
            if asked and asked.place and found != asked.points:
                raise BuildError(
                    Place(cell.place.path, cell.place.line + line),
                    f"{id} is announced with {found:g} points; {asked.place} gives "
                    f"{asked.points:g}",
                )


def _announced(cell: TextCell) -> Iterator[tuple[str, float, int]]:
    """Ids with the points announced beside them, and on which line of the cell, from 1."""
    for number, line in enumerate(cell.source.split("\n"), start=1):
        for found in ANNOUNCED.finditer(line):
            yield found["id"], float(found["points"]), number


def reject_other_names(
    cells: list[TextCell], solved: NotebookNode, table: Mapping[str, Asked]
) -> None:
    """Raise BuildError where the checks look for a name that the solved cell does not define."""
    places = {cell.name: cell.place for cell in cells if cell.role == "exercise"}
    for cell in solved.cells:
        if nb.role_of(cell) != "exercise":
            continue
        asked = table[cell.metadata.course.exercise]
        defined = list(_defined(cell.source))
        for name in asked.defines:
            if name not in defined:
                raise BuildError(
                    places[asked.id],
                    f"the cell of {asked.id} defines {', '.join(defined) or 'nothing'}, but "
                    f"{asked.place} looks for '{name}'{did_you_mean(name, defined)}",
                )


def _defined(code: str) -> Iterator[str]:
    """The names that a cell's own statements define, in order."""
    for statement in ast.parse(code).body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
        elif not isinstance(statement, (ast.Import, ast.ImportFrom)):
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
