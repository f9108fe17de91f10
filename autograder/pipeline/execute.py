"""One notebook through the sandbox: cells run there, checks run here."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder.checks import assignment, exercise, full_marks
from autograder.checks.draw import Draw
from autograder.checks.framework import Exercise, outcome, run_exercise
from autograder.checks.outcome import CheckResult, score
from autograder.pipeline.given import Given, given_for
from autograder.pipeline.results import GRADED, NOT_GRADED, SubmissionResult, WrittenResult
from autograder.probe.errors import ProbeError, StudentTimeout
from autograder.probe.view import Student
from autograder.sandbox.resources import limit_met
from autograder.sandbox.session import Limits, Session, Zygote, session

# what only shows something, or says what it thinks to the student alone, is not run while grading
NOT_RUN = ("demonstration", "setting", "self-check")
MAX_RESTARTS = 3
Roles = Mapping[str, dict[str, str]]


@dataclass
class Executed:
    """A notebook after execution: the outputs of each cell, and the result.

    sources: the code that was executed, for whoever asks whether these are its outputs.
    """

    outputs: list[list[dict[str, Any]]]
    result: SubmissionResult
    sources: list[str] = field(default_factory=list)


def code_of(notebook: NotebookNode) -> list[str]:
    """The text of all code cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def roles_of(source_notebook: NotebookNode) -> dict[str, dict[str, str]]:
    """What each cell of the course's own notebook is for, by grade_id."""
    return {
        cell.metadata["nbgrader"]["grade_id"]: dict(cell.metadata.get("course", {}))
        for cell in source_notebook.cells
        if "nbgrader" in cell.metadata
    }


def execute(
    notebook: NotebookNode, roles: Roles, student: str, name: str, seed: int,
    zygote: Zygote, limits: Limits, files: Path | None = None,
    known: Mapping[str, list[CheckResult]] | None = None,
) -> Executed:  # fmt: skip
    """Run a submission cell by cell; at each check cell run that exercise's checks against it.

    The seed is the run's; each student's inputs are drawn from it and the student's name. known:
    results by exercise that stand already; these exercises are not checked again.
    """
    started = time.perf_counter()
    who = f"{student}/{name}"
    given = given_for(name, seed, who)
    with contextlib.ExitStack() as stack:
        run = Run(
            roles, who, seed, given,
            lambda: stack.enter_context(session(zygote, limits, files, given.files)), known or {},
        )  # fmt: skip
        outputs = [run.cell(cell) for cell in notebook.cells]
    run.add_missing(assignment(name))
    result = SubmissionResult(
        student=student,
        status=GRADED,
        score=score(run.results),
        max_score=full_marks(name),
        checks=run.results,
        notes=run.notes,
    )
    if broken := [r.id for r in run.results if r.status == "errored"]:
        result.status, result.score = NOT_GRADED, 0.0
        result.reason = f"the grader itself failed in {', '.join(broken)}; run it again"
    result.seconds = round(time.perf_counter() - started, 3)
    result.written = written_answers(notebook, roles)
    return Executed(outputs, result, code_of(notebook))


def written_answers(notebook: NotebookNode, roles: Roles) -> list[WrittenResult]:
    """The answers that wait for a person, in the order of the notebook."""
    found = []
    for cell in notebook.cells:
        role = roles.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), {})
        if role.get("role") == "written":
            asked = exercise(role["exercise"])
            found.append(WrittenResult(asked.id, None, asked.by_hand, cell.source))
    return found


class Run:
    """What has happened so far in one submission.

    A process that had to be ended takes no later exercise with it: a new one runs the cells before
    again, those that ended by themselves, and goes on.
    """

    def __init__(
        self, roles: Roles, who: str, seed: int, given: Given, start: Callable[[], Session],
        known: Mapping[str, list[CheckResult]],
    ) -> None:  # fmt: skip
        self.roles, self.who, self.seed, self.given, self.start = roles, who, seed, given, start
        self.known = known
        self.to_check = {r["exercise"] for r in roles.values() if r.get("role") == "check"}
        self.results: list[CheckResult] = []
        self.notes: list[str] = []
        self.seen: set[str] = set()
        self.ran: list[str] = []
        self.restarts = 0
        self.process = start()

    def cell(self, cell: NotebookNode) -> list[dict[str, Any]]:
        """Run one cell and return its outputs."""
        if cell.cell_type != "code":
            return []
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        role = self.roles.get(grade_id, {})
        if role.get("role") in NOT_RUN or not cell.source.strip() or self.is_too_late(role):
            return []
        if self.process.gone and self.restarts < MAX_RESTARTS:
            self.restart()
        if role.get("role") == "check":
            return self.check(role["exercise"])
        return self.code(cell.source, f"the cell {grade_id}" if grade_id else "a cell of your own")

    def is_too_late(self, role: Mapping[str, str]) -> bool:
        """Whether this is the course's cell for an exercise with no check after it.

        So are those of an appendix without points: they can earn nothing, so they may cost nothing.
        """
        return role.get("role") == "exercise" and self.to_check <= self.seen

    def restart(self) -> None:
        """Start a new process where the last one had got to."""
        self.restarts += 1
        self.process = self.start()
        for source in self.ran:
            with contextlib.suppress(ProbeError):
                self.process.run_cell(source)

    def code(self, source: str, where: str) -> list[dict[str, Any]]:
        """Run a student's or a given cell."""
        try:
            outputs = self.process.run_cell(source)
        except ProbeError as error:
            self.notes.append(f"{where}: {error}")
            return [as_error(error)]
        self.ran.append(source)
        for output in outputs:
            if output["output_type"] == "error" and output["ename"] != "NotImplementedError":
                self.notes.append(self.note(where, output["ename"], output["evalue"][:200]))
        return outputs

    def note(self, where: str, kind: str, text: str) -> str:
        """What is said of a cell that raised: the limit that it met, if that is what it was."""
        met = limit_met(kind, text, self.process.limits)
        return f"{where}: {met}" if met else f"{where} raised {kind}: {text}"

    def check(self, id: str) -> list[dict[str, Any]]:
        """Run an exercise's checks; the cell's output is its points (see tables.py)."""
        if id in self.seen:
            return []
        self.seen.add(id)
        found = exercise(id)
        results = self.known.get(found.id)
        if results is None:
            student = Student(self.process, self.given.corpus_rows)
            results = run_exercise(found, student, derived(self.seed, self.who))
        self.results += results
        return [{"output_type": "execute_result", "metadata": {}, "execution_count": None,
                 "data": {"text/plain": repr(float(score(results)))}}]  # fmt: skip

    def add_missing(self, exercises: list[Exercise]) -> None:
        """An exercise whose check cell is gone cannot have passed."""
        for found in exercises:
            if found.id not in self.seen:
                why = "the check cell of this exercise is missing from the notebook"
                self.results += [outcome(check, "failed", why) for check in found.checks]


def derived(seed: int, who: str) -> int:
    """A student's own seed, from the run's secret one."""
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
