"""A marker's evening, task by task: keys, groups, a comment, a regrade meanwhile, no network."""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from autograder.demo import write_class
from autograder.pipeline.course_folder import CourseFolder
from autograder.verbs.marking import marking
from tests.browser import lab
from tests.browser.test_written_marks import course
from tests.lab_answers import built
from tests.marking.folders import course_folder, put_answers

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<img src='x' onerror='window.hacked = 1'><script>window.hacked = 1</script>"
IDS = "Each row of wte belongs to one token id of GPT-2's tokenizer"
CLASS = {
    "ada": {"G1.2": f"{IDS}."},
    "bo": {"G1.2": f"{IDS}, so others would be wrong."},
    "cy": {"G1.2": f"{IDS}: other ids are wrong"},
    "di": {"G1.2": "It is faster."},
    "eve": {"G1.2": f"from eve {EVIL}"},
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded folder of two students whose written answers wait."""
    folder = tmp_path_factory.mktemp("lab")
    write_class(built(), folder / "submissions", ["bashir", "cleo"])
    course("grade", "lab11", "--submissions", folder / "submissions", "--out", folder / "course")
    return folder / "course"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """A folder of five students, made without grading."""
    return course_folder(tmp_path_factory.mktemp("made"), CLASS)


@pytest.fixture(scope="module")
def server_of_graded(graded: Path, tmp_path_factory: Any) -> Iterator[lab.Server]:
    with lab.jupyterlab(graded, tmp_path_factory.mktemp("jupyter")) as started:
        yield started


@pytest.fixture(scope="module")
def server_of_made(made: CourseFolder, tmp_path_factory: Any) -> Iterator[lab.Server]:
    with lab.jupyterlab(made.root, tmp_path_factory.mktemp("jupyter")) as started:
        yield started


class Page:
    """The page of one task."""

    def __init__(self, driver: Any, server: lab.Server, query: str = "") -> None:
        driver.get("about:blank")
        driver.delete_all_cookies()
        driver.get(server.url("lab"))  # signs in
        self.driver, self.server = driver, server
        self.open("by-task/lab11/lab11/g1_2_solution" + query)

    def open(self, path: str) -> None:
        self.driver.get(f"http://127.0.0.1:{self.server.port}/{path}")
        lab.wait_for(lambda: self.text("#count"), "the page of the task")

    def text(self, selector: str) -> str:
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found[0].text if found else ""

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def article(self, words: str) -> Any:
        """The answer with these words."""
        all = self.driver.find_elements(By.TAG_NAME, "article")
        return next(a for a in all if words in a.find_element(By.CLASS_NAME, "answer").text)

    def select(self, words: str) -> None:
        self.article(words).find_element(By.CLASS_NAME, "answer").click()

    def saved(self) -> None:
        lab.wait_for(lambda: self.text("#saving") == "all saved", "the end of saving")


def row(root: Path, student: str) -> tuple[float | None, bool, str | None]:
    """What nbgrader says of a student's G1.2."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("g1_2_solution", "lab11", "lab11", student)
        comment = gradebook.find_comment("g1_2_solution", "lab11", "lab11", student)
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def test_two_marks_reach_gradebook_formgrader_and_feedback(
    driver: Any, graded: Path, server_of_graded: lab.Server, screenshots: Path
) -> None:
    page = Page(driver, server_of_graded)
    assert page.text("#count") == "0 of 2 marked"
    assert "½ point" in page.text(".rubric") and "newer tokenizers" in page.text(".question")
    assert "bashir" not in driver.page_source and "cleo" not in driver.page_source
    page.select("so it expects it")
    page.keys("h", "c", "Think of row 262.", Keys.ESCAPE, Keys.ENTER, "1")
    page.saved()
    assert page.text("#count") == "2 of 2 marked"
    driver.save_screenshot(str(screenshots / "by-task.png"))
    assert row(graded, "cleo") == (0.5, False, "Think of row 262.")
    assert row(graded, "bashir") == (1.0, False, None)
    # formgrader's own page of the same notebook, behind the link
    link = page.article("so it expects it").find_element(By.CSS_SELECTOR, ".who a")
    driver.get(link.get_attribute("href"))
    lab.wait_for(lambda: driver.execute_script(
        "const f = window.formgrader; return !!(f?.grades?.loaded && f?.comments?.loaded)"),
        "formgrader's marks")  # fmt: skip
    field = driver.find_element(By.CSS_SELECTOR, "input.score#g1_2_solution")
    assert field.get_attribute("value") == "0.5"
    course("feedback", "lab11", "--out", graded)
    driver.get((graded / "feedback" / "cleo" / "lab11" / "lab11.html").as_uri())
    shown = driver.find_element(By.TAG_NAME, "body").text
    assert "Think of row 262." in shown and "0.5 of 1 point" in shown


def test_formgrader_leads_to_the_tasks(driver: Any, server_of_graded: lab.Server) -> None:
    Page(driver, server_of_graded)
    for path in ("gradebook", "manage_assignments", "manage_students", "gradebook/lab11"):
        driver.get(f"http://127.0.0.1:{server_of_graded.port}/formgrader/{path}")
        driver.find_element(By.LINK_TEXT, "Mark by Task")
        assert driver.find_elements(By.LINK_TEXT, "Manage Students")
    driver.find_element(By.LINK_TEXT, "Mark by Task").click()
    lab.wait_for(lambda: "waiting" in driver.page_source, "the list of tasks")
    assert [b.text for b in driver.find_elements(By.CSS_SELECTOR, ".tasks b")] == [
        "G1.2", "G1.3", "G2.1", "G2.4"]  # fmt: skip


@pytest.fixture
def clean(made: CourseFolder) -> CourseFolder:
    """The class as it was, no answer marked."""
    for student, answers in CLASS.items():
        put_answers(made, student, answers)
    with Gradebook(made.gradebook_url) as gradebook:
        for student in CLASS:
            for name in ("g1_2_solution",):
                grade = gradebook.find_grade(name, "lab11", "lab11", student)
                grade.manual_score, grade.needs_manual_grade = None, True
                gradebook.find_comment(name, "lab11", "lab11", student).manual_comment = None
        gradebook.db.commit()
    shutil.rmtree(made.root / ".grading", ignore_errors=True)
    return made


def test_a_group_has_one_mark_and_undo_takes_it_back(
    driver: Any, clean: CourseFolder, server_of_made: lab.Server, screenshots: Path
) -> None:
    page = Page(driver, server_of_made)
    assert page.text(".group:not(.alone) h2").startswith("3 similar answers")
    page.select(f"{IDS}.")
    page.keys("0", "g", "1")  # the first one has its mark already: the others get theirs
    page.saved()
    driver.save_screenshot(str(screenshots / "by-task-group.png"))
    assert [row(clean.root, s)[0] for s in ("ada", "bo", "cy", "di")] == [0.0, 1.0, 1.0, None]
    page.keys("u")
    page.saved()
    assert [row(clean.root, s)[:2] for s in ("ada", "bo", "cy")] == [
        (0.0, False), (None, True), (None, True)]  # fmt: skip


def test_what_students_wrote_is_shown_and_does_not_run(
    driver: Any, clean: CourseFolder, server_of_made: lab.Server
) -> None:
    page = Page(driver, server_of_made)
    assert f"from eve {EVIL}" in page.article("from eve").text
    assert driver.execute_script("return window.hacked") is None
    # a script that came in all the same would be stopped by the page's policy
    driver.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.hacked = 1';"
        "document.body.append(s);"
    )
    assert driver.execute_script("return window.hacked") is None


