"""What is done with one submission, in whichever process: taken in, looked up, executed, kept.

Everything that goes to another process or machine, or comes back, is plain JSON.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.checks.outcome import CheckResult
from autograder.intake.beside import copy_beside
from autograder.intake.find import Submission, Unreadable, read_bytes
from autograder.intake.mend import mend
from autograder.intake.reading import read
from autograder.pipeline.execute import Executed, Roles, execute, roles_of
from autograder.pipeline.keys import digest, submission_key
from autograder.pipeline.layout import Layout
from autograder.pipeline.results import write_atomically
from autograder.pipeline.store import Entry, Store
from autograder.pipeline.warm import close_zygotes, warm_zygote
from autograder.sandbox.session import IsolationImpossible, Limits, SandboxFailed


@dataclass(frozen=True)
class Settings:
    """What all submissions of a run share; code: the digests of autograder.pipeline.keys."""

    name: str
    root: Path
    seed: int
    limits: Limits
    sandbox: str
    code: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**vars(self), "root": str(self.root), "limits": self.limits.as_json()}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Settings:
        """The reverse."""
        return cls(**{**found, "root": Path(found["root"]),
                      "limits": Limits.from_json(found["limits"])})  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    kind: "ready", to be recorded, under the name of what is kept in the store; "refused", with the
    reason why it cannot be read; "failed", with the reason why the grader could not grade it;
    "impossible", with the reason why this machine can grade nothing. mended: what was amiss with
    the notebook and has been mended; new: whether anything had to be executed; executed: what is
    kept, where it is at hand in this process.
    """

    student: str
    kind: str
    name: str = ""
    reason: str = ""
    mended: tuple[str, ...] = ()
    new: bool = False
    executed: Executed | None = None

    def as_json(self) -> dict[str, Any]:
        """As plain data, without what is at hand."""
        return {name: value for name, value in vars(self).items() if name != "executed"}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Outcome:
        """The reverse."""
        return cls(**{**found, "mended": tuple(found["mended"])})


@dataclass(frozen=True)
class Prepared:
    """A submission taken in: the text of its notebook, what was mended in it, and keys."""

    student: str
    text: str
    mended: tuple[str, ...]
    cells: str
    exercises: Mapping[str, str]


