"""Nothing that a student wrote runs in a marker's browser, or in a spreadsheet."""

from __future__ import annotations

import base64
import csv
import io
import struct
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.server_extensions.formgrader import handlers

from autograder.pipeline.course_folder import CONFIGURATION, CourseFolder
from autograder.pipeline.marks import as_csv, safe
from autograder.pipeline.outputs import MAX_PIXELS, PNG, live_files, show_safely

EVIL = '<script>hacked()</script><img src=x onerror="hacked()"><iframe src="javascript:1"></iframe>'
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MARKDOWN = (
    EVIL,
    "[x](javascript:hacked()) [r]\n\n[r]: javascript:hacked()",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    f"```mermaid\n{EVIL}\n```",
    f'```"><script>hacked()</script>\n{EVIL}\n```',
    f"$x{EVIL}$ $$y{EVIL}$$ \\begin{{align}}{EVIL}\\end{{align}}",
    f"# {EVIL}\n\n| a |\n|--|\n| {EVIL} |",
    "![p](https://elsewhere.example/who-reads-this.png)",
    '![p](x.png "t\\" onerror=hacked())',
    '<a href="https://a.example" onclick="hacked()">a</a>',
    "<scr<!-- -->ipt>hacked()</script>",
)
DATA = (
    {"text/html": EVIL},
    {"text/html": EVIL, "text/plain": EVIL},
    {"text/html": f'<div class="course-check">{EVIL}</div>'},
    {"application/javascript": "hacked()", "text/plain": "text"},
    {"image/svg+xml": '<svg onload="hacked()"></svg>'},
    {"text/markdown": EVIL, "text/latex": EVIL},
    {"image/png": 'AAAA" onerror="hacked()'},
    {"image/png": base64.b64encode(EVIL.encode()).decode()},
    {"image/jpeg": base64.b64encode(EVIL.encode()).decode()},
    {"application/vnd.jupyter.widget-view+json": {"model_id": EVIL}},
    {"text/plain": EVIL},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """A course folder with our configuration and nothing else in it."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    return CourseFolder(root, "lab11")


def on_formgrader_s_page(folder: CourseFolder, notebook: NotebookNode) -> BeautifulSoup:
    """The page that formgrader makes of an autograded notebook."""
    _, config = folder.nbgrader()
    config.HTMLExporter.template_name = "formgrade"  # as its own `build_extra_config` says
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    told = dict.fromkeys(("base_url", "submission_id", "notebook_id", "assignment_id", "student",
                          "notebook_path", "last_name", "first_name"), "x")  # fmt: skip
    html, _ = HTMLExporter(config=config).from_notebook_node(
        notebook, resources={**told, "index": 0, "total": 1}
    )
    return BeautifulSoup(html, "html.parser")


def live(page: BeautifulSoup) -> list[str]:
    """Everything on a page that could run or fetch, as text."""
    tags = page.find_all(["script", "iframe", "svg", "object", "embed", "style", "link", "form",
                          "base", "meta"])  # fmt: skip
    found = [str(tag) for tag in tags]
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            address = str(value).strip().lower()
            if name.startswith("on") or (name == "src" and not address.startswith("data:image/")):
                found.append(f"{tag.name} {name}={value}")
            if name == "href" and address.startswith(("javascript:", "data:", "vbscript:")):
                found.append(f"{tag.name} {name}={value}")
    return sorted(found)


def with_outputs(*data: dict[str, Any]) -> NotebookNode:
    outputs = [new_output("display_data", data) for data in data]
    return new_notebook(cells=[new_code_cell("1", outputs=outputs)])


def checked(notebook: NotebookNode) -> NotebookNode:
    show_safely(notebook)
    nbformat.validate(notebook)
    return notebook


@pytest.fixture(scope="module")
def untouched(folder: CourseFolder) -> list[str]:
    """What formgrader's page of an empty notebook runs."""
    return live(on_formgrader_s_page(folder, new_notebook()))


@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_runs_nothing_on_formgrader_s_page(
    folder: CourseFolder, untouched: list[str], text: str
) -> None:
    page = on_formgrader_s_page(folder, checked(new_notebook(cells=[new_markdown_cell(text)])))
    assert live(page) == untouched


@pytest.mark.parametrize("data", DATA)
def test_outputs_run_nothing_on_formgrader_s_page(
    folder: CourseFolder, untouched: list[str], data: dict[str, Any]
) -> None:
    assert live(on_formgrader_s_page(folder, checked(with_outputs(data)))) == untouched


def test_the_page_would_run_them_without_our_care(untouched: list[str], tmp_path: Path) -> None:
    """The tests above can fail: nbgrader's own configuration lets all of this through."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    plain = CourseFolder(tmp_path, "lab11")
    for notebook in (with_outputs(DATA[0]), new_notebook(cells=[new_markdown_cell(EVIL)])):
        assert any("hacked" in found for found in live(on_formgrader_s_page(plain, notebook)))


def test_metadata_and_other_cells_run_nothing(folder: CourseFolder, untouched: list[str]) -> None:
    picture = new_output("display_data", {"image/png": DOT},
                         metadata={"image/png": {"width": "1 onload=hacked()"}})  # fmt: skip
    code = new_code_cell("1", outputs=[picture, new_output("error", ename=EVIL, evalue=EVIL,
                         traceback=[EVIL, f"\x1b[31m{EVIL}"])])  # fmt: skip
    code.metadata = NotebookNode(tags=[f'"{EVIL}'], magics_language=f'">{EVIL}', alt=EVIL)
    raw = new_raw_cell(EVIL, metadata={"raw_mimetype": "text/html"})
    attached = new_markdown_cell("![a](attachment:a) ![b](attachment:b) ![c](attachment:c)")
    attached.attachments = {"a": {"image/svg+xml": EVIL, "image/png": f'"{EVIL}'},
                            "b": {"text/html": EVIL}}  # fmt: skip
    notebook = new_notebook(cells=[code, raw, attached])
    state = {"application/vnd.jupyter.widget-state+json": {"state": {"a": EVIL}}}
    notebook.metadata = NotebookNode(title=EVIL, widgets=state)
    page = on_formgrader_s_page(folder, checked(notebook))
    assert [found for found in live(page) if found not in untouched] == []
    assert page.find("img")["src"] == f"data:image/png;base64,{DOT}"


def test_what_a_student_wrote_is_still_read(folder: CourseFolder) -> None:
    cells = [new_markdown_cell(f"*so* `a < b` {EVIL} $a_1$\n\n![p](attachment:p)")]
    cells[0].attachments = {"p": {"image/png": DOT}}
    page = on_formgrader_s_page(folder, checked(new_notebook(cells=cells)))
    text = page.find(class_="text_cell_render").get_text()
    assert EVIL in text and "a < b" in text and "$a_1$" in text
    assert page.find("em").get_text() == "so"
    assert page.find("img")["src"].endswith(DOT)


def test_comments_in_markdown_stay_out_of_sight(folder: CourseFolder) -> None:
    page = on_formgrader_s_page(folder, new_notebook(cells=[new_markdown_cell("a <!-- b --> c")]))
    assert "<!--" not in page.find(class_="text_cell_render").get_text()


def test_text_and_pictures_stay_and_the_course_s_tables_too() -> None:
    table = '<div class="course-check">5 of 5</div>'
    notebook = with_outputs({"image/png": DOT, "text/plain": "<Figure>", "text/html": table})
    show_safely(notebook)
    assert notebook.cells[0].outputs[0].data == {"image/png": DOT, "text/plain": "<Figure>"}
    notebook = with_outputs({"text/html": table, "text/plain": "5 of 5"})
    notebook.cells[0].metadata.nbgrader = {"grade": True, "solution": False}
    show_safely(notebook)
    assert notebook.cells[0].outputs[0].data["text/html"] == table


def test_an_output_that_is_left_out_is_named() -> None:
    notebook = with_outputs({"text/html": EVIL})
    show_safely(notebook)
    assert notebook.cells[0].outputs[0].data == {
        "text/plain": "(an output of text/html is not shown here)"
    }


def test_a_picture_that_would_fill_the_memory_of_a_browser_stays_out() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    head = PNG + b"\0\0\0\rIHDR" + struct.pack(">II", side, side)
    notebook = with_outputs({"image/png": base64.b64encode(head).decode()})
    show_safely(notebook)
    assert "image/png" not in notebook.cells[0].outputs[0].data


@pytest.mark.parametrize("name", ["a.html", "a.HtM", "a.svg", "a.xhtml", "a.js", "a.xml"])
def test_files_that_a_browser_would_run_are_not_handed_out(name: str) -> None:
    assert any(fnmatchcase(name, pattern) for pattern in live_files())


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.png", "a.py", "a.pt", "a.npz", "a.json"])
def test_files_that_students_need_are_kept(name: str) -> None:
    assert not any(fnmatchcase(name, pattern) for pattern in live_files())


@pytest.mark.parametrize("name", [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tada", "＝1+1", "＋1", "－1", "＠x",
    " =1+1", "'=1", '"=1', "\u200b=1", "\u00a0=1", "\ufeff=1", "|calc", "%0A=1",
])  # fmt: skip
def test_a_name_is_never_a_formula(name: str) -> None:
    assert safe(name) == f"'{name}"


@pytest.mark.parametrize("name", ["ada", "Jean-Luc", "O'Brien", "3rd=1", "李", "نام‌خانوادگی"])
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert safe(name) == name


def test_no_cell_of_the_export_begins_inside_a_name() -> None:
    """Where cells are parted by semicolons, `a;=1+1` would be two."""
    entry = {"student": 'a;=1+1,"\n=2', "status": "graded", "score": 0.0, "checks": []}
    text = as_csv({"assignment": "lab11", "submissions": [entry]})
    assert '"a;=1+1,""\n=2"' in text
    for delimiter in (",", ";", "\t"):
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert len(rows) == 2
        assert not [cell for row in rows for cell in row if cell.startswith("=")]
