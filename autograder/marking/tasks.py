"""The tasks of a course folder that people mark, with their question, rubric and answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory

from autograder.build.words import BEGIN_RUBRIC, END_RUBRIC


@dataclass(frozen=True)
class Task:
    """A cell that people mark; question and rubric are Markdown, the rubric with the answer.

    cell: its grade_id; cell_id and comment_id: the gradebook's own ids of what has its points and
    of what has its comments; given: the text that students found in it.
    """

    assignment: str
    notebook: str
    cell: str
    cell_id: str
    comment_id: str
    max_points: float
    title: str
    question: str = ""
    rubric: str = ""
    given: str = ""

    @property
    def steps(self) -> list[float]:
        """The points that have a button: in halves where that gives few enough."""
        most = self.max_points
        halves = most <= 4
        whole = [n / 2 for n in range(int(most * 2) + 1)] if halves else list(range(int(most) + 1))
        return [float(step) for step in whole[:12]]


@dataclass(frozen=True)
class Written:
    """What a student wrote into a cell; attachments: pictures by name, as Jupyter keeps them."""

    text: str
    attachments: Mapping[str, Any] = field(default_factory=dict)
    is_code: bool = False

    @cached_property
    def digest(self) -> str:
        """A short name of just this answer."""
        whole = json.dumps([self.text, self.attachments], sort_keys=True)
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]


def tasks_of(gradebook: Gradebook, coursedir: CourseDirectory) -> Iterator[Task]:
    """All tasks of all assignments, in the order of their notebooks."""
    db = gradebook.db
    books = db.query(Assignment.name, Notebook.name, Notebook.id).join(
        Notebook, Notebook.assignment_id == Assignment.id
    )
    for assignment, notebook, id in sorted(books):
        graded = db.query(GradeCell.name, GradeCell.id, GradeCell.max_score)
        points = {name: (cell, most) for name, cell, most in graded.filter_by(notebook_id=id)}
        written = db.query(SolutionCell.name, SolutionCell.id).filter_by(notebook_id=id)
        comments = {name: cell for name, cell in written if name in points}
        # nbgrader's own task cells have points and comments in one
        of_tasks = db.query(TaskCell.name, TaskCell.id, TaskCell.max_score)
        for name, cell, most in of_tasks.filter_by(notebook_id=id):
            points[name], comments[name] = (cell, most), cell
        given = dict(db.query(SourceCell.name, SourceCell.source).filter_by(notebook_id=id))
        place = source_of(coursedir, assignment, notebook)
        about = told(place, set(comments))
        order = list(about) + [name for name in sorted(comments) if name not in about]
        for name in order:
            title, question, rubric = about.get(name, (name, "", ""))
            cell, most = points[name]
            yield Task(assignment, notebook, name, cell, comments[name], float(most), title,
                       question, rubric, given.get(name) or "")  # fmt: skip


def source_of(coursedir: CourseDirectory, assignment: str, notebook: str) -> Path:
    """Where the course's own notebook lies."""
    folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
    return Path(folder) / f"{notebook}.ipynb"


def told(place: Path, names: set[str]) -> dict[str, tuple[str, str, str]]:
    """Title, question and rubric of each of these cells, in the order of the source notebook.

    The question is the text right above the cell. A course without rubric cells has its own answer
    in place of one.
    """
    try:
        cells = json.loads(place.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}
    rubrics = {about(cell).get("exercise"): scheme(source(cell)) for cell in cells
               if about(cell).get("role") == "rubric"}  # fmt: skip
    found = {}
    for before, cell in zip([{}, *cells], cells, strict=False):
        name = grade_id(cell)
        if name in names:
            title = about(cell).get("exercise", name)
            question = source(before) if before.get("cell_type") == "markdown" else ""
            found[name] = (title, question, rubrics.get(title) or source(cell))
    return found


def scheme(rubric: str) -> str:
    """What a rubric's cell tells the marker: the part that nbgrader keeps from students."""
    _, _, rest = rubric.partition(BEGIN_RUBRIC)
    return rest.partition(END_RUBRIC)[0] or rubric


class Answers:
    """What stands in autograded notebooks, each read once until it changes."""

    def __init__(self) -> None:
        self.read: dict[Path, tuple[tuple[int, int], dict[str, Written]]] = {}

    def of(self, place: Path) -> Mapping[str, Written]:
        """The written cells of a notebook by grade_id; none where it cannot be read."""
        try:
            found = place.stat()
            now = (found.st_mtime_ns, found.st_size)
            if place not in self.read or self.read[place][0] != now:
                self.read[place] = (now, written_in(place))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}
        return self.read[place][1]


def autograded(coursedir: CourseDirectory, student: str, task: Task) -> Path:
    """Where a student's notebook lies that formgrader shows."""
    folder = coursedir.format_path(coursedir.autograded_directory, student, task.assignment)
    return Path(folder) / f"{task.notebook}.ipynb"


def written_in(place: Path) -> dict[str, Written]:
    """The cells of a notebook that students write into or that are tasks, by grade_id."""
    found = {}
    for cell in json.loads(place.read_text(encoding="utf-8"))["cells"]:
        ours = cell["metadata"].get("nbgrader") or {}
        if (ours.get("grade") and ours.get("solution")) or ours.get("task"):
            found[grade_id(cell)] = Written(source(cell), cell.get("attachments") or {},
                                            cell["cell_type"] == "code")  # fmt: skip
    return found


def grade_id(cell: Mapping[str, Any]) -> str:
    """A cell's nbgrader id, or an empty text."""
    return str((cell["metadata"].get("nbgrader") or {}).get("grade_id", ""))


def about(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the course says of a cell: its exercise and its role."""
    return cell["metadata"].get("course") or {}


def source(cell: Mapping[str, Any]) -> str:
    """A cell's text, which a notebook file has in lines."""
    found = cell.get("source", "")
    return found if isinstance(found, str) else "".join(found)
