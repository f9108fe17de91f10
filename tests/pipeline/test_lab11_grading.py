"""Lab 11 from notebooks to marks: half by tests, half by a person."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.build import BuiltNotebooks
from autograder.cli import main
from autograder.demo import write_class
from autograder.pipeline.runner import grade_class
from tests.lab_answers import built as built_lab
from tests.pipeline.test_grading import gradebook_scores, nbgrader, without_times

STUDENTS = ("ada", "bashir", "daniel", "farid", "hannah", "ivo", "jun", "kofi")
SEED = 20


@pytest.fixture(scope="module")
def built() -> BuiltNotebooks:
    return built_lab()


@pytest.fixture(scope="module")
def submissions(built: BuiltNotebooks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    write_class(built, folder, STUDENTS)
    return folder


@pytest.fixture(scope="module")
def graded(
    built: BuiltNotebooks, submissions: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("out")
    results = grade_class("lab11", built.source, submissions, out, seed=SEED)
    return out, {s["student"]: s for s in results["submissions"]}


@pytest.fixture
def course(graded: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """A copy of the graded folder, for a test that changes marks."""
    return Path(shutil.copytree(graded[0], tmp_path / "course"))


def mark(course: Path, student: str, cell: str, score: float, comment: str = "") -> None:
    """Give a mark and a comment as formgrader does."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(cell, "lab11", "lab11", student)
        grade.manual_score, grade.needs_manual_grade = score, False
        solution = cell.replace("_check", "_solution")  # where formgrader has its comments
        gradebook.find_comment(solution, "lab11", "lab11", student).manual_comment = comment
        gradebook.db.commit()


def call(*arguments: object) -> str:
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def page_of(course: Path, student: str) -> str:
    return (course / "feedback" / student / "lab11" / "lab11.html").read_text(encoding="utf-8")


