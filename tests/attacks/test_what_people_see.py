"""What attacks leave for people to look at: pages, tables, files and the terminal's lines."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers

from autograder.attacks.run import ASSIGNMENT, AttackRun
from autograder.attacks.verdict import HONEST
from autograder.build import build
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.marks import as_csv
from autograder.pipeline.runner import grade_class
from autograder.report.terminal import table
from autograder.sandbox import layers

ROOT = Path(__file__).resolve().parents[2]
ODD_NAMES = (
    "\x1b[2J\x1b]0;owned\x07ada", "\u202egnp.exe", "\u2067\u200fleo", "<b onmouseover=alert(1)>eve",
    "=cmd|' C calc'!A0", "+1+1", "-2+3", "@SUM(1)", " =1+1", "\uff1d1+1", 'quo"te, comma',
)  # fmt: skip
WITH_MARKUP = ("html_in_outputs", "markup_in_cells", "faults_with_markup", "terminal_in_outputs")
ACTIVE = {"script", "iframe", "object", "embed", "form", "input", "button", "base", "link", "img"}
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PICTURES = ("image/png", "image/jpeg")
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
Attacked = tuple[AttackRun, Path]


class Page(HTMLParser):
    """What a page would do: its elements, handlers, addresses and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.tags.add(tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.handlers.append(f"<{tag} {name}={value!r}>")
            if name in ("href", "src", "srcdoc", "action", "data", "xlink:href"):
                self.addresses.append(value or "")

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def courses(attacked: Attacked) -> list[Path]:
    return sorted(attacked[1].glob("class*/course"))


def autograded(attacked: Attacked) -> Iterator[Path]:
    for course in courses(attacked):
        yield from sorted((course / "autograded").glob("*/*/*.ipynb"))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[str]]:
    """A class of empty notebooks whose students have odd names; its results and its progress."""
    if lacking := layers.missing():
        pytest.skip(layers.refusal(lacking))
    built = build(ROOT / "notebooks" / "text" / f"{ASSIGNMENT}.py", ROOT)
    folder, lines = tmp_path_factory.mktemp("odd"), []
    for name in ODD_NAMES:
        (folder / "submissions" / name).mkdir(parents=True)
        nbformat.write(built.release, folder / "submissions" / name / f"{ASSIGNMENT}.ipynb")
    results = grade_class(
        ASSIGNMENT, built.source, folder / "submissions", folder / "course", workers=2, seed=3,
        progress=lines.append,
    )  # fmt: skip
    return folder / "course", results, lines


def steering(text: str) -> set[str]:
    """Characters that steer a terminal or turn a line around."""
    return {
        c
        for c in text
        if c in BIDI or (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t")
    }


def test_feedback_pages_and_the_class_report_hold_nothing_that_acts(attacked: Attacked) -> None:
    pages = [page for course in courses(attacked) for page in course.rglob("*.html")]
    assert len(pages) > 60
    for place in pages:
        text = place.read_text(encoding="utf-8")
        page = Page(text)
        assert not page.tags & ACTIVE, place
        assert not page.handlers, place
        assert all(a.startswith(("feedback/", "#")) for a in page.addresses), place
        assert not steering(text), place


def test_a_formgrader_page_runs_nothing_that_a_student_wrote(attacked: Attacked) -> None:
    chosen = [place for place in autograded(attacked) if place.parents[1].name in WITH_MARKUP]
    assert len(chosen) == len(WITH_MARKUP)
    for place in chosen:
        page = Page(formgrader_page(place))
        assert not [text for text in page.scripts if "attacked" in text], place
        assert not [text for text in page.handlers if "attacked" in text or "alert" in text], place
        assert not [a for a in page.addresses if a.startswith(("javascript:", "data:text"))], place
        assert not [a for a in page.addresses if "attacked" in a or "evil" in a], place


def formgrader_page(place: Path) -> str:
    """A graded notebook as formgrader shows it, with the course folder's configuration."""
    _, config = CourseFolder(place.parents[3], ASSIGNMENT).nbgrader()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    names = ("assignment_id", "notebook_id", "submission_id", "base_url", "mathjax_url", "student",
             "last_name", "first_name", "unique_key")  # fmt: skip
    resources = {**dict.fromkeys(names, "x"), "index": 0, "total": 1, "prev": None, "next": None}
    return str(HTMLExporter(config=config).from_filename(str(place), resources=resources)[0])


def test_outputs_in_the_gradebooks_notebooks_are_text_and_pictures(attacked: Attacked) -> None:
    for place in autograded(attacked):
        for cell in nbformat.read(place, 4).cells:
            graded = cell.metadata.get("nbgrader", {}).get("grade")
            for output in cell.get("outputs", []):
                kinds = set(output.get("data", {}))
                allowed = {"text/plain", *PICTURES, *(["text/html"] if graded else [])}
                assert kinds <= allowed, f"{place}: {kinds - allowed}"


def test_no_graded_notebook_is_larger_than_outputs_may_make_it(attacked: Attacked) -> None:
    for place in autograded(attacked):
        assert place.stat().st_size < 4_000_000, place


def test_formulas_in_names_reach_the_csv_as_text(
    odd: tuple[Path, dict[str, Any], list[str]], attacked: Attacked
) -> None:
    everybody = [odd[1], *(json.loads((course / "results.json").read_text(encoding="utf-8"))
                           for course in courses(attacked))]  # fmt: skip
    for results in everybody:
        rows = list(csv.reader(io.StringIO(as_csv(results), newline="")))
        assert len(rows) == 1 + len(results["submissions"])
        assert len({len(row) for row in rows}) == 1
        for row in rows:
            assert not [cell for cell in row if cell.lstrip(" ").startswith(FORMULA)], row


def test_names_and_outputs_cannot_steer_the_terminal(
    odd: tuple[Path, dict[str, Any], list[str]], attacked: Attacked
) -> None:
    _, results, lines = odd
    logs = [place.read_text(encoding="utf-8", errors="replace")
            for place in sorted(attacked[1].glob("class*/log.txt"))]  # fmt: skip
    tables = [table(json.loads((course / "results.json").read_text(encoding="utf-8")))
              for course in courses(attacked)]  # fmt: skip
    for text in [table(results), *tables, *lines, *logs]:
        assert not steering(text), repr(text[:300])


def test_a_student_with_an_odd_name_gets_a_mark_or_a_reason(
    odd: tuple[Path, dict[str, Any], list[str]],
) -> None:
    course, results, _ = odd
    assert {submission["student"] for submission in results["submissions"]} == set(ODD_NAMES)
    for submission in results["submissions"]:
        name = submission["student"]
        assert submission["status"] == "graded" or "rename it" in submission["reason"], name
        text = (course / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
        page = Page(text)
        assert not page.tags & ACTIVE and not page.handlers and not steering(text), name


def test_an_honest_students_table_is_still_there(attacked: Attacked) -> None:
    place = courses(attacked)[0] / "autograded" / next(iter(HONEST)) / ASSIGNMENT
    shown = formgrader_page(place / f"{ASSIGNMENT}.ipynb")
    assert "E1 Causal self-attention: 5 of 5 points" in shown
