"""A class of real notebooks goes in; marks and pages come out, by three roads alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.build import BuiltNotebooks, build
from autograder.checks import full_marks
from autograder.demo import write_class
from autograder.pipeline.runner import grade_class
from autograder.sandbox.session import Limits

ROOT = Path(__file__).parents[2]
STUDENTS = ("ada", "chiara", "dmitri", "emre", "fatima", "grace", "noor", "sofia")
LIMITS = Limits(cell_s=4.0)
SEED = 20


@pytest.fixture(scope="module")
def built() -> BuiltNotebooks:
    return build(ROOT / "notebooks" / "text" / "assignment4.py", ROOT)


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
    results = grade_class("assignment4", built.source, submissions, out, seed=SEED, limits=LIMITS)
    return out, {s["student"]: s for s in results["submissions"]}


def gradebook_scores(folder: Path, name: str = "assignment4") -> dict[str, float]:
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions(name)}


def without_times(results: dict[str, Any]) -> dict[str, Any]:
    return {name: {**found, "seconds": 0} for name, found in results.items()}


def nbgrader(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=folder, env=environment,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_reference_has_all_points_and_the_untouched_notebook_none(graded: Any) -> None:
    _, results = graded
    every = full_marks("assignment4")
    assert (results["ada"]["score"], results["ada"]["max_score"]) == (every, every)
    assert (results["dmitri"]["status"], results["dmitri"]["score"]) == ("graded", 0.0)


def test_every_submission_is_accounted_for(graded: Any) -> None:
    _, results = graded
    assert tuple(results) == STUDENTS
    assert results["grace"]["status"] == "not graded"
    assert "link" in results["grace"]["reason"]


def test_a_loop_or_an_import_error_costs_its_own_exercise_only(graded: Any) -> None:
    _, results = graded
    for student, exercise in (("emre", "E3"), ("fatima", "E1")):
        lost = {c["exercise"] for c in results[student]["checks"] if c["status"] != "passed"}
        assert lost == {exercise}, student
        assert results[student]["notes"], f"{student} should be told what went wrong"


def test_warnings_cost_nothing_and_printed_numbers_earn_nothing(graded: Any) -> None:
    _, results = graded
    assert results["noor"]["score"] == full_marks("assignment4")


def test_the_gradebook_holds_the_same_scores(graded: Any) -> None:
    out, results = graded
    expected = {n: s["score"] for n, s in results.items() if s["status"] == "graded"}
    assert gradebook_scores(out) == expected


def test_results_json_is_as_documented(graded: Any) -> None:
    out, _ = graded
    written = json.loads((out / "results.json").read_text())
    assert (written["version"], written["assignment"], written["seed"]) == (1, "assignment4", SEED)
    for submission in written["submissions"]:
        assert {"student", "status", "reason", "score", "max_score", "seconds", "checks"} <= set(
            submission
        )
        total = sum(check["points"] for check in submission["checks"])
        assert submission["score"] == total
        for check in submission["checks"]:
            assert {"id", "exercise", "status", "points", "max_points", "message",
                    "misconception"} <= set(check)  # fmt: skip
            assert check["points"] in (0.0, check["max_points"])


def test_every_student_has_a_page_and_the_class_a_report(graded: Any) -> None:
    out, _ = graded
    for student in STUDENTS:
        page = out / "feedback" / student / "assignment4" / "assignment4.html"
        others = set(STUDENTS) - {student}
        text = page.read_text(encoding="utf-8")
        assert student in text
        assert not [name for name in others if f">{name}<" in text]
    assert "<svg" in (out / "report.html").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_results_with_two_workers(
    built: BuiltNotebooks, submissions: Path, graded: Any, tmp_path: Path
) -> None:
    again = grade_class("assignment4", built.source, submissions, tmp_path, workers=2, seed=SEED,
                        limits=LIMITS)  # fmt: skip
    found = {s["student"]: s for s in again["submissions"]}
    assert without_times(found) == without_times(graded[1])


def test_nbgraders_own_command_gives_the_same_scores(graded: Any, tmp_path: Path) -> None:
    out, _ = graded
    expected = gradebook_scores(out)
    shutil.copytree(out, tmp_path / "course")
    nbgrader(tmp_path / "course", "autograde", "assignment4", "--force", "--student=ada")
    nbgrader(tmp_path / "course", "autograde", "assignment4", "--force", "--student=chiara")
    assert gradebook_scores(tmp_path / "course") == expected


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_plain_nbgrader_with_an_ordinary_kernel_gives_the_same_scores(
    graded: Any, tmp_path: Path
) -> None:
    """Whoever leaves us keeps a plain nbgrader course: no configuration of ours, a real kernel."""
    out, _ = graded
    expected = gradebook_scores(out)
    course = tmp_path / "course"
    shutil.copytree(out, course)
    (course / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "transformers"\n'
    )
    for student in ("chiara", "dmitri", "noor"):
        nbgrader(course, "autograde", "assignment4", "--force", f"--student={student}")
    assert gradebook_scores(course) == expected
