"""A class of imagined students whose code differs, but for those who took it from each other."""

from __future__ import annotations

import ast
import json
import random
import shutil
from pathlib import Path

from autograder.pipeline.layout import Layout
from autograder.similarity.code import Work, tidy
from tests.answers import answers

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "assignment4"
IDS = [f"E{number}" for number in range(1, 9)]
RIGHT = {id: [a for a in answers("right") if a.exercise == id] for id in IDS}
COPIED = ("E2", "E5", "E7")
REMARKS = ("assert x is not None", "if False:\n    print(x)", "shape = x.shape", "n = len(x) - 1",
           "for _ in range(1):\n    pass", "device = x.device", "y = x + 0 * x")  # fmt: skip


class Renamed(ast.NodeTransformer):
    """The same program with other names for its own variables and attributes."""

    def __init__(self, code: ast.AST) -> None:
        stored = {n.id for n in ast.walk(code)
                  if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
        own = {n.attr for n in ast.walk(code)
               if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}  # fmt: skip
        self.names = {name: f"my_{name}_{len(name)}" for name in stored | own}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        self.generic_visit(node)
        node.attr = self.names.get(node.attr, node.attr)
        return node


def disguised(code: str) -> str:
    """What a copier makes of it: other names, other layout, comments of their own."""
    tree = ast.parse(code)
    lines = ast.unparse(Renamed(tree).visit(tree)).split("\n")
    return "\n".join(f"{line}  # mine" if i % 3 == 0 else line for i, line in enumerate(lines))


def varied(code: str, drawn: random.Random) -> str:
    """Another student's program in the same style: statements of their own in between."""
    tree = ast.parse(code)
    for block in [n.body for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
        for _ in range(drawn.randint(1, 4)):
            own = ast.parse(drawn.choice(REMARKS)).body
            at = drawn.randint(0, len(block))
            block[at:at] = own
    return ast.unparse(tree)


def imagined_class(count: int, seed: int = 7) -> dict[str, dict[str, str]]:
    """By student, code by exercise; the last takes three exercises from the first, and so on.

    Copies come in pairs: student0 and the last one, student1 and the one before, three altogether.
    """
    drawn = random.Random(seed)
    students = [f"student{i:03d}" for i in range(count)]
    found = {
        student: {id: varied(drawn.choice(RIGHT[id]).code, drawn) for id in IDS}
        for student in students
    }
    for first, last in copies(students):
        found[last] |= {id: disguised(found[first][id]) for id in COPIED}
    return found


def copies(students: list[str]) -> list[tuple[str, str]]:
    """Who was copied from, and by whom."""
    return [(students[i], students[-1 - i]) for i in range(3)]


def works_of(found: dict[str, dict[str, str]]) -> list[Work]:
    """The class as the comparison takes it."""
    return [
        Work(student, frozenset([student]), {id: tidy(text) for id, text in code.items()})
        for student, code in found.items()
    ]


def notebook(code: dict[str, str]) -> str:
    """A notebook that is handed in: the release version with these answers."""
    made = json.loads((ROOT / "notebooks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text("utf-8"))
    for cell in made["cells"]:
        id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if id.endswith("_solution") and (text := code.get(id.split("_")[0].upper())) is not None:
            cell["source"] = text
    return json.dumps(made)


def course_folder(root: Path, found: dict[str, dict[str, str]]) -> Layout:
    """A course folder with source, release and what was handed in; nothing else."""
    folder = Layout(root, ASSIGNMENT)
    kinds = {"source": ROOT / "notebooks" / "source" / ASSIGNMENT, "release": ROOT / "notebooks" /
             ASSIGNMENT}  # fmt: skip
    for stage, place in kinds.items():
        folder.notebook(stage).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(place / f"{ASSIGNMENT}.ipynb", folder.notebook(stage))
    for student, code in found.items():
        place = folder.submitted(student)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(notebook(code), encoding="utf-8")
    return folder