def test_an_answer_that_changes_meanwhile_is_not_marked(
    driver: Any, clean: CourseFolder, server_of_made: lab.Server, screenshots: Path
) -> None:
    page = Page(driver, server_of_made)
    put_answers(clean, "di", {"G1.2": "Handed in once more."})  # as a regrade would
    page.select("It is faster")
    page.keys("1")
    state = (By.CLASS_NAME, "state")
    lab.wait_for(lambda: "has changed" in page.article("It is faster").find_element(*state).text,
                 "the refusal")  # fmt: skip
    driver.save_screenshot(str(screenshots / "by-task-refused.png"))
    assert page.text("#count") == "0 of 5 marked"
    assert row(clean.root, "di") == (None, True, None)


def test_what_could_not_be_saved_is_seen_and_saved_later(
    driver: Any, clean: CourseFolder, server_of_made: lab.Server, screenshots: Path
) -> None:
    page = Page(driver, server_of_made)
    driver.set_network_conditions(offline=True, latency=0, throughput=-1)
    try:
        page.select("It is faster")
        page.keys("h")
        lab.wait_for(lambda: "1 not saved" in page.text("#trouble"), "the complaint")
        driver.save_screenshot(str(screenshots / "by-task-offline.png"))
    finally:
        driver.delete_network_conditions()
    driver.find_element(By.ID, "again").click()
    page.saved()
    assert page.text("#trouble") == ""
    assert row(clean.root, "di")[0] == 0.5


