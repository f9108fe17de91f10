"""The course's own cells: recognised, restored, put back; a student's additions kept if needed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from difflib import SequenceMatcher

from autograder.intake.mending.cells import become, plain
from autograder.intake.mending.code import Statement, loads, parses, text_of
from autograder.intake.mending.items import PLACE, TEXT, Item, Work
from autograder.intake.mending.released import FREE, LOCKED, SOLUTION, WRITTEN, Slot
from autograder.intake.mending.sentences import ADDED, CELL_COPY, CHANGED, LOST, MISSING

CROWD = 100  # cells between two known ones, in which nothing can be told by its place
ALIKE = 0.6  # of two texts, one of which is taken for an edited copy of the other


def settle_course_cells(work: Work) -> None:
    """Give the key of each cell of the course to one item; copies of it go, if they are the same.

    A copy that says something else is the student's own cell.
    """
    for slot in work.released.slots:
        if slot.kind not in (LOCKED, FREE):
            continue
        claimed = [item for item in work.items if item.wants == slot.key and not item.key]
        for item in [item for item in claimed if not may_become(item, slot)]:
            item.wants = ""
            claimed.remove(item)
        if not claimed:
            continue
        same = [item for item in claimed if is_as_released(item, slot)]
        owner = (same or claimed)[0]
        owner.take(slot.key, TEXT)
        for item in claimed:
            if item is not owner:
                item.wants = ""
                if slot.kind == LOCKED and is_as_released(item, slot):
                    work.drop(item)
                    work.note(CELL_COPY, slot.key)


def may_become(item: Item, slot: Slot) -> bool:
    """Whether a cell that has become one of another type is still that of the course."""
    if item.cell.cell_type == slot.cell.cell_type or is_as_released(item, slot):
        return True
    return slot.role == "answer" and not parses(item.source)


def is_as_released(item: Item, slot: Slot) -> bool:
    """Whether an item says what the release says there."""
    if plain(item.source) == plain(slot.cell.source):
        return True
    dumps = [part.dump for part in Item(slot.cell).code]
    return item.is_code and bool(dumps) and [part.dump for part in item.code] == dumps


def recognise_edited(work: Work) -> None:
    """Recognise changed cells of the course by their place between known neighbours.

    They must be alike enough: another cell in that place is the student's own.
    """
    for items, slots in list(gaps(work)):
        for slot in slots if len(items) <= CROWD else ():
            if slot.kind not in (LOCKED, FREE):
                continue
            items = in_one(work, items, slot)
            likely = [
                (alike(item.source, slot), -i)
                for i, item in enumerate(items)
                if not item.wants and item.cell.cell_type == slot.cell.cell_type
            ]
            if likely and max(likely)[0] >= ALIKE:
                items[-max(likely)[1]].take(slot.key, PLACE)


def in_one(work: Work, items: list[Item], slot: Slot) -> list[Item]:
    """The same items with those in one that together are an edited cell of the course."""
    dumps = {part.dump for part in Item(slot.cell).code}
    names = {name for part in Item(slot.cell).code for name in part.binds}
    row = [
        item
        for item in items
        if item.code
        and not item.wants
        and all(p.dump in dumps or (p.binds and names.issuperset(p.binds)) for p in item.code)
    ]
    whole = "\n\n\n".join(item.source for item in row)
    if slot.kind != LOCKED or len(row) < 2 or alike(whole, slot) < ALIKE:
        return items
    row[0].cell.source = whole
    for item in row[1:]:
        work.drop(item)
    return [item for item in items if item not in row[1:]]


def alike(text: str, slot: Slot) -> float:
    """How alike a text and a released one are, 0 to 1."""
    ours, theirs = len(text.strip()), len(slot.cell.source)
    if 2.1 * min(ours, theirs) < ALIKE * (ours + theirs):
        return 0.0
    matcher = SequenceMatcher(None, plain(text), plain(slot.cell.source), autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def gaps(work: Work) -> Iterator[tuple[list[Item], list[Slot]]]:
    """Unknown items with the released cells that may stand there, between known neighbours."""
    slots = work.released.slots
    known = [item for item in work.items if item.key]
    steady = increasing([work.released.by_key[item.key].position for item in known])
    anchors = [known[i] for i in steady]
    places = [-1, *(work.position(item) for item in anchors), len(work.items)]
    numbers = [-1, *(work.released.by_key[item.key].position for item in anchors), len(slots)]
    taken = {item.key for item in known}
    for i in range(len(places) - 1):
        items = [item for item in work.items[places[i] + 1 : places[i + 1]] if not item.key]
        free = [slot for slot in slots[numbers[i] + 1 : numbers[i + 1]] if slot.key not in taken]
        if items and free:
            yield items, free


def place_behind(work: Work, slot: Slot) -> int:
    """Where a cell belongs: behind the nearest one before it in the release that is in place.

    Of those whose order matters, all that come before it are before it, and the others behind.
    """
    known = [item for item in work.items if item.key]
    slots = [work.released.by_key[item.key] for item in known]
    steady = [known[i] for i in increasing([other.position for other in slots])
              if slots[i].position < slot.position]  # fmt: skip
    place = work.position(steady[-1]) + 1 if steady else 0
    if slot.is_ordered:
        for item, other in zip(known, slots, strict=True):
            if other.is_ordered and other.position < slot.position:
                place = max(place, work.position(item) + 1)
        for item, other in zip(known, slots, strict=True):
            if other.is_ordered and other.position > slot.position:
                place = min(place, work.position(item))
    return place


def increasing(numbers: list[int]) -> list[int]:
    """The indices of a longest increasing part of a sequence."""
    best: list[int] = []  # of each length, the index with the smallest last number
    before = [-1] * len(numbers)
    for i, number in enumerate(numbers):
        low, high = 0, len(best)
        while low < high:
            middle = (low + high) // 2
            if numbers[best[middle]] < number:
                low = middle + 1
            else:
                high = middle
        before[i] = best[low - 1] if low else -1
        best[low:low + 1] = [i]  # fmt: skip
    found: list[int] = []
    i = best[-1] if best else -1
    while i >= 0:
        found.append(i)
        i = before[i]
    return found[::-1]


def restore(work: Work) -> None:
    """Give the course's cells their text back, and all known cells their metadata and type."""
    for item in list(work.items):
        slot = work.released.by_key.get(item.key)
        if slot is None:
            item.cell.metadata.pop("nbgrader", None)
            continue
        if item.cell.cell_type != slot.cell.cell_type:
            become(item.cell, slot.cell.cell_type)
        if slot.kind == FREE:
            item.cell.metadata.pop("nbgrader", None)
            if "course" in slot.cell.metadata:
                item.cell.metadata.setdefault("course", deepcopy(slot.cell.metadata["course"]))
            continue
        if slot.kind == LOCKED and item.source != slot.cell.source:
            keep_additions(work, item, slot)
            if not is_as_released(item, slot):
                work.note(CHANGED, slot.key)
            item.cell.source = slot.cell.source
        item.cell.metadata = deepcopy(slot.cell.metadata)


