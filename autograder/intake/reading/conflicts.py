"""Two versions of one notebook: git's conflict markers, or two documents in one file.

Nobody can know which side is the student's: after `git pull` it is the first, after a rebase the
second. So a cell that differs is kept in both versions, the first one first, and says in its
metadata under SIDE which one it is ("first" or "second"); both keep their grade_id.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SIDE = "conflict_side"
MARKER = re.compile(r"^(?:<{7}|>{7})(?:[ \t\r]|$)", re.M)
MIDDLE = re.compile(r"^(?:={7}|\|{7})(?:[ \t\r]|$)", re.M)
ROLES = {"<": "first", "|": "base", "=": "second", ">": "both"}

Cell = dict[str, Any]


def has_conflicts(text: str, is_json: bool = False) -> bool:
    """Whether a text holds git's conflict markers, at the beginning of lines.

    is_json: then a line of equals signs alone is one as well; in prose it underlines a title.
    """
    return MARKER.search(text) is not None or (is_json and MIDDLE.search(text) is not None)


def is_conflict(source: str) -> bool:
    """Whether the source of one cell holds a whole conflict, as nbdime leaves it there."""
    if "<<<<<<< " not in source:
        return False
    wanted = iter(("first", "second", "both"))
    awaited: str | None = next(wanted)
    for line in lines_of(source):
        if role_of(line) == awaited:
            awaited = next(wanted, None)
            if awaited is None:
                return True
    return False


def sides(text: str, is_json: bool = False) -> tuple[str, str]:
    """The two versions that a text with conflict markers has been merged from.

    What is common to both is in both; the base that diff3 writes between `|||||||` and `=======`
    is in neither. Marks that lack their counterparts are left out.
    """
    first: list[str] = []
    second: list[str] = []
    part = "both"
    for line in lines_of(text):
        role = role_of(line)
        if role in ("first", "both") or (role and part in ("first", "base")):
            part = role
            continue
        if role and is_json:
            continue
        if part in ("both", "first"):
            first.append(line)
        if part in ("both", "second"):
            second.append(line)
    return "".join(first), "".join(second)


def lines_of(text: str) -> list[str]:
    """Lines with their ends; unlike str.splitlines, only where git sees one."""
    return re.findall(r"[^\n]*+\n|[^\n]++\Z", text)


def role_of(line: str) -> str:
    """What follows after a line, if that is a marker; an empty text if not."""
    if line[:7] not in ("<<<<<<<", "|||||||", "=======", ">>>>>>>"):
        return ""
    return ROLES[line[0]] if line[7:8] in ("", " ", "\t", "\r", "\n") else ""


def merged(first: Sequence[Cell], second: Sequence[Cell]) -> tuple[list[Cell], list[Cell]]:
    """All cells of both versions, in order, and those that were kept twice (the first of each two).

    What is the same in both stands once; a cell that the second version has otherwise, or only
    it has, stands behind its counterpart or behind the cell that it follows there.
    """
    places = {key: place for place, cell in enumerate(first) for key in keys(cell)}
    behind: dict[int, list[Cell]] = defaultdict(list)
    doubled: list[Cell] = []
    last = -1
    for cell in second:
        place = next((places[key] for key in keys(cell) if key in places), None)
        if place is None:
            behind[last].append(cell)
            continue
        last = place
        if content(cell) != content(first[place]):
            first[place][SIDE] = "first"
            behind[place].append({**cell, SIDE: "second"})
            doubled.append(first[place])
    return list(in_order(first, behind)), doubled


def in_order(first: Sequence[Cell], behind: Mapping[int, Sequence[Cell]]) -> Iterator[Cell]:
    """The first version's cells, each with those that stand behind it."""
    yield from behind.get(-1, ())
    for place, cell in enumerate(first):
        yield cell
        yield from behind.get(place, ())


def keys(cell: Cell) -> Iterator[tuple[str, str]]:
    """What a cell can be recognised by: its nbgrader id, its own id, its whole content."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(nbgrader, dict) and isinstance(nbgrader.get("grade_id"), str):
        yield "grade_id", nbgrader["grade_id"]
    if isinstance(cell.get("id"), str):
        yield "id", cell["id"]
    yield "content", content(cell)


def content(cell: Cell) -> str:
    """A cell's kind and source, to be compared."""
    source = cell.get("source", cell.get("input", ""))
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return f"{cell.get('cell_type')}: {text}"
