"""The notebooks as lists of cells, solved and untouched, and what their cells print and draw."""

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from autograder.build import builder
from autograder.notebook import appendix_pictures, curves, lab_curves, lab_pictures, pictures

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT / "notebooks" / "text" / "assignment4.py"
LAB_TEXT = ROOT / "notebooks" / "text" / "lab11.py"
# modules whose figures are shown in words
DRAWING = (pictures, curves, appendix_pictures, lab_pictures, lab_curves)


@dataclass
class Played:
    """What the cells left behind: names, prints and captions by cell, and the prose as one line.

    Also each code cell's source.
    """

    names: dict[str, Any]
    prose: str
    printed: dict[str, str] = field(default_factory=dict)
    captions: dict[str, list[str]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def built() -> builder.BuiltNotebooks:
    """Assignment 4, built from its text, with the points of its registered checks."""
    return builder.build(TEXT, ROOT)


@pytest.fixture(scope="session")
def solved(built: builder.BuiltNotebooks, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The solved notebook, played in this process with the smallest training setting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBGRADER_EXECUTION", "autograde")
        patch.chdir(tmp_path_factory.mktemp("played"))
        return play(built.solved, patch)


@pytest.fixture(scope="session")
def lab() -> builder.BuiltNotebooks:
    """Lab 11, built from its text, with the points of its registered checks."""
    return builder.build(LAB_TEXT, ROOT)


@pytest.fixture(scope="session")
def solved_lab(lab: builder.BuiltNotebooks, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The solved lab, played on the sample corpus with the smallest training setting."""
    return play_elsewhere(lab.solved, tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="session")
def untouched_lab(lab: builder.BuiltNotebooks, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The lab as students get it, played from top to bottom."""
    return play_elsewhere(lab.release, tmp_path_factory.mktemp("untouched"))


def play_elsewhere(notebook: nbformat.NotebookNode, folder: Path) -> Played:
    """Play a notebook in a folder of its own, as while it is graded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBGRADER_EXECUTION", "autograde")
        patch.chdir(folder)
        return play(notebook, patch)


def play(notebook: nbformat.NotebookNode, patch: pytest.MonkeyPatch) -> Played:
    """Run all code cells but the checks in one namespace, which is __main__ meanwhile."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    main = ModuleType("__main__")  # where `needs` looks for blanks
    patch.setitem(sys.modules, "__main__", main)
    played = Played(vars(main), re.sub(r"\s+", " ", prose))
    for cell, name in code_cells(notebook):
        captions = played.captions.setdefault(name, [])
        played.sources[name] = cell.source
        for module in DRAWING:
            patch.setattr(module, "show", lambda _, caption, kept=captions: kept.append(caption))
        with contextlib.redirect_stdout(io.StringIO()) as stream:
            exec(compile(cell.source, name, "exec"), played.names)
        played.printed[name] = stream.getvalue()
    return played


def code_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[nbformat.NotebookNode, str]]:
    """Yield every code cell but the checks, with its name."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "check" not in cell.metadata["course"]["role"]:
            yield cell, cell.id
