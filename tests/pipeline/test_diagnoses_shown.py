"""The instructor's switch from the command line to everything that a student gets to see."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner

from autograder.build import build
from autograder.build.notebook import fill
from autograder.cli import main
from autograder.demo import HERE
from autograder.pipeline import runner
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.hook import SandboxExecute
from autograder.pipeline.job import grade_one
from autograder.pipeline.keys import Reach, code_keys, tables_key
from autograder.pipeline.marks import read_results
from autograder.pipeline.runner import grade_class, write_pages
from autograder.pipeline.store import Store
from autograder.report.showing import BadSetting
from tests.pipeline.classes import NAME, ROOT, SEED, built
from tests.report.reading import Page

DEADLINE = "after:2026-12-01T23:59+01:00"
BEFORE, OVER = datetime(2026, 12, 1, 22, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
CAUSE, QUESTION = "e1.no-mask", "If you change only the last token"
TEXT = ROOT / "notebooks" / "text" / f"{NAME}.py"


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two who forgot the mask and wrote nothing else; ben's notebook has a line of the switch."""
    folder = tmp_path_factory.mktemp("class")
    answer = {"E1": (HERE / "answers" / "e1_no_mask.py").read_text(encoding="utf-8")}
    with_line = build(TEXT, ROOT, diagnoses="never").release
    for student, release in (("ada", built().release), ("ben", with_line)):
        place = folder / student / f"{NAME}.ipynb"
        place.parent.mkdir()
        place.write_text(nbformat.writes(fill(release, answer)), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def out(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder, graded a first time before the deadline."""
    folder = tmp_path_factory.mktemp("out")
    grade_class(NAME, built().source, submissions, folder, seed=SEED, diagnoses=DEADLINE,
                now=BEFORE)  # fmt: skip
    return folder


def page(out: Path, student: str = "ada") -> str:
    place = CourseFolder(out, NAME).feedback(student)
    return Page(place.read_text(encoding="utf-8")).text


def table(out: Path, student: str = "ada") -> dict[str, Any]:
    """The table of E1 in a student's autograded notebook, by kind."""
    notebook = nbformat.read(CourseFolder(out, NAME).autograded(student), 4)
    (cell,) = [cell for cell in notebook.cells if cell.id == "e1_check"]
    kinds = [output.output_type for output in cell.outputs]
    assert kinds == ["display_data", "execute_result"]
    return dict(cell.outputs[0].data)


def sees(out: Path, student: str = "ada") -> bool:
    """Whether a student sees the diagnosis; everywhere or nowhere."""
    shown = [page(out, student), *table(out, student).values()]
    found = {(CAUSE in text, QUESTION in " ".join(text.split())) for text in shown}
    assert found in ({(True, True)}, {(False, False)})
    return found == {(True, True)}


def kept(out: Path) -> dict[Path, int]:
    """What was executed, and when."""
    return {path: path.stat().st_mtime_ns
            for path in (out / ".grading" / NAME / "executed").glob("*.json")}  # fmt: skip


def gradebook(out: Path) -> list[Any]:
    """Every mark in the gradebook."""
    with sqlite3.connect(out / "gradebook.db") as base:
        return base.execute("select id, auto_score, manual_score, needs_manual_grade from grade"
                            " order by id").fetchall()  # fmt: skip


@contextlib.contextmanager
def in_this_process(*told: Any) -> Iterator[runner.Engine]:
    """Do without workers, which take seconds to warm up: nothing is to be executed."""
    yield lambda course, found: map(partial(grade_one, course), found)


def again(submissions: Path, out: Path, **told: Any) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "engine", in_this_process)
        return grade_class(NAME, built().source, submissions, out, **told)


def test_before_the_deadline_students_see_no_diagnosis_and_instructors_do(out: Path) -> None:
    assert not sees(out) and not sees(out, "ben")
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    for submission in results["submissions"]:
        found = {check["id"]: check for check in submission["checks"]}
        assert found["e1.causal"]["misconception"] == CAUSE
        assert found["e1.causal"]["picture"]["kind"] == "attention"
    report = Page((out / "report.html").read_text(encoding="utf-8")).text
    assert f"2 {CAUSE} Every position sees every other one" in report
    assert "ada, ben" in report


def test_the_picture_of_what_came_is_shown_in_any_case(out: Path) -> None:
    html = CourseFolder(out, NAME).feedback("ada").read_text(encoding="utf-8")
    assert html.count("<svg") == 1
    assert table(out)["text/html"].count("<svg") == 1
    assert "your attention weights" in table(out)["text/plain"]


def test_a_line_of_the_switch_changes_nothing_that_is_graded(out: Path) -> None:
    ada, ben = json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]
    assert ada["score"] == ben["score"] > 0
    assert not ben["notes"] or ben["notes"] == ada["notes"]
    assert [c["status"] for c in ada["checks"]] == [c["status"] for c in ben["checks"]]


