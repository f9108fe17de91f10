"""The page of a task: nothing that a student wrote runs there, and nobody is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.marking import second
from autograder.marking.page import render_list, render_task
from autograder.pipeline.course_folder import CourseFolder
from tests.marking.folders import course_folder, opened, task_of
from tests.pipeline.test_recording_safety import EVIL, MARKDOWN, live

ANSWERS = {f"evil{n}": {"G1.2": text} for n, text in enumerate(MARKDOWN)}
ANSWERS |= {
    'x"><script>hacked()</script>': {"G1.2": 'a" onfocus="hacked()'},
    "ada": {"G1.2": "so `a < b`, $i > j$"},
    "bo": {"G1.2": "long " * 10_000 + EVIL},
    "nul": {"G1.2": "a\x00\x1b[31m\u202eb"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    return course_folder(tmp_path_factory.mktemp("course"), ANSWERS)


def page(folder: CourseFolder, sample: second.Sample | None = None, names: bool = False) -> str:
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        return render_task(task, book.tasks(), book.answers(task), base_url="/base", sample=sample,
                           numbers={}, names=names)  # fmt: skip


def give(folder: CourseFolder, student: str, points: float, comment: str) -> None:
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        answer = next(a for a in book.answers(task) if a.student == student)
        book.save(task, [{"id": answer.id, "seen": answer.written.digest, "points": points,
                          "comment": comment, "before": None}])  # fmt: skip


def test_only_our_script_and_style_are_live(folder: CourseFolder) -> None:
    give(folder, "ada", 1.0, f'"{EVIL}</textarea>{EVIL}')
    found = live(BeautifulSoup(page(folder, names=True), "html.parser"))
    assert [tag for tag in found if "/base/by-task/marking." not in tag] == [
        '<meta charset="utf-8"/>',
        '<meta content="width=device-width, initial-scale=1" name="viewport"/>',
    ]


def test_what_students_wrote_is_there_to_be_read(folder: CourseFolder) -> None:
    text = BeautifulSoup(page(folder), "html.parser").get_text()
    assert EVIL in text
    assert "a < b" in text and "$i > j$" in text
    assert "the rest is in the notebook" in text
    assert "\x00" not in text and "\x1b" not in text and "\u202e" not in text


def test_nobody_is_named_unless_asked_for(folder: CourseFolder) -> None:
    assert ">ada<" not in page(folder) and '"ada"' not in page(folder)
    assert ">ada<" in page(folder, names=True)


def test_a_second_marker_sees_no_first_mark_and_no_name(folder: CourseFolder) -> None:
    give(folder, "ada", 0.5, "a comment of the first marker")
    with opened(folder) as book:
        sample = second.draw(book, "lab11", "bo", 100, 0)
    html = page(folder, sample, names=True)
    assert "a comment of the first marker" not in html
    articles = BeautifulSoup(html, "html.parser").find_all("article")
    assert len(articles) == len(ANSWERS)
    assert {a["data-points"] for a in articles} == {""} and all(
        "data-waits" in a.attrs for a in articles
    )
    assert ">ada<" not in html and "/formgrader/submissions/" not in html
    assert "for-all" not in html


def test_the_list_says_how_many_wait(folder: CourseFolder) -> None:
    with opened(folder) as book:
        rows = [(task, *book.counts(task)) for task in book.tasks()]
    html = render_list(rows, "/base", "")
    assert f"{len(ANSWERS)} of {len(ANSWERS)} waiting" in html
    assert 'href="/base/by-task/lab11/lab11/g1_2_solution"' in html
    assert "There are newer tokenizers" in html


def test_a_folder_without_tasks_says_so(tmp_path: Path) -> None:
    assert "Nothing here is marked by a person" in render_list([], "", "")
