"""nbgrader's gradebook, its penalties and its export say what final marks say."""

from __future__ import annotations

import csv
import os
import shutil
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins.export import CsvExportPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder.course.config import AssignmentConfig, BadConfig, load
from autograder.course.finals import final_marks
from autograder.course.remembered import remember
from autograder.pipeline.class_marks import UnreadableGradebook
from autograder.pipeline.late_penalties import settle, settle_class
from autograder.pipeline.quick import hasten_nbgrader
from autograder.pipeline.recording_rows import CourseRows, open_gradebook

ASSIGNMENT = "lab11"  # 10 points
DEADLINE = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
SETTINGS = """\
roster = "gone.csv"
[late]
grace = "15 min"
per_day = 10
cap = 50
closes_after_days = 7
[lab11]
deadline = 2026-12-01T23:59:00+01:00
[lab11.extensions]
ben = 2026-12-04T23:59:00+01:00
"""
# student: hours after the deadline (None: no time is known), score, penalty
CLASS = {
    "anna": (-1, 9.0, 0.0), "ben": (70, 9.0, 0.0), "cleo": (0.2, 9.0, 0.0), "dora": (1, 9.0, 1.0),
    "emre": (30, 1.5, 1.5), "finn": (100, 9.0, 5.0), "gia": (200, 9.0, 9.0),
    "hal": (None, 9.0, 0.0),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, made_once: Path) -> Path:
    """A course folder of this test's own."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with a gradebook as `nbgrader autograde` leaves it, before penalties."""
    hasten_nbgrader()
    place = tmp_path_factory.mktemp("course")
    (place / "course.toml").write_text(SETTINGS)
    with warnings.catch_warnings(), opened(place) as gradebook:
        warnings.simplefilter("ignore", SAWarning)
        gradebook.add_assignment(ASSIGNMENT)
        gradebook.add_notebook(ASSIGNMENT, ASSIGNMENT)
        gradebook.add_grade_cell("g1_1_check", ASSIGNMENT, ASSIGNMENT, max_score=10,
                                 cell_type="code")  # fmt: skip
        for student, (hours, score, _) in CLASS.items():
            gradebook.add_student(student)
            time = None if hours is None else DEADLINE + timedelta(hours=hours)
            stamp = time and time.astimezone(UTC).replace(tzinfo=None)
            gradebook.add_submission(ASSIGNMENT, student, timestamp=stamp)
            set_score(gradebook, student, score)
    return place


def opened(folder: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{folder / 'gradebook.db'}")


def set_score(gradebook: Gradebook, student: str, score: float) -> None:
    gradebook.find_grade("g1_1_check", ASSIGNMENT, ASSIGNMENT, student).auto_score = score
    gradebook.db.commit()


def settings(folder: Path) -> AssignmentConfig:
    return load(folder / "course.toml", files=False).of(ASSIGNMENT)


def due(folder: Path) -> None:
    """Set the deadline as the recorder does."""
    with opened(folder) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DEADLINE)


def assign(folder: Path, student: str) -> None:
    """Run nbgrader's own step on one submission."""
    config = Config()
    config.CourseDirectory.root = str(folder)
    config.AssignLatePenalties.plugin_class = "autograder.pipeline.late_plugin.LatePenalty"
    about = {"notebook": ASSIGNMENT, "assignment": ASSIGNMENT, "student": student,
             "db_url": f"sqlite:///{folder / 'gradebook.db'}"}  # fmt: skip
    AssignLatePenalties(config=config).preprocess(nbformat.v4.new_notebook(), {"nbgrader": about})


def penalties(folder: Path) -> dict[str, float]:
    with opened(folder) as gradebook:
        found = gradebook.find_assignment(ASSIGNMENT).submissions
        return {s.student_id: s.late_submission_penalty for s in found}


EXPECTED = {student: penalty for student, (_, _, penalty) in CLASS.items()}


def test_nbgraders_own_step_gives_the_penalties(folder: Path) -> None:
    due(folder)
    for student in CLASS:
        assign(folder, student)
    assert penalties(folder) == EXPECTED


def test_the_whole_class_is_brought_up_to_date_at_once(folder: Path) -> None:
    assert settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), []) > 0
    assert penalties(folder) == EXPECTED
    with opened(folder) as gradebook:
        assignment = gradebook.find_assignment(ASSIGNMENT)
        assert assignment.duedate == datetime(2026, 12, 1, 22, 59)
        rows = {s.student_id: s for s in assignment.submissions}
        assert rows["ben"].extension == timedelta(days=3)
        assert rows["ben"].total_seconds_late == 0
        assert rows["dora"].extension is None and rows["dora"].total_seconds_late == 3600
    for student in CLASS:  # nbgrader's own step comes to the same
        assign(folder, student)
    assert penalties(folder) == EXPECTED
    before = (folder / "gradebook.db").read_bytes()
    assert settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), []) == 0
    assert (folder / "gradebook.db").read_bytes() == before


