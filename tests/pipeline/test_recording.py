"""Recording leaves what `nbgrader autograde` leaves, and all of it or nothing."""

from __future__ import annotations

import copy
import os
import pickle
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from sqlalchemy import event
from sqlalchemy.exc import SAWarning

from autograder.build import BuiltNotebooks, build
from autograder.demo import write_class
from autograder.intake.find import Unreadable, find_submissions, read_notebook
from autograder.intake.mend import mend
from autograder.pipeline import course_folder
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.execute import Executed, code_of, execute, roles_of
from autograder.pipeline.hook import SandboxExecute
from autograder.pipeline.recording import Recorder
from autograder.pipeline.recording_steps import Validator
from autograder.pipeline.results import GRADER_FAILED, MANUAL, NOT_GRADED, SubmissionResult
from autograder.pipeline.warm import close_zygotes, warm_zygote
from autograder.sandbox.session import Limits

ROOT = Path(__file__).parents[2]
SEED, LIMITS = 20, Limits(cell_s=4.0)
FEW = {"assignment4": ("ada", "ben", "dmitri", "noor"), "lab11": ("ada", "daniel", "jun")}

# every row that belongs to submissions, by names in place of drawn ids
OF_CELL = """from {table} row join submitted_notebook book on book.id = row.notebook_id
join submitted_assignment submission on submission.id = book.assignment_id
join base_cell cell on cell.id = row.cell_id order by 1, 2, 3"""
QUERIES = {
    "students": "select * from student order by id",
    "courses": "select * from course order by id",
    "submissions": "select student_id, timestamp, extension, name from submitted_assignment "
    "join assignment on assignment.id = assignment_id order by 1",
    "notebooks": "select student_id, name, flagged, late_submission_penalty from submitted_notebook"
    " book join submitted_assignment a on a.id = book.assignment_id"
    " join notebook on notebook.id = book.notebook_id order by 1",
    "grades": "select student_id, cell.name, cell.type, auto_score, manual_score, extra_credit,"
    " needs_manual_grade " + OF_CELL.format(table="grade"),
    "comments": "select student_id, cell.name, cell.type, auto_comment, manual_comment "
    + OF_CELL.format(table="comment"),
    "cells": "select name, cell_type, locked, source, checksum from source_cell order by name",
}


@dataclass
class ExecutedClass:
    """A prepared course folder with what came of its submissions, none of it recorded."""

    folder: CourseFolder
    executed: list[Executed]

    def copies(self) -> list[Executed]:
        """Recording takes results over: every recording gets its own."""
        return copy.deepcopy(self.executed)

    def of(self, student: str) -> Executed:
        return next(e for e in self.copies() if e.result.student == student)

    def copied_to(self, place: Path) -> CourseFolder:
        """The same folder elsewhere."""
        shutil.copytree(self.folder.root, place)
        return CourseFolder(place, self.folder.assignment)


@cache
def built(name: str) -> BuiltNotebooks:
    return build(ROOT / "notebooks" / "text" / f"{name}.py", ROOT)


def executed_class(name: str, place: Path, students: tuple[str, ...] | None) -> ExecutedClass:
    """Execute bundled submissions; students: all if None."""
    write_class(built(name), place / "submissions", students)
    folder = CourseFolder(place / "course", name)
    folder.prepare(built(name).source)
    done = []
    for submission in find_submissions(place / "submissions", name):
        assert submission.path is not None
        try:
            notebook, _ = mend(read_notebook(submission.path), folder.release)
        except Unreadable:
            continue
        hand_in(folder, submission.student, notebook)
        done.append(run(folder, submission.student, notebook))
    close_zygotes()
    return ExecutedClass(folder, done)


def hand_in(folder: CourseFolder, student: str, notebook: nbformat.NotebookNode) -> None:
    place = folder.submitted(student)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(nbformat.writes(notebook), encoding="utf-8")


