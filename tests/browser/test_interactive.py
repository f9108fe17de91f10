"""The panels in JupyterLab: a key moves the slider, and another picture stands there."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.lab import NotebookPage, wait_for
from tests.notebook.test_interactive_kernel import CALLS, MODEL
from tests.packaging.declared import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "panels.ipynb"
HANDLE = ".noUi-handle"  # what carries a slider's focus, in ipywidgets 8
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
NARROW, USUAL = 900, 1280


@pytest.fixture(scope="module")
def opened(driver, server) -> Iterator[NotebookPage]:
    """A notebook with every panel on a small model, all cells run."""
    on_path = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    sources = {"model": on_path + MODEL} | CALLS
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in sources.items()]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, server.root / NAME)
    page = NotebookPage(driver, server, NAME)
    for name in sources:
        page.run_cell(name)
        assert not page.errors(name), page.errors(name)
    yield page
    page.close()


def picture(page: NotebookPage, cell_id: str) -> dict[str, str]:
    """The picture among a cell's outputs, as it would be saved."""
    (found,) = [o for o in page.outputs(cell_id) if "image/png" in o.get("data", {})]
    return {"png": found["data"]["image/png"], "alt": found["metadata"]["image/png"]["alt"]}


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_an_arrow_key_moves_the_slider_and_the_picture_follows(opened, screenshots, theme):
    opened.use_theme(theme)
    handle = opened.element("temperature", HANDLE)
    before = picture(opened, "temperature")
    handle.send_keys(Keys.ARROW_RIGHT)
    wait_for(lambda: picture(opened, "temperature")["png"] != before["png"], "another picture")
    after = picture(opened, "temperature")
    shown = opened.element("temperature", "img")
    wait_for(lambda: shown.get_attribute("src").endswith(after["png"].strip()[-40:]), "it, shown")
    opened.screenshot(screenshots / f"temperature-{theme.split()[-1].lower()}.png")
    assert after["alt"] != before["alt"]


def test_typing_a_text_changes_what_comes_next(opened):
    box = opened.element("next_token", "input[type=text]")
    before = picture(opened, "next_token")
    box.send_keys("are")
    wait_for(lambda: picture(opened, "next_token")["alt"] != before["alt"], "another picture")
    wait_for(lambda: "After “we␣are”" in picture(opened, "next_token")["alt"], "the whole text")


@pytest.mark.parametrize("name", CALLS)
def test_controls_have_a_label_and_nothing_leaves_a_narrow_page(opened, screenshots, name):
    opened.driver.set_window_size(NARROW, 1500)
    try:
        label = opened.element(name, "label")
        lists = opened.element(name, ".widget-hbox").find_elements("css selector", "select")
        opened.element(name, "img")
        opened.screenshot(screenshots / f"panel-{name}.png")
        assert label.text.strip()
        assert all(each.get_attribute("value") for each in lists), "a list shows no choice"
        assert opened.overflow(name) <= 0
    finally:
        opened.driver.set_window_size(USUAL, 1500)