def test_a_partners_extension_counts_for_both(folder: Path) -> None:
    pair = [{"student": "dora", "members": ["dora", "ben"]}]
    settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), pair)
    assert penalties(folder) == EXPECTED | {"dora": 0.0}
    assign(folder, "dora")
    assert penalties(folder)["dora"] == 0.0


def test_a_mark_by_hand_changes_the_penalty(folder: Path) -> None:
    settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), [])
    with opened(folder) as gradebook:
        grade = gradebook.find_grade("g1_1_check", ASSIGNMENT, ASSIGNMENT, "gia")
        grade.manual_score = 4.0
        gradebook.db.commit()
    settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), [])
    assert penalties(folder) == EXPECTED | {"gia": 4.0}


def test_a_deadline_that_moves_or_goes_takes_the_penalties_along(folder: Path) -> None:
    settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), [])
    later = AssignmentConfig(deadline=DEADLINE + timedelta(days=30))
    settle_class(folder / "gradebook.db", ASSIGNMENT, later, [])
    assert not any(penalties(folder).values())
    with opened(folder) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ben").extension is None
    settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), [])
    settle_class(folder / "gradebook.db", ASSIGNMENT, AssignmentConfig(), [])
    assert not any(penalties(folder).values())


@pytest.fixture
def rows(folder: Path) -> Iterator[CourseRows]:
    gradebook = open_gradebook(f"sqlite:///{folder / 'gradebook.db'}")
    yield CourseRows(gradebook, ASSIGNMENT)
    gradebook.close()


def test_one_submission_is_settled_while_it_is_recorded(folder: Path, rows: CourseRows) -> None:
    for student in CLASS:
        with rows.student(student) as found:
            settle(found, settings(folder))
    assert penalties(folder) == EXPECTED
    with rows.student("dora") as found:
        settle(found, settings(folder), ["dora", "ben"])
    with rows.student("nobody") as found:
        settle(found, settings(folder))
    assert penalties(folder) == EXPECTED | {"dora": 0.0}


def test_final_marks_and_nbgraders_export_agree(folder: Path) -> None:
    settle_class(folder / "gradebook.db", ASSIGNMENT, settings(folder), [])
    target = folder / "grades.csv"
    with opened(folder) as gradebook:
        CsvExportPlugin(to=str(target)).export(gradebook)
    with target.open(newline="") as file:
        exported = {row["student_id"]: row for row in csv.DictReader(file)}
    entries = [entry_of(student) for student in CLASS]
    results = {"assignment": ASSIGNMENT, "submissions": entries}
    for final in final_marks(results, settings(folder), None, {"G1.1": 10.0}):
        row = exported[final.student]
        assert float(row["score"]) == final.mark
        assert float(row["late_submission_penalty"]) == final.penalty


def entry_of(student: str) -> dict[str, Any]:
    hours, score, _ = CLASS[student]
    time = None if hours is None else (DEADLINE + timedelta(hours=hours)).isoformat()
    checks = [{"exercise": "G1.1", "points": score}]
    return {"student": student, "status": "graded", "checks": checks, "handed_in": time}


def test_the_course_toml_last_used_counts(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    due(folder)
    mine = tmp_path_factory.mktemp("elsewhere") / "course.toml"
    mine.write_text(SETTINGS.replace("per_day = 10", "per_day = 20"))
    remember(folder, config=mine)
    assign(folder, "dora")
    assert penalties(folder)["dora"] == 2.0
    mine.write_text(SETTINGS.replace("per_day = 10", "per_day = 30"))
    os.utime(mine, (1, 1))  # read anew as soon as it has changed
    assign(folder, "dora")
    assert penalties(folder)["dora"] == 3.0


def test_without_settings_lateness_costs_nothing(folder: Path) -> None:
    due(folder)
    for text in ("", "[late]\nper_day = 10\n"):
        (folder / "course.toml").write_text(text)
        assign(folder, "dora")
        assert penalties(folder)["dora"] == 0.0
    (folder / "course.toml").unlink()
    assign(folder, "dora")
    assert penalties(folder)["dora"] == 0.0


def test_settings_that_are_wrong_stop_nbgrader_rather_than_cost_nothing(folder: Path) -> None:
    due(folder)
    (folder / "course.toml").write_text("[lab12]\n")
    with pytest.raises(BadConfig, match="did you mean 'lab11'"):
        assign(folder, "dora")


def test_a_gradebook_that_is_none_is_told(tmp_path: Path) -> None:
    place = tmp_path / "gradebook.db"
    assert settle_class(place, ASSIGNMENT, AssignmentConfig(), []) == 0
    place.write_bytes(b"no database at all" * 100)
    with pytest.raises(UnreadableGradebook, match="cannot be brought up to date"):
        settle_class(place, ASSIGNMENT, AssignmentConfig(), [])
    place.unlink()
    place.touch()  # as sqlite leaves one that nobody has written into
    assert settle_class(place, ASSIGNMENT, AssignmentConfig(), []) == 0