def points(results: dict[str, Any], student: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for check in results[student]["checks"]:
        found[check["exercise"]] = found.get(check["exercise"], 0.0) + check["points"]
    return found


def test_the_reference_has_six_points_and_waits_for_four_more(graded: Any) -> None:
    _, results = graded
    ada = results["ada"]
    assert (ada["status"], ada["score"], ada["max_score"]) == ("needs manual grading", 6.0, 10.0)
    assert {a["exercise"]: a["points"] for a in ada["written"]} == dict.fromkeys(
        ["G1.2", "G1.3", "G2.1", "G2.4"]
    )
    assert ada["notes"] == []


def test_the_untouched_notebook_needs_nobody(graded: Any) -> None:
    _, results = graded
    daniel = results["daniel"]
    assert (daniel["status"], daniel["score"]) == ("graded", 0.0)
    assert all(a["points"] == 0.0 for a in daniel["written"])
    assert daniel["notes"] == []


def test_the_module_s_own_numbers_and_a_series_earn_everything(graded: Any) -> None:
    _, results = graded
    assert points(results, "bashir") == {"G1.1": 1.0, "G2.2": 1.0, "G2.3": 1.0, "G2.5": 3.0}


def test_each_mistake_costs_where_it_was_made(graded: Any) -> None:
    _, results = graded
    whole = {"G1.1": 1.0, "G2.2": 1.0, "G2.3": 1.0, "G2.5": 3.0}
    assert points(results, "farid") == {**whole, "G1.1": 0.0}
    assert points(results, "jun") == {**whole, "G2.5": 1.0}
    assert points(results, "kofi") == whole
    assert any("t1_4_solution raised" in note for note in results["kofi"]["notes"])


def test_copied_lines_are_nobody_s_while_grading(graded: Any) -> None:
    _, results = graded
    assert points(results, "ivo")["G1.1"] == 0.0


def test_answers_left_out_have_their_zero_and_the_others_wait(graded: Any) -> None:
    _, results = graded
    jun = {a["exercise"]: a["points"] for a in results["jun"]["written"]}
    assert jun == {"G1.2": None, "G1.3": None, "G2.1": 0.0, "G2.4": 0.0}
    assert results["jun"]["reason"].startswith("G1.2, G1.3: waiting")


def test_the_same_seed_gives_the_same_results_with_two_workers(
    built: BuiltNotebooks, submissions: Path, graded: Any, tmp_path: Path
) -> None:
    again = grade_class("lab11", built.source, submissions, tmp_path, workers=2, seed=SEED)
    found = {s["student"]: s for s in again["submissions"]}
    assert without_times(found) == without_times(graded[1])


def test_the_rubric_reaches_the_marker_and_not_the_student_s_notebook(graded: Any) -> None:
    out, _ = graded

    def rubric(stage: str, *place: str) -> str:
        path = out.joinpath(stage, *place, "lab11", "lab11.ipynb")
        cells = {cell.id: cell.source for cell in nbformat.read(path, 4).cells}
        return cells["g1_2_rubric"]

    assert "½ point" in rubric("autograded", "ada")
    assert "½ point" not in rubric("release")
    assert "½ point" not in rubric("submitted", "ada")


def test_before_the_mark_the_page_shows_the_answer_and_no_rubric(graded: Any) -> None:
    page = page_of(graded[0], "bashir")
    assert "Other ids would pick vectors of other words." in page
    assert "waiting for a mark" in page
    assert "½ point" not in page


def test_a_mark_is_seen_in_total_page_and_export(course: Path) -> None:
    mark(course, "bashir", "g1_2_solution", 0.5, "What is in *row 262* of `wte`?")
    call("feedback", "lab11", "--out", course)
    page = page_of(course, "bashir")
    assert "What is in <em>row 262</em> of <code>wte</code>?" in page
    assert "½ point" in page and "0.5 of 1 point" in page
    assert "<b>6.5</b>" in page or "6.5 <small>of 10 points" in page
    rows = {row["student"]: row for row in csv.DictReader(
        io.StringIO(call("export", "lab11", "--out", course)))}  # fmt: skip
    assert (rows["bashir"]["score"], rows["bashir"]["G1.2"], rows["bashir"]["G1.3"]) == (
        "6.5", "0.5", "")  # fmt: skip
    assert rows["hannah"]["score"] == "" and rows["hannah"]["status"] == "not graded"


def test_all_marks_make_the_submission_graded(course: Path) -> None:
    for cell in ("g1_2", "g1_3", "g2_1", "g2_4"):
        mark(course, "ada", f"{cell}_solution", 1.0)
    said = call("feedback", "lab11", "--out", course)
    assert "needs manual grading" in said  # the others still wait
    assert "10 <small>of 10 points" in page_of(course, "ada")
    assert "Not final" not in page_of(course, "ada")


def test_points_that_a_person_changes_by_hand_are_said(course: Path) -> None:
    mark(course, "farid", "g1_1_check", 0.5, "half, for the idea")
    call("feedback", "lab11", "--out", course)
    page = page_of(course, "farid")
    assert "half, for the idea" in page and "0.5 of 1 point" in page
    rows = list(csv.DictReader(io.StringIO(call("export", "lab11", "--out", course))))
    assert next(r for r in rows if r["student"] == "farid")["G1.1"] == "0.5"


def test_grading_again_keeps_marks_of_answers_that_are_the_same(
    built: BuiltNotebooks, submissions: Path, course: Path, tmp_path: Path
) -> None:
    for student in ("ada", "bashir"):
        for cell in ("g1_2", "g1_3", "g2_1", "g2_4"):
            mark(course, student, f"{cell}_solution", 1.0)
    changed = Path(shutil.copytree(submissions, tmp_path / "class"))
    place = changed / "bashir" / "lab11.ipynb"
    place.write_text(place.read_text().replace("pick vectors of other words", "be quite wrong"))
    for student in set(STUDENTS) - {"ada", "bashir"}:
        shutil.rmtree(changed / student)
    results = grade_class("lab11", built.source, changed, course, seed=SEED)
    found = {s["student"]: s for s in results["submissions"]}
    assert (found["ada"]["status"], found["ada"]["score"]) == ("graded", 10.0)
    assert found["bashir"]["status"] == "needs manual grading"
    assert [a["exercise"] for a in found["bashir"]["written"] if a["points"] is None] == ["G1.2"]


def test_a_deleted_or_retyped_answer_cell_is_mended(built: BuiltNotebooks, tmp_path: Path) -> None:
    notebook = nbformat.from_dict(built.solved)
    kept = [c for c in notebook.cells if c.id not in ("g1_3_solution", "g2_5_check")]
    notebook.cells = kept
    for cell in notebook.cells:
        if cell.id == "g2_4_solution":
            cell.cell_type, cell.outputs, cell.execution_count = "code", [], None
    place = tmp_path / "class" / "mia" / "lab11.ipynb"
    place.parent.mkdir(parents=True)
    nbformat.write(notebook, place)
    results = grade_class("lab11", built.source, tmp_path / "class", tmp_path / "out", seed=SEED)
    (mia,) = results["submissions"]
    assert mia["score"] == 6.0
    assert {a["exercise"]: a["points"] for a in mia["written"]} == {
        "G1.2": None, "G1.3": 0.0, "G2.1": None, "G2.4": None}  # fmt: skip
    assert any("no answer to G1.3 was found" in said for said in mia["mended"])


@pytest.mark.parametrize("verb", ["feedback", "export"])
def test_a_folder_without_results_is_named(verb: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [verb, "lab11", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "run `course grade lab11` first" in done.stderr


def test_nbgraders_own_command_gives_the_same_scores(graded: Any, course: Path) -> None:
    expected = gradebook_scores(graded[0], "lab11")
    nbgrader(course, "autograde", "lab11", "--force", "--student=farid")
    nbgrader(course, "autograde", "lab11", "--force", "--student=bashir")
    assert gradebook_scores(course, "lab11") == expected


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_plain_nbgrader_with_an_ordinary_kernel_gives_the_same_scores(
    graded: Any, course: Path
) -> None:
    """Without our configuration the local checks hold against the notebook's own corpus."""
    expected = gradebook_scores(graded[0], "lab11")
    (course / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "transformers"\n'
    )
    for student in ("bashir", "jun"):
        nbgrader(course, "autograde", "lab11", "--force", f"--student={student}")
    assert gradebook_scores(course, "lab11") == expected
