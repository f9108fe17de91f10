"""A class graded with a deadline: results, gradebook and nbgrader's own autograding agree."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde

from autograder.course.config import AssignmentConfig, load
from autograder.course.finals import final_marks
from autograder.intake.manifest import Collected, Manifest, as_text, place_of
from autograder.pipeline.course_folder import CourseFolder, start
from autograder.pipeline.late_penalties import settle_class
from autograder.pipeline.runner import grade_class
from tests.pipeline.classes import NAME, SEED, built, write

DEADLINE = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
SETTINGS = f"""\
[{NAME}]
deadline = 2026-12-01T23:59:00+01:00
[{NAME}.late]
grace = "15 min"
per_day = 10
[{NAME}.extensions]
dmitri = 2026-12-09T23:59:00+01:00
"""
HOURS_LATE = {"ada": 30, "ben": 0.2, "dmitri": 100}


def penalties(out: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        found = gradebook.find_assignment(NAME).submissions
        return {s.student_id: s.late_submission_penalty for s in found}


def test_results_gradebook_and_nbgraders_own_run_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submissions, out = write(tmp_path / "class", tuple(HOURS_LATE)), tmp_path / "out"
    collected = {
        student: Collected(student, handed_in=(DEADLINE + timedelta(hours=hours)).isoformat())
        for student, hours in HOURS_LATE.items()
    }
    place_of(submissions, NAME).write_text(as_text(Manifest(NAME, collected=collected)))
    out.mkdir()
    (out / "course.toml").write_text(SETTINGS)
    settings: AssignmentConfig = load(out / "course.toml").of(NAME)
    results = grade_class(NAME, built().source, submissions, out, seed=SEED, decided=settings)
    finals = {final.student: final for final in final_marks(results, settings)}
    assert {name: final.penalty for name, final in finals.items()} == {
        "ada": 8, "ben": 0, "dmitri": 0,
    }  # fmt: skip
    assert finals["ada"].mark == 32 and finals["ada"].days_late == 2
    assert penalties(out) == {name: final.penalty for name, final in finals.items()}
    assert settle_class(out / "gradebook.db", NAME, settings, results["submissions"]) == 0

    monkeypatch.chdir(out)  # as nbgrader's own commands do
    coursedir, config = CourseFolder(out, NAME).nbgrader()
    coursedir.student_id = "ada"
    start(Autograde, coursedir, config)
    assert penalties(out)["ada"] == 8
