"""Grade a class: find, execute in parallel, let nbgrader record, write results and pages."""

from __future__ import annotations

import atexit
import concurrent.futures
import contextlib
import multiprocessing
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from autograder.checks import TITLES, assignment, full_marks, slug
from autograder.intake.find import Submission, Unreadable, find_submissions, read_notebook
from autograder.intake.mend import mend
from autograder.pipeline import hook
from autograder.pipeline.course_folder import CourseFolder, HandMark
from autograder.pipeline.execute import Executed, Roles, execute, roles_of
from autograder.pipeline.given import PRELOAD
from autograder.pipeline.marks import update
from autograder.pipeline.results import (
    NOT_GRADED,
    SubmissionResult,
    WrittenResult,
    run_as_json,
    write_atomically,
    write_results,
)
from autograder.report.class_report import class_report_html
from autograder.report.feedback import feedback_html
from autograder.sandbox.session import Limits, SandboxFailed, Zygote

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One submission, ready to be executed."""

    student: str
    notebook: NotebookNode
    files: Path | None
    notes: tuple[str, ...]


@dataclass
class GradingRun:
    """What a run was asked to do."""

    folder: CourseFolder
    submissions: Path
    seed: int
    limits: Limits = field(default_factory=Limits)
    progress: Progress = lambda line: None


def grade_class(
    name: str, source: NotebookNode, submissions: Path, out: Path, *, workers: int = 1,
    seed: int | None = None, limits: Limits | None = None, progress: Progress = lambda line: None,
) -> dict[str, Any]:  # fmt: skip
    """Grade every submission and return what results.json holds.

    source: the assignment's source notebook; seed: of the inputs, drawn if None. One submission's
    fault, or the grader's own, never stops the others.
    """
    folder = CourseFolder(out.resolve(), name)
    run = GradingRun(folder, submissions, secrets.randbelow(2**31) if seed is None else seed,
                     limits or Limits(), progress)  # fmt: skip
    with worker_pool(workers, PRELOAD[name]) as pool:
        folder.prepare(source)
        results, jobs = take_in(run)
        for done, executed in enumerate(execute_all(run, jobs, pool), start=1):
            result = record(folder, executed)
            results.append(result)
            progress(f"{done} of {len(jobs)}  {result.student}: {describe(result)}")
    found = run_as_json(name, run.seed, results)
    write_results(out / "results.json", found)
    write_pages(folder, found)
    return found


def take_in(run: GradingRun) -> tuple[list[SubmissionResult], list[Job]]:
    """Read and mend every submission; what cannot be read is a result already."""
    refused: list[SubmissionResult] = []
    jobs: list[Job] = []
    release = run.folder.release
    most = full_marks(run.folder.assignment)
    for submission in find_submissions(run.submissions, run.folder.assignment):
        try:
            jobs.append(prepare(submission, release, run.folder))
        except Unreadable as error:
            forget(run.folder, submission.student)
            refused.append(
                SubmissionResult(submission.student, NOT_GRADED, str(error), max_score=most)
            )
            run.progress(f"{submission.student}: not graded, {error}")
    return refused, jobs


def prepare(submission: Submission, release: NotebookNode, folder: CourseFolder) -> Job:
    """Read one notebook, mend it, and put it where nbgrader looks; raises Unreadable."""
    if submission.path is None:
        raise Unreadable(submission.reason or "no notebook was found")
    notebook, notes = mend(read_notebook(submission.path), release)
    files = submission.path.parent
    folder.put_submission(submission.student, notebook, files)
    place = folder.submitted(submission.student).parent
    return Job(submission.student, notebook, place, (*submission.notes, *notes))


def forget(folder: CourseFolder, student: str) -> None:
    """Take an earlier run's mark of a student out of the gradebook: this time there is none."""
    with Gradebook(folder.gradebook_url) as gradebook, contextlib.suppress(MissingEntry):
        gradebook.remove_submission(folder.assignment, student)


@contextlib.contextmanager
def worker_pool(
    workers: int, preload: tuple[str, ...]
) -> Iterator[concurrent.futures.ProcessPoolExecutor]:
    """Processes that execute submissions; they warm up while this one reads, and records later."""
    context = multiprocessing.get_context("spawn")
    count = context.Value("i", 0)
    with concurrent.futures.ProcessPoolExecutor(
        workers, mp_context=context, initializer=settle, initargs=(count, preload)
    ) as pool:
        for _ in range(workers):
            pool.submit(warm_up)
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def settle(count: Any, preload: tuple[str, ...]) -> None:
    """Give each worker a core of its own: it and its child take turns, and so wake each other fast.

    Small tensors need no threads either: they only cost, and workers share the cores.
    """
    import torch

    global _preload
    _preload = preload
    torch.set_num_threads(1)
    with count.get_lock():
        number = count.value
        count.value += 1
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def warm_up() -> None:
    """Start the warm process early; a failure shows again, and is reported, with the first job."""
    with contextlib.suppress(SandboxFailed):
        warm_zygote()