class Course:
    """One run's settings, with what they name in the course folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.root, settings.name)
        self.layout = Layout(settings.root, settings.name)

    @cached_property
    def release(self) -> NotebookNode:
        """What students got."""
        return self.layout.release

    @cached_property
    def roles(self) -> Roles:
        """What each cell is for."""
        return roles_of(self.layout.source)

    @cached_property
    def as_text(self) -> str:
        """All that taking in and executing a submission needs, for machines without the folder."""
        return json.dumps([self.settings.as_json(), self.roles, self.release])

    @classmethod
    def from_text(cls, text: str) -> Course:
        """The reverse."""
        settings, roles, release = json.loads(text)
        course = cls(Settings.from_json(settings))
        course.roles, course.release = roles, nbformat.from_dict(release)
        return course


def grade_one(course: Course, submission: Submission) -> Outcome:
    """Do one submission in this process; never raises."""
    try:
        notebook, prepared = take_in(course, submission)
        kept = course.store.executed(submission.student)
        if kept is not None and is_whole(kept, prepared):
            return ready(prepared, kept.name, new=False)
        executed = execute_in_turn(course, notebook, submission.student,
                                   course.layout.submitted(submission.student).parent,
                                   reusable(kept, prepared))  # fmt: skip
        return keep(course, prepared, executed)
    except Exception as error:
        return stopped_by(submission.student, error)


def keep(
    course: Course, prepared: Prepared, executed: Executed, plain: Mapping[str, Any] | None = None
) -> Outcome:
    """Keep an execution in the store; plain: the same as plain data, where that is at hand."""
    entry = Entry(prepared.cells, prepared.exercises, executed)
    return ready(prepared, course.store.keep(prepared.student, entry, plain), new=True)


def ready(prepared: Prepared, name: str, new: bool) -> Outcome:
    """The outcome of an execution that is kept; its name also says which notebook is recorded."""
    return Outcome(prepared.student, "ready", digest(name, prepared.text), "", prepared.mended, new)


def stopped_by(student: str, error: BaseException) -> Outcome:
    """The outcome where something went wrong: with the submission, the machine or the grader."""
    if isinstance(error, Unreadable):
        return Outcome(student, "refused", reason=str(error))
    if isinstance(error, IsolationImpossible):
        return Outcome(student, "impossible", reason=str(error))
    kind = "" if isinstance(error, SandboxFailed) else f"{type(error).__name__}: "
    return Outcome(student, "failed", reason=f"{kind}{error}", new=True)


def take_in(course: Course, submission: Submission) -> tuple[NotebookNode, Prepared]:
    """Read one notebook, mend it, and put it where nbgrader looks; raises Unreadable."""
    path = path_of(submission)
    notebook, changes, text = mended(course, read_bytes(path), path.name)
    put(course, submission, text)
    files = course.layout.submitted(submission.student).parent
    return notebook, Prepared(submission.student, text, changes,
                              *keys(course, submission.student, notebook, files))  # fmt: skip


def path_of(submission: Submission) -> Path:
    """Where its notebook lies; raises Unreadable if there is none."""
    if submission.path is None:
        raise Unreadable(submission.reason or "no notebook was found")
    return submission.path


def mended(course: Course, content: bytes, name: str) -> tuple[NotebookNode, tuple[str, ...], str]:
    """The notebook to grade, what was mended in it, and the text for the notebook's file.

    name: of the file that had this content. The text lacks nbformat's line breaks, which take four
    times as long to write. Raises Unreadable.
    """
    found, read_so = read(content, name)
    notebook, found_so = mend(found, course.release)
    text = json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"
    return notebook, (*read_so, *found_so), text


def keys(
    course: Course, student: str, notebook: NotebookNode, files: Path | None
) -> tuple[str, dict[str, str]]:
    """What a submission's execution rests on, and what each exercise's checks do besides."""
    settings = course.settings
    shared = (student, settings.name, settings.seed, settings.limits.as_json(), settings.sandbox,
              settings.code["executes"], submission_key(notebook, files))  # fmt: skip
    return digest(*shared, course.roles), {
        id: digest(*shared, code) for id, code in settings.code["exercises"].items()
    }


def put(course: Course, submission: Submission, text: str) -> None:
    """Write a notebook, and the files that came with it, where nbgrader looks; raises Unreadable.

    What is already there in the place of files is of an earlier submission.
    """
    place, path = course.layout.submitted(submission.student), path_of(submission)
    folder = place.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.parent.samefile(folder):
            for old in folder.iterdir():
                if old.is_dir() and not old.is_symlink():
                    shutil.rmtree(old)
                elif old != place:
                    old.unlink()
            if path.parent.name == folder.name:
                copy_beside(path.parent, folder, course.settings.limits.disk_mb // 2)
        write_atomically(place, text)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Unreadable(f"the files beside the notebook cannot be copied: {why}") from error


def is_whole(kept: Entry, prepared: Prepared) -> bool:
    """Whether what was kept is all that executing again would give."""
    return kept.cells == prepared.cells and dict(kept.exercises) == dict(prepared.exercises)


def reusable(kept: Entry | None, prepared: Prepared) -> dict[str, list[CheckResult]]:
    """Results that stand although something else of the submission has to be worked out."""
    return {} if kept is None else kept.known(prepared.exercises)


# One submission at a time in a process: checks set torch's defaults while they run.
_turn = threading.Lock()


def execute_in_turn(
    course: Course, notebook: NotebookNode, student: str, files: Path | None,
    known: Mapping[str, list[CheckResult]],
) -> Executed:  # fmt: skip
    """Execute with this process's warm process; once more with a new one if that has died.

    What a submission gave whose warm process died meanwhile is no evidence against it.
    """
    settings = course.settings
    with _turn:
        for last in (False, True):
            zygote = None
            try:
                zygote = warm_zygote(settings.name, settings.sandbox)
                executed = execute(notebook, course.roles, student, settings.name, settings.seed,
                                   zygote, settings.limits, files, known)  # fmt: skip
            except IsolationImpossible:
                raise
            except (SandboxFailed, OSError):
                close_zygotes()
                if last:
                    raise
                continue
            if zygote.is_alive:
                return executed
            close_zygotes()
    raise SandboxFailed("the warm process ended twice while this submission ran")
