"""What is said about a mended notebook: one sentence for each kind of thing, however often it was.

Each is a pair: of one exercise or cell, and of several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Kind = tuple[str, str]

CUT = ("{} was cut into pieces; they were put together",
       "{} were cut into pieces; they were put together")  # fmt: skip
SHARED = ("{} shared a cell with something else; it got its own",
          "{} shared cells with each other or something else; each got its own")  # fmt: skip
NO_CODE = ("the cell of {} was no code cell; it was made one again",
           "the cells of {} were no code cells; they were made code again")  # fmt: skip
VERSIONS = ("{} was there in several versions; the last one before its check counts",
            "{} were there in several versions; the last one before each check counts")  # fmt: skip
TEXTS = ("{} was there in several versions; the last one counts",
         "{} were there in several versions; the last one of each counts")  # fmt: skip
ELSEWHERE = ("{} was found in another cell than its own",
             "{} were found in other cells than their own")  # fmt: skip
BESIDE = ("{} was found beside its cell", "{} were found beside their cells")
JOINED = ("{} was written in several cells; they were put together",
          "{} were written in several cells; these were put together")  # fmt: skip
EMPTY = ("an empty copy of {} was left out", "empty copies of {} were left out")
COPY = ("a second copy of {} was left out", "second copies of {} were left out")
CELL_COPY = ("a second copy of the cell {} was left out",
             "second copies of the cells {} were left out")  # fmt: skip
CHANGED = ("the cell {} was changed; the released version was used",
           "the cells {} were changed; the released versions were used")  # fmt: skip
ADDED = ("what you added to the cell {} was kept in a cell of its own",
         "what you added to the cells {} was kept in cells of its own")  # fmt: skip
MISSING = ("the cell {} was missing; it was put back",
           "the cells {} were missing; they were put back")  # fmt: skip
LOST = ("no answer to {} was found",) * 2
MOVED = ("{} was not in its place; it was moved back",
         "{} were not in their places; they were moved back")  # fmt: skip
PART = ("a part of {} was elsewhere; it was moved there",
        "parts of {} were elsewhere; they were moved there")  # fmt: skip
LINE = ("the line {} was missing; it was put back", "the lines {} were missing; they were put back")
HELPER = ("a cell that {} needs came too late; it was moved before it",
          "cells that {} need came too late; they were moved before them")  # fmt: skip
UNMARKED = ("nbgrader's metadata was missing in {}; recognised by {}",
            "nbgrader's metadata was lost; {} cells were recognised by {}")  # fmt: skip
MOST = 6  # names in one sentence


def written(said: Mapping[Kind, Sequence[str]]) -> list[str]:
    """The sentences about what was noticed: by kind, the exercises or cells it happened to."""
    return [kind[len(names) > 1].format(listed(names)) for kind, names in said.items()]


def listed(names: Sequence[str]) -> str:
    """Some names as in a sentence; of many the first ones."""
    shown = list(names)
    if len(shown) > MOST:
        shown = [*shown[: MOST - 1], f"{len(shown) - MOST + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
