"""Which released cell each submitted one says it is: by grade_id, by id, by its very text."""

from __future__ import annotations

from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.intake.mending.cells import grade_id, plain
from autograder.intake.mending.items import CELL_ID, GRADE_ID, TEXT, Item, Work
from autograder.intake.mending.released import LOCKED, SOLUTION, Released, dumps_of


def claim(work: Work) -> None:
    """Note for every item which released cell it wants to be, if any."""
    for item in work.items:
        item.wants, item.how = wanted(item, work.released)
    sure = {item.wants for item in work.items if item.how == GRADE_ID}
    for number, item in enumerate(work.items):
        if item.how != CELL_ID or item.wants in work.released.exercises:
            continue
        known = plain(item.source) in work.released.by_text
        if not known and (item.wants in sure or not is_in_order(number, work)):
            item.wants = item.how = ""


def is_in_order(number: int, work: Work) -> bool:
    """Whether the nearest cells that claim anything stand around this one as in the release.

    An editor may give one id to several cells.
    """

    def position(item: Item) -> int:
        return work.released.by_key[item.wants].position

    here, items = position(work.items[number]), work.items
    before = next((position(i) for i in items[number - 1 :: -1] if number and i.wants), -1)
    after = next((position(i) for i in items[number + 1 :] if i.wants), here + 1)
    return before < here < after


def wanted(item: Item, released: Released) -> tuple[str, str]:
    """The key that an item claims, and by what; its text weighs more than its metadata."""
    marked = list(marks(item.cell, released))
    by_text = released.by_text.get(plain(item.source), "")
    if not by_text and item.is_code:
        by_text = released.by_code.get(dumps_of(item.source), "")
    if by_text:
        return by_text, next((how for key, how in marked if key == by_text), TEXT)
    return next(((key, how) for key, how in marked if may_be(item, key, released)), ("", ""))


def marks(cell: NotebookNode, released: Released) -> Iterator[tuple[str, str]]:
    """The keys in a cell's metadata, the surest first."""
    if (key := grade_id(cell)) in released.by_key:
        yield key, GRADE_ID
    about = cell.metadata.get("course")
    if isinstance(about, dict):
        known = (str(about.get("role", "")), str(about.get("exercise", "")))
        if key := released.by_course.get(known, ""):
            yield key, CELL_ID
    for id in (cell.get("id"), cell.metadata.get("id")):  # Colab keeps its own in the metadata
        if isinstance(id, str) and (key := released.ids.get(id, "")):
            yield key, CELL_ID


def may_be(item: Item, key: str, released: Released) -> bool:
    """Whether a cell's text does not speak against what its metadata says.

    Copied and pasted, a cell keeps its metadata and may get another exercise's text.
    """
    if not item.is_code:
        return True
    own = released.exercises.get(key)
    names = {name for statement in item.code for name in statement.direct}
    of_others = {released.exercise_of[name] for name in names if name in released.exercise_of}
    slot = released.by_key[key]
    if slot.kind == SOLUTION and own is not None:
        return not of_others or not names.isdisjoint(own.stubs)
    return slot.kind != LOCKED or not is_work(item, released) or holds(item, key, released)


def is_work(item: Item, released: Released) -> bool:
    """Whether a cell holds work on some exercise."""
    return bool(released.worked_on(item.code))


def holds(item: Item, key: str, released: Released) -> bool:
    """Whether a cell holds all statements of a locked one, one after the other."""
    dumps = [part.dump for part in item.code]
    theirs = [part.dump for part in Item(released.by_key[key].cell).code]
    return any(dumps[i : i + len(theirs)] == theirs for i in range(len(dumps)))
