"""Grade a class: find, execute in parallel, let nbgrader record, write results and pages.

A run may be killed at any point. What it has done stands in the folder's store and gradebook, and
the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from nbformat import NotebookNode

from autograder.checks import TITLES, assignment, full_marks
from autograder.course.config import AssignmentConfig
from autograder.course.finals import Final, final_marks
from autograder.course.roster import Roster
from autograder.intake.find import Submission, find_submissions
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.execute import Executed
from autograder.pipeline.job import Course, Outcome, Settings
from autograder.pipeline.keys import code_keys, digest, tables_key
from autograder.pipeline.late_penalties import settle_class
from autograder.pipeline.outputs import name_fault
from autograder.pipeline.progress import Progress, Reporter
from autograder.pipeline.recording import Recorder
from autograder.pipeline.results import (
    GRADER_FAILED,
    NOT_GRADED,
    SubmissionResult,
    run_as_json,
    write_atomically,
    write_results,
)
from autograder.pipeline.store import CannotRun, Store, locked
from autograder.pipeline.workers import Workers
from autograder.probe.wire import readable
from autograder.report.class_report import class_report_html
from autograder.report.feedback import pages_of
from autograder.report.showing import students_see
from autograder.sandbox.session import IsolationImpossible, Limits

__all__ = ["CannotRun", "grade_class", "write_pages"]
Engine = Callable[[Course, Iterable[Submission]], Iterator[Outcome]]


def grade_class(
    name: str, source: NotebookNode, submissions: Path, out: Path, *, workers: int = 1,
    seed: int | None = None, limits: Limits | None = None, progress: Progress = lambda line: None,
    sandbox: str = "on", scheduler: str | None = None, fresh: bool = False,
    pool: Workers | None = None, diagnoses: str | None = None, now: datetime | None = None,
    decided: AssignmentConfig | None = None, roster: Roster | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Grade every submission and return what results.json holds.

    source: the assignment's source notebook; seed: of the inputs; if None, that of the last run in
    this folder, or a new one. What an earlier run has done is not done again, unless fresh.
    scheduler: the address of a Dask cluster, in place of workers on this machine. pool: workers
    that are warming up already. diagnoses: when students see them (autograder.report.showing); if
    None, as in the last run in this folder; now: the time, in place of the clock's. decided: the
    instructor's deadline, late policy and points; roster: who takes the course. One submission's
    fault, or the grader's own, never stops the others. Raises BadSetting, FolderInUse,
    IsolationImpossible, ClusterFailed or WorkersFailed.
    """
    if diagnoses is not None:
        students_see(diagnoses, now)  # a bad one is told before anything is done
    folder = CourseFolder(out.resolve(), name)
    with locked(folder.root), engine(name, workers, sandbox, scheduler, pool, progress) as execute:
        decided = decided or AssignmentConfig()
        folder.prepare(source)
        found = [with_a_name(s) for s in find_submissions(submissions.resolve(), name,
                                                                folder.release)]  # fmt: skip
        store = Store(folder.root, name)
        settings = Settings(name, folder.root, store.seed(seed, fresh), limits or Limits(),
                            sandbox, code_keys(name).as_json())  # fmt: skip
        shown = students_see(store.diagnoses(diagnoses), now)
        pages = Pages(folder, shown, decided, roster)
        with Recorder(folder, shown, decided) as recorder:
            run = Run(Course(settings), digest(source), digest(shown, tables_key()), recorder,
                      pages, {submission.student: submission for submission in found})  # fmt: skip
            entries = run.grade(found, execute, Reporter(progress, len(found)))
        graded = run_as_json(name, settings.seed, entries)
        write_results(folder.root / "results.json", graded)
        settle_class(folder.root / "gradebook.db", name, decided, entries)
        pages.write_groups(graded)
        pages.write_report(graded)
    return graded


def with_a_name(submission: Submission) -> Submission:
    """The same; where the folder's name is no text, only a name and the reason why not."""
    name = readable(submission.student)
    if fault := name_fault(name):
        return replace(submission, student=name, path=None, reason=fault)
    if name == submission.student:
        return submission
    fault = "the folder's name is not text in UTF-8: rename it"
    return replace(submission, student=name, path=None, reason=fault)


