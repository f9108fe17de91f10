"""How cells were recognised whose metadata was gone."""

from __future__ import annotations

from autograder.intake.mending.items import CELL_ID, DEFINITION, GRADE_ID, PLACE, SPLIT, TEXT, Work
from autograder.intake.mending.released import FREE
from autograder.intake.mending.sentences import ELSEWHERE, SHARED, UNMARKED, listed

BY = {CELL_ID: "their ids", TEXT: "their text", DEFINITION: "what they define",
      PLACE: "their place"}  # fmt: skip
FEW = 3


def how_recognised(work: Work) -> list[str]:
    """A sentence about the cells that had lost nbgrader's metadata, if there are any."""
    said = {name for kind in (ELSEWHERE, SHARED) for name in work.said.get(kind, ())}
    found = [item for item in work.items if item.how not in ("", GRADE_ID, SPLIT)
             and item.key and work.label(item) not in said
             and work.released.by_key[item.key].kind != FREE]  # fmt: skip
    if not found:
        return []
    by = listed([way for how, way in BY.items() if any(item.how == how for item in found)])
    if len(found) <= FEW:
        return [UNMARKED[0].format(listed([work.label(item) for item in found]), by)]
    return [UNMARKED[1].format(len(found), by)]
