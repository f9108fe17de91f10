"""A notebook as a student hands it in, and what reading makes of a damaged copy."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.intake.reading import read

RELEASE = Path(__file__).parents[3] / "notebooks" / "assignment4" / "assignment4.ipynb"
NAME = "assignment4.ipynb"
PNG = "iVBORw0KGgoAAAANSUhEUg=="


@cache
def text() -> str:
    """The released notebook, worked in: answers, outputs, and characters of several alphabets."""
    notebook = json.loads(RELEASE.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        cell["execution_count"] = number
        cell["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": ["a [line\n", 'of "text"]\n']},
            {"output_type": "display_data", "metadata": {}, "data": {"image/png": PNG}},
        ]
        if "solution" in cell["id"]:
            cell["source"] = [f"# работа № {number}: naïve 🙂\n", f"answer_{number} = {number}"]
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def notebook() -> dict[str, Any]:
    """The same as JSON."""
    found: dict[str, Any] = json.loads(text())
    return found


@cache
def sources() -> list[str]:
    """The sources of its cells."""
    return ["".join(cell["source"]) for cell in notebook()["cells"]]


PLACE = next(n for n, source in enumerate(sources()) if "\nanswer_" in source)  # of an answer
ANSWER = f"answer_{PLACE} = {PLACE}"


def read_again(content: str | bytes | dict[str, Any], name: str = NAME) -> tuple[list[str], str]:
    """The sources that reading finds in a file, and what it says; asserts that they are sound."""
    if isinstance(content, dict):
        content = json.dumps(content, indent=1)
    found, said = read(content.encode() if isinstance(content, str) else content, name)
    assert_sound(found)
    return [cell.source for cell in found.cells], "\n".join(said)


def assert_sound(found: nbformat.NotebookNode) -> None:
    """Assert that a notebook is what reading promises: valid, no outputs, storable, unique ids."""
    nbformat.validate(found)
    assert (found.nbformat, found.nbformat_minor) == (4, 5)
    assert len({cell.id for cell in found.cells}) == len(found.cells) > 0
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in found.cells)
    json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    assert not any("\r" in cell.source or "\0" in cell.source for cell in found.cells)


def with_cells(*cells: Any, **top: Any) -> dict[str, Any]:
    """A notebook of these cells."""
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **top}
