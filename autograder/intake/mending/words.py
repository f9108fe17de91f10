"""Answers in words: found by their metadata, else by where they stand."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from autograder.intake.mending.cells import become, plain
from autograder.intake.mending.code import parses
from autograder.intake.mending.course_cells import ALIKE, alike, gaps
from autograder.intake.mending.items import GRADE_ID, PLACE, SPLIT, Item, Work
from autograder.intake.mending.released import FREE, LOCKED, SOLUTION, WRITTEN, Slot
from autograder.intake.mending.sentences import BESIDE, JOINED, SHARED, TEXTS

LONG = 20  # characters of a course's text that nobody writes by chance


def take_words_apart(work: Work) -> None:
    """Cut text of the course out of cells that hold an answer as well."""
    counts, released = work.keys(), work.released
    for item in list(work.items):
        own = "" if item.is_code else plain(item.source)
        if len(own) < LONG or own in released.by_text:
            continue
        for slot, text in released.texts:
            if len(text) >= LONG and text in own and counts[slot.key] <= (item.wants == slot.key):
                cut_out(work, item, slot, own.partition(text))
                break


def cut_out(work: Work, item: Item, slot: Slot, parts: tuple[str, str, str]) -> None:
    """Make three cells of one: what is before the course's text, that text, what is behind it."""
    position = work.position(item)
    work.drop(item)
    keeps = item.wants if item.wants != slot.key else ""
    for text in parts:
        if not text.strip():
            continue
        made = Item(item.cell.copy(), "", "", item.how if text is parts[1] else SPLIT)
        made.cell.metadata = type(item.cell.metadata)()
        made.cell.source = text.strip("\n")
        if text is parts[1]:
            made.wants = slot.key
        else:
            made.wants, keeps = keeps, ""
        if not made.wants or made.wants != item.wants:
            made.cell.pop("id", None)
        work.insert(position, made)
        position += 1


def settle_words(work: Work) -> None:
    """Give the key of each answer in words to the cell that claims it."""
    for slot in work.released.slots:
        claimed = [item for item in work.items if item.wants == slot.key and not item.key]
        if slot.kind != WRITTEN or not claimed:
            continue
        real = [item for item in claimed if not work.released.is_stub(slot.key, item.source)]
        owner = (real or claimed[:1])[-1]
        owner.take(slot.key, GRADE_ID)
        if len({plain(item.source) for item in real}) > 1:
            work.note(TEXTS, slot.exercise)
        for item in claimed:
            if item is not owner:
                item.wants = ""
                if item not in real or plain(item.source) == plain(owner.source):
                    work.drop(item)


def find_words(work: Work) -> None:
    """Find answers by their place: between the question and what follows it in the release."""
    for items, slots in list(gaps(work)):
        asked = [slot for slot in slots if is_answer(slot)]
        wordy = [item for item in items if not item.wants and is_wordy(item)
                 and not any(is_prose(item, slot) for slot in slots)]  # fmt: skip
        written = [slot for slot in asked if slot.kind == WRITTEN]
        if len(asked) == 1 == len(written) and wordy and (len(slots) == 1 or len(wordy) == 1):
            take_together(work, written[0], wordy)
        elif len(asked) == len(wordy):
            for slot, item in zip(asked, wordy, strict=True):
                if slot.kind == WRITTEN and slot in (slots[0], slots[-1]):
                    take_together(work, slot, [item])
    for slot in work.released.slots:
        if slot.kind == WRITTEN:
            look_around(work, slot)


def is_wordy(item: Item) -> bool:
    """Whether a cell may hold words: text, or what is code by its type alone."""
    if item.is_code and parses(item.source):
        return bool(item.code) and all(is_text(node) for part in item.code for node in part.nodes)
    return bool(item.source.strip())


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a text in quotes and nothing else."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def is_prose(item: Item, slot: Slot) -> bool:
    """Whether a cell is the course's own text, changed."""
    return (
        slot.kind in (FREE, LOCKED) and slot.role != "answer" and alike(item.source, slot) >= ALIKE
    )


def take_together(work: Work, slot: Slot, items: Sequence[Item]) -> None:
    """Make one answer of the cells that stand in its place."""
    real = [item for item in items if not work.released.is_stub(slot.key, item.source)]
    chosen = real or list(items[:1])
    chosen[0].cell.source = "\n\n".join(item.source for item in chosen)
    for item in items:
        if item is not chosen[0]:
            for name, found in (item.cell.get("attachments") or {}).items():
                chosen[0].cell.setdefault("attachments", {}).setdefault(name, found)
            work.drop(item)
    chosen[0].take(slot.key, PLACE)
    become(chosen[0].cell, slot.cell.cell_type)
    if len(chosen) > 1:
        work.note(JOINED, slot.exercise)
    elif chosen[0].how == SPLIT:
        work.note(SHARED, slot.exercise)


def look_around(work: Work, slot: Slot) -> None:
    """Where an answer's cell is empty, take the words that stand beside it."""
    holder = work.holder(slot.key)
    if holder is None or not work.released.is_stub(slot.key, holder.source):
        return
    here = work.position(holder)
    first, last = here, here + 1
    while first and not work.items[first - 1].key:
        first -= 1
    while last < len(work.items) and not work.items[last].key:
        last += 1
    keys = [item.key for item in (*work.items[first - 1 : first], *work.items[last : last + 1])]
    positions = [work.released.by_key[key].position for key in keys]
    if len(positions) < 2 or not positions[0] < slot.position < positions[1]:
        return
    between = work.released.slots[positions[0] + 1 : positions[1]]
    beside = [item for item in work.items[first:last]
              if item is not holder and not item.is_code and is_wordy(item)
              and not any(is_prose(item, other) for other in between)]  # fmt: skip
    if beside and not any(is_answer(other) for other in between if other is not slot):
        holder.cell.source = "\n\n".join(item.source for item in beside)
        for item in beside:
            work.drop(item)
        work.note(BESIDE, slot.exercise)


def is_answer(slot: Slot) -> bool:
    """Whether a student writes words there."""
    return slot.kind == WRITTEN or slot.role == "answer"


def find_answers(work: Work) -> None:
    """Recognise a solution that defines nothing known by its place, if that leaves no doubt."""
    for items, slots in list(gaps(work)):
        codes = [item for item in items if item.is_code and not item.wants]
        if len(slots) == 1 and slots[0].kind == SOLUTION and len(codes) == 1:
            codes[0].take(slots[0].key, PLACE)