def run(folder: CourseFolder, student: str, notebook: nbformat.NotebookNode) -> Executed:
    name = folder.assignment
    return execute(notebook, roles_of(folder.source), student, name, SEED,
                   warm_zygote(name, "on"), LIMITS)  # fmt: skip


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ExecutedClass]:
    """A few submissions of an assignment, executed when first asked for."""
    return cache(lambda name: executed_class(name, tmp_path_factory.mktemp(name), FEW[name]))


@pytest.fixture
def lab(classes: Any, tmp_path: Path) -> ExecutedClass:
    """The lab's few in a folder of their own, recorded once."""
    found = classes("lab11")
    mine = ExecutedClass(found.copied_to(tmp_path / "lab"), found.executed)
    record(mine.folder, mine.copies())
    return mine


def record(folder: CourseFolder, executed: list[Executed]) -> list[SubmissionResult]:
    with Recorder(folder) as recorder:
        return [recorder.record(one) for one in executed]


def autograde(folder: CourseFolder, executed: list[Executed], monkeypatch: Any) -> None:
    """nbgrader's own command with our configuration; only the executing has been done before."""
    for one in executed:
        monkeypatch.setattr(SandboxExecute, "execute_now", lambda *_, one=one: one)
        coursedir, config = folder.nbgrader()
        coursedir.student_id = one.result.student
        course_folder.start(Autograde, coursedir, config)
        with Gradebook(folder.gradebook_url) as gradebook:  # the names are what we add
            gradebook.update_or_create_student(
                one.result.student, first_name="", last_name=one.result.student
            )


def rows(folder: CourseFolder) -> dict[str, list[Any]]:
    with sqlite3.connect(folder.root / "gradebook.db") as database:
        found = {what: database.execute(query).fetchall() for what, query in QUERIES.items()}
    database.close()
    return found


def files(folder: CourseFolder) -> dict[str, tuple[bytes, int]]:
    """All of autograded/: bytes and rights."""
    top = folder.root / "autograded"
    return {str(path.relative_to(top)): (path.read_bytes(), path.stat().st_mode & 0o777)
            for path in top.rglob("*") if path.is_file()}  # fmt: skip


def assert_same(ours: CourseFolder, theirs: CourseFolder) -> None:
    for what, expected in rows(theirs).items():
        assert rows(ours)[what] == expected, what
    assert files(ours).keys() == files(theirs).keys()
    for name, expected in files(theirs).items():
        assert files(ours)[name] == expected, name


def change(folder: CourseFolder, statement: str, *values: Any) -> None:
    with sqlite3.connect(folder.root / "gradebook.db") as database:
        database.execute(statement, values)
    database.close()


