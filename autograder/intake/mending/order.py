"""The order in which cells are executed: answers before their checks, helpers before answers."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from autograder.intake.mending.code import loads
from autograder.intake.mending.course_cells import place_behind
from autograder.intake.mending.items import Item, Work
from autograder.intake.mending.released import SOLUTION, Slot
from autograder.intake.mending.sentences import HELPER, LINE, MOVED, PART

AT_MOST = 50  # helpers moved in one notebook


def restore_order(work: Work) -> None:
    """Bring cells whose order matters into that of the release; as few as can be are moved."""
    ordered = [item for item in work.items if is_ordered(item, work)]
    steady = in_place([slot(item, work) for item in ordered])
    moved = [item for i, item in enumerate(ordered) if i not in steady]
    moved.sort(key=lambda item: slot(item, work).position)
    for item in moved:
        work.drop(item)
    for item in moved:
        work.insert(place_of(item, work), item)
        if slot(item, work).kind == SOLUTION or slot(item, work).role != "given":
            work.note(MOVED, work.label(item))
    for item in [item for item in work.items if item.after]:
        work.drop(item)
        work.insert(work.position(item.after or item) + 1, item)


def is_ordered(item: Item, work: Work) -> bool:
    """Whether the place of an item matters."""
    return bool(item.key) and slot(item, work).is_ordered


def slot(item: Item, work: Work) -> Slot:
    """The released cell that an item is."""
    return work.released.by_key[item.key]


def place_of(item: Item, work: Work) -> int:
    """Where a cell belongs: an answer right before its check, others behind what they follow."""
    here = slot(item, work)
    check = work.holder(work.released.check_of(here.key))
    is_own = check is not None and slot(check, work).exercise == here.exercise
    if here.kind == SOLUTION and check and is_own and is_ordered(check, work):
        return work.position(check)
    return place_behind(work, here)


def in_place(slots: list[Slot]) -> set[int]:
    """The indices of those that can stay: as many as can be, checks rather than answers."""
    best: list[tuple[float, int]] = []  # up to each, the most that can stay and the one before it
    for i, here in enumerate(slots):
        own = 1.0 if here.kind == SOLUTION else 1.001
        before = [(best[j][0], j) for j in range(i) if slots[j].position < here.position]
        most, j = max(before, default=(0.0, -1))
        best.append((most + own, j))
    i = max(range(len(best)), key=lambda number: best[number][0], default=-1)
    found = set[int]()
    while i >= 0:
        found.add(i)
        i = best[i][1]
    return found


def gather_parts(work: Work) -> None:
    """Bring the rest of an answer from where its check would not find it: names left open."""
    for key, exercise in work.released.exercises.items():
        owner = work.holder(key)
        if owner is None:
            continue
        done = {name for part in owner.code for name in exercise.worked(part)}
        given = exercise.attaches(owner.code)
        for item in [item for item in work.items if not item.key and item.is_code]:
            names = {name for part in item.code for name in exercise.worked(part)}
            is_line = not given and len(item.code) == exercise.attaches(item.code) > 0
            if (names - done or is_line) and is_out_of_place(item, owner, names, work):
                work.drop(item)
                work.insert(work.position(owner) + 1, item)
                work.note(PART, work.label_of(key))
            done |= names


def is_out_of_place(item: Item, owner: Item, names: set[str], work: Work) -> bool:
    """Whether a part of an answer does nothing for it where it stands now."""
    check = work.holder(work.released.check_of(owner.key))
    if work.position(item) > work.position(owner):
        return check is not None and work.position(item) > work.position(check)
    own = {name for part in owner.code for name in part.binds}
    return bool(own & names or loads([n for part in item.code for n in part.nodes]) & own)


def attach(work: Work) -> None:
    """Put back the line that attaches a function to its class, where it is gone altogether."""
    everywhere = {name for item in work.items for part in item.code for name in part.binds}
    methods = {f"{getattr(node, 'name', '')}.{getattr(part, 'name', '')}"
               for item in work.items for statement in item.code for node in statement.nodes
               for part in getattr(node, "body", ())}  # fmt: skip
    for key, exercise in work.released.exercises.items():
        owner = work.holder(key)
        if owner is None or not any(any(exercise.worked(part)) for part in owner.code):
            continue
        for given in exercise.attached:
            if not set(given.binds) & (everywhere | methods):
                lines = work.released.by_key[key].cell.source.split("\n")
                line = "\n".join(lines[given.first : given.last]).strip()
                cell = deepcopy(owner.cell)
                cell.source = line
                cell.metadata.clear()
                cell.pop("id", None)
                work.insert(work.position(owner) + 1, Item(cell))
                work.note(LINE, f"`{line}`")


def bring_helpers(work: Work) -> None:
    """Move cells of the student's own before the answer that cannot do without them."""
    for _ in range(AT_MOST):
        found = next(late_helpers(work), None)
        if found is None:
            return
        owner, helper = found
        work.drop(helper)
        work.insert(work.position(owner), helper)
        work.note(HELPER, work.label(owner))


def late_helpers(work: Work) -> Iterator[tuple[Item, Item]]:
    """Answers, each with a cell that defines, too late and alone, a name which it reads.

    Too late is behind the answer for what it reads at once, behind its check for the rest. A helper
    that could not run before the answer is left where it is.
    """
    for position, owner in enumerate(work.items):
        if owner.key not in work.released.exercises:
            continue
        check = work.holder(work.released.check_of(owner.key))
        end = max(position + 1, work.position(check)) if check else len(work.items)
        before = bound(work.items[:position], work)
        there = before | bound(work.items[position:end], work)
        nodes = [node for part in owner.code for node in part.nodes]
        own = {name for part in owner.code for name in part.binds}
        now, later = loads(nodes, at_once=True) - before - own, loads(nodes) - there
        if not (now or later) or "*" in there:
            continue
        for number, helper in enumerate(work.items[position + 1 :], position + 1):
            if not helper.key and defines(helper, later if number >= end else now, before):
                yield owner, helper


def defines(helper: Item, names: set[str], before: set[str]) -> bool:
    """Whether a cell defines one of these names and needs none that does not stand before."""
    own = {name for part in helper.code for name in part.binds}
    nodes = [node for part in helper.code for node in part.nodes]
    return bool(own & names) and not loads(nodes, at_once=True) - own - before


def bound(items: list[Item], work: Work) -> set[str]:
    """The names that these cells define when grading executes them."""
    return {name for item in items if work.runs(item) for part in item.code for name in part.binds}
