"""An nbgrader course folder: source, release, submitted, autograded, feedback, gradebook."""

from __future__ import annotations

import logging
import warnings

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from autograder.pipeline.layout import Layout
from autograder.pipeline.quick import hasten_nbgrader
from autograder.pipeline.results import write_atomically

CONFIGURATION = '''"""nbgrader's settings; start `jupyter lab` in this folder for formgrader."""

from pathlib import Path

from autograder.marking import beside_formgrader
from autograder.pipeline.hook import preprocessors, release_preprocessors
from autograder.pipeline.layout import Layout
from autograder.pipeline.outputs import live_files

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "transformers"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# Submissions run in processes of their own, and are marked from outside. Without this line the
# same notebooks grade under nbgrader's ordinary kernel.
c.Autograde.autograde_preprocessors = preprocessors()

# `nbgrader generate_assignment` leaves blanks for values, and keeps the rubrics to itself.
c.GenerateAssignment.preprocessors = release_preprocessors()

# What lateness costs stands in course.toml.
c.AssignLatePenalties.plugin_class = "autograder.pipeline.late_plugin.LatePenalty"

# What students wrote and handed in is shown to whoever marks it, and never runs in that browser.
c.HTMLExporter.filters = {"markdown2html": "autograder.report.marker_page.markdown2html"}
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", *live_files(),
]

# Beside formgrader's own pages: all answers to one task, similar ones together, at /by-task/.
beside_formgrader()

# A check cell that a student has deleted is put back and marked.
c.OverwriteCells.add_missing_cells = True
'''


class CourseFolder(Layout):
    """The same, prepared and run by nbgrader."""

    def prepare(self, source: NotebookNode) -> None:
        """Write configuration and source, and let nbgrader make the release and the gradebook.

        A folder that holds the same source already is left as it is.
        """
        hasten_nbgrader()
        self.root.mkdir(parents=True, exist_ok=True)
        write_atomically(self.root / "nbgrader_config.py", CONFIGURATION)
        text = nbformat.writes(source)
        place = self.notebook("source")
        if place.exists() and place.read_text(encoding="utf-8") == text and (
            self.notebook("release").exists() and (self.root / "gradebook.db").exists()
        ):  # fmt: skip
            return
        write_atomically(place, text)
        coursedir, config = self.nbgrader()
        start(GenerateAssignment, coursedir, config)

    def nbgrader(self) -> tuple[CourseDirectory, Config]:
        """nbgrader's own objects for this folder, with its configuration file read."""
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(self.root))
        config = loader.load_config()
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = self.assignment
        return coursedir, config


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
    try:
        with warnings.catch_warnings():
            # nbgrader builds new submissions row by row; SQLAlchemy comments on each, harmlessly.
            warnings.simplefilter("ignore", SAWarning)
            converter(coursedir=coursedir, config=config, force=True, log=log).start()
    except Exception as error:
        reasons = [line for line in kept.lines if "Traceback" in line] or kept.lines
        last = reasons[0].strip().splitlines()[-1] if reasons else str(error)
        raise NbGraderFailed(f"nbgrader: {last}") from error


class NbGraderFailed(Exception):
    """nbgrader could not do its part; the message is the last line of its complaint."""
