"""From an LMS's zip file to the marks in its gradebook, with every part real.

Five on the roster: Ada and Ben work as a pair, Cleo's editor dropped all of nbgrader's metadata,
Dan comes a day late, Elif hands nothing in.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from autograder.demo import write_class
from tests.browser import lab
from tests.lab_answers import ROOT, built

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = """\
name = "Transformers"
roster = "roster.csv"
groups = "groups.csv"

[late]
per_day = 10

[lab11]
deadline = 2026-12-01T23:59:00+01:00
"""
ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lab 11 (77)
    Points Possible,,,,,10
"Lovelace, Ada",101,s1,ada,Monday,
"Bell, Ben",102,s2,ben,Monday,
"Cortez, Cleo",103,s3,cleo,Tuesday,
"Dahl, Dan",104,s4,dan,Tuesday,
"Elmas, Elif",105,s5,elif,Tuesday,
"""
GROUPS = "group_name,login_id\nPair 1,ada\nPair 1,ben\n"
TIMES = "id,submitted at\nada,2026-12-01T20:00:00+01:00\ncleo,2026-12-01T23:00:00+01:00\n" \
        "dan,2026-12-02T12:00:00+01:00\n"  # fmt: skip
COMMENT = "Say what a target is, too."


def course(place: Path, *arguments: object) -> str:
    """Run the course command in a folder and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", *map(str, arguments)], cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lies on the instructor's desk: course.toml, roster, and the download."""
    place = tmp_path_factory.mktemp("desk")
    for name, text in (("course.toml", COURSE), ("roster.csv", ROSTER), ("groups.csv", GROUPS),
                       ("times.csv", TIMES)):  # fmt: skip
        (place / name).write_text(text, encoding="utf-8")
    write_class(built(), place / "answers", ["ada", "cleo", "elif"])
    given = {"lovelaceada_101_9001": "ada", "cortezcleo_103_9003": "cleo",
             "dahldan_LATE_104_9004": "elif"}  # fmt: skip
    with zipfile.ZipFile(place / "submissions.zip", "w") as archive:
        for name, answers in given.items():
            notebook = json.loads((place / "answers" / answers / "lab11.ipynb").read_text())
            if answers == "cleo":
                for cell in notebook["cells"]:
                    cell["metadata"] = {}
                    cell.pop("id", None)
            archive.writestr(f"{name}_lab11.ipynb", json.dumps(notebook))
    return place


@pytest.fixture(scope="module")
def graded(desk: Path) -> Path:
    """The course folder, graded."""
    said = course(desk, "collect", "lab11", "submissions.zip", "--to", "class", "--times",
                  "times.csv")  # fmt: skip
    assert "elif" in said, "who is missing is not listed"
    course(desk, "grade", "lab11", "--submissions", "class", "--out", "course", "--workers", 2)
    return desk / "course"


@pytest.fixture(scope="module")
def formgrader(graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.Server]:
    """JupyterLab started in the graded folder."""
    with lab.jupyterlab(graded, tmp_path_factory.mktemp("jupyter")) as started:
        yield started


def test_from_the_zip_file_to_the_marks_in_the_gradebook(
    driver: Any, desk: Path, graded: Path, formgrader: lab.Server, screenshots: Path
) -> None:
    entries = {e["student"]: e for e in json.loads((graded / "results.json").read_text())
               ["submissions"]}  # fmt: skip
    assert sorted(entries["ada"]["members"]) == ["ada", "ben"]
    assert entries["cleo"]["score"] == 5.5 and entries["cleo"]["mended"]
    assert not entries["ada"]["mended"]

    mark(driver, formgrader, "cleo", {"g1_2_solution": "0.5", "g1_3_solution": "1"}, screenshots)
    for student in ("ada", "dan"):
        every = {f"{task}_solution": "1" for task in ("g1_2", "g1_3", "g2_1", "g2_4")}
        mark(driver, formgrader, student, every, screenshots)

    course(desk, "feedback", "lab11", "--out", "course")
    pages = {name: graded / "feedback" / name / "lab11" / "lab11.html"
             for name in ("ada", "ben", "cleo", "dan")}  # fmt: skip
    assert all(page.is_file() for page in pages.values())
    driver.get(pages["dan"].as_uri())
    late = driver.find_element(By.TAG_NAME, "body").text
    assert "1 day late" in late and "8.5" in late
    driver.save_screenshot(str(screenshots / "late-page.png"))
    assert COMMENT in pages["cleo"].read_text(encoding="utf-8")

    course(desk, "export", "lab11", "--out", "course", "--for", "canvas", "--to", "marks.csv")
    marks = marks_in(desk / "marks.csv")
    # dan's 9.5 less one point of lateness; cleo's other two answers wait
    assert (marks["ada"], marks["ben"], marks["dan"]) == ("10", "10", "8.5")
    assert marks["cleo"] == "" and marks.get("elif", "") == ""
    mark(driver, formgrader, "cleo", {"g2_1_solution": "0", "g2_4_solution": "1"}, screenshots)
    course(desk, "export", "lab11", "--out", "course", "--for", "canvas", "--to", "marks.csv")
    assert marks_in(desk / "marks.csv")["cleo"] == "8"  # 5.5 by tests, 2.5 in words


def marks_in(file: Path) -> dict[str, str]:
    """What Canvas would read, by login."""
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    return {row["SIS Login ID"]: row["Lab 11 (77)"] for row in rows if row["SIS Login ID"]}


def mark(
    driver: Any, formgrader: lab.Server, student: str, marks: dict[str, str], screenshots: Path
) -> None:
    """Give marks on a student's page in formgrader, and a comment on G1.3."""
    with urllib.request.urlopen(
        formgrader.url("formgrader/api/submitted_notebooks/lab11/lab11"), timeout=60
    ) as reply:
        number = next(row["id"] for row in json.load(reply) if row["student"] == student)
    driver.get(formgrader.url("lab"))  # signs in: formgrader's own pages set no cookie
    driver.get(formgrader.url(f"formgrader/submissions/{number}"))
    both = "const f = window.formgrader; return !!(f?.grades?.loaded && f?.comments?.loaded)"
    lab.wait_for(lambda: driver.execute_script(both), "formgrader's marks and comments")
    for cell, points in marks.items():
        field = driver.find_element(By.CSS_SELECTOR, f"input.score#{cell}")
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
        field.send_keys(points, Keys.TAB)
        if cell == "g1_3_solution":
            driver.find_element(By.ID, f"{cell}-comment").send_keys(COMMENT, Keys.TAB)
    driver.save_screenshot(str(screenshots / f"formgrader-{student}.png"))

    def saved() -> bool:
        address = formgrader.url("formgrader/api/grades")
        with urllib.request.urlopen(f"{address}&submission_id={number}", timeout=60) as reply:
            given = {row["name"]: row["manual_score"] for row in json.load(reply)}
        return all(given[cell] == float(points) for cell, points in marks.items())

    lab.wait_for(saved, f"the marks of {student}")
