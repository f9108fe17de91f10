"""Cells that hold several cells of the release, taken apart; halves of one, put together."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from autograder.intake.mending.claims import marks, wanted
from autograder.intake.mending.code import Statement, loads, parses, statements, text_of
from autograder.intake.mending.items import SPLIT, Item, Work
from autograder.intake.mending.released import SOLUTION
from autograder.intake.mending.sentences import CUT, SHARED


def join(work: Work) -> None:
    """Put an exercise together that stands in two cells, one behind the other."""
    position = 0
    while position + 1 < len(work.items):
        first, second = work.items[position : position + 2]
        key = is_cut(first, second, work) or is_rest(first, second, work)
        if key:
            if is_reversed(first, second):
                first.cell.source, second.cell.source = second.source, first.source
            gap = "\n" if is_cut(first, second, work) or first.source.endswith("\n") else "\n\n\n"
            first.cell.source = f"{first.source}{gap}{second.source}"
            work.note(CUT, work.label_of(key))
            del work.items[position + 1]
            first.wants, first.how = wanted(first, work.released)
        else:
            position += 1


def is_cut(first: Item, second: Item, work: Work) -> str:
    """The exercise that the second cell goes on with in the middle of a statement, or nothing."""
    if not (first.is_code and second.is_code and first.source.strip() and second.source.strip()):
        return ""
    if second.wants not in ("", first.wants) or plain_stub(second, work):
        return ""
    line = next(line for line in second.source.split("\n") if line.strip())
    if not line[0].isspace() and parses(first.source):
        return ""
    whole = f"{first.source}\n{second.source}"
    if not parses(whole):
        return ""
    names = [name for part in statements(whole) for name in part.direct]
    known = [work.released.exercise_of[n] for n in names if n in work.released.exercise_of]
    return (known or [first.wants if first.wants in work.released.exercises else ""])[0]


def is_reversed(first: Item, second: Item) -> bool:
    """Whether the first of two pieces needs what only the second one defines."""
    own = {name for part in first.code for name in part.direct}
    theirs = {name for part in second.code for name in part.direct}
    reads = loads([node for part in first.code for node in part.nodes], at_once=True)
    return bool(reads & theirs - own)


def is_rest(first: Item, second: Item, work: Work) -> str:
    """The exercise that the second cell has the rest of: other names of it, or its last line."""
    if not (first.is_code and second.is_code and first.code and second.code):
        return ""
    names = [name for part in first.code for name in part.direct]
    for key in {work.released.exercise_of.get(name, "") for name in names} - {""}:
        exercise = work.released.exercises[key]
        begun, rest = exercise.names_in(first.code), exercise.names_in(second.code)
        given = {part.dump for part in exercise.attached}
        only = all(exercise.names_in([part]) or part.dump in given for part in second.code)
        if begun and only and not begun & rest and second.wants in ("", key):
            brought = {part.dump for part in first.code} & {part.dump for part in second.code}
            return "" if brought or first.wants not in ("", key) else key
    return ""


def plain_stub(item: Item, work: Work) -> bool:
    """Whether a cell is as the release has it."""
    return bool(item.wants) and work.released.is_stub(item.wants, item.source)


def put_together(work: Work) -> None:
    """Make one cell again of neighbours that together are a cell of the release.

    An export as a script may have cut it at its empty lines.
    """
    counts = work.keys()
    for item in list(work.items):
        if item not in work.items or not item.is_code or item.wants or not item.code:
            continue
        here = work.position(item)
        for key, dumps in work.released.sequences.get(item.code[0].dump, []):
            row, found = [item], [part.dump for part in item.code]
            for other in work.items[here + 1 :]:
                if len(found) >= len(dumps) or not other.is_code or other.wants:
                    break
                row.append(other)
                found += [part.dump for part in other.code]
            if len(row) > 1 and not counts[key] and tuple(found[: len(dumps)]) == dumps:
                item.cell.source = "\n\n\n".join(part.source for part in row)
                del work.items[here + 1 : here + len(row)]
                item.wants, item.how = wanted(item, work.released)
                break


def take_apart(work: Work) -> None:
    """Give each exercise, and each locked cell that is nowhere else, its own part of a cell."""
    counts = work.keys()
    worked: dict[str, list[Item]] = {key: [] for key in work.released.exercises}
    for item in work.items:
        for key in work.released.worked_on(item.code):
            worked[key].append(item)
    for item in list(work.items):
        if not item.is_code or item.source == "" or plain_stub(item, work):
            continue
        owners = owners_of(item, work, counts, worked)
        meant = next((key for key, _ in marks(item.cell, work.released)), "") or item.wants
        if len(set(owners) - {""}) > 1 or (meant and set(owners) - {"", meant}):
            split(item, owners, work)


def owners_of(
    item: Item, work: Work, counts: dict[str, int], worked: dict[str, list[Item]]
) -> list[str]:
    """For each statement of a cell the released cell it belongs to, "" for what is nobody's."""
    released, code = work.released, item.code
    owners = [""] * len(code)
    position = 0
    while position < len(code):
        taken = 1
        for key, dumps in released.sequences.get(code[position].dump, []):
            here = tuple(part.dump for part in code[position : position + len(dumps)])
            if dumps == here and (item.wants == key or not counts[key]):
                taken = len(dumps)
                owners[position : position + taken] = [key] * taken
                break
        position += taken
    for number, part in enumerate(code):
        if not owners[number]:
            owners[number] = exercise_in(part, item, work, worked)
    return owners


