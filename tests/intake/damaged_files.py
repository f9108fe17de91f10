"""What happens to the file of a notebook: each damage makes bytes of it, and the file's ending."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import jupytext
import nbformat
from nbconvert import PythonExporter
from nbformat import NotebookNode

from tests.intake.damage import blank_of, role, some, unmarked

OfFile = Callable[[NotebookNode, Random], tuple[bytes, str]]
Files = dict[str, bytes]


@dataclass(frozen=True)
class Given:
    """What may lie beside a student's notebook: the release, an older
    version, another assignment's."""

    assignment: str
    release: bytes
    older: bytes
    another: tuple[str, bytes]


OfFolder = Callable[[bytes, str, Given, Random], Files]

FILE: dict[str, OfFile] = {}
FOLDER: dict[str, OfFolder] = {}
LOSES_WORK = {"cut_off_file"}  # what is behind the cut is gone
COLAB = "# -*- coding: utf-8 -*-\n"


def of_file(damage: OfFile) -> OfFile:
    FILE[damage.__name__] = damage
    return damage


def of_folder(damage: OfFolder) -> OfFolder:
    FOLDER[damage.__name__] = damage
    return damage


def text_of(notebook: NotebookNode) -> str:
    """The file of a notebook, valid or not."""
    cells = [{k: v for k, v in cell.items() if k != "mark"} for cell in notebook.cells]
    return json.dumps({**notebook, "cells": cells}, indent=1, ensure_ascii=False) + "\n"


