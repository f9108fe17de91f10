"""Record executed submissions: marks into nbgrader's gradebook, notebooks into autograded/.

What stands there afterwards is what `nbgrader autograde` with our configuration leaves, row for row
and cell for cell; a test compares them. It takes a tenth of the time, and it is whole: killed at
any point, the gradebook holds all of a submission's old marks or all of its new ones.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import MissingEntry

from autograder.checks import slug
from autograder.course.config import AssignmentConfig
from autograder.course.finals import time_of
from autograder.intake.mend import is_written
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.execute import Executed, code_of
from autograder.pipeline.late_penalties import settle
from autograder.pipeline.outputs import name_fault
from autograder.pipeline.recording_files import replace_autograded, write_autograded
from autograder.pipeline.recording_marks import HandMark, take_row
from autograder.pipeline.recording_rows import CourseRows, StudentRows, open_gradebook
from autograder.pipeline.recording_steps import Steps, read, written
from autograder.pipeline.results import (
    GRADER_FAILED,
    NOT_GRADED,
    SubmissionResult,
    WrittenResult,
    is_graders_fault,
)
from autograder.pipeline.tables import put_tables


class Recorder:
    """Records one submission after the other; use as a context manager.

    The folder is prepared. One process records into a folder at a time; formgrader may be open.
    diagnoses: whether autograded notebooks name misconceptions; decided: the instructor's deadline
    and what lateness costs.
    """

    def __init__(
        self, folder: CourseFolder, diagnoses: bool = True,
        decided: AssignmentConfig | None = None,
    ) -> None:  # fmt: skip
        self.folder, self.diagnoses = folder, diagnoses
        self.decided = decided or AssignmentConfig()
        self.gradebook = open_gradebook(folder.gradebook_url)
        self.course = CourseRows(self.gradebook, folder.assignment, self.decided)

    @cached_property
    def steps(self) -> Steps:
        """nbgrader's steps, set up with the first submission."""
        return Steps(self.folder, self.course, self.diagnoses)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.gradebook.close()

    def record(self, executed: Executed) -> SubmissionResult:
        """Save a submission's marks; its result comes back with the marks of people in it.

        What has no mark leaves none of an earlier run behind. A fault of the grader's own becomes
        a result without a mark that says so.
        """
        result = executed.result
        if fault := name_fault(result.student):
            result.status, result.score, result.reason = NOT_GRADED, 0.0, fault
        if result.status == NOT_GRADED:
            self.forget(result.student, keep_hand_marks=is_graders_fault(result))
            return result
        try:
            notebook = read(self.folder.submitted(result.student))
            self.steps.sanitise(notebook, result.student)
            if executed.sources != code_of(notebook):
                raise ChangedMeanwhile("the notebook in submitted/ is not the one that was run")
            self.save(notebook, executed)
        except Exception as error:
            result.status, result.score = NOT_GRADED, 0.0
            why = f"its marks could not be recorded: {type(error).__name__}: {error}"
            result.reason = f"{GRADER_FAILED} ({why}); run it again"
        return result

    def save(self, notebook: NotebookNode, executed: Executed) -> None:
        """Save rows, then files.

        Killed in between, the autograded notebook is the old one: then the next run compares a
        student's answers with the old ones, and a mark that needs a second look keeps needing it.
        """
        result = executed.result
        source = self.folder.submitted(result.student).parent
        time, note = time_of({"handed_in": result.handed_in}), ""
        if time is None:
            time, note = self.steps.handed_in(source)
        result.notes += [note] if note and note not in result.notes else []
        with self.course.student(result.student) as rows:
            before = self.marks_that_stand(rows, executed)
            rows.make(time)
            self.steps.mark(notebook, executed, rows)
            for name in before:
                rows.grades[name].needs_manual_grade = False
            settle(rows, self.decided, result.members)
            bring_up_to_date(rows, result)
        course = self.folder.root / "source" / self.folder.assignment
        write_autograded(self.folder.autograded(result.student), written(notebook),
                         (source, course), self.steps.coursedir.ignore)  # fmt: skip

    def marks_that_stand(self, rows: StudentRows, executed: Executed) -> Mapping[str, HandMark]:
        """Marks that a person gave in an earlier run to answers that are still the same.

        nbgrader keeps them too, but asks for a second look at each after every autograding.
        """
        given = {name: mark for name, mark in rows.marks().items()
                 if mark.manual is not None and not mark.waits}  # fmt: skip
        if not given:
            return {}
        answers = answers_in(self.folder.autograded(executed.result.student))
        now = {f"{slug(a.exercise)}_solution": a.answer for a in executed.result.written}
        return {name: mark for name, mark in given.items()
                if name in now and answers.get(name) == now[name]}  # fmt: skip

    def stands(self, executed: Executed) -> bool:
        """Whether the gradebook holds these very points of the checks, with a notebook to show."""
        points: dict[str, float] = {}
        for check in executed.result.checks:
            cell = f"{slug(check.exercise)}_check"
            points[cell] = points.get(cell, 0.0) + check.points
        with self.course.student(executed.result.student) as rows:
            found = {name: row.auto_score for name, row in rows.grades.items()}
        return self.folder.autograded(executed.result.student).is_file() and all(
            found.get(cell) == earned for cell, earned in points.items()
        )

    def show_anew(self, result: SubmissionResult) -> None:
        """Make the tables of an autograded notebook again; its marks stay as they are."""
        place = self.folder.autograded(result.student)
        notebook = read(place)
        put_tables(notebook, result.checks, self.diagnoses)
        replace_autograded(place, written(notebook))

    def bring_up_to_date(self, result: SubmissionResult) -> None:
        """Take total, marks and comments from the gradebook; raises MissingEntry."""
        with self.course.student(result.student) as rows:
            bring_up_to_date(rows, result)

    def forget(self, student: str, *, keep_hand_marks: bool = False) -> None:
        """Take an earlier run's mark out of the gradebook: this time there is none.

        keep_hand_marks: not if a person gave one of its marks.
        """
        with self.course.student(student) as rows:
            by_hand = any(mark.manual is not None for mark in rows.marks().values())
            if keep_hand_marks and by_hand:
                return
            rows.remove()
        shutil.rmtree(self.folder.autograded(student).parent, ignore_errors=True)


def bring_up_to_date(rows: StudentRows, result: SubmissionResult) -> None:
    """Take total, marks and comments from a student's rows: a person may have been there before."""
    if not rows.grades:
        raise MissingEntry(f"the gradebook holds no submission of {rows.name}")
    entry: dict[str, Any] = {
        "written": [asdict(answer) for answer in result.written],
        "checks": [{"exercise": check.exercise} for check in result.checks],
    }
    take_row(entry, rows.marks(), *rows.total())
    for name in ("score", "max_score", "status", "reason", "changed"):
        setattr(result, name, entry[name])
    if result.handed_in is None and rows.submission.timestamp is not None:
        result.handed_in = rows.submission.timestamp.replace(tzinfo=UTC).isoformat()
    result.written = [WrittenResult(**answer) for answer in entry["written"]]


def answers_in(autograded: Path) -> dict[str, str]:
    """Each written answer as it stood when it was last autograded, by grade_id."""
    try:
        cells = read(autograded).cells
    except (OSError, ValueError):
        return {}
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in cells
        if "nbgrader" in cell.metadata and is_written(cell)
    }


class ChangedMeanwhile(Exception):
    """What was executed is not what lies in submitted/."""
