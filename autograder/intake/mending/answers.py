"""Which cell is a student's answer to each exercise in code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.intake.mending.cells import become
from autograder.intake.mending.code import Statement, parses, statements, text_of
from autograder.intake.mending.items import DEFINITION, Item, Work
from autograder.intake.mending.released import SOLUTION, Exercise
from autograder.intake.mending.sentences import COPY, ELSEWHERE, EMPTY, NO_CODE, VERSIONS

FENCE = re.compile(r"\A\s*```\w*\n(.*?)\n?```\s*\Z", re.DOTALL)


def settle_answers(work: Work) -> None:
    """Give the key of each exercise to the cell that holds its work, if there is no doubt."""
    for exercise in work.released.exercises.values():
        settle(work, exercise)


def restore_code(work: Work) -> None:
    """Make a solution code again that has become a cell of text."""
    for item in work.items:
        slot = work.released.by_key.get(item.wants)
        if item.is_code or not item.source.strip() or (slot and slot.kind != SOLUTION):
            continue
        fenced = FENCE.match(item.source)
        source = fenced.group(1) if fenced else item.source
        names = work.released.worked_on(statements(source))
        is_stub = slot is not None and work.released.is_stub(slot.key, source)
        if is_stub or (item.wants in names and slot) or (names and parses(source)):
            become(item.cell, "code")
            item.cell.source = source
            work.note(NO_CODE, work.label_of(item.wants or min(names)))


def settle(work: Work, exercise: Exercise) -> None:
    """Choose the cell that counts; other versions stay where they are, blanks go."""
    claimed = [item for item in work.items if item.is_code and item.wants == exercise.key]
    others = [item for item in work.items if item.is_code and not item.wants
              and any(exercise.level(item.source))]  # fmt: skip
    pool = best(claimed, others, exercise)
    if not pool:
        return
    whole = [item for item in pool if not any(
        is_within(item, other) and item.source != other.source for other in pool)]  # fmt: skip
    owner = before_check(work, whole, exercise)
    names = exercise.names_in(owner.code)
    real = [item for item in claimed if any(exercise.level(item.source))
            and (item is owner or names & exercise.names_in(item.code))]  # fmt: skip
    if len({item.source for item in real}) > 1:
        work.note(VERSIONS, work.label_of(exercise.key))
    elif not owner.wants and claimed:
        work.note(ELSEWHERE, work.label_of(exercise.key))
    owner.take(exercise.key, DEFINITION)
    take_blanks_out(owner, exercise)
    for item in claimed:
        if item is not owner:
            item.wants = ""
            leave_blanks_out(work, item, exercise)
    for item in others:
        if item is not owner and item.source == owner.source:
            work.drop(item)
            work.note(COPY, work.label_of(exercise.key))


def best(claimed: Sequence[Item], others: Sequence[Item], exercise: Exercise) -> list[Item]:
    """The cells that hold most of an exercise; those that claim to be it come first."""
    level = {id(item): (*exercise.level(item.source), exercise.attaches(item.code))
             for item in (*claimed, *others)}  # fmt: skip
    most = max(level.values(), default=(0, 0, 0))
    if not any(most[:2]):
        blank = [item for item in claimed if any(exercise.is_blank(part) for part in item.code)]
        return (blank or list(claimed))[:1]
    if len(claimed) == 1 and level[id(claimed[0])][0]:
        return list(claimed)
    return [item for item in claimed if level[id(item)] == most] or [
        item for item in others if level[id(item)] == most
    ]


def before_check(work: Work, pool: Sequence[Item], exercise: Exercise) -> Item:
    """The last one that the exercise's check finds when all cells run in order; else the last."""
    key = work.released.check_of(exercise.key)
    check = next((i for i, item in enumerate(work.items) if item.wants == key), len(work.items))
    return ([item for item in pool if work.position(item) < check] or pool)[-1]


def is_within(item: Item, other: Item) -> bool:
    """Whether a cell is a piece of another, or the same: nothing of it is lost with it."""
    return f"\n{item.source.strip()}\n" in f"\n{other.source.strip()}\n"


def take_blanks_out(owner: Item, exercise: Exercise) -> None:
    """Take blanks away that stand behind the work in one cell."""
    done, kept = set[str](), list[Statement]()
    for part in owner.code:
        done |= set(exercise.worked(part))
        if not (exercise.is_blank(part) and exercise.names_in([part]) <= done):
            kept.append(part)
    if len(kept) < len(owner.code):
        owner.cell.source = text_of(owner.source, kept)


def leave_blanks_out(work: Work, item: Item, exercise: Exercise) -> None:
    """Take the release's blanks out of a cell, which would undo the work done elsewhere.

    The line that attaches a function stays, behind its function, unless that brings it along.
    """
    owner = work.holder(exercise.key)
    if owner is None or is_within(item, owner):
        work.drop(item)
        return
    theirs = {part.dump for part in owner.code}
    kept = [part for part in item.code if not exercise.is_blank(part) and part.dump not in theirs]
    if len(kept) == len(item.code) and item.source.strip():
        return
    work.drop(item)
    if not kept:
        work.note(EMPTY, work.label_of(exercise.key))
    else:
        item.cell.source = text_of(item.source, kept)
        work.insert(work.position(owner) + 1, item)
        item.after = owner