@of_file
def as_it_is(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    return text_of(notebook).encode(), ".ipynb"


@of_file
def byte_order_mark(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    return text_of(notebook).encode("utf-8-sig"), ".ipynb"


@of_file
def utf_16(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    return text_of(notebook).encode(rng.choice(("utf-16", "utf-16-le", "utf-16-be"))), ".ipynb"


@of_file
def crlf(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    for cell in notebook.cells if rng.random() < 0.5 else ():
        cell.source = cell.source.replace("\n", "\r\n")
    return text_of(notebook).replace("\n", "\r\n").encode(), ".ipynb"


@of_file
def older_format(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    minor = rng.randint(0, 4)
    for cell in notebook.cells:
        cell.pop("id", None)
        cell.source = cell.source.splitlines(keepends=True)
    notebook.nbformat_minor = minor
    return text_of(notebook).encode(), ".ipynb"


@of_file
def format_3(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    unmarked(notebook)
    for cell in notebook.cells:
        cell.pop("id", None)
    notebook.nbformat_minor = 4
    notebook.metadata.setdefault("kernelspec", {"name": "python3", "display_name": "Python 3"})
    return json.dumps(nbformat.convert(notebook, 3)).encode(), ".ipynb"


@of_file
def large_outputs(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    """Large for a test; how much is read of outputs does not depend on it."""
    for cell in some(rng, [c for c in notebook.cells if c.cell_type == "code"]):
        cell.outputs = [nbformat.v4.new_output("stream", text="no end in sight\n" * 20_000)]
    return text_of(notebook).encode(), ".ipynb"


@of_file
def cut_off_file(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    whole = text_of(notebook)
    return whole[: rng.randrange(len(whole) // 20, len(whole))].encode(), ".ipynb"


@of_file
def end_cut_off(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    """Only what is behind the last cell is missing."""
    whole = text_of(notebook)
    last = whole.rindex('"source"')
    return whole[: whole.index("\n  }", last) + 4].encode(), ".ipynb"


@of_file
def conflict_markers(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    """git's markers around a cell's text as it is and as it was given out."""
    lines = text_of(notebook).split("\n")
    sources = [i for i, line in enumerate(lines) if line.startswith('   "source"')]
    number = rng.randrange(len(sources))
    here, cell = sources[number], notebook.cells[number]
    ours = [lines[here]]
    older = "# an older version"
    if role(cell) in ("exercise", "written"):
        older = blank_of(cell)
    theirs = [f'   "source": {json.dumps(older)}' + "," * lines[here].endswith(",")]
    lines[here : here + 1] = ["<<<<<<< HEAD", *ours, "=======", *theirs, ">>>>>>> 1a2b3c4"]
    return "\n".join(lines).encode(), ".ipynb"


@of_file
def conflict_in_outputs(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    lines = text_of(notebook).split("\n")
    counts = [i for i, line in enumerate(lines) if '"execution_count"' in line]
    here = rng.choice(counts)
    ours = [lines[here]]
    theirs = [lines[here].replace("null", "7")]
    lines[here : here + 1] = ["<<<<<<< HEAD", *ours, "=======", *theirs, ">>>>>>> 1a2b3c4"]
    return "\n".join(lines).encode(), ".ipynb"


@of_file
def percent_script(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    unmarked(notebook)
    for cell in notebook.cells:
        cell.pop("id", None)
        cell.metadata = NotebookNode()
    return str(jupytext.writes(notebook, "py:percent")).encode(), ".py"


@of_file
def colab_export(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    """Colab's "Download .py": text in docstrings, code cells with empty lines between them."""
    parts = [COLAB + '"""Assignment.ipynb\n\nAutomatically generated by Colab.\n"""']
    for cell in notebook.cells:
        if cell.cell_type == "code":
            commented = re.sub(r"^([%!].*)$", r"# \1", cell.source, flags=re.MULTILINE)
            if commented != cell.source:
                commented = ("# Commented out IPython magic to ensure Python compatibility.\n"
                             + commented)  # fmt: skip
            parts.append(commented)
        else:
            parts.append(
                '"""' + cell.source.replace("\\", "\\\\").replace('"""', r"\"\"\"") + '\n"""'
            )
    return ("\n\n".join(parts) + "\n").encode(), ".py"


@of_file
def exported_script(notebook: NotebookNode, rng: Random) -> tuple[bytes, str]:
    """jupyter nbconvert --to script: text in comments, numbered code cells."""
    unmarked(notebook)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return PythonExporter().from_notebook_node(notebook)[0].encode(), ".py"


# ---- the folder that a file is found in ----------------------------------------------------------


@of_folder
def renamed_file(content: bytes, suffix: str, given: Given, rng: Random) -> Files:
    name = given.assignment
    names = [f"Copy of {name}", f"{name} (1)", f"{name}-Copy1", f"{name.upper()}_Ángeles Müller",
             "Untitled1", "final FINAL", "homework"]  # fmt: skip
    more = [f"{name}{suffix}.txt", f"{name}.json"] if suffix == ".ipynb" else []
    return {rng.choice([*(one + suffix for one in names), *more]): content}


@of_folder
def untouched_copy_beside(content: bytes, suffix: str, given: Given, rng: Random) -> Files:
    """The notebook as it was given out has the name; the work has another one."""
    names = [f"{given.assignment} (1)", f"{given.assignment}-Copy1", f"{given.assignment}_mine"]
    names += ["my work"] if suffix == ".ipynb" else [given.assignment]
    return {f"{given.assignment}.ipynb": given.release, rng.choice(names) + suffix: content}


@of_folder
def older_version_beside(content: bytes, suffix: str, given: Given, rng: Random) -> Files:
    name = given.assignment
    pairs = [(f"{name}_v1", f"{name}_v2"), (f"{name}-Copy1", name), (f"old/{name}", name)]
    old, new = rng.choice(pairs)
    if suffix != ".ipynb":  # then a notebook would be what counts
        return {f"{name}{suffix}": content, "notes.txt": b"to do: hand it in"}
    return {f"{old}{suffix}": given.older, f"{new}{suffix}": content}


@of_folder
def another_assignment_beside(content: bytes, suffix: str, given: Given, rng: Random) -> Files:
    name, other = given.another
    names = [given.assignment, f"{given.assignment} (2)"]
    names += ["homework"] if suffix == ".ipynb" else []
    return {f"{name}.ipynb": other, rng.choice(names) + suffix: content}
