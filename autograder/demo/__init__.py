"""The class that comes with the course: notebooks made from the reference and small answer files.

A student of class.toml hands in the solved notebook with the answers of some exercises replaced
(`E1 = "no_mask.py"`) or left as the stub (`E1 = ""`), or the notebook that `how` says:
"untouched", or "broken JSON".
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Collection
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.build import fill, solved_notebook

HERE = Path(__file__).parent


def write_class(
    source: NotebookNode, release: NotebookNode, folder: Path, assignment: str,
    only: Collection[str] | None = None,
) -> int:  # fmt: skip
    """Write every student's notebook to folder/<student>/<assignment>.ipynb; return how many."""
    if folder.exists():
        shutil.rmtree(folder)
    students = tomllib.loads((HERE / "class.toml").read_text(encoding="utf-8"))
    chosen = {name: how for name, how in students.items() if only is None or name in only}
    solved = solved_notebook(source)
    for student, answers in chosen.items():
        place = folder / student / f"{assignment}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(submission(dict(answers), solved, release), encoding="utf-8")
    return len(chosen)


def submission(answers: dict[str, str], solved: NotebookNode, release: NotebookNode) -> str:
    """The text of one student's notebook file."""
    how = answers.pop("how", "")
    if how == "untouched":
        return str(nbformat.writes(release))
    stubs = {c.metadata.course.exercise: c.source for c in release.cells
             if c.metadata.get("course", {}).get("role") == "exercise"}  # fmt: skip
    codes = {
        exercise: (HERE / "answers" / file).read_text(encoding="utf-8") if file
        else stubs[exercise]
        for exercise, file in answers.items()
    }  # fmt: skip
    text = str(nbformat.writes(fill(solved, codes)))
    return text[: len(text) // 2] if how == "broken JSON" else text
