"""Hold a submission against the release version: course cells restored, student's work found.

A cell is recognised by its grade_id, else by its id, else by what it says or defines, else by its
place between known neighbours. Where there is doubt nothing is guessed: the cell stays one of the
student's own, and an exercise that was not found is said so.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

from autograder.intake.mending.answers import restore_code, settle_answers
from autograder.intake.mending.cells import grade_id, is_locked, is_written
from autograder.intake.mending.claims import claim
from autograder.intake.mending.course_cells import (
    put_back,
    recognise_edited,
    restore,
    settle_course_cells,
)
from autograder.intake.mending.items import Work
from autograder.intake.mending.order import attach, bring_helpers, gather_parts, restore_order
from autograder.intake.mending.parts import join, put_together, take_apart
from autograder.intake.mending.released import released
from autograder.intake.mending.sentences import written
from autograder.intake.mending.summary import how_recognised
from autograder.intake.mending.words import (
    find_answers,
    find_words,
    settle_words,
    take_words_apart,
)

__all__ = ["grade_id", "is_locked", "is_written", "mend"]

STEPS = (
    *(claim, restore_code, join, put_together, take_apart, join, take_words_apart),
    *(settle_answers, settle_course_cells, settle_words),
    *(recognise_edited, find_words, find_answers, restore, restore_order, put_back),
    *(gather_parts, attach, bring_helpers),
)


def mend(submitted: NotebookNode, release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return the notebook to grade and, for the student, a sentence for each thing mended.

    Cells that the course locked (given code, demonstrations, checks) get their released text and
    metadata back, and missing ones are put back. Answers are found wherever they stand and come
    before their checks. Everything else stays as it is.
    """
    notebook = deepcopy(submitted)
    work = Work(list(notebook.cells), released(release))
    for step in STEPS:
        step(work)
    notes = [*how_recognised(work), *written(work.said)]
    notebook.cells = [item.cell for item in work.items]
    give_ids(work)
    notebook.metadata["kernelspec"] = deepcopy(release.metadata["kernelspec"])
    return notebook, notes


def give_ids(work: Work) -> None:
    """Give cells of the release the ids that they have there, and the others ids of their own."""
    used = {item.cell.id for item in work.items if not item.key and item.cell.get("id")}
    used |= {slot.cell.id for slot in work.released.slots if "id" in slot.cell}
    seen: set[str] = set()
    for number, item in enumerate(work.items):
        slot = work.released.by_key.get(item.key)
        if slot is not None and "id" in slot.cell:
            item.cell.id = slot.cell.id
        elif not item.cell.get("id") or item.cell.id in seen | set(work.released.ids):
            free = (f"own-{number}-{i}" for i in range(len(used) + 1))
            item.cell.id = next(id for id in free if id not in used)
            used.add(item.cell.id)
        seen.add(item.cell.id)
