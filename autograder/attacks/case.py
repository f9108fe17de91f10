"""Read the cases, and make each one's notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.attacks import edits
from autograder.build import BuiltNotebooks
from autograder.build.notebook import role_of

CASES = Path(__file__).parent / "cases"
KEYS = ("tries", "in", "honest", "base", "limits", "expects", "stock", "brings", "file",
        "student", "edit")  # fmt: skip
HEADER = re.compile(r"# (\w+): (.*)")
PART = re.compile(r"^# -- in: (.+)\n", re.MULTILINE)
OWN = re.compile(r"E[1-8]")  # an exercise that was added since is worth nothing in any case
PLACE = re.compile(r"E[1-8]|own cell( after E[1-8])?|last cell|nowhere")


class BadCase(Exception):
    """A case that does not say what it is; the message names the file."""


@dataclass(frozen=True)
class Part:
    """Code and the cell it stands in."""

    where: str
    code: str


@dataclass(frozen=True)
class Case:
    """One attack: the headers of its file, and its code."""

    name: str
    tries: str
    parts: tuple[Part, ...]
    honest: float
    base: str = "released"
    limits: tuple[tuple[str, float], ...] = ()
    expects: tuple[str, ...] = ()
    stock: str = ""
    brings: tuple[str, ...] = ()
    file: str = ""
    student: str = ""
    edit: str = ""

    @property
    def who(self) -> str:
        """The name of the student's folder."""
        return self.student or self.name

    @property
    def is_harmful(self) -> bool:
        """Whether it may harm the machine if nothing holds it."""
        return self.stock.startswith("no")


def all_cases(only: Iterable[str] = ()) -> list[Case]:
    """All cases by name, or those named; raises BadCase for a name that there is not."""
    files = {path.stem: path for path in sorted(CASES.glob("*.py"))}
    if unknown := [name for name in only if name not in files]:
        raise BadCase(f"no attack {', '.join(map(repr, unknown))}; --list shows their names")
    return [read(files[name]) for name in only or files]


def read(path: Path) -> Case:
    """Read one file; raises BadCase."""
    text = path.read_text(encoding="utf-8")
    headers = headers_of(text, path.name)
    if missing := [key for key in ("tries", "in", "honest") if key not in headers]:
        raise BadCase(f"{path.name}: the header lacks {', '.join(missing)}")

    def one(key: str, default: str = "") -> str:
        return headers.get(key, [default])[0]

    base, edit = one("base", "released"), one("edit")
    if base not in ("released", "solved"):
        raise BadCase(f"{path.name}: base must be released or solved: got {base!r}")
    if edit and not hasattr(edits, edit):
        raise BadCase(f"{path.name}: edits.py has no function {edit!r}")
    pairs = [item.split("=") for item in one("limits").split()]
    return Case(
        path.stem,
        one("tries"),
        parts_of(text, one("in"), path.name),
        float(one("honest")),
        base,
        tuple((key, number(value)) for key, value in pairs),
        tuple(word.strip() for word in one("expects").split("|") if word.strip()),
        one("stock"),
        tuple(headers.get("brings", ())),
        one("file"),
        one("student"),
        edit,
    )


def number(text: str) -> float:
    """A limit: some are whole numbers."""
    return int(text) if text.isdigit() else float(text)


def headers_of(text: str, file: str) -> dict[str, list[str]]:
    """The leading lines `# key: value`; one that begins with three spaces goes on."""
    found: dict[str, list[str]] = {}
    last = ""
    for line in text.splitlines():
        if line.startswith("#   ") and last:
            found[last][-1] += f" {line[1:].strip()}"
        elif match := HEADER.fullmatch(line):
            last = match[1]
            if last not in KEYS:
                raise BadCase(f"{file}: no header {last!r}; there are {', '.join(KEYS)}")
            found.setdefault(last, []).append(match[2].strip())
        else:
            break
    return found


def parts_of(text: str, first: str, file: str) -> tuple[Part, ...]:
    """Split the code at the lines `# -- in: ...`."""
    pieces = PART.split(text)
    wheres = [first, *(where.strip() for where in pieces[1::2])]
    for where in wheres:
        if not PLACE.fullmatch(where):
            raise BadCase(f"{file}: no place {where!r}; see autograder/attacks/__init__.py")
    codes = (without_headers(piece) for piece in pieces[0::2])
    return tuple(Part(where, code) for where, code in zip(wheres, codes, strict=True))


def without_headers(text: str) -> str:
    """The code alone."""
    lines = text.splitlines()
    while lines and (HEADER.fullmatch(lines[0]) or lines[0].startswith("#   ")):
        del lines[0]
    return "\n".join(lines).strip("\n")


def notebook_of(case: Case, built: BuiltNotebooks, known: Mapping[str, str]) -> NotebookNode:
    """The notebook that this student hands in; known: what {{name}} stands for."""
    notebook = deepcopy(built.release)
    if case.base == "solved":
        for cell, right in zip(notebook.cells, built.solved.cells, strict=True):
            if role_of(cell) == "exercise" and OWN.fullmatch(cell.metadata.course.exercise):
                cell.source = right.source
    for number, part in enumerate(case.parts):
        if part.where != "nowhere":
            place(notebook, part.where, filled(part.code, known), f"attack-{number}")
    if case.edit:
        getattr(edits, case.edit)(notebook)
    return notebook


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with every {{name}} replaced."""
    for name, value in known.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text


def place(notebook: NotebookNode, where: str, code: str, id: str) -> None:
    """Write code into an exercise's cell, or put a cell of its own where it belongs."""
    if re.fullmatch(r"E\d", where):
        notebook.cells[index_of(notebook, exercise=where)].source = code
        return
    cell = new_code_cell(code, id=id)
    if where == "last cell":
        notebook.cells.append(cell)
        return
    _, _, after = where.partition(" after ")
    before = index_of(notebook, exercise=after) if after else index_of(notebook, name="setup")
    while notebook.cells[before + 1].id.startswith("attack-"):
        before += 1
    notebook.cells.insert(before + 1, cell)


def index_of(notebook: NotebookNode, exercise: str = "", name: str = "") -> int:
    """Where an exercise's answer, or the cell of that grade_id, stands."""
    for index, cell in enumerate(notebook.cells):
        found = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name and found == name:
            return index
        if exercise and role_of(cell) == "exercise" and cell.metadata.course.exercise == exercise:
            return index
    raise BadCase(f"the notebook has no cell for {exercise or name}")