@contextlib.contextmanager
def engine(
    name: str, workers: int, sandbox: str, scheduler: str | None, pool: Workers | None,
    progress: Progress,
) -> Iterator[Engine]:  # fmt: skip
    """What executes submissions: a Dask cluster, or processes of this machine."""
    if scheduler is not None:
        from autograder.pipeline.cluster import connected, run_on_cluster

        with connected(scheduler) as client:
            yield lambda course, found: run_on_cluster(client, course, found, progress)
        return
    with pool or Workers(workers, name, sandbox) as ours:
        yield lambda course, found: run_here(ours, course, found)


def run_here(
    workers: Workers, course: Course, submissions: Iterable[Submission]
) -> Iterator[Outcome]:
    """Do all submissions in processes of this machine."""
    jobs = (
        {"student": s.student, "path": None if s.path is None else str(s.path),
         "reason": s.reason}
        for s in submissions
    )  # fmt: skip
    for job, answer in workers.run(course.settings.as_json(), jobs):
        if "died" in answer:
            why = f"the process that graded it {answer['died']}, twice"
            yield Outcome(job["student"], "failed", reason=why, new=True)
        else:
            yield Outcome.from_json(answer)


@dataclass(frozen=True)
class Run:
    """What a run works with.

    source: a digest of the course's own notebook; shown: of how tables are made of results;
    submissions: by student.
    """

    course: Course
    source: str
    shown: str
    recorder: Recorder
    pages: Pages
    submissions: Mapping[str, Submission]

    def grade(
        self, submissions: list[Submission], execute: Engine, reporter: Reporter
    ) -> list[dict[str, Any]]:
        """Execute all submissions and record each as soon as it is done; returns their entries."""
        entries: list[bytes] = []
        with interrupts_wait() as uninterrupted:
            for outcome in execute(self.course, submissions):
                with uninterrupted():
                    result = self.settle(outcome)
                    entry = result.as_json()
                    self.pages.write(entry)
                # packed: a run of thousands is to take no more memory at its end than at its start
                entries.append(zlib.compress(json.dumps(entry).encode()))
                reporter.told(result.student, describe(result), result.status == NOT_GRADED,
                              result.seconds if outcome.new else None)  # fmt: skip
        reporter.ended()
        return [json.loads(zlib.decompress(packed)) for packed in entries]

    def settle(self, outcome: Outcome) -> SubmissionResult:
        """Bring one outcome into the gradebook."""
        if outcome.kind == "impossible":
            raise IsolationImpossible(outcome.reason)
        if outcome.kind != "ready":
            return self.without_mark(outcome)
        executed = outcome.executed
        if executed is None and (kept := self.course.store.executed(outcome.student)):
            executed = kept.executed
        if executed is None:
            why = "what was kept of its execution cannot be read"
            return self.without_mark(Outcome(outcome.student, "failed", reason=why))
        about = self.describe(executed.result, outcome.mended)
        executed.result.notes = [*map(readable, about.notes), *executed.result.notes]
        return self.with_mark(executed, digest(outcome.name, self.source, about.handed_in))

    def describe(self, result: SubmissionResult, mended: Iterable[str] = ()) -> Submission:
        """Put into a result what intake knows of the submission."""
        about = self.submissions[result.student]
        result.mended = [*map(readable, about.mended), *map(readable, mended)]
        result.handed_in, result.members = about.handed_in, list(about.members)
        return about

    def with_mark(self, executed: Executed, name: str) -> SubmissionResult:
        """Record an execution, unless the gradebook holds this very one already."""
        student, store = executed.result.student, self.course.store
        if store.recorded(student) == name and self.recorder.stands(executed) and (
            self.shows(executed.result, name)
        ):  # fmt: skip
            self.recorder.bring_up_to_date(executed.result)
            return executed.result
        store.keep_recorded(student, "")
        result = self.recorder.record(executed)
        if result.status != NOT_GRADED:
            store.keep_recorded(student, name, self.shown)
        return result

    def shows(self, result: SubmissionResult, name: str) -> bool:
        """Whether the autograded notebook has its tables as they are to be; if not, make them."""
        student, store = result.student, self.course.store
        if store.shown(student) != self.shown:
            try:
                self.recorder.show_anew(result)
            except Exception:
                return False  # it cannot be read: it is recorded again
            store.keep_recorded(student, name, self.shown)
        return True

    def without_mark(self, outcome: Outcome) -> SubmissionResult:
        """The result of what cannot be graded; an earlier run's mark goes."""
        self.course.store.keep_recorded(outcome.student, "")
        reason = readable(outcome.reason)
        if outcome.kind == "failed":
            reason = f"{GRADER_FAILED} ({reason}); run it again"
        most = full_marks(self.course.settings.name)
        result = SubmissionResult(outcome.student, NOT_GRADED, reason, max_score=most)
        result.notes = [*map(readable, self.describe(result).notes)]
        return self.recorder.record(Executed([], result))