def mark(folder: CourseFolder, student: str, cell: str, points: float) -> None:
    """Give a mark as formgrader does."""
    with Gradebook(folder.gradebook_url) as gradebook:
        grade = gradebook.find_grade(cell, folder.assignment, folder.assignment, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


@pytest.mark.parametrize("name", FEW)
def test_rows_and_notebooks_are_those_of_nbgrader(
    classes: Any, name: str, tmp_path: Path, monkeypatch: Any
) -> None:
    found = classes(name)
    ours, theirs = (found.copied_to(tmp_path / place) for place in ("ours", "theirs"))
    for _ in range(2):  # new, and over what is there
        record(ours, found.copies())
        autograde(theirs, found.copies(), monkeypatch)
        assert_same(ours, theirs)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", FEW)
def test_the_whole_class_is_recorded_as_nbgrader_does(
    name: str, tmp_path: Path, monkeypatch: Any
) -> None:
    found = executed_class(name, tmp_path, None)
    assert len(found.executed) > 10
    theirs = found.copied_to(tmp_path / "theirs")
    record(found.folder, found.copies())
    autograde(theirs, found.copies(), monkeypatch)
    assert_same(found.folder, theirs)


def test_late_ones_and_files_beside_the_notebook_are_recorded_as_nbgrader_does(
    classes: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    found = classes("assignment4")
    folders = [found.copied_to(tmp_path / place) for place in ("ours", "theirs")]
    for folder in folders:
        change(folder, "update assignment set duedate = '2025-01-01 10:00:00.000000'")
        place = folder.submitted("ada").parent
        (place / "timestamp.txt").write_text("2025-01-02 10:00:00 UTC")
        (place / "pictures").mkdir()
        for file in ("loss.csv", "page.HTML", "pictures/loss.svg", "pictures/loss.png"):
            (place / file).write_text(file)
        (folder.root / "source" / "assignment4" / "loss.csv").write_text("the course's own")
    ours, theirs = folders
    record(ours, found.copies())
    autograde(theirs, found.copies(), monkeypatch)
    assert_same(ours, theirs)
    names = {path.removeprefix("ada/assignment4/") for path in files(ours)}
    assert {"loss.csv", "pictures/loss.png", "timestamp.txt"} <= names
    assert not {"page.HTML", "pictures/loss.svg"} & names
    assert files(ours)["ada/assignment4/loss.csv"][0] == b"the course's own"
    assert rows(ours)["submissions"][0][1].startswith("2025-01-02 10:00")


def test_a_changed_submission_after_marks_by_hand_is_recorded_as_nbgrader_does(
    lab: ExecutedClass, tmp_path: Path, monkeypatch: Any
) -> None:
    for cell in ("g1_2_solution", "g1_3_solution", "g1_1_check"):
        mark(lab.folder, "ada", cell, 0.5)
    notebook = nbformat.read(lab.folder.submitted("ada"), 4)
    answers = [c for c in notebook.cells if c.id in ("g1_2_solution", "g1_3_solution")]
    for answer in answers:
        answer.source += "\n\nOn second thoughts, it is otherwise."
    hand_in(lab.folder, "ada", notebook)
    changed = lab.of("ada")
    for written, answer in zip(changed.result.written, answers, strict=False):
        written.answer = answer.source
    theirs = lab.copied_to(tmp_path / "theirs")
    [result] = record(lab.folder, [copy.deepcopy(changed)])
    autograde(theirs, [changed], monkeypatch)
    assert_same(lab.folder, theirs)
    assert result.status == MANUAL
    assert [a.exercise for a in result.written if a.points is None] == [
        "G1.2", "G1.3", "G2.1", "G2.4"]  # fmt: skip


def test_a_mark_by_hand_stands_where_the_answer_is_the_same(lab: ExecutedClass) -> None:
    mark(lab.folder, "ada", "g1_2_solution", 0.5)
    before = rows(lab.folder)
    [result] = record(lab.folder, [lab.of("ada")])
    assert {a.exercise: a.points for a in result.written} == {
        "G1.2": 0.5, "G1.3": None, "G2.1": None, "G2.4": None}  # fmt: skip
    assert result.score == 6.5
    assert rows(lab.folder) == before


def test_what_cannot_be_read_leaves_no_old_mark(lab: ExecutedClass) -> None:
    mark(lab.folder, "ada", "g1_2_solution", 0.5)
    record(lab.folder, [Executed([], SubmissionResult("ada", NOT_GRADED, "its JSON breaks"))])
    assert "ada" not in {row[0] for row in rows(lab.folder)["submissions"]}
    assert not lab.folder.autograded("ada").exists()


def test_a_fault_of_the_grader_costs_nobody_the_marks_of_a_person(lab: ExecutedClass) -> None:
    mark(lab.folder, "ada", "g1_2_solution", 0.5)
    before = rows(lab.folder)
    fault = SubmissionResult("ada", NOT_GRADED, f"{GRADER_FAILED} (no memory); run it again")
    record(lab.folder, [Executed([], fault)])
    assert rows(lab.folder) == before


def test_outputs_of_another_notebook_are_not_recorded(lab: ExecutedClass) -> None:
    before = rows(lab.folder)
    other = lab.of("jun")
    other.result.student = "ada"
    [result] = record(lab.folder, [other])
    assert result.status == NOT_GRADED
    assert GRADER_FAILED in (result.reason or "")
    assert rows(lab.folder) == before


def test_an_error_while_marking_leaves_the_rows_as_they_were(
    lab: ExecutedClass, monkeypatch: Any
) -> None:
    change(lab.folder, "update grade set auto_score = 0")
    before = rows(lab.folder)
    monkeypatch.setattr(Validator, "validate_nb", broken_after(1, Validator.validate_nb))
    [result] = record(lab.folder, [lab.of("ada")])  # its rows are marked already
    assert "the metadata is broken" in (result.reason or "")
    assert rows(lab.folder) == before


def broken_after(calls: int, real: Callable[..., None]) -> Callable[..., None]:
    """The same function, but every later call raises."""
    left = [calls]

    def broken(*arguments: Any) -> None:
        if left[0] == 0:
            raise ValueError("the metadata is broken")
        left[0] -= 1
        real(*arguments)

    return broken


KILLED = """
import os, pickle, signal, sys
from pathlib import Path
from sqlalchemy import event
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.recording import Recorder

place, fatal = Path(sys.argv[1]), int(sys.argv[2])
seen = 0
with Recorder(CourseFolder(place, "lab11")) as recorder:
    @event.listens_for(recorder.gradebook.engine, "after_cursor_execute")
    def count(connection, cursor, statement, parameters, context, many):
        global seen
        seen += statement.startswith(("INSERT", "UPDATE"))
        if seen == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
    recorder.record(pickle.loads((place / "executed").read_bytes()))
"""


@pytest.mark.parametrize("fatal", [1, 4, 9])
def test_a_killed_recorder_leaves_all_of_a_submission_or_nothing(
    classes: Any, tmp_path: Path, fatal: int
) -> None:
    folder = classes("lab11").copied_to(tmp_path / "lab")
    ada = classes("lab11").of("ada")
    (folder.root / "executed").write_bytes(pickle.dumps(ada))
    before = rows(folder)
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder.root), str(fatal)],
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert rows(folder) == before
    [result] = record(folder, [ada])
    assert (result.status, result.score) == (MANUAL, 6.0)
    assert len(rows(folder)["grades"]) == 8


