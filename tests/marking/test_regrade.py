"""Marks that were given by task survive every regrade; a changed answer asks again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder.demo import write_class
from autograder.marking.book import Mark
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.runner import grade_class
from tests.lab_answers import built
from tests.marking.folders import TITLES, opened, task_of

pytestmark = pytest.mark.slow
SEED = 20


def regrade(submissions: Path, out: Path, **how: Any) -> dict[str, Any]:
    results = grade_class("lab11", built().source, submissions, out, seed=SEED, **how)
    return {entry["student"]: entry for entry in results["submissions"]}


def marks(folder: CourseFolder, title: str) -> dict[str, Mark]:
    with opened(folder) as book:
        return {a.student: a.mark for a in book.answers(task_of(book, title))}


def give_all(folder: CourseFolder, points: float, comment: str) -> None:
    """Give all that waits the same mark, as a marker who is in a hurry."""
    with opened(folder) as book:
        for task in book.tasks():
            changes = [
                {"id": a.id, "seen": a.written.digest, "points": points, "comment": comment,
                 "before": {"points": a.mark.points, "waits": a.mark.waits}}
                for a in book.answers(task) if a.mark.waits
            ]  # fmt: skip
            book.save(task, changes)


def test_marks_survive_and_a_changed_answer_asks_again(tmp_path: Path) -> None:
    submissions, out = tmp_path / "class", tmp_path / "out"
    write_class(built(), submissions, ["bashir", "jun"])
    regrade(submissions, out)
    folder = CourseFolder(out.resolve(), "lab11")
    assert marks(folder, "G2.1")["jun"] == Mark(0.0, False)  # left blank: nobody need look
    give_all(folder, 0.5, "half")
    before = {title: marks(folder, title) for title in TITLES}
    assert before["G1.2"]["bashir"] == Mark(0.5, False, "half")

    assert regrade(submissions, out)["bashir"]["status"] == "graded"
    assert {title: marks(folder, title) for title in TITLES} == before
    shutil.rmtree(out / ".grading" / "lab11" / "executed")  # all is executed and recorded anew
    assert regrade(submissions, out, fresh=True)["bashir"]["status"] == "graded"
    assert {title: marks(folder, title) for title in TITLES} == before

    place = submissions / "bashir" / "lab11.ipynb"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace("pick vectors of other words", "be quite wrong"))
    found = regrade(submissions, out)
    assert found["bashir"]["status"] == "needs manual grading"
    assert found["jun"]["status"] == "graded"
    after = {title: marks(folder, title) for title in TITLES}
    assert after["G1.2"].pop("bashir") == Mark(0.5, True, "half")  # with the old mark to look at
    assert before["G1.2"].pop("bashir") and after == before

    give_all(folder, 1.0, "better")
    assert regrade(submissions, out)["bashir"]["status"] == "graded"
    assert marks(folder, "G1.2")["bashir"] == Mark(1.0, False, "better")
