"""Read whatever a student handed in as a notebook, or say in a sentence what it is instead."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode

from autograder.intake.reading.archive import is_archive, packed
from autograder.intake.reading.conflicts import has_conflicts, merged, sides
from autograder.intake.reading.encodings import as_text, is_wide
from autograder.intake.reading.kinds import (
    refuse_binary,
    refuse_json,
    refuse_rest,
    refuse_text,
)
from autograder.intake.reading.loosely import CELLS, cells_of, is_notebook, parsed, twice
from autograder.intake.reading.outputs import LARGE, may_lose_outputs, without_outputs
from autograder.intake.reading.scripts import is_marked, script
from autograder.intake.reading.structure import notebook_from
from autograder.intake.reading.unreadable import MAX_BYTES, MAX_TEXT, Unreadable

START = re.compile(r"[\s,\x00-\x1f]*+[\[{]")
CELLS_OR_CELL = re.compile(r'"cells"\s*+:\s*+\[|^\s*+"cell_type"\s*+:\s*+"', re.M)
MAX_PARTS = 1_000_000  # objects and lists in a notebook's JSON


def read(content: bytes, name: str) -> tuple[NotebookNode, list[str]]:
    """The notebook in a file, in nbformat 4.5, and a sentence for each thing that was mended.

    content: the whole file, or what autograder.intake.find.read_bytes left of it; name: the file's,
    for what is said, and to tell a script without any marks from other text. Cells have unique ids
    and no outputs; where the file holds two versions of a cell both are there, in order, and their
    metadata say so (autograder.intake.reading.conflicts). Raises Unreadable with a sentence that
    can be sent on, and nothing else.
    """
    try:
        notes: list[str] = []
        if is_archive(content):
            inside, packed_name = packed(content, name)
            notes.append(f"{name} is a zip archive: {packed_name} was taken from it")
            content, name = inside, packed_name
        refuse_binary(content, name)
        found = found_in(text_of(content, name, notes), name, notes)
        notebook, more = notebook_from(found, name)
        return notebook, list(dict.fromkeys(notes + more))
    except Unreadable:
        raise
    except Exception as error:  # the notebook is at fault, not the run
        kind = type(error).__name__
        raise Unreadable(f"{name} cannot be understood ({kind}): open it in JupyterLab, save it "
                         "again and hand it in anew") from error  # fmt: skip


def text_of(content: bytes, name: str, notes: list[str]) -> str:
    """The file's text; of a large notebook without its outputs."""
    if len(content) > MAX_BYTES:
        raise Unreadable(f"{name} is larger than {MAX_BYTES // 2**20} MB: clear its outputs")
    if len(content) > LARGE and is_wide(content):
        content = as_text(content, notes).encode("utf-8", "replace")
    if len(content) > LARGE and may_lose_outputs(content):
        content = without_outputs(content)
    text = as_text(content, notes)
    refuse_text(text, name)
    return text


def found_in(text: str, name: str, notes: list[str]) -> dict[str, Any]:
    """The notebook in a text, of any format; both versions where it holds git's markers."""
    is_json = holds_json(text, name)
    if not has_conflicts(text, is_json):
        return one_version(text, name, is_json, notes)
    texts = sides(text, is_json)
    found: list[tuple[dict[str, Any], list[str]]] = []
    for side in texts:
        said: list[str] = []
        if made := version(side, name, is_json, said):
            found.append((made, said))
    if not found:
        raise Unreadable(f"{name} holds git's conflict markers, and neither version is a notebook: "
                         "mend the conflict and hand it in again")  # fmt: skip
    # Where one version is whole, what the other one lacks is no loss.
    notes += min(found, key=lambda one: len(one[1]))[1]
    (first, _), (second, _) = found[0], found[-1]
    if texts[0] == texts[1]:
        notes.append("some of git's conflict markers stood in the file: they were left out, and "
                     "lines of two versions may stand mixed there")  # fmt: skip
        return first
    cells, doubled = merged(cells_of(first), cells_of(second))
    told = twice(len(doubled)) if doubled else "all cells of both versions are kept"
    notes.append(f"the file held git's conflict markers: {told}")
    return {**second, **first, "cells": cells, "worksheets": None}


def version(text: str, name: str, is_json: bool, notes: list[str]) -> dict[str, Any] | None:
    """One side of a conflict; None if it holds no notebook."""
    try:
        return one_version(text, name, is_json, notes)
    except Unreadable:
        return None


def holds_json(text: str, name: str) -> bool:
    """Whether a text is, or was, JSON and not a script."""
    if START.match(text) and (CELLS.search(text) or ".py" not in name.lower()):
        return True
    return CELLS_OR_CELL.search(text) is not None and not is_marked(text, name)


def one_version(text: str, name: str, is_json: bool, notes: list[str]) -> dict[str, Any]:
    """The notebook in a text without conflicts; raises Unreadable."""
    if not is_json:
        made = script(text, name)
        if made is None:
            refuse_rest(name)
        found, said = made
        notes.append(said)
        return found
    if len(text) > LARGE:
        text = without_outputs(text.encode("utf-8", "replace")).decode()
    if len(text) > MAX_TEXT:
        raise Unreadable(f"{name} is larger than {MAX_TEXT // 2**20} MB without its outputs: "
                         "take out what was pasted into it and hand it in again")  # fmt: skip
    if text.count("{") + text.count("[") > MAX_PARTS:
        raise Unreadable(f"{name} holds more than {MAX_PARTS} lists and objects: it is no notebook")
    value, said_of_it = parsed(text)
    if value is None:
        raise Unreadable(
            f"{name} is not a whole notebook: {said_of_it[0]} and no cell is whole; open it in "
            "JupyterLab, save it again and hand it in anew"
        )
    notes += said_of_it
    return unwrapped(value, name)


def unwrapped(value: Any, name: str) -> dict[str, Any]:
    """The notebook in a JSON value: that, its cells alone, or an answer of Jupyter's server."""
    if isinstance(value, dict) and is_notebook(value.get("content")):
        value = value["content"]
    if isinstance(value, list) and any(isinstance(c, dict) and "cell_type" in c for c in value):
        value = {"cells": value}
    if not is_notebook(value):
        refuse_json(value, name)
    found: dict[str, Any] = value
    return found
