"""One notebook through the sandbox: cells run there, checks run here, outputs and marks come back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder.checks import assignment, exercise
from autograder.checks.framework import Exercise, run_exercise
from autograder.checks.outcome import CheckResult, score
from autograder.pipeline.results import GRADED, NOT_GRADED, SubmissionResult
from autograder.probe.errors import ProbeError, StudentTimeout
from autograder.probe.view import Student
from autograder.report.notebook_table import table_html, table_text
from autograder.sandbox.session import Limits, Session, Zygote, session

NOT_RUN = ("demonstration", "setting")  # what only shows something is not run while grading
Roles = Mapping[str, dict[str, str]]


@dataclass
class Executed:
    """A notebook after execution: the outputs of each cell, and the result."""

    outputs: list[list[dict[str, Any]]]
    result: SubmissionResult
    sources: list[str] = field(default_factory=list)


def roles_of(source_notebook: NotebookNode) -> dict[str, dict[str, str]]:
    """What each cell of the course's own notebook is for, by grade_id; never asked of a student's."""
    return {
        cell.metadata["nbgrader"]["grade_id"]: dict(cell.metadata.get("course", {}))
        for cell in source_notebook.cells
        if "nbgrader" in cell.metadata
    }


def execute(
    notebook: NotebookNode, roles: Roles, student: str, name: str, seed: int,
    zygote: Zygote, limits: Limits, files: Path | None = None,
) -> Executed:  # fmt: skip
    """Run a submission cell by cell; at each check cell run that exercise's checks against it.

    The seed is the run's; each student's inputs are drawn from it and the student's name.
    """
    started = time.perf_counter()
    run = Run(roles, f"{student}/{name}", seed)
    with session(zygote, limits, files) as process:
        outputs = [run.cell(cell, process) for cell in notebook.cells]
    exercises = assignment(name)
    run.add_missing(exercises)
    result = SubmissionResult(
        student=student,
        status=GRADED,
        score=score(run.results),
        max_score=sum(found.points for found in exercises),
        checks=run.results,
        notes=run.notes,
    )
    if broken := [r.id for r in run.results if r.status == "errored"]:
        result.status, result.score = NOT_GRADED, 0.0
        result.reason = f"the grader itself failed in {', '.join(broken)}; run it again"
    result.seconds = round(time.perf_counter() - started, 3)
    return Executed(outputs, result, [cell.source for cell in notebook.cells])


class Run:
    """What has happened so far in one submission."""

    def __init__(self, roles: Roles, who: str, seed: int) -> None:
        self.roles, self.who, self.seed = roles, who, seed
        self.results: list[CheckResult] = []
        self.notes: list[str] = []
        self.seen: set[str] = set()

    def cell(self, cell: NotebookNode, process: Session) -> list[dict[str, Any]]:
        """Run one cell and return its outputs."""
        if cell.cell_type != "code":
            return []
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        role = self.roles.get(grade_id, {})
        if role.get("role") == "check":
            return self.check(role["exercise"], process)
        if role.get("role") in NOT_RUN or not cell.source.strip():
            return []
        return self.code(cell.source, grade_id, process)

    def code(self, source: str, grade_id: str, process: Session) -> list[dict[str, Any]]:
        """Run a student's or a given cell."""
        where = f"the cell {grade_id}" if grade_id else "a cell of your own"
        try:
            outputs = process.run_cell(source)
        except ProbeError as error:
            if not process.gone or not self.notes or self.notes[-1] != str(error):
                self.notes.append(f"{where}: {error}" if not process.gone else str(error))
            return [as_error(error)]
        for output in outputs:
            if output["output_type"] == "error" and output["ename"] != "NotImplementedError":
                self.notes.append(f"{where} raised {output['ename']}: {output['evalue'][:200]}")
        return outputs

    def check(self, id: str, process: Session) -> list[dict[str, Any]]:
        """Run an exercise's checks; the cell's outputs are its table and its points."""
        if id in self.seen:
            return []
        self.seen.add(id)
        found = exercise(id)
        seed = derived(self.seed, self.who)
        results = run_exercise(found, Student(process), seed)
        self.results += results
        shown = [replace(result, seed=None) for result in results]  # the run's seed stays secret
        html, text = (make(id, found.title, shown) for make in (table_html, table_text))
        return [
            {"output_type": "display_data", "metadata": {},
             "data": {"text/html": html, "text/plain": text}},
            {"output_type": "execute_result", "metadata": {}, "execution_count": None,
             "data": {"text/plain": repr(float(score(results)))}},
        ]  # fmt: skip

    def add_missing(self, exercises: list[Exercise]) -> None:
        """An exercise whose check cell is gone cannot have passed."""
        from autograder.checks.framework import outcome

        for found in exercises:
            if found.id not in self.seen:
                why = "the check cell of this exercise is missing from the notebook"
                self.results += [outcome(check, "failed", why) for check in found.checks]


def derived(seed: int, who: str) -> int:
    """A student's own seed, from the run's secret one."""
    from autograder.checks.draw import Draw

    return Draw(seed, who).seed % 10**9


def as_error(error: ProbeError) -> dict[str, Any]:
    """The output of a cell that did not come back."""
    kind = "CellTimeout" if isinstance(error, StudentTimeout) else "Stopped"
    return {"output_type": "error", "ename": kind, "evalue": str(error), "traceback": [str(error)]}


def fill_outputs(notebook: NotebookNode, outputs: list[list[dict[str, Any]]]) -> None:
    """Write outputs into a notebook's code cells, counting executions."""
    count = 0
    for cell, found in zip(notebook.cells, outputs, strict=True):
        if cell.cell_type != "code":
            continue
        cell.outputs = [from_dict(output) for output in found]
        cell.execution_count = None
        if found:
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
