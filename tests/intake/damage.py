"""What editors, merges and people do to notebooks: each damage changes one in place.

It draws from `rng` where. What happens to the file is in damaged_files.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from random import Random

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

OfNotebook = Callable[[NotebookNode, Random], None]

NOTEBOOK: dict[str, OfNotebook] = {}

# cells of a student's own that change nothing for anybody else's names
INERT = (
    "print('trying something')",
    "# to do: ask about this in the exercise class",
    "scratch_of_mine = [number**2 for number in range(4)]",
    "%matplotlib inline",
    "!ls",
    "assert 1 + 1 == 2",
)
REMARKS = ("Note to myself: read this again.", "## My notes\n\n- one\n- two")
ANOTHER = "# another try\n"


def of_notebook(damage: OfNotebook) -> OfNotebook:
    NOTEBOOK[damage.__name__] = damage
    return damage


# ---- what a cell is ------------------------------------------------------------------------------


def marked(notebook: NotebookNode) -> None:
    """Write beside every cell what it is for, so that a second damage still knows."""
    for cell in notebook.cells:
        cell["mark"] = dict(cell.metadata.get("course", {}), prose=not cell.metadata.get("course"))


def unmarked(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.pop("mark", None)


def role(cell: NotebookNode) -> str:
    return str(cell.get("mark", {}).get("role", ""))


def blank_of(cell: NotebookNode) -> str:
    """What the release has in the place of this answer."""
    return STUBS[cell["mark"]["exercise"]]


def with_role(notebook: NotebookNode, *roles: str) -> list[NotebookNode]:
    """The cells of these roles; perhaps none."""
    return [cell for cell in notebook.cells if role(cell) in roles]


def some(rng: Random, cells: list[NotebookNode], most: int = 3) -> list[NotebookNode]:
    return rng.sample(cells, min(len(cells), rng.randint(1, most)))


def place(notebook: NotebookNode, cell: NotebookNode) -> int:
    return next(i for i, other in enumerate(notebook.cells) if other is cell)


def anew(rng: Random) -> str:
    return f"{rng.getrandbits(40):010x}"


def solutions(notebook: NotebookNode) -> list[NotebookNode]:
    found = with_role(notebook, "exercise")
    return [cell for cell in found if cell.cell_type == "code" and cell.source.strip()]


# ---- metadata and ids ----------------------------------------------------------------------------


@of_notebook
def nbgrader_stripped(notebook: NotebookNode, rng: Random) -> None:
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


@of_notebook
def all_metadata_stripped(notebook: NotebookNode, rng: Random) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
    notebook.metadata = NotebookNode()


@of_notebook
def ids_dropped(notebook: NotebookNode, rng: Random) -> None:
    for cell in notebook.cells:
        cell.pop("id", None)


@of_notebook
def ids_changed(notebook: NotebookNode, rng: Random) -> None:
    for cell in notebook.cells:
        cell.id = anew(rng)


@of_notebook
def ids_duplicated(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, notebook.cells, 4):
        cell.id = rng.choice(notebook.cells).get("id", "same")


@of_notebook
def saved_by_colab(notebook: NotebookNode, rng: Random) -> None:
    """Colab keeps ids of its own in the metadata and drops what it does not know."""
    for cell in notebook.cells:
        cell.metadata = NotebookNode(id=anew(rng))
        cell.pop("id", None)
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata = NotebookNode(colab={"provenance": []}, kernelspec=kernel)


@of_notebook
def saved_by_vs_code(notebook: NotebookNode, rng: Random) -> None:
    for cell in notebook.cells:
        cell.id = anew(rng)
        cell.metadata = NotebookNode()
        if cell.cell_type == "code":
            cell.metadata["vscode"] = {"languageId": "python"}


# ---- copies --------------------------------------------------------------------------------------


def pasted(notebook: NotebookNode, cell: NotebookNode, position: int, rng: Random) -> NotebookNode:
    """Paste a copy with its metadata, as nbgrader's older notebooks did."""
    copy = deepcopy(cell)
    if rng.random() < 0.5:
        copy.id = anew(rng)
    notebook.cells.insert(position, copy)
    return copy


@of_notebook
def solution_copied(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, solutions(notebook)):
        here = place(notebook, cell)
        pasted(notebook, cell, here + rng.randint(0, 1), rng)


@of_notebook
def solution_copied_and_changed(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, solutions(notebook)):
        copy = pasted(notebook, cell, place(notebook, cell) + rng.randint(0, 1), rng)
        copy.source = ANOTHER + copy.source


@of_notebook
def solution_copied_as_scratch(notebook: NotebookNode, rng: Random) -> None:
    """A pasted copy got another text altogether, and kept the metadata."""
    for cell in some(rng, solutions(notebook)):
        copy = pasted(notebook, cell, place(notebook, cell) + rng.randint(0, 2), rng)
        copy.source = rng.choice(INERT)