@pytest.fixture
def in_formgrader(lab: ExecutedClass) -> Iterator[Gradebook]:
    """A gradebook that another program has open the whole time, as formgrader has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        with Gradebook(lab.folder.gradebook_url) as gradebook:
            yield gradebook


def test_formgrader_reads_and_writes_while_a_run_goes_on(
    lab: ExecutedClass, in_formgrader: Gradebook
) -> None:
    with Recorder(lab.folder) as recorder:
        for points in (0.25, 0.75):
            grade = in_formgrader.find_grade("g1_2_solution", "lab11", "lab11", "ada")
            grade.manual_score, grade.needs_manual_grade = points, False
            in_formgrader.db.commit()
            result = recorder.record(lab.of("ada"))
            assert (result.written[0].points, result.score) == (points, 6.0 + points)
            assert recorder.record(lab.of("jun")).status == MANUAL


def test_a_student_is_called_by_the_folder_s_name(lab: ExecutedClass) -> None:
    assert ("ada", "", "ada", None, None) in rows(lab.folder)["students"]


def test_a_name_with_brackets_is_recorded(lab: ExecutedClass) -> None:
    """nbgrader looks for students by file pattern and misses this one."""
    name = "Ada [17] *"
    hand_in(lab.folder, name, nbformat.read(lab.folder.submitted("ada"), 4))
    ada = lab.of("ada")
    ada.result.student = name
    [result] = record(lab.folder, [ada])
    assert (result.status, result.score) == (MANUAL, 6.0)
    assert lab.folder.autograded(name).is_file()


@pytest.mark.parametrize(
    "name",
    ["<b onclick=a()>eve", "<<b>script>", '<img src=x onerror="a()">', 'a"b', "a\\b", "a\nb"],
)
def test_a_name_that_is_html_or_code_on_nbgrader_s_pages_is_refused(
    lab: ExecutedClass, name: str
) -> None:
    ada = lab.of("ada")
    ada.result.student = name
    [result] = record(lab.folder, [ada])
    assert result.status == NOT_GRADED
    assert "rename it" in (result.reason or "")
    assert name not in {row[0] for row in rows(lab.folder)["students"]}


def test_a_timestamp_that_is_no_time_is_left_out_of_account(lab: ExecutedClass) -> None:
    (lab.folder.submitted("ada").parent / "timestamp.txt").write_text("yesterday, I swear")
    [result] = record(lab.folder, [lab.of("ada")])
    assert result.status == MANUAL
    assert "timestamp.txt holds no time; it was left out of account" in result.notes


def test_a_newer_attempt_without_a_time_does_not_get_that_of_the_one_before(
    lab: ExecutedClass,
) -> None:
    place = lab.folder.submitted("ada").parent / "timestamp.txt"
    place.write_text("2025-01-02 10:00:00 UTC")
    [first] = record(lab.folder, [lab.of("ada")])
    assert first.handed_in == "2025-01-02T10:00:00+00:00"
    place.unlink()
    [newer] = record(lab.folder, [lab.of("ada")])
    assert newer.handed_in is None
    assert [row[1] for row in rows(lab.folder)["submissions"] if row[0] == "ada"] == [None]


def test_links_and_pipes_in_a_submission_are_not_followed(lab: ExecutedClass) -> None:
    place = lab.folder.submitted("ada").parent
    (place / "marks").symlink_to(lab.folder.root / "gradebook.db")
    (place / "all").symlink_to(lab.folder.root)
    (place / "endless").symlink_to("/dev/zero")
    os.mkfifo(place / "pipe")
    (place / "data.csv").write_text("1")
    record(lab.folder, [lab.of("ada")])
    names = {path.name for path in lab.folder.autograded("ada").parent.iterdir()}
    assert names == {"lab11.ipynb", "data.csv"}


def test_what_was_recorded_stands_until_somebody_changes_it(lab: ExecutedClass) -> None:
    with Recorder(lab.folder) as recorder:
        assert recorder.stands(lab.of("ada"))
        change(lab.folder, "update grade set auto_score = 9 where auto_score > 0")
        assert not recorder.stands(lab.of("ada"))
        recorder.record(lab.of("ada"))
        assert recorder.stands(lab.of("ada"))
        lab.folder.autograded("ada").unlink()
        assert not recorder.stands(lab.of("ada"))


GROWING = re.compile(r"SCAN (grade|comment|student|submitted_\w+|row)\b")


def test_rows_are_found_by_index_however_many_there_are(lab: ExecutedClass) -> None:
    """No table that grows with the class is read from end to end."""
    asked: list[tuple[str, Any]] = []
    with Recorder(lab.folder) as recorder:
        event.listen(recorder.gradebook.engine, "before_cursor_execute",
                     lambda *told: asked.append((told[2], told[3])))  # fmt: skip
        recorder.record(lab.of("ada"))
        recorder.stands(lab.of("ada"))
        recorder.forget("ada")
        recorder.record(lab.of("ada"))
    database = sqlite3.connect(lab.folder.root / "gradebook.db")
    asked = [one for one in asked if one[0].startswith(("SELECT", "UPDATE", "DELETE"))]
    assert len(asked) > 10
    for statement, values in asked:
        values = values[0] if isinstance(values, list) else values
        plan = [row[3] for row in database.execute("explain query plan " + statement, values)]
        assert not [step for step in plan if GROWING.match(step)], (statement, plan)
    database.close()


def test_the_code_that_was_run_is_what_is_recorded(classes: Any) -> None:
    found = classes("assignment4")
    for one in found.copies():
        assert one.sources == code_of(nbformat.read(found.folder.submitted(one.result.student), 4))
