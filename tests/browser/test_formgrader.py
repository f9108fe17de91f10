"""formgrader on a folder that `course grade` has written: the same marks, on the same pages."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.build import BuiltNotebooks, build, write_solved
from autograder.checks import full_marks
from tests.browser import lab
from tests.packaging.declared import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = ROOT / "notebooks" / "text" / "assignment4.py"


EVIL = "<script>window.hacked = 1</script><img src='x' onerror='window.hacked = 1'>"
SHOW = f"""
from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML({EVIL!r}), Markdown({EVIL!r}), Javascript("window.hacked = 1"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='window.hacked = 1'></svg>"))
print({EVIL!r})
"""


def hostile(built: BuiltNotebooks) -> nbformat.NotebookNode:
    """The solved notebook, with cells that would run in the browser of whoever marks it."""
    notebook = nbformat.from_dict(copy.deepcopy(built.solved))
    notebook.cells += [nbformat.v4.new_markdown_cell(f"from eve {EVIL}"),
                       nbformat.v4.new_code_cell(SHOW)]  # fmt: skip
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with three students: two solved everything, of these eve more than that."""
    folder = tmp_path_factory.mktemp("class")
    built = build(TEXT, ROOT)
    for student in ("ada", "bo"):
        (folder / "submissions" / student).mkdir(parents=True)
    write_solved(built, folder / "submissions" / "ada")
    nbformat.write(built.release, folder / "submissions" / "bo" / "assignment4.ipynb")
    (folder / "submissions" / "eve").mkdir()
    nbformat.write(hostile(built), folder / "submissions" / "eve" / "assignment4.ipynb")
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
    every = full_marks("assignment4")
    assert ours == pytest.approx({"ada": every, "bo": 0, "eve": every})


def test_formgrader_opens_in_the_browser(driver, formgrader, screenshots):
    driver.get(formgrader.url("lab"))  # signs in: formgrader's own pages set no cookie
    driver.get(formgrader.url("formgrader/manage_submissions/assignment4"))
    lab.wait_for(lambda: "ada" in driver.page_source, "the list of submissions")
    driver.save_screenshot(str(screenshots / "formgrader.png"))


def test_what_a_student_wrote_does_not_run_on_the_marker_s_page(driver, formgrader, screenshots):
    driver.get(formgrader.url("lab"))  # signs in: formgrader's own pages set no cookie
    rows = answer(formgrader, "submitted_notebooks/assignment4/assignment4")
    eve = next(row["id"] for row in rows if row["student"] == "eve")
    driver.get(formgrader.url(f"formgrader/submissions/{eve}"))
    ready = "return document.readyState == 'complete' && !!window.formgrader?.grades?.loaded"
    lab.wait_for(lambda: driver.execute_script(ready), "formgrader's marks")
    shown = driver.find_element("tag name", "body").text
    driver.save_screenshot(str(screenshots / "formgrader-hostile.png"))
    assert f"from eve {EVIL}" in shown  # as text
    assert "5 of 5 points" in shown  # the course's tables are there
    assert driver.execute_script("return window.hacked") is None
