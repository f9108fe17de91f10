"""The student's notebook in JupyterLab: fill E1, run its check, see the tick."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import nbformat
import pytest

from autograder.build import build
from tests.browser.lab import NotebookPage
from tests.packaging.declared import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = ROOT / "notebooks" / "text" / "assignment4.py"
RELEASE = ROOT / "notebooks" / "assignment4" / "assignment4.ipynb"
THEMES = ["JupyterLab Light", "JupyterLab Dark"]


@pytest.fixture(scope="module")
def solution() -> str:
    """What a good student writes into the cell of E1."""
    solved = build(TEXT, ROOT).solved
    return next(cell.source for cell in solved.cells if cell.id == "e1_solution")


@pytest.fixture
def page(driver, server) -> Iterator[NotebookPage]:
    """The notebook as handed out, opened anew."""
    shutil.copy(RELEASE, server.root / RELEASE.name)
    opened = NotebookPage(driver, server, RELEASE.name)
    yield opened
    opened.close()


def code_cells_up_to(last: str) -> list[str]:
    """Return the ids of the code cells from the top to this one."""
    cells = nbformat.read(RELEASE, 4).cells
    ids = [cell.id for cell in cells]
    return [cell.id for cell in cells[: ids.index(last) + 1] if cell.cell_type == "code"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_right_answer_to_e1_shows_ticks_and_all_points(page, solution, screenshots, theme):
    page.use_theme(theme)
    page.write("e1_solution", solution)
    for cell_id in code_cells_up_to("e1_check"):
        page.run_cell(cell_id)
        assert not page.errors(cell_id), f"{cell_id}: {page.errors(cell_id)}"
    shown = page.shown("e1_check")
    page.screenshot(screenshots / f"e1-right-{theme.split()[-1].lower()}.png")
    assert ": 5 of 5 points" in shown
    assert "✓" in shown and "✗" not in shown


@pytest.mark.parametrize("theme", THEMES)
def test_a_wrong_answer_to_e1_is_told_apart_and_explained(page, solution, screenshots, theme):
    """Without the mask the future shows through: a cross, some points, and what to look at."""
    page.use_theme(theme)
    page.write("e1_solution", without_mask(solution))
    for cell_id in ["setup", "e1_solution", "e1_check"]:
        page.run_cell(cell_id)
    shown = page.shown("e1_check")
    page.screenshot(screenshots / f"e1-wrong-{theme.split()[-1].lower()}.png")
    assert "✗" in shown and ": 5 of 5" not in shown
    assert "e1.no-mask" in shown, "the page does not name the mistake"
    assert "If you change only the last token" in shown, "there is no question that leads on"
    (label,) = page.labels_of_drawings("e1_check")
    assert "Position 1 listens to the later positions 2, 3, 4, 5, 6." in label


def test_a_notebook_with_the_switch_keeps_the_cause_to_itself(driver, server, solution):
    quiet = server.root / "quiet.ipynb"
    nbformat.write(build(TEXT, ROOT, diagnoses="never").release, quiet)
    page = NotebookPage(driver, server, quiet.name)
    try:
        page.write("e1_solution", without_mask(solution))
        for cell_id in ["setup", "diagnoses", "e1_solution", "e1_check"]:
            page.run_cell(cell_id)
            assert not page.errors(cell_id)
        shown = page.shown("e1_check")
        assert "hint" in shown and "e1.no-mask" not in shown
        assert len(page.labels_of_drawings("e1_check")) == 1
    finally:
        page.close()


def test_an_empty_exercise_is_met_with_a_kind_word_and_no_traceback(page, screenshots):
    page.use_theme("JupyterLab Light")
    for cell_id in ["setup", "e1_solution", "e1_check"]:
        page.run_cell(cell_id)
    shown = page.shown("e1_check")
    page.screenshot(screenshots / "e1-empty.png")
    assert ": 0 of 5 points" in shown and "Not written yet" in shown
    assert "Traceback" not in shown and not page.errors("e1_check")


def without_mask(solution: str) -> str:
    """Return the solution with its scores left as they are."""
    masking = '.masked_fill(future, float("-inf"))'
    assert masking in solution, "the reference masks in other words now: adapt this test"
    return solution.replace(masking, "")