def test_after_the_deadline_a_run_shows_diagnoses_and_executes_nothing(
    submissions: Path, out: Path
) -> None:
    again(submissions, out, now=BEFORE)
    before, marks = kept(out), gradebook(out)
    results = (out / "results.json").read_bytes()
    again(submissions, out, now=OVER)  # the folder knows the setting
    assert sees(out) and sees(out, "ben")
    assert table(out)["text/html"].count("<svg") == 1
    assert (kept(out), gradebook(out)) == (before, marks)
    assert (out / "results.json").read_bytes() == results
    again(submissions, out, diagnoses="never")
    assert not sees(out)
    again(submissions, out, diagnoses="live")
    assert sees(out)
    assert (kept(out), gradebook(out)) == (before, marks)
    again(submissions, out, diagnoses=DEADLINE, now=BEFORE)


def test_a_mark_by_hand_survives_the_change(submissions: Path, out: Path) -> None:
    again(submissions, out, diagnoses="never")
    with sqlite3.connect(out / "gradebook.db") as base:
        (id,) = base.execute("select max(id) from grade where auto_score > 0").fetchone()
        base.execute("update grade set manual_score = 0.25 where id = ?", (id,))
    marks = gradebook(out)
    again(submissions, out, diagnoses="live")
    assert sees(out) and gradebook(out) == marks
    with sqlite3.connect(out / "gradebook.db") as base:
        base.execute("update grade set manual_score = null where id = ?", (id,))


def test_a_notebook_that_cannot_be_read_is_recorded_again(submissions: Path, out: Path) -> None:
    again(submissions, out, diagnoses="never")
    place = CourseFolder(out, NAME).autograded("ada")
    place.chmod(0o644)
    place.write_text("{ torn")
    again(submissions, out, diagnoses="live")
    assert sees(out) and sees(out, "ben")


def test_pages_made_anew_keep_to_the_setting(submissions: Path, out: Path) -> None:
    again(submissions, out, diagnoses=DEADLINE, now=BEFORE)
    folder = CourseFolder(out, NAME)
    for now, shown in ((OVER, True), (BEFORE, False)):
        write_pages(folder, read_results(folder), now)
        assert (CAUSE in page(out)) is shown


@pytest.mark.parametrize(("setting", "shown"), [("never", False), ("live", True)])
def test_nbgraders_own_button_keeps_to_the_setting(
    submissions: Path, out: Path, monkeypatch: pytest.MonkeyPatch, setting: str, shown: bool
) -> None:
    again(submissions, out, diagnoses=setting)
    entry = Store(out, NAME).executed("ada")
    assert entry is not None
    monkeypatch.chdir(out)
    monkeypatch.setattr(SandboxExecute, "execute_now", lambda *_: entry.executed)
    notebook = nbformat.read(CourseFolder(out, NAME).submitted("ada"), 4)
    SandboxExecute().preprocess(notebook, {"nbgrader": {"assignment": NAME, "student": "ada"}})
    (cell,) = [cell for cell in notebook.cells if cell.id == "e1_check"]
    assert (CAUSE in cell.outputs[0].data["text/html"]) is shown


def test_the_setting_outlives_new_inputs(tmp_path: Path) -> None:
    store = Store(tmp_path, NAME)
    assert store.diagnoses() == "live"
    store.seed(3)
    assert store.diagnoses("never") == "never"
    assert (store.seed(), store.diagnoses()) == (3, "never")
    store.seed(fresh=True)
    assert store.diagnoses() == "never"
    assert store.diagnoses(DEADLINE) == DEADLINE == Store(tmp_path, NAME).diagnoses()


def test_what_is_shown_rests_on_words_and_tables_and_results_do_not() -> None:
    reach = Reach(ROOT)
    words = ROOT / "autograder" / "report" / "notebook_table.py"
    assert words in reach.closure(["autograder.report.notebook_table"])
    assert words not in reach.closure(["autograder.pipeline.execute"])
    assert tables_key(ROOT) == tables_key()
    assert tables_key() not in code_keys(NAME).exercises.values()


def test_a_bad_setting_is_wrong_usage_and_nothing_is_done(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    for verb in (["build", "--check"], ["grade", NAME, "--submissions", str(tmp_path / "class"),
                                        "--out", str(tmp_path / "out")]):  # fmt: skip
        done = CliRunner().invoke(main, [*verb, "--diagnoses", "after:2026-12-01T23:59"])
        assert done.exit_code == 2
        assert "add the offset from UTC" in " ".join(done.stderr.replace("│", " ").split())
    assert not (tmp_path / "out").exists()
    with pytest.raises(BadSetting):
        grade_class(NAME, built().source, tmp_path / "class", tmp_path / "out", diagnoses="soon")
    assert not (tmp_path / "out").exists()
