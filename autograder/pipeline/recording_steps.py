"""nbgrader's own steps from a submitted notebook to an autograded one, without what is slow.

`nbgrader autograde` sets up its converter for every student, opens the gradebook for every step,
and validates the notebook after each. Here the same preprocessors run, set up once, over rows that
are at hand; the notebook is validated at the end.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4.nbjson import BytesEncoder
from nbformat.v4.rwbase import split_lines, strip_transient
from nbgrader.converters import Autograde
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    NbGraderPreprocessor,
    latesubmissions,
    overwritecells,
    overwritekernelspec,
    saveautogrades,
)

from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.execute import Executed
from autograder.pipeline.hook import SandboxExecute, put_outputs
from autograder.pipeline.recording_rows import AtHand, CourseRows, StudentRows

OPENERS: tuple[Any, ...] = (latesubmissions, overwritecells, overwritekernelspec, saveautogrades)


class Steps:
    """nbgrader's preprocessors of one course folder, in the order that its configuration gives."""

    def __init__(self, folder: CourseFolder, course: CourseRows, diagnoses: bool) -> None:
        self.diagnoses = diagnoses
        coursedir, config = folder.nbgrader()
        log = logging.Logger("nbgrader while recording", logging.ERROR)
        log.addHandler(logging.NullHandler())
        converter = Autograde(coursedir=coursedir, config=config, log=log)
        self.name, self.course, self.coursedir = folder.assignment, course, coursedir
        self.validator = Validator()
        self.sanitising = self.made(converter.sanitize_preprocessors, converter)
        self.marking = self.made(converter.autograde_preprocessors, converter)

    def made(self, kinds: Sequence[Any], parent: Autograde) -> list[NbGraderPreprocessor]:
        """One of each, configured; what executes and what validates is done in other ways here."""
        others = (SandboxExecute, CheckCellMetadata)
        return [kind(parent=parent) for kind in kinds if not issubclass(kind, others)]

    def sanitise(self, notebook: NotebookNode, student: str) -> None:
        """What nbgrader does before it executes: the course's own cells as they were given out."""
        self.apply(self.sanitising, notebook, student, AtHand(self.course))
        self.validator.validate_nb(notebook)

    def mark(self, notebook: NotebookNode, executed: Executed, rows: StudentRows) -> None:
        """Put the outputs in and save the marks that stand in them into the student's rows."""
        put_outputs(notebook, executed, self.diagnoses)
        self.apply(self.marking, notebook, rows.name, AtHand(self.course, rows))
        self.validator.validate_nb(notebook)
        nbformat.validate(notebook, relax_add_props=True)

    def handed_in(self, folder: Path) -> tuple[datetime | None, str]:
        """The time in a submission's timestamp.txt; a note where that holds something else."""
        try:
            return self.coursedir.get_existing_timestamp(str(folder)), ""
        except (AttributeError, ValueError, OverflowError, OSError):  # nbgrader calls what it lacks
            return None, "timestamp.txt holds no time; it was left out of account"

    def apply(
        self, steps: Sequence[NbGraderPreprocessor], notebook: NotebookNode, student: str,
        gradebook: AtHand,
    ) -> None:  # fmt: skip
        """Run steps over a notebook, which they change in place."""
        about = {"student": student, "assignment": self.name, "notebook": self.name,
                 "db_url": self.coursedir.db_url}  # fmt: skip
        with instead_of_opening(gradebook):
            for step in steps:
                changed, _ = step(notebook, {"nbgrader": about})
                notebook.update(changed)


@contextlib.contextmanager
def instead_of_opening(gradebook: AtHand) -> Iterator[None]:
    """nbgrader's preprocessors open the gradebook each by themselves; let them get this one."""
    before = [(module, module.Gradebook) for module in OPENERS]
    try:
        for module in OPENERS:
            module.Gradebook = lambda *_: gradebook
        yield
    finally:
        for module, theirs in before:
            module.Gradebook = theirs


class Validator(MetadataValidator):
    """nbgrader's validator, which remembers what it has found valid: the whole class has it."""

    def __init__(self) -> None:
        super().__init__()
        self.valid: set[str] = set()

    def validate_cell(self, cell: NotebookNode) -> None:
        """Raise ValidationError if nbgrader's metadata of this cell is not as it must be."""
        if "nbgrader" not in cell.metadata:
            return
        seen = json.dumps([cell.cell_type, cell.metadata.nbgrader], sort_keys=True)
        if seen not in self.valid:
            super().validate_cell(cell)
            self.valid.add(seen)


def read(place: Path) -> NotebookNode:
    """Read a notebook that intake has validated already."""
    return nbformat.v4.reads(place.read_text(encoding="utf-8"))


def written(notebook: NotebookNode) -> str:
    """A notebook as nbformat writes it, which takes it apart for good: it is not used any more."""
    whole = strip_transient(split_lines(notebook))
    return json.dumps(whole, cls=BytesEncoder, indent=1, sort_keys=True, separators=(",", ": "),
                      ensure_ascii=False) + "\n"  # fmt: skip