def execute_all(
    run: GradingRun, jobs: list[Job], pool: concurrent.futures.Executor
) -> Iterator[Executed]:
    """Execute all jobs over the workers and yield each as soon as it is done."""
    shared = (roles_of(run.folder.source), run.folder.assignment, run.seed, run.limits)
    waiting = {pool.submit(execute_job, job, *shared): job for job in jobs}
    for future in concurrent.futures.as_completed(waiting):
        try:
            yield future.result()
        except Exception as error:
            yield failed(waiting[future], run.folder.assignment, error)


_zygote: Zygote | None = None
_preload: tuple[str, ...] = ()


def warm_zygote() -> Zygote:
    """This worker's warm process, started with its first job."""
    global _zygote
    if _zygote is None:
        _zygote = Zygote(_preload)
        atexit.register(close_zygote)
    return _zygote


def close_zygote() -> None:
    """End this worker's warm process."""
    global _zygote
    if _zygote is not None:
        _zygote.close()
        _zygote = None


def execute_job(job: Job, roles: Roles, name: str, seed: int, limits: Limits) -> Executed:
    """Execute one submission in this worker; the grader's own faults become "not graded"."""
    try:
        executed = execute(
            job.notebook, roles, job.student, name, seed, warm_zygote(), limits, job.files
        )
    except Exception as error:
        close_zygote()
        return failed(job, name, error)
    executed.result.notes = [*job.notes, *executed.result.notes]
    return executed


def failed(job: Job, name: str, error: Exception) -> Executed:
    """The grader failed: no mark, a reason, and the run goes on."""
    kind = "" if isinstance(error, SandboxFailed) else f"{type(error).__name__}: "
    reason = f"the grader itself failed ({kind}{error}); run it again"
    result = SubmissionResult(job.student, NOT_GRADED, reason, max_score=full_marks(name))
    return Executed([], result)


def record(folder: CourseFolder, executed: Executed) -> SubmissionResult:
    """Let nbgrader save a submission's marks, and hold them against ours."""
    result = executed.result
    if result.status == NOT_GRADED:
        forget(folder, result.student)
        return result
    key = folder.assignment, result.student
    hook.READY[key] = executed
    try:
        before = marks_that_stand(folder, executed)
        folder.record(result.student)
        folder.keep_marks(result.student, before)
        bring_up_to_date(folder, result)
    except Exception as error:
        result.status, result.score = NOT_GRADED, 0.0
        result.reason = f"nbgrader could not record the marks ({type(error).__name__}: {error})"
    finally:
        del hook.READY[key]
    return result


def marks_that_stand(folder: CourseFolder, executed: Executed) -> dict[str, HandMark]:
    """Marks that a person gave in an earlier run to answers that are still the same."""
    try:
        marks = folder.marks_by_hand(executed.result.student)
        answers = folder.answers_marked(executed.result.student)
    except (MissingEntry, OSError):
        return {}
    now = {f"{slug(a.exercise)}_solution": a.answer for a in executed.result.written}
    return {name: marks[name] for name in now if name in marks and answers.get(name) == now[name]}


def bring_up_to_date(folder: CourseFolder, result: SubmissionResult) -> None:
    """Take total, marks and comments from the gradebook: a person may have been there before."""
    entry = result.as_json()
    update(folder, entry)
    for name in ("score", "max_score", "status", "reason", "changed"):
        setattr(result, name, entry[name])
    result.written = [WrittenResult(**answer) for answer in entry["written"]]


def write_pages(folder: CourseFolder, results: dict[str, Any]) -> None:
    """Write one feedback page a student, and the class report."""
    title = TITLES[folder.assignment]
    rubrics = rubrics_of(folder.source)
    exercises = [
        {"id": found.id, "title": found.title, "points": found.points, "by_hand": found.by_hand,
         "rubric": rubrics.get(found.id, "")}
        for found in assignment(folder.assignment)
    ]  # fmt: skip
    for submission in results["submissions"]:
        write_atomically(
            folder.feedback(submission["student"]), feedback_html(submission, title, exercises)
        )
    write_atomically(folder.root / "report.html", class_report_html(results, title, exercises))


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
