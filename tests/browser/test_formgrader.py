"""formgrader on a folder that `course grade` has written: the same marks, on the same pages."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.build import build, write_solved
from tests.browser import lab
from tests.packaging.declared import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = ROOT / "notebooks" / "text" / "assignment4.py"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with two students: one solved everything, one wrote nothing."""
    folder = tmp_path_factory.mktemp("class")
    built = build(TEXT, ROOT)
    for student in ("ada", "bo"):
        (folder / "submissions" / student).mkdir(parents=True)
    write_solved(built, folder / "submissions" / "ada")
    nbformat.write(built.release, folder / "submissions" / "bo" / "assignment4.ipynb")
    course = [sys.executable, "-m", "autograder.cli", "grade", "assignment4"]
    options = ["--submissions", folder / "submissions", "--out", folder / "course"]
    done = subprocess.run([*course, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "course"


@pytest.fixture(scope="module")
def formgrader(graded, tmp_path_factory) -> Iterator[lab.Server]:
    """JupyterLab started in the graded folder, as an instructor would."""
    with lab.jupyterlab(graded, tmp_path_factory.mktemp("jupyter")) as started:
        yield started


def answer(server: lab.Server, path: str) -> list[dict]:
    """Return what formgrader's own interface answers."""
    with urllib.request.urlopen(server.url(f"formgrader/api/{path}"), timeout=60) as reply:
        return json.load(reply)


def test_formgrader_shows_the_marks_of_course_grade(graded, formgrader):
    results = json.loads((graded / "results.json").read_text(encoding="utf-8"))
    ours = {row["student"]: row["score"] for row in results["submissions"]}
    theirs = {row["student"]: row["score"] for row in answer(formgrader, "submissions/assignment4")}
    assert theirs == pytest.approx(ours)
    assert ours == pytest.approx({"ada": 40, "bo": 0})


def test_formgrader_opens_in_the_browser(driver, formgrader, screenshots):
    driver.get(formgrader.url("lab"))  # signs in: formgrader's own pages set no cookie
    driver.get(formgrader.url("formgrader/manage_submissions/assignment4"))
    lab.wait_for(lambda: "ada" in driver.page_source, "the list of submissions")
    driver.save_screenshot(str(screenshots / "formgrader.png"))
