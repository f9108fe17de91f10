"""The class that comes with the course: notebooks made from the reference and small answer files.

A student of ASSIGNMENT.toml hands in the solved notebook with the answers of some exercises
replaced, by a file of answers/ (`E1 = "no_mask.py"`) or by the text given, or left as the stub
(`E1 = ""`), or what `how` says: "untouched", "half a file", or "a link" in place of a notebook.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Collection
from pathlib import Path

import nbformat

from autograder.build import BuiltNotebooks, fill
from autograder.build.notebook import role_of

HERE = Path(__file__).parent
FILE = re.compile(r"\w+\.(py|md)")


def write_class(
    built: BuiltNotebooks, folder: Path, only: Collection[str] | None = None
) -> int:
    """Write every student's notebook to folder/<student>/<assignment>.ipynb; return how many."""
    if folder.exists():
        shutil.rmtree(folder)
    students = tomllib.loads((HERE / f"{built.assignment}.toml").read_text(encoding="utf-8"))
    chosen = {name: how for name, how in students.items() if only is None or name in only}
    for student, answers in chosen.items():
        place = folder / student / f"{built.assignment}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(submission(dict(answers), built), encoding="utf-8")
    return len(chosen)


def submission(answers: dict[str, str], built: BuiltNotebooks) -> str:
    """The text of one student's notebook file."""
    how = answers.pop("how", "")
    if how == "a link":
        return '{"url": "https://docs.google.com/open?id=0", "doc_id": "0"}\n'
    if how == "untouched":
        return str(nbformat.writes(built.release))
    stubs = {
        cell.metadata.course.exercise: cell.source
        for cell in built.release.cells
        if role_of(cell) in ("exercise", "written")
    }
    texts = {
        exercise: stubs[exercise] if not answer
        else (HERE / "answers" / answer).read_text(encoding="utf-8")
        if FILE.fullmatch(answer)
        else answer
        for exercise, answer in answers.items()
    }  # fmt: skip
    text = str(nbformat.writes(fill(built.solved, texts)))
    return text[: len(text) // 2] if how == "half a file" else text
