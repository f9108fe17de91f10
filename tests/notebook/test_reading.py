"""The copies to read say what the notebooks say, with their figures and without solutions."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from autograder.build import builder
from autograder.build.notebook import role_of
from tests.notebook.conftest import ROOT

READING = ROOT / "docs" / "reading"
NOTEBOOKS = ["assignment4", "lab11"]
LINK = re.compile(r"!\[((?:[^\]\\]|\\.)*)\]\(([^)]+)\)")
MOST_BYTES = 3_000_000


@pytest.fixture(scope="module")
def render() -> Any:
    """docs/render.py, which is a script and no package."""
    spec = importlib.util.spec_from_file_location("render", ROOT / "docs" / "render.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=NOTEBOOKS)
def built(request: pytest.FixtureRequest) -> builder.BuiltNotebooks:
    return builder.build(ROOT / "notebooks" / "text" / f"{request.param}.py", ROOT)


def page_of(built: builder.BuiltNotebooks) -> str:
    return (READING / f"{built.assignment}.md").read_text(encoding="utf-8")


def test_prose_and_stubs_are_those_of_the_notebook(
    built: builder.BuiltNotebooks, render: Any
) -> None:
    found = {id: source for id, (source, _) in render.sections(page_of(built)).items()}
    wanted = {cell.id: render.source_of(cell) for cell in built.release.cells}
    again = f"run: python docs/render.py {built.assignment} --text"
    assert list(found) == list(wanted), again
    assert [id for id in wanted if found[id] != wanted[id]] == [], again


def test_every_figure_is_there_and_said_in_words(built: builder.BuiltNotebooks) -> None:
    links = LINK.findall(page_of(built))
    assert len(links) >= 11
    for alt, path in links:
        assert len(alt.split()) > 5, path
        with Image.open(READING / path) as image:
            image.verify()
            assert image.width <= 1000, path


def test_no_solution_stands_in_the_page(built: builder.BuiltNotebooks) -> None:
    page = " ".join(page_of(built).split())
    answers = list(answers_of(built))
    assert len(answers) >= 8
    assert [answer for answer in answers if " ".join(answer.split()) in page] == []


def answers_of(built: builder.BuiltNotebooks) -> Iterator[str]:
    """What the solved notebook has in its exercise cells, and in the answers in words."""
    for cell in built.solved.cells:
        if role_of(cell) in ("exercise", "written", "answer"):
            yield cell.source


def test_what_demonstrations_show_is_shown(built: builder.BuiltNotebooks, render: Any) -> None:
    shown = render.sections(page_of(built))
    demonstrations = [c.id for c in built.release.cells if role_of(c) == "demonstration"]
    silent = [id for id in demonstrations if not shown[id][1]]
    assert len(silent) < len(demonstrations) / 4, silent
    text = page_of(built)
    assert "This appears" not in text and "Traceback" not in text


def test_figures_are_small_and_none_is_left_over() -> None:
    files = sorted((READING / "figures").glob("*.png"))
    assert sum(file.stat().st_size for file in files) < MOST_BYTES
    pages = "".join((READING / f"{name}.md").read_text(encoding="utf-8") for name in NOTEBOOKS)
    assert [file.name for file in files if f"figures/{file.name})" not in pages] == []


def test_a_page_is_refreshed_without_running_anything(
    render: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = builder.build(ROOT / "notebooks" / "text" / "assignment4.py", ROOT).release
    before = {cell.id: render.source_of(cell) for cell in release.cells}
    monkeypatch.setattr(render, "READING", tmp_path)
    parts = [part for id, source in before.items() for part in (render.CELL.format(id), source)]
    at = parts.index(before["three_tokens"]) + 1
    parts[at:at] = [render.OUTPUTS, "```\nshown before\n```"]
    page = tmp_path / "assignment4.md"
    page.write_text(render.joined(parts).replace("Cut the width", "Cat the width"), "utf-8")
    render.refresh("assignment4", release)
    after = render.sections(page.read_text("utf-8"))
    assert {id: source for id, (source, _) in after.items()} == before
    assert after["three_tokens"][1] == "```\nshown before\n```"
    page.write_text(page.read_text("utf-8").replace("Q, K, V = X @", "Q, V, K = X @"), "utf-8")
    with pytest.raises(SystemExit, match="the code of three_tokens has changed"):
        render.refresh("assignment4", release)