def exercise_in(part: Statement, item: Item, work: Work, worked: dict[str, list[Item]]) -> str:
    """The exercise that a statement is work on, if its work is not in a cell of its own."""
    released = work.released
    for key, found in released.exercises.items():
        if part.dump and any(part.dump == given.dump for given in found.attached):
            return key
        names = set(found.worked(part))
        if not names:
            continue
        if item.wants == key:
            return key
        elsewhere = [other for other in worked[key] if other is not item
                     and other.wants in (key, "")
                     and names & found.names_in(other.code)]  # fmt: skip
        if not elsewhere and not is_by_the_way(part, key, item, work):
            return key
        if part.dump and any(part.dump == same.dump for other in elsewhere for same in other.code):
            return key  # a copy of it
    return ""


def is_by_the_way(part: Statement, key: str, item: Item, work: Work) -> bool:
    """Whether a value may have an exercise's name by chance, while its own cell was left blank."""
    if any(hasattr(node, "body") for node in part.nodes):
        return False  # a class or a function
    if not any(other.wants == key for other in work.items) or not item.wants:
        return False
    names = work.released.exercises[key].stubs
    others = [node for other in item.code if names.keys().isdisjoint(other.direct)
              for node in other.nodes]  # fmt: skip
    return not loads(others).isdisjoint(part.direct)


def split(item: Item, owners: Sequence[str], work: Work) -> None:
    """Replace an item by its parts; what is nobody's goes with the exercise that reads it."""
    groups = grouped(item, settled(item, owners, work))
    own = item.wants if item.wants in [key for key, _ in groups] else ""
    position = work.position(item)
    work.drop(item)
    for key, part in groups:
        cell = deepcopy(item.cell)
        cell.source = text_of(item.source, part)
        if key != own or not own:
            cell.metadata.pop("nbgrader", None)
            cell.pop("id", None)
        made = Item(cell, key, "", item.how if key == own else SPLIT)
        work.insert(position, made)
        position += 1
        if key and work.released.by_key[key].kind == SOLUTION:
            work.note(SHARED, work.label_of(key))


def settled(item: Item, owners: Sequence[str], work: Work) -> list[str]:
    """Owners of all statements: one that is nobody's goes to the first exercise that needs it."""
    code, found = item.code, list(owners)
    solutions = [(work.released.by_key[key].position, key) for key in set(owners)
                 if key and work.released.by_key[key].kind == SOLUTION]  # fmt: skip
    for number, part in enumerate(code):
        if found[number] or not part.binds:
            continue
        for _, key in sorted(solutions):
            nodes = [n for i, p in enumerate(code) if owners[i] == key for n in p.nodes]
            if loads(nodes) & set(part.binds):
                found[number] = key
                break
    for number in range(1, len(code)):
        before = found[number - 1]
        if not found[number] and before and work.released.by_key[before].kind == SOLUTION:
            found[number] = before
    return found


def grouped(item: Item, owners: Sequence[str]) -> list[tuple[str, list[Statement]]]:
    """The parts of a cell in order; all of one owner together, where the first of them stood."""
    groups: list[tuple[str, list[Statement]]] = []
    for key, part in zip(owners, item.code, strict=True):
        same = next((parts for owner, parts in groups if owner == key and key), None)
        if same is not None:
            same.append(part)
        elif groups and not key and not groups[-1][0]:
            groups[-1][1].append(part)
        else:
            groups.append((key, [part]))
    return groups
