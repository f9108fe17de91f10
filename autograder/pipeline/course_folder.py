"""An nbgrader course folder: source, release, submitted, autograded, feedback, gradebook."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from autograder.intake.mend import is_written
from autograder.pipeline.results import write_atomically

CONFIGURATION = '''"""nbgrader's settings; start `jupyter lab` in this folder for formgrader."""

from pathlib import Path

from autograder.pipeline.hook import preprocessors, release_preprocessors

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "transformers"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# Submissions run in processes of their own, and are marked from outside. Without this line the
# same notebooks grade under nbgrader's ordinary kernel.
c.Autograde.autograde_preprocessors = preprocessors()

# `nbgrader generate_assignment` leaves blanks for values, and keeps the rubrics to itself.
c.GenerateAssignment.preprocessors = release_preprocessors()

# A check cell that a student has deleted is put back and marked.
c.OverwriteCells.add_missing_cells = True
'''


@dataclass(frozen=True)
class HandMark:
    """A cell's mark in the gradebook: what a person gave, if one did; whether it waits for one;
    the points that count now; the comment."""

    manual: float | None
    waits: bool
    points: float
    comment: str


@dataclass(frozen=True)
class CourseFolder:
    """A prepared folder and its one assignment."""

    root: Path
    assignment: str

    @property
    def gradebook_url(self) -> str:
        """Where nbgrader keeps the marks."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    @property
    def source(self) -> NotebookNode:
        """The course's own notebook."""
        return nbformat.read(self._notebook("source"), 4)

    @property
    def release(self) -> NotebookNode:
        """The notebook that students got."""
        return nbformat.read(self._notebook("release"), 4)

    def _notebook(self, stage: str) -> Path:
        return self.root / stage / self.assignment / f"{self.assignment}.ipynb"

    def submitted(self, student: str) -> Path:
        """Where a student's notebook waits for grading."""
        return self.root / "submitted" / student / self.assignment / f"{self.assignment}.ipynb"

    def feedback(self, student: str) -> Path:
        """Where a student's feedback page goes."""
        return self.root / "feedback" / student / self.assignment / f"{self.assignment}.html"

    def prepare(self, source: NotebookNode) -> None:
        """Write configuration and source, and let nbgrader make the release and the gradebook.

        A folder that holds the same source already is left as it is.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        write_atomically(self.root / "nbgrader_config.py", CONFIGURATION)
        text = nbformat.writes(source)
        place = self._notebook("source")
        if place.exists() and place.read_text(encoding="utf-8") == text and (
            self._notebook("release").exists() and (self.root / "gradebook.db").exists()
        ):  # fmt: skip
            return
        write_atomically(place, text)
        coursedir, config = self.nbgrader()
        start(GenerateAssignment, coursedir, config)

    def put_submission(self, student: str, notebook: NotebookNode, files: Path | None) -> None:
        """Write a student's notebook, and the files that came with it, where nbgrader looks."""
        place = self.submitted(student)
        if files is not None and files.name == self.assignment:
            shutil.copytree(files, place.parent, dirs_exist_ok=True, symlinks=True,
                            ignore=shutil.ignore_patterns("*.ipynb", ".*"))  # fmt: skip
        write_atomically(place, nbformat.writes(notebook))

    def record(self, student: str) -> None:
        """Let nbgrader autograde one student: sanitise, take the executed outputs, save marks."""
        coursedir, config = self.nbgrader()
        coursedir.student_id = student
        start(AutogradeOne, coursedir, config)
        with Gradebook(self.gradebook_url) as gradebook:
            found = gradebook.find_student(student)
            if found.last_name is None:  # formgrader would call everybody "None, None"
                gradebook.update_or_create_student(student, first_name="", last_name=student)

    def marks_by_hand(self, student: str) -> dict[str, HandMark]:
        """What a person has said of each graded cell, by grade_id.

        In formgrader a comment on code stands below the code, not below its check.
        """
        with Gradebook(self.gradebook_url) as gradebook:
            found = gradebook.find_submission_notebook(self.assignment, self.assignment, student)
            comments = {c.name: c.manual_comment or "" for c in found.comments}
            return {
                grade.name: HandMark(
                    grade.manual_score,
                    bool(grade.needs_manual_grade),
                    float(grade.score),
                    comments.get(grade.name.replace("_check", "_solution"), ""),
                )
                for grade in found.grades
            }

    def answers_marked(self, student: str) -> dict[str, str]:
        """Each written answer as it stood when it was last autograded, by grade_id."""
        place = self.root / "autograded" / student / self.assignment / f"{self.assignment}.ipynb"
        return {
            cell.metadata["nbgrader"]["grade_id"]: cell.source
            for cell in nbformat.read(place, 4).cells
            if "nbgrader" in cell.metadata and is_written(cell)
        }

    def keep_marks(self, student: str, before: Mapping[str, HandMark]) -> None:
        """Let marks stand that a person gave to what has not changed since.

        nbgrader keeps them too, but asks for a second look at each after every autograding.
        """
        with Gradebook(self.gradebook_url) as gradebook:
            found = gradebook.find_submission_notebook(self.assignment, self.assignment, student)
            for grade in found.grades:
                mark = before.get(grade.name)
                if mark is not None and mark.manual is not None and not mark.waits:
                    grade.needs_manual_grade = False
            gradebook.db.commit()

    def score(self, student: str) -> tuple[float, float, bool]:
        """A student's points, the most possible, and whether something waits for a person."""
        with Gradebook(self.gradebook_url) as gradebook:
            found = gradebook.find_submission(self.assignment, student)
            return float(found.score), float(found.max_score), bool(found.needs_manual_grade)

    def nbgrader(self) -> tuple[CourseDirectory, Config]:
        """nbgrader's own objects for this folder, with its configuration file read."""
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(self.root))
        config = loader.load_config()
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = self.assignment
        return coursedir, config


class AutogradeOne(Autograde):
    """nbgrader's Autograde for one student's folder, taken as it is called.

    nbgrader looks for students by file pattern and so misses a name such as "Ada [17]".
    """

    def init_notebooks(self) -> None:
        """Set the one folder and the one notebook in it."""
        folder = Path(self._format_source(self.coursedir.assignment_id, self.coursedir.student_id))
        self.assignments = {str(folder): [str(path) for path in sorted(folder.glob("*.ipynb"))]}


class Kept(logging.Handler):
    """Keep nbgrader's complaints: it logs what went wrong and raises without saying it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def start(converter: type[BaseConverter], coursedir: CourseDirectory, config: Config) -> None:
    """Run one of nbgrader's converters; raises NbGraderFailed with the reason it logged."""
    log, kept = logging.Logger("nbgrader of a course folder"), Kept()
    log.addHandler(kept)
    find_own_programs()
    try:
        with warnings.catch_warnings():
            # nbgrader builds new submissions row by row; SQLAlchemy comments on each, harmlessly.
            warnings.simplefilter("ignore", SAWarning)
            converter(coursedir=coursedir, config=config, force=True, log=log).start()
    except Exception as error:
        reasons = [line for line in kept.lines if "Traceback" in line] or kept.lines
        last = reasons[0].strip().splitlines()[-1] if reasons else str(error)
        raise NbGraderFailed(f"nbgrader: {last}") from error


def find_own_programs() -> None:
    """nbgrader starts `alembic` by name; find ours also where the environment is not activated."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])


class NbGraderFailed(Exception):
    """nbgrader could not do its part; the message is the last line of its complaint."""