@of_notebook
def check_copied(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "check", "given", "demonstration", "self-check")):
        pasted(notebook, cell, place(notebook, cell) + rng.randint(0, 1), rng)


@of_notebook
def check_copied_as_scratch(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "check", "demonstration")):
        pasted(notebook, cell, place(notebook, cell) + 1, rng).source = rng.choice(INERT)


# ---- the course's cells --------------------------------------------------------------------------


@of_notebook
def checks_deleted(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "check", "self-check"), 8):
        del notebook.cells[place(notebook, cell)]


@of_notebook
def checks_edited(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "check")):
        cell.source = rng.choice((f"# {cell.source}", f"{cell.source}  # passes!", "100.0", ""))


@of_notebook
def given_deleted(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "given", "demonstration", "rubric")):
        del notebook.cells[place(notebook, cell)]


@of_notebook
def given_edited(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "given")):
        lines = cell.source.split("\n")
        if rng.random() < 0.5:
            cell.source += "\n# ok, understood\nimport os"
        elif len(lines) > 3:
            del lines[rng.randrange(1, len(lines))]
            cell.source = "\n".join(lines)


@of_notebook
def demonstrations_edited(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "demonstration"), 6):
        cell.source = rng.choice(("D = 3\n", "", "# what if?\n")) + cell.source + "\nprint('!')"


@of_notebook
def given_moved(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, with_role(notebook, "given", "demonstration", "check"), 2):
        del notebook.cells[place(notebook, cell)]
        notebook.cells.insert(rng.randint(0, len(notebook.cells)), cell)


@of_notebook
def prose_deleted(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, [c for c in notebook.cells if c.get("mark", {}).get("prose")], 9):
        del notebook.cells[place(notebook, cell)]


# ---- solutions -----------------------------------------------------------------------------------


@of_notebook
def solution_moved(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, solutions(notebook), 2):
        del notebook.cells[place(notebook, cell)]
        end = len(notebook.cells)
        notebook.cells.insert(rng.choice((end, rng.randint(0, end))), cell)


@of_notebook
def solution_behind_its_check(notebook: NotebookNode, rng: Random) -> None:
    for cell in some(rng, solutions(notebook)):
        here = place(notebook, cell)
        if here + 1 < len(notebook.cells):
            cells = notebook.cells
            cells[here], cells[here + 1] = cells[here + 1], cells[here]


def in_a_cell_of_its_own(
    notebook: NotebookNode, rng: Random, left: Callable[[NotebookNode], str]
) -> None:
    """Move an answer's text to a new cell; something of it is left in the answer's cell."""
    for cell in some(rng, solutions(notebook), 2):
        here = place(notebook, cell)
        own = new_code_cell(cell.source)
        position = rng.choice((here, here + 1, here + 2, len(notebook.cells)))
        cell.source = left(cell)
        notebook.cells.insert(min(position, len(notebook.cells)), own)


@of_notebook
def solution_emptied(notebook: NotebookNode, rng: Random) -> None:
    in_a_cell_of_its_own(notebook, rng, lambda cell: "")


@of_notebook
def solution_blank_left(notebook: NotebookNode, rng: Random) -> None:
    """The blank as it was given out stays, and the work stands elsewhere."""
    in_a_cell_of_its_own(notebook, rng, blank_of)


STUBS: dict[str, str] = {}  # the release's blank of each exercise; see `prepare`


def prepare(release: NotebookNode) -> None:
    """Know the blanks of a release."""
    for cell in release.cells:
        if cell.metadata.get("course", {}).get("role") in ("exercise", "written"):
            STUBS[cell.metadata.course.exercise] = cell.source


def first_name(source: str) -> str:
    found = re.search(r"^(?:class |def )?(\w+)", source, re.MULTILINE)
    return found.group(1) if found else ""


@of_notebook
def solution_split(notebook: NotebookNode, rng: Random) -> None:
    """Cut between two statements; the second half keeps the metadata or not."""
    for cell in some(rng, [c for c in solutions(notebook) if len(starts(c.source)) > 1]):
        cut_at(notebook, cell, rng.choice(starts(cell.source)[1:]), rng)


@of_notebook
def solution_cut(notebook: NotebookNode, rng: Random) -> None:
    """Cut at any line, as Ctrl+Shift+Minus does at the cursor."""
    for cell in some(rng, [c for c in solutions(notebook) if c.source.count("\n") > 3]):
        cut_at(notebook, cell, rng.randrange(1, cell.source.count("\n")), rng)


