"""The pictures of docs/instructors.md, made anew: python docs/screenshots.py

Needs Chromium with its driver, and the folders that `make demo` leaves.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.build import build, write_solved
from tests.browser import lab

PICTURES = ROOT / "docs" / "pictures"
DEMO = ROOT / "demo"
NO_MASK = ROOT / "autograder" / "demo" / "answers" / "e1_no_mask.py"


def main() -> None:
    if not (DEMO / "lab11" / "course" / "gradebook.db").exists():
        sys.exit("docs/screenshots.py: run `make demo` first")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        place = Path(home)
        with lab.chromium(place / "profile") as driver:
            pages(driver)
            notebook(driver, place)
            by_task(driver, place)


def pages(driver: Any) -> None:
    """A feedback page and the class report, from the bundled class."""
    course = DEMO / "assignment4" / "course"
    page = course / "feedback" / "chiara" / "assignment4" / "assignment4.html"
    for name, file, height in (("feedback", page, 1100), ("report", course / "report.html", 1300)):
        driver.set_window_size(1000, height)
        driver.get(file.as_uri())
        driver.save_screenshot(str(PICTURES / f"{name}.png"))


def notebook(driver: Any, place: Path) -> None:
    """A check that names a mistake, in JupyterLab."""
    served = place / "student"
    served.mkdir()
    solved = write_solved(build(ROOT / "notebooks" / "text" / "assignment4.py", ROOT), served)
    driver.set_window_size(1100, 900)
    with lab.jupyterlab(served, place / "jupyter") as server:
        page = lab.NotebookPage(driver, server, solved.name)
        page.write("e1_solution", NO_MASK.read_text(encoding="utf-8"))
        for cell in ("setup", "e1_solution", "e1_check"):
            page.run_cell(cell)
        page.shown("e1_check")
        page.screenshot(PICTURES / "notebook.png")
        page.close()


def by_task(driver: Any, place: Path) -> None:
    """Similar answers together, beside formgrader."""
    course = place / "course"
    shutil.copytree(DEMO / "lab11" / "course", course)
    driver.set_window_size(1300, 1000)
    with lab.jupyterlab(course, place / "instructor") as server:
        driver.get(server.url("lab"))  # signs in
        driver.get(server.url("by-task/"))
        driver.find_element("partial link text", "G1.2").click()
        lab.wait_for(lambda: driver.execute_script("return document.readyState === 'complete'"),
                     "the page of G1.2")  # fmt: skip
        driver.save_screenshot(str(PICTURES / "by_task.png"))


if __name__ == "__main__":
    main()