def keep_additions(work: Work, item: Item, slot: Slot) -> None:
    """What a student added to a cell of the course goes into a cell of its own if it is needed."""
    theirs = {part.dump for part in Item(slot.cell).code}
    new = [part for part in item.code if part.dump and part.dump not in theirs]
    there = {name for other in work.items if other is not item and work.runs(other)
             for part in other.code for name in part.binds}  # fmt: skip
    there |= {name for part in Item(slot.cell).code for name in part.binds}
    wanted = {name for other in work.items if other is not item and work.is_own(other)
              for name in loads([node for part in other.code for node in part.nodes])}  # fmt: skip
    kept = needed(new, wanted - there)
    if kept:
        cell = deepcopy(item.cell)
        cell.source = text_of(item.source, kept)
        for part in ("nbgrader", "course"):
            cell.metadata.pop(part, None)
        cell.pop("id", None)
        work.insert(work.position(item) + 1, Item(cell))
        work.note(ADDED, slot.key)


def needed(parts: list[Statement], wanted: set[str]) -> list[Statement]:
    """Those statements that bind what is wanted, and what these need in turn."""
    wanted, kept = set(wanted), list[Statement]()
    for part in reversed(parts):
        if wanted & set(part.binds):
            kept.insert(0, part)
            wanted |= loads(part.nodes)
    return kept


def put_back(work: Work) -> None:
    """Insert the course's cells, and blanks for answers in words, that are missing.

    Each goes behind the cell that it follows in the release.
    """
    for slot in work.released.slots:
        if slot.kind in (LOCKED, WRITTEN) and work.holder(slot.key) is None:
            place = place_behind(work, slot)
            work.insert(place, Item(deepcopy(slot.cell), slot.key, slot.key))
            if slot.kind == WRITTEN:
                work.note(LOST, slot.exercise)
            elif slot.cell.metadata["nbgrader"]["grade"]:
                work.note(MISSING, slot.key)
        elif slot.kind == SOLUTION and work.holder(slot.key) is None:
            work.note(LOST, slot.exercise)
