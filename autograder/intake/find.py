"""Find submitted notebooks in a folder of students, and read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

MAX_BYTES = 200 * 2**20


class Unreadable(Exception):
    """A submission that cannot be graded as it is; the message is for student and instructor."""


@dataclass(frozen=True)
class Submission:
    """One student's notebook, or the reason why there is none."""

    student: str
    path: Path | None
    reason: str | None = None
    notes: tuple[str, ...] = ()


def find_submissions(folder: Path, assignment: str) -> Iterator[Submission]:
    """Yield one submission for each student's folder in `folder`, in order of their names.

    Takes <student>/<assignment>.ipynb or <student>/<assignment>/<assignment>.ipynb; a single
    notebook of another name is taken too, and said so.
    """
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        if not place.name.startswith("."):
            yield find_one(place, assignment)


def find_one(place: Path, assignment: str) -> Submission:
    """Find the notebook in one student's folder."""
    for path in (place / f"{assignment}.ipynb", place / assignment / f"{assignment}.ipynb"):
        if path.is_file():
            if leads_out(path, place):
                why = f"{path.name} is a link to somewhere else: hand in the notebook itself"
                return Submission(place.name, None, why)
            return Submission(place.name, path)
    others = [
        path
        for path in sorted(place.rglob("*.ipynb"))
        if ".ipynb_checkpoints" not in path.parts and path.is_file() and not leads_out(path, place)
    ]
    if len(others) == 1:
        note = f"the notebook was called {others[0].name}, not {assignment}.ipynb; it was taken"
        return Submission(place.name, others[0], notes=(note,))
    found = "no notebook" if not others else f"{len(others)} notebooks, none of that name"
    return Submission(
        place.name, None, f"{assignment}.ipynb was not found: the folder holds {found}"
    )


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a path leads, by links, out of a student's own folder."""
    return not path.resolve().is_relative_to(folder.resolve())


def read_notebook(path: Path) -> NotebookNode:
    """Read a submitted notebook as nbformat 4; raises Unreadable with a sentence to send on."""
    return understood(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """A submitted notebook's file; raises Unreadable."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"{path.name} is larger than {MAX_BYTES // 2**20} MB")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from error


def understood(content: bytes, name: str) -> NotebookNode:
    """The notebook in a file of that name; raises Unreadable."""
    try:
        contents = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name} is not a text file in UTF-8") from error
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"{name} is not a whole notebook: its JSON breaks at line {error.lineno}; "
            "open it in JupyterLab, save it again and hand it in anew"
        ) from error
    except RecursionError as error:
        raise Unreadable(f"{name} cannot be read: {error}") from error
    return upgraded(contents, name)


def upgraded(contents: object, name: str) -> NotebookNode:
    """Bring a notebook's JSON to nbformat 4.5."""
    if not isinstance(contents, dict) or not (
        isinstance(contents.get("cells"), list) or isinstance(contents.get("worksheets"), list)
    ):
        raise Unreadable(f"{name} is not a notebook: it has no list of cells")
    try:
        notebook = nbformat.from_dict(contents)
        if notebook.get("nbformat", 4) < 4:
            notebook = nbformat.convert(notebook, 4)
        notebook.nbformat, notebook.nbformat_minor = 4, 5
        notebook.setdefault("metadata", NotebookNode())
        used: set[str] = set()
        for position, cell in enumerate(notebook.cells):
            tidy(cell)
            if not isinstance(cell.get("id"), str) or cell.id in used:
                cell.id = f"submitted-{position}"
            used.add(cell.id)
        nbformat.validate(notebook)
    except Exception as error:  # whatever nbformat meets, the notebook is at fault, not the run
        first = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise Unreadable(f"{name} is not a valid notebook: {first}") from error
    return notebook


def tidy(cell: NotebookNode) -> None:
    """Give a cell the parts that every cell has; outputs are made anew by grading."""
    if isinstance(cell.get("source"), list):
        cell.source = "".join(cell.source)
    cell.setdefault("metadata", NotebookNode())
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
