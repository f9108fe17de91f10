"""The solved notebook as a list of cells, and what its cells print and draw."""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.build import builder
from autograder.notebook import curves, pictures

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT / "notebooks" / "text" / "assignment4.py"
POINTS = {f"E{number}": 1.0 for number in range(1, 9)}


@dataclass
class Played:
    """What the cells left behind: names, prints and captions by cell, and the prose as one line."""

    names: dict[str, Any]
    prose: str
    printed: dict[str, str] = field(default_factory=dict)
    captions: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def built() -> builder.BuiltNotebooks:
    """Assignment 4, built from its text; the points are not looked at here."""
    return builder.build(TEXT, ROOT, points=POINTS)


@pytest.fixture(scope="session")
def solved(built: builder.BuiltNotebooks, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The solved notebook, played in this process with the smallest training setting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBGRADER_EXECUTION", "autograde")
        patch.chdir(tmp_path_factory.mktemp("played"))
        return play(built.solved, patch)


def play(notebook: nbformat.NotebookNode, patch: pytest.MonkeyPatch) -> Played:
    """Run all code cells but the checks in one namespace."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    played = Played({"__name__": "__main__"}, re.sub(r"\s+", " ", prose))
    for cell, name in code_cells(notebook):
        captions = played.captions.setdefault(name, [])
        for module in (pictures, curves):
            patch.setattr(module, "show", lambda _, caption, kept=captions: kept.append(caption))
        with contextlib.redirect_stdout(io.StringIO()) as stream:
            exec(compile(cell.source, name, "exec"), played.names)
        played.printed[name] = stream.getvalue()
    return played


def code_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[nbformat.NotebookNode, str]]:
    """Yield every code cell but the checks, with its name."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata["course"]["role"] != "check":
            yield cell, cell.id