def starts(source: str) -> list[int]:
    """The lines where statements begin."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    return [min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) - 1
            for node in body]  # fmt: skip


def cut_at(notebook: NotebookNode, cell: NotebookNode, line: int, rng: Random) -> None:
    lines = cell.source.split("\n")
    second = deepcopy(cell) if rng.random() < 0.5 else new_code_cell("")
    second.id = anew(rng)
    cell.source, second.source = "\n".join(lines[:line]), "\n".join(lines[line:])
    notebook.cells.insert(place(notebook, cell) + 1, second)


@of_notebook
def solution_through_a_helper(notebook: NotebookNode, rng: Random) -> None:
    """The work has another name, in a cell of its own; the answer's cell gives it the right one."""
    able = [
        cell
        for cell, after in pairwise([*notebook.cells, new_code_cell("")])
        if cell in solutions(notebook)
        and re.match(r"(class|def) \w+", cell.source)
        and "raise NotImplementedError" not in cell.source
        and not after.source.startswith(" ")  # or it is the first half of a cell
    ]
    for cell in some(rng, able, 1):
        name = first_name(cell.source)
        lines, begins = cell.source.split("\n"), starts(cell.source)
        rest = lines[begins[1] :] if len(begins) > 1 else []
        work = lines[: begins[1]] if len(begins) > 1 else lines
        text = re.sub(rf"^(class|def) {name}\b", rf"\1 {name}OfMine", "\n".join(work).rstrip())
        cell.source = "\n".join([f"{name} = {name}OfMine", *rest])
        here = place(notebook, cell)
        where = rng.choice((here, here + 2, len(notebook.cells)))
        notebook.cells.insert(min(where, len(notebook.cells)), new_code_cell(text))


@of_notebook
def solutions_merged(notebook: NotebookNode, rng: Random) -> None:
    """Two exercises in one cell; the other cell is gone."""
    able = solutions(notebook)
    if len(able) < 2:
        return
    number = rng.randrange(len(able) - 1)
    merged(notebook, able[number], able[number + 1])


@of_notebook
def solutions_merged_blank_left(notebook: NotebookNode, rng: Random) -> None:
    """Two exercises in one cell; the blank of the other is still there."""
    able = solutions(notebook)
    if len(able) < 2:
        return
    first, second = able[(number := rng.randrange(len(able) - 1)) : number + 2]
    first.source, second.source = (f"{first.source}\n\n\n{second.source}",
                                   blank_of(second))  # fmt: skip


@of_notebook
def neighbours_merged(notebook: NotebookNode, rng: Random) -> None:
    """Shift+M: a cell takes in the one below."""
    for cell in some(rng, solutions(notebook) + with_role(notebook, "written", "answer"), 2):
        here = place(notebook, cell) - rng.randint(0, 1)
        if 0 <= here < len(notebook.cells) - 1:
            first, second = notebook.cells[here : here + 2]
            if first.cell_type == second.cell_type:
                merged(notebook, first, second)


def merged(notebook: NotebookNode, first: NotebookNode, second: NotebookNode) -> None:
    first.source = f"{first.source}\n\n{second.source}"
    del notebook.cells[place(notebook, second)]


# ---- other cells ---------------------------------------------------------------------------------


@of_notebook
def extra_cells(notebook: NotebookNode, rng: Random) -> None:
    for _ in range(rng.randint(1, 4)):
        cell = new_code_cell(rng.choice(INERT))
        if rng.random() < 0.4:
            cell = new_markdown_cell(rng.choice(REMARKS))
        notebook.cells.insert(rng.randint(0, len(notebook.cells)), cell)


@of_notebook
def cell_type_changed(notebook: NotebookNode, rng: Random) -> None:
    """Esc M, Esc Y, Esc R: pressed by accident."""
    able = [cell for cell in notebook.cells if cell.source.strip()]
    for cell in some(rng, solutions(notebook) + with_role(notebook, "written", "check"), 1) + some(
        rng, able, 2
    ):
        kind = rng.choice([k for k in ("code", "markdown", "raw") if k != cell.cell_type])
        cell.cell_type = kind
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        if kind == "code":
            cell.outputs, cell.execution_count = [], None


@of_notebook
def two_versions(notebook: NotebookNode, rng: Random) -> None:
    """What is left of a conflict: both versions of a cell, one after the other."""
    able = solutions(notebook) + with_role(notebook, "written")
    for cell in some(rng, able, 2):
        other = deepcopy(cell)
        other.source = blank_of(cell)
        notebook.cells.insert(place(notebook, cell) + rng.randint(0, 1), other)


@of_notebook
def words_beside(notebook: NotebookNode, rng: Random) -> None:
    """An answer in words stands in a new cell beside its own, which is as it was given out."""
    for cell in some(rng, with_role(notebook, "written"), 2):
        if cell.cell_type == "markdown" and cell.source.strip() != "YOUR ANSWER HERE":
            beside = new_markdown_cell(cell.source)
            cell.source = "YOUR ANSWER HERE"
            notebook.cells.insert(place(notebook, cell) + rng.randint(0, 1), beside)


@of_notebook
def words_in_a_new_cell(notebook: NotebookNode, rng: Random) -> None:
    """An answer in words stands in a new cell, and its own is deleted."""
    for cell in some(rng, with_role(notebook, "written"), 2):
        if cell.cell_type == "markdown":
            notebook.cells[place(notebook, cell)] = new_markdown_cell(cell.source)