def test_a_second_marker_marks_blind_and_apart(
    driver: Any, clean: CourseFolder, server_of_made: lab.Server, screenshots: Path
) -> None:
    page = Page(driver, server_of_made)
    page.select("It is faster")
    page.keys("1", "c", "the first one's comment", Keys.ESCAPE)
    page.saved()
    (clean.root / "results.json").write_text(
        json.dumps({"version": 1, "assignment": "lab11", "seed": 0, "submissions": []})
    )
    told = ["lab11", "--out", str(clean.root), "--second-marker", "bo", "--share", "100"]
    assert CliRunner().invoke(marking, told).exit_code == 0
    page.open("by-task/lab11/lab11/g1_2_solution?second=bo")
    assert page.text("#count") == "0 of 5 marked"
    assert "the first one's comment" not in driver.page_source
    page.select("It is faster")
    page.keys("h")
    page.saved()
    driver.save_screenshot(str(screenshots / "by-task-second.png"))
    assert row(clean.root, "di")[0] == 1.0
    said = CliRunner().invoke(marking, told).output
    assert "first 1, second 0.5" in said and "-0.50" in said


def answers(server: lab.Server, path: str, token: bool = True, **request: Any) -> int:
    """The status that the server answers with."""
    address = server.url(path) if token else f"http://127.0.0.1:{server.port}/{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(address, **request), timeout=60) as got:
            return got.status
    except urllib.error.HTTPError as error:
        return error.code


def test_strangers_and_what_is_not_there(server_of_made: lab.Server) -> None:
    task = "by-task/lab11/lab11/g1_2_solution"
    assert answers(server_of_made, task) == 200
    assert answers(server_of_made, "by-task/lab11/lab11/g9_9_solution") == 404
    assert answers(server_of_made, f"{task}/marks", data=b"[", method="PUT") == 400
    assert answers(server_of_made, f"{task}/marks", data=b'{"changes": 1}', method="PUT") == 400
    put = {"data": b'{"changes": []}', "method": "PUT"}
    assert answers(server_of_made, f"{task}/marks", **put) == 200
    assert answers(server_of_made, f"{task}/marks", token=False, **put) in (401, 403)


def test_without_formgrader_nothing_is_added(made: CourseFolder, tmp_path: Path) -> None:
    """Even where the extension itself is turned on."""
    extensions = {"nbgrader.server_extensions.formgrader": False, "autograder.marking": True}
    config = tmp_path / "config" / "jupyter_server_config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"ServerApp": {"jpserver_extensions": extensions}}))
    with lab.jupyterlab(made.root, tmp_path) as server:
        assert answers(server, "by-task/lab11/lab11/g1_2_solution") == 404
        assert answers(server, "api/status") == 200


def test_the_page_of_three_hundred_opens_at_once(
    driver: Any, tmp_path: Path, tmp_path_factory: Any
) -> None:
    """No timed test: `lab.START_TIMEOUT_S` is far above; the time is printed."""
    answers = {f"s{n:03}": {"G1.2": f"{CLASS[s]['G1.2']} {n % 37}"}
               for n, s in enumerate(list(CLASS) * 60)}  # fmt: skip
    folder = course_folder(tmp_path / "course", answers)
    with lab.jupyterlab(folder.root, tmp_path_factory.mktemp("jupyter")) as server:
        start = time.monotonic()
        page = Page(driver, server)
        print(f"{time.monotonic() - start:.1f} s with signing in")
        assert page.text("#count") == "0 of 300 marked"
        assert len(driver.find_elements(By.TAG_NAME, "article")) >= 150
