"""What `course grade` takes from course.toml, what an option overrules, and what is remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.demo import write_class
from tests.pipeline.classes import NAME, built

COURSE = """\
[limits]
cell_timeout = 2

[late]
per_day = 10

[assignment4]
deadline = 2026-12-01T23:59:00+01:00
points = 100
diagnoses = "never"
"""


def course(*words: object) -> str:
    done = CliRunner().invoke(main, [*map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with course.toml and a student whose E3 loops, handed in two days late."""
    write_class(built(), tmp_path / "class", ["emre"])
    place = tmp_path / "class" / "emre" / NAME  # as nbgrader's exchange leaves it
    place.mkdir()
    (place.parent / f"{NAME}.ipynb").rename(place / f"{NAME}.ipynb")
    (place / "timestamp.txt").write_text("2026-12-03 12:00:00 UTC")
    (tmp_path / "course.toml").write_text(COURSE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_limits_diagnoses_points_and_lateness_come_from_course_toml(
    desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    where = ("--submissions", "class", "--out", "out")
    course("grade", NAME, *where, "--grace", "2", "--config", "course.toml")
    (entry,) = json.loads((desk / "out" / "results.json").read_text())["submissions"]
    assert "ran longer than 2 seconds" in " ".join(entry["notes"])
    page = desk / "out" / "feedback" / "emre" / NAME / f"{NAME}.html"
    assert "2 days late" in page.read_text(encoding="utf-8")
    # 37 of 40 are 92.5 of 100; two days cost 20
    assert "72.5 of 100 points" in page.with_suffix(".txt").read_text(encoding="utf-8")
    assert (desk / "out" / ".grading" / NAME / "run.json").read_text().count("never") == 1

    course("grade", NAME, *where, "--grace", "2", "--cell-timeout", "3", "--diagnoses", "live")
    (entry,) = json.loads((desk / "out" / "results.json").read_text())["submissions"]
    assert "ran longer than 3 seconds" in " ".join(entry["notes"])

    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))  # the folder knows its course.toml
    (desk / "course.toml").write_text(COURSE.replace("per_day = 10", "per_day = 20"))
    course("feedback", NAME, "--out", desk / "out")
    assert "52.5 of 100 points" in page.with_suffix(".txt").read_text(encoding="utf-8")
