"""A marker's evening: read a written answer in formgrader, give half a point, say why."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from autograder.demo import write_class
from tests.browser import lab
from tests.lab_answers import built

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMMENT = "True, and why? Think of what row 262 of the table stands for."


def course(*arguments: object) -> str:
    """Run the course command and return what it prints."""
    command = [sys.executable, "-m", "autograder.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded folder of two students whose written answers wait."""
    folder = tmp_path_factory.mktemp("lab")
    write_class(built(), folder / "submissions", ["ada", "cleo"])
    course("grade", "lab11", "--submissions", folder / "submissions", "--out", folder / "course")
    return folder / "course"


@pytest.fixture(scope="module")
def formgrader(graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.Server]:
    """JupyterLab started in the graded folder, as an instructor would."""
    with lab.jupyterlab(graded, tmp_path_factory.mktemp("jupyter")) as started:
        yield started


def submission_of(formgrader: lab.Server, student: str) -> str:
    """Return formgrader's own id of a student's notebook."""
    address = formgrader.url("formgrader/api/submitted_notebooks/lab11/lab11")
    with urllib.request.urlopen(address, timeout=60) as reply:
        found = json.load(reply)
    return next(row["id"] for row in found if row["student"] == student)


def test_a_mark_given_in_formgrader_reaches_total_feedback_and_export(
    driver: Any, graded: Path, formgrader: lab.Server, screenshots: Path
) -> None:
    driver.get(formgrader.url("lab"))  # signs in: formgrader's own pages set no cookie
    driver.get(formgrader.url(f"formgrader/submissions/{submission_of(formgrader, 'cleo')}"))
    both = "const f = window.formgrader; return !!(f?.grades?.loaded && f?.comments?.loaded)"
    lab.wait_for(lambda: driver.execute_script(both), "formgrader's marks and comments")
    field = driver.find_element(By.CSS_SELECTOR, "input.score#g1_2_solution")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    page = driver.find_element(By.TAG_NAME, "body").text
    assert "it expects it" in page, "the student's answer is not shown"
    assert "½ point" in page, "the rubric is not shown to the marker"
    field.send_keys("0.5", Keys.TAB)
    comment = driver.find_element(By.ID, "g1_2_solution-comment")
    comment.send_keys(COMMENT, Keys.TAB)
    driver.save_screenshot(str(screenshots / "formgrader-g1_2.png"))

    def saved() -> bool:
        rows = csv.DictReader(io.StringIO(course("export", "lab11", "--out", graded)))
        return next(row for row in rows if row["student"] == "cleo")["G1.2"] == "0.5"

    lab.wait_for(saved, "the mark in the export")
    rows = {r["student"]: r for r in csv.DictReader(
        io.StringIO(course("export", "lab11", "--out", graded)))}  # fmt: skip
    assert rows["cleo"]["score"] == "6"  # 5.5 by tests
    assert rows["ada"]["G1.2"] == ""
    course("feedback", "lab11", "--out", graded)
    driver.get((graded / "feedback" / "cleo" / "lab11" / "lab11.html").as_uri())
    shown = driver.find_element(By.TAG_NAME, "body").text
    driver.save_screenshot(str(screenshots / "feedback-cleo.png"))
    assert COMMENT in shown
    assert "0.5 of 1 point" in shown
    assert shown.count("waiting for a mark") >= 3