@contextlib.contextmanager
def interrupts_wait() -> Iterator[Callable[[], contextlib.AbstractContextManager[None]]]:
    """Let Ctrl-C wait while something is done that must not be left half-way.

    Gives a context manager for such parts: an interrupt inside one is raised at its end.
    """
    inside, waiting = False, False

    def interrupted(number: int, frame: FrameType | None) -> None:
        nonlocal waiting
        if not inside:
            raise KeyboardInterrupt
        waiting = True

    @contextlib.contextmanager
    def uninterrupted() -> Iterator[None]:
        nonlocal inside
        inside = True
        try:
            yield
        finally:
            inside = False
        if waiting:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield uninterrupted
        return
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield uninterrupted
    finally:
        signal.signal(signal.SIGINT, before)


class Pages:
    """One feedback page a student, and the class report.

    diagnoses: whether students see them; decided: the instructor's deadline, policy and points.
    """

    def __init__(
        self, folder: CourseFolder, diagnoses: bool, decided: AssignmentConfig,
        roster: Roster | None = None,
    ) -> None:  # fmt: skip
        self.folder, self.diagnoses = folder, diagnoses
        self.decided, self.roster = decided, roster
        self.title = TITLES[folder.assignment]
        rubrics = rubrics_of(folder.source)
        self.exercises = [
            {"id": found.id, "title": found.title, "points": found.points, "by_hand": found.by_hand,
             "rubric": rubrics.get(found.id, "")}
            for found in assignment(folder.assignment)
        ]  # fmt: skip

    def write(self, submission: dict[str, Any], finals: Sequence[Final] | None = None) -> None:
        """Write a page, and a short text beside it, for all who handed a submission in.

        finals: the class's marks; if None, as if there were no other submission.
        """
        if finals is None:
            finals = self.finals([submission], alone=True)
        for given in pages_of(submission, self.title, self.exercises, self.diagnoses, finals):
            place = self.folder.feedback(given.folder)
            write_atomically(place, given.html)
            write_atomically(place.with_suffix(".txt"), given.text)

    def finals(self, submissions: list[dict[str, Any]], alone: bool = False) -> list[Final]:
        """The marks as the course counts them; alone: only of those who handed these in."""
        found = {"assignment": self.folder.assignment, "submissions": submissions}
        return final_marks(found, self.decided, None if alone else self.roster)

    def write_groups(self, results: dict[str, Any]) -> None:
        """Write the pages of groups once more: a member may have another submission as well."""
        groups = [entry for entry in results["submissions"] if entry.get("members")]
        finals = self.finals(results["submissions"]) if groups else []
        for submission in groups:
            self.write(submission, finals)

    def write_report(self, results: dict[str, Any]) -> None:
        """Write the class report."""
        html = class_report_html(results, self.title, self.exercises, roster=self.roster,
                                 finals=self.finals(results["submissions"]))  # fmt: skip
        write_atomically(self.folder.root / "report.html", html)


def write_pages(
    folder: CourseFolder, results: dict[str, Any], now: datetime | None = None,
    decided: AssignmentConfig | None = None, roster: Roster | None = None,
) -> None:  # fmt: skip
    """Write all students' pages, with diagnoses if it is time, and the class report."""
    setting = Store(folder.root, folder.assignment).diagnoses()
    pages = Pages(folder, students_see(setting, now), decided or AssignmentConfig(), roster)
    finals = pages.finals(results["submissions"])
    for submission in results["submissions"]:
        pages.write(submission, finals)
    pages.write_report(results)


def rubrics_of(source: NotebookNode) -> dict[str, str]:
    """How each written answer is marked, by exercise, as the source notebook says it."""
    return {
        cell.metadata["course"]["exercise"]: cell.source
        for cell in source.cells
        if cell.metadata.get("course", {}).get("role") == "rubric"
    }


def describe(result: SubmissionResult) -> str:
    """One line about a result, for the log."""
    if result.status == NOT_GRADED:
        return f"not graded, {result.reason}"
    return f"{result.score:g} of {result.max_score:g} points in {result.seconds:.1f} s"
