"""The solved notebooks in JupyterLab, all cells run: no error, nothing too wide, every figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from autograder.build import build, write_solved
from tests.browser.lab import NotebookPage
from tests.packaging.declared import ROOT

# both models train on the quick setting: minutes on two idle cores, more on busy ones
LIMIT_S = 1500
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(LIMIT_S + 300)]

NOTEBOOKS = ["assignment4", "lab11"]
THEMES = ["JupyterLab Light", "JupyterLab Dark"]
FEWEST_FIGURES = {"assignment4": 18, "lab11": 11}


@dataclass
class Ran:
    """A notebook whose cells have all been run, still open, and its code cells by id."""

    name: str
    page: NotebookPage
    code: list[str]


@pytest.fixture(scope="module", params=NOTEBOOKS)
def ran(request: pytest.FixtureRequest, driver: Any, server: Any) -> Iterator[Ran]:
    """The solved notebook after "Run All Cells", on its quick setting."""
    built = build(ROOT / "notebooks" / "text" / f"{request.param}.py", ROOT)
    solved = write_solved(built, server.root)
    page = NotebookPage(driver, server, solved.name)
    page.keep_everything_drawn()
    page.run_all(LIMIT_S)
    code = [cell.id for cell in built.solved.cells if cell.cell_type == "code"]
    yield Ran(request.param, page, code)
    page.close()


def test_no_cell_ends_in_an_error(ran: Ran) -> None:
    errors = {cell: ran.page.errors(cell) for cell in ran.code}
    assert {cell: found for cell, found in errors.items() if found} == {}


def test_no_demonstration_is_left_out(ran: Ran) -> None:
    told = {
        cell: "".join(out["text"] for out in ran.page.outputs(cell) if "text" in out)
        for cell in ran.code
    }
    assert [cell for cell, text in told.items() if "This appears" in text] == []
    assert [cell for cell, text in told.items() if "This needs" in text] == []


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_wider_than_the_page(ran: Ran, theme: str) -> None:
    ran.page.use_theme(theme)
    found = ran.page.measurements()
    assert len(found) > 20
    assert {each["id"]: each["wide"] for each in found if each["wide"]} == {}
    outside = [each["id"] for each in found if not all(i["inside"] for i in each["images"])]
    assert outside == []
    assert ran.page.page_overflow() <= 0


@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_is_there_loaded_and_said_in_words(ran: Ran, theme: str) -> None:
    ran.page.use_theme(theme)
    shown = {each["id"]: each["images"] for each in ran.page.measurements()}
    for cell in ran.code:
        saved = [out for out in ran.page.outputs(cell) if "image/png" in out.get("data", {})]
        assert len(shown.get(cell, [])) >= len(saved), f"{cell}: a figure is missing"
    pictures = [cell for cell in ran.code if cell.startswith("picture")]
    assert [cell for cell in pictures if not shown.get(cell)] == []
    images = [(cell, image) for cell, found in shown.items() for image in found]
    assert len(images) >= FEWEST_FIGURES[ran.name]
    for cell, image in images:
        assert image["natural"] > 0 and image["shown"] > 0, f"{cell}: not loaded"
        assert len(image["alt"].split()) > 5, f"{cell}: no alternative text"


@pytest.mark.parametrize("theme", THEMES)
def test_it_can_be_looked_at(ran: Ran, theme: str, screenshots: Any) -> None:
    ran.page.use_theme(theme)
    for cell in ("table_of_both", "picture_loss"):
        if cell in ran.code:
            ran.page.shown(cell)
            path = screenshots / f"{ran.name}-{cell}-{theme.split()[-1].lower()}.png"
            ran.page.screenshot(path)
            assert path.stat().st_size > 10_000
