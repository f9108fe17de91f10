"""Parse the JSON of a notebook that is not quite JSON any more, and recover whole cells."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograder.intake.reading.conflicts import Cell, merged
from autograder.report.wording import plural

CELLS = re.compile(r'"cells"\s*+:\s*+\[')
# How a cell begins: quotation marks within sources are escaped, so source code never looks so.
CELL = re.compile(
    r'\{\s*+"(?:cell_type|id|metadata|source|attachments|execution_count|outputs|input|collapsed'
    r'|language|prompt_number|level)"\s*+:'
)
KEY = re.compile(r'[\s,]*+"(\w{1,30})"\s*+:\s*+')
BETWEEN = re.compile(r"[\s,]*+")
TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)'
UNTIDY = re.compile(rf"({TEXT})|,(?=\s*+[\]}}])|[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]", re.S)
SOURCES = {"source", "input"}
TWICE = "source of a second version"
# Steps spent on what cannot be parsed: some of a text's length, so that hostile ones end.
STEPS, STEPS_PER_CHARACTER, STEPS_DOWN = 1_000_000, 20, 200_000
LINES_STEP = 10  # characters a step, where json counts the lines before a mistake


class Parsed(NamedTuple):
    """What a text holds: a JSON value, and a sentence for each thing that was amiss.

    found is None where there is neither a value nor a cell; notes says why, then.
    """

    found: Any
    notes: Sequence[str] = ()


def object_from(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; where a conflict was half mended, a key may stand there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        lists = [value for key, value in pairs if key == "cells" and isinstance(value, list)]
        if len(lists) > 1:
            found["cells"] = [cell for cells in lists for cell in cells]
        sources = [value for key, value in pairs if key == "source"]
        if len(sources) > 1 and sources[0] != sources[-1]:
            found[TWICE] = sources[0]
    return found


DECODER = json.JSONDecoder(
    strict=False,  # control characters within texts
    object_pairs_hook=object_from,
    parse_int=lambda digits: int(digits) if len(digits) < 20 else None,
    parse_constant=lambda name: None,  # NaN and Infinity, which are no JSON
)


def parsed(text: str) -> Parsed:
    """The JSON value that a text begins with, or what can be recovered of a notebook."""
    notes: list[str] = []
    value, end, broken = first_value(text)
    if broken:
        tidy = UNTIDY.sub(lambda match: match[1] or "", text)
        if len(tidy) < len(text):
            value, end, broken = first_value(tidy)
            if not broken:
                text = tidy
                notes.append("the file had commas or control characters where JSON allows none: "
                             "they were left out")  # fmt: skip
    if broken or (not is_notebook(value) and CELLS.search(text, end)):
        return recovered(text)
    rest = BETWEEN.match(text, end).end()  # type: ignore[union-attr]
    if rest < len(text) and is_notebook(value):
        value = with_the_rest(value, text[rest:], notes)
    return Parsed(value, notes)


def first_value(text: str) -> tuple[Any, int, bool]:
    """A JSON value, where it ends, and whether there is none."""
    try:
        start = BETWEEN.match(text).end()  # type: ignore[union-attr]
        return *DECODER.raw_decode(text, start), False
    except (json.JSONDecodeError, RecursionError):
        return None, 0, True


def with_the_rest(value: dict[str, Any], rest: str, notes: list[str]) -> dict[str, Any]:
    """A notebook joined with another one that the file holds behind it."""
    other, _, broken = first_value(rest)
    if broken and CELLS.search(rest):
        other = recovered(rest).found
    if not is_notebook(other):
        notes.append("something stood behind the notebook in its file: it was left out")
        return value
    cells, doubled = merged(cells_of(value), cells_of(other))
    notes.append("the file held two notebooks one behind the other: "
                 + (twice(len(doubled)) if doubled else "they were joined"))  # fmt: skip
    return {**value, "cells": cells, "worksheets": None}


def twice(number: int) -> str:
    """What is said about cells that are there in two versions."""
    return f"{plural(number, 'cell')} kept twice, in both versions, the first version first"


def is_notebook(value: Any) -> bool:
    """Whether a JSON value has a list of cells where notebooks have one."""
    return isinstance(value, dict) and any(
        isinstance(value.get(key), list) for key in ("cells", "worksheets")
    )


def cells_of(value: dict[str, Any]) -> list[Cell]:
    """The cells of a notebook of any format; what is no JSON object is left out."""
    found = list(value["cells"]) if isinstance(value.get("cells"), list) else []
    sheets = value.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else ():
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
            found += sheet["cells"]
    return [cell for cell in found if isinstance(cell, dict)]


def recovered(text: str) -> Parsed:
    """The cells that are whole in a broken notebook, as a notebook; None if there is no cell."""
    cells: list[Cell] = []
    gaps: list[int] = []  # where something cannot be read
    left = STEPS_PER_CHARACTER * len(text) + STEPS
    first = CELLS.search(text)
    at, in_gap = (first.end() if first else 0), False
    while (at := BETWEEN.match(text, at).end()) < len(text):  # type: ignore[union-attr]
        if text[at] == "]" and not in_gap:
            another = CELLS.search(text, at)
            if another is None:
                return of_pieces(text, cells, gaps)
            at = another.end()
            continue
        value, end, cost = one_cell(text, at)
        if value is not None:
            cells.append(value)
            at, in_gap = end, False
            continue
        if not in_gap:
            gaps.append(at)
            cells += begun(text, at)
        in_gap, left = True, left - cost
        following = CELL.search(text, at + 1)
        if following is None or left < 0:
            return of_pieces(text, cells, gaps, cut_off=left >= 0)
        at = following.start()
    return of_pieces(text, cells, gaps, cut_off=True)


def one_cell(text: str, at: int) -> tuple[Cell | None, int, int]:
    """The cell that begins there and where it ends, or None; and the steps that it took."""
    try:
        value, end = DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return None, at, max(error.pos - at, 0) + error.pos // LINES_STEP + 100
    except RecursionError:
        return None, at, STEPS_DOWN
    return (value if is_cell(value) else None), end, end - at


def begun(text: str, at: int) -> list[Cell]:
    """The cell that breaks behind its source, as where a long output was cut; else none."""
    found: Cell = {}
    opening = re.compile(r"\{").match(text, at)
    at = opening.end() if opening else len(text)
    while key := KEY.match(text, at):
        try:
            found[key[1]], at = DECODER.raw_decode(text, key.end())
        except (json.JSONDecodeError, RecursionError):
            break
    return [found] if is_cell(found) else []


def is_cell(value: Any) -> bool:
    """Whether a JSON value is a cell; nbgrader's metadata hold a cell_type as well."""
    return isinstance(value, dict) and "cell_type" in value and not value.keys().isdisjoint(SOURCES)


def of_pieces(text: str, cells: list[Cell], gaps: list[int], cut_off: bool = False) -> Parsed:
    """What was recovered, and sentences about it."""
    if not cells:
        return Parsed(None, (f"its JSON breaks at line {line_of(text, gaps[0] if gaps else 0)}",))
    notes = []
    inside = gaps[:-1] if cut_off else gaps
    if inside:
        lines = ", ".join(str(line_of(text, gap)) for gap in inside[:5])
        notes.append(f"the file is damaged at line {lines}{' and further on' * (len(inside) > 5)}: "
                     "what could not be read there was left out")  # fmt: skip
    if cut_off:
        notes.append(f"the file breaks off at its end: {plural(len(cells), 'whole cell')} kept, "
                     "what came after is lost")  # fmt: skip
    if not notes:
        notes.append(f"the file's JSON is damaged: its {plural(len(cells), 'cell')} kept")
    found = re.search(r'"nbformat"\s*+:\s*+([1-9])\b', text)
    return Parsed({"cells": cells, "nbformat": int(found[1]) if found else 4}, notes)


def line_of(text: str, at: int) -> int:
    """The number of a line, counted from 1."""
    return text.count("\n", 0, at) + 1
