"""Our executor in nbgrader's pipeline, in place of `Execute`.

So `nbgrader autograde`, formgrader's button and `course grade` run the same code. `course grade`
executes in parallel, and records with nbgrader's other preprocessors (`recording.py`).
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import Enum, Float

from autograder.pipeline.execute import Executed, execute, fill_outputs, roles_of
from autograder.pipeline.outputs import show_safely
from autograder.pipeline.results import NOT_GRADED
from autograder.pipeline.store import Store
from autograder.pipeline.tables import put_tables
from autograder.pipeline.warm import PRELOAD
from autograder.report.showing import students_see
from autograder.sandbox.session import Limits, Zygote


class SandboxExecute(NbGraderPreprocessor):
    """Execute a submission outside this process and mark it from here."""

    cell_timeout = Float(30.0, help="seconds of wall time for one cell").tag(config=True)
    check_timeout = Float(30.0, help="seconds for one call of a check").tag(config=True)
    submission_timeout = Float(180.0, help="seconds for one submission").tag(config=True)
    sandbox = Enum(("on", "none"), "on", help="as `course grade --sandbox`").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Fill in outputs; a check cell's value becomes its score."""
        assignment = resources["nbgrader"]["assignment"]
        student = resources["nbgrader"]["student"]
        executed = self.execute_now(nb, assignment, student)
        if executed.result.status == NOT_GRADED:
            raise RuntimeError(f"{student}: {executed.result.reason}")
        setting = Store(Path.cwd(), assignment).diagnoses()  # nbgrader converts from there
        put_outputs(nb, executed, students_see(setting))
        return nb, resources

    def execute_now(self, nb: NotebookNode, assignment: str, student: str) -> Executed:
        """Execute one submission by itself, as for formgrader's button."""
        folder = Path.cwd()  # nbgrader converts from the course folder
        source = nbformat.read(folder / "source" / assignment / f"{assignment}.ipynb", 4)
        limits = Limits(self.cell_timeout, self.check_timeout, self.submission_timeout)
        with Zygote(PRELOAD[assignment], sandbox=self.sandbox) as zygote:
            return execute(nb, roles_of(source), student, assignment, seed_of(folder), zygote,
                           limits, folder / "submitted" / student / assignment)  # fmt: skip


def put_outputs(notebook: NotebookNode, executed: Executed, diagnoses: bool = True) -> None:
    """Write into a notebook what came of it, as far as it can be shown to a marker safely.

    diagnoses: whether its tables name misconceptions.
    """
    fill_outputs(notebook, executed.outputs)
    put_tables(notebook, executed.result.checks, diagnoses)
    show_safely(notebook)


def seed_of(folder: Path) -> int:
    """The seed of the last run in this course folder, so that a regrade repeats it."""
    try:
        return int(json.loads((folder / "results.json").read_text(encoding="utf-8"))["seed"])
    except (OSError, ValueError, KeyError):
        return secrets.randbelow(2**31)


def release_preprocessors() -> list[type]:
    """What belongs into `c.GenerateAssignment.preprocessors`: nbgrader's own, two of them ours."""
    from autograder.build.stages import OURS  # not part of a student's installation

    theirs = GenerateAssignment.class_traits()["preprocessors"].default()
    return [OURS.get(stage, stage) for stage in theirs]


def preprocessors() -> list[type]:
    """What belongs into `c.Autograde.autograde_preprocessors`."""
    return [SandboxExecute, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
