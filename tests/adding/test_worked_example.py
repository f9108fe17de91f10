"""A new exercise is three pieces and nothing else: the page's own example, done as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.build import fill
from tests.adding.example import ROOT, Copy, changed, commands, piece, pieces

pytestmark = pytest.mark.slow
TEXT = "notebooks/text/assignment4.py"
NOTEBOOK = "notebooks/assignment4/assignment4.ipynb"
THREE = [TEXT, "autograder/checks/e9.py", "solutions/assignment4/top_k.py"]
KNOWS_ITS_SIZES = "def top_k(logits, k):\n    return logits.masked_fill(logits < " \
    "logits.topk(4, dim=-1).values[:, -1:], -math.inf)"  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy.make(tmp_path_factory.mktemp("adding") / "course")


@pytest.fixture(scope="module")
def built(copy: Copy) -> set[str]:
    """The three pieces written and the notebooks built; the files that have changed."""
    before = copy.files()
    for each in pieces()[:3]:
        copy.write(each)
    by_hand = changed(before, copy.files())
    assert by_hand == set(THREE)
    for line in commands()[0][:-1]:
        copy.do(line)
    return changed(before, copy.files())


@pytest.fixture(scope="module")
def solved(copy: Copy, built: set[str]) -> NotebookNode:
    return nbformat.read(copy.root / "trial/solved/assignment4.ipynb", 4)


@pytest.fixture(scope="module")
def graded(copy: Copy, solved: NotebookNode) -> dict[str, Any]:
    """Ada's solved notebook and those of classmates with other answers to E9, graded."""
    answers = {"ben": piece("tests/wrong_answers/e9/zeros.py").code, "dan": KNOWS_ITS_SIZES,
               "cleo": "def top_k(logits, k):\n    raise NotImplementedError()"}  # fmt: skip
    for name, code in answers.items():
        place = copy.root / "trial" / "class" / name / "assignment4.ipynb"
        place.parent.mkdir()
        nbformat.write(fill(solved, {"E9": code}), place)
    copy.do(commands()[0][-1])
    return results(copy)


@pytest.fixture(scope="module")
def graded_again(copy: Copy, graded: dict[str, Any]) -> dict[str, Any]:
    """The same class, once the page's extras are there."""
    for each in pieces()[3:]:
        copy.write(each)
    copy.do(commands()[0][-1])
    return results(copy)


def results(copy: Copy) -> dict[str, Any]:
    found = json.loads((copy.root / "trial" / "course" / "results.json").read_text("utf-8"))
    return {entry["student"]: entry for entry in found["submissions"]}


def checks_of(entry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["id"]: check for check in entry["checks"] if check["exercise"] == "E9"}


def page(copy: Copy, student: str) -> str:
    place = copy.root / "trial" / "course" / "feedback" / student
    return (place / "assignment4" / "assignment4.html").read_text("utf-8")


def test_three_files_are_written_and_one_is_built(built: set[str]) -> None:
    assert built == {*THREE, NOTEBOOK}


def test_the_text_has_grown_by_the_section_and_is_otherwise_as_it_was(
    copy: Copy, built: set[str]
) -> None:
    before = (ROOT / TEXT).read_text("utf-8")
    after = (copy.root / TEXT).read_text("utf-8")
    assert after.replace(piece(TEXT).code + "\n", "") == before
    assert piece(TEXT).code in after


def test_the_notebook_has_the_exercise_where_the_text_says(copy: Copy, built: set[str]) -> None:
    release = nbformat.read(copy.root / NOTEBOOK, 4)
    nbformat.validate(release)
    ids = [cell.id for cell in release.cells]
    at = ids.index("e9_solution")
    assert ids.index("e8_check") < ids.index("unlikely_tokens") < at == ids.index("e9_check") - 1
    stub, check = release.cells[at : at + 2]
    assert "raise NotImplementedError()" in stub.source and "topk" not in stub.source
    assert check.metadata.nbgrader.points == 2.0
    opening = release.cells[0].source
    assert "42 points in all" in opening
    rows = [line for line in opening.splitlines() if line.startswith("| **")]
    assert rows[-2].startswith("| **E8** | text from the model | 4 |")
    assert rows[-1] == "| **E9** | the k most likely tokens alone | 2 | | |"


def test_of_the_old_notebook_only_the_opening_has_changed(copy: Copy, built: set[str]) -> None:
    before, after = (nbformat.read(root / NOTEBOOK, 4) for root in (ROOT, copy.root))
    kept = {cell.id: cell for cell in after.cells}
    assert [cell.id for cell in before.cells if kept.get(cell.id) != cell] == [before.cells[0].id]


def test_the_solved_notebook_earns_all_points(graded: dict[str, Any]) -> None:
    assert (graded["ada"]["score"], graded["ada"]["max_score"]) == (42.0, 42.0)
    assert {c["id"]: c["status"] for c in checks_of(graded["ada"]).values()} == {
        "e9.kept": "passed",
        "e9.dropped": "passed",
    }


def test_a_wrong_answer_loses_its_points_and_is_told_why(
    copy: Copy, graded: dict[str, Any]
) -> None:
    assert (graded["ben"]["score"], graded["cleo"]["score"]) == (41.0, 40.0)
    wrong = checks_of(graded["ben"])["e9.dropped"]
    assert wrong["message"] == "a token can be drawn that is not among the k most likely"
    assert wrong["expected"] == "probability 0" and wrong["got"].startswith("probability 0.")
    assert {c["message"] for c in checks_of(graded["cleo"]).values()} == {"not written yet"}
    told = page(copy, "ben")
    assert "Only the likely tokens" in told and "which logit does softmax turn into" in told
    assert "E9" in (copy.root / "trial/course/report.html").read_text("utf-8")


def test_a_student_checks_it_in_the_notebook(copy: Copy, built: set[str]) -> None:
    printed = copy.do(
        "python -c 'from solutions.assignment4.top_k import top_k\n"
        'from autograder.notebook import check\nprint("points:", check("E9"))\''
    )
    assert "2 of 2 points" in printed and "points: 2.0" in printed


def test_hidden_cases_and_a_misconception_come_by_adding_files(
    copy: Copy, graded: dict[str, Any], graded_again: dict[str, Any]
) -> None:
    assert graded["dan"]["score"] == graded_again["ada"]["score"] == 42.0
    dan = checks_of(graded_again["dan"])
    for check in dan.values():
        assert "right on the notebook's sizes, but not on others" in check["message"]
    assert graded_again["dan"]["score"] == 40.0
    ben = checks_of(graded_again["ben"])["e9.dropped"]
    assert (graded["ben"]["score"], graded_again["ben"]["score"]) == (41.0, 41.0)
    assert ben["misconception"] == "e9.zero-for-infinity"
    assert "The logits that you drop become 0" in page(copy, "ben")


def test_the_page_s_answers_are_graded_as_they_say(
    copy: Copy, graded_again: dict[str, Any]
) -> None:
    (line,) = commands()[1]
    assert "3 passed" in copy.do(line)


def test_the_page_s_code_is_as_the_course_s_own(copy: Copy, graded_again: dict[str, Any]) -> None:
    paths = [each.path for each in pieces() if each.path.startswith(("autograder", "solutions"))]
    code = " ".join(path for path in paths if path.endswith(".py"))
    assert len(code.split()) == 4
    copy.do(f"ruff check {code} {TEXT} && ruff format --check {code}")


def test_a_broken_check_module_stops_grading_with_one_line(
    copy: Copy, graded_again: dict[str, Any]
) -> None:
    place = copy.root / THREE[1]
    place.write_text(place.read_text("utf-8") + "\nundefined\n", encoding="utf-8")
    done = copy.run(commands()[0][-1])
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "E9 cannot be imported: NameError: name 'undefined' is not defined"
    )
    assert "Traceback" not in done.stderr


def headings(text: str) -> Iterator[str]:
    return (line[2:].lstrip("#").strip() for line in text.splitlines() if line.startswith("# #"))


def test_the_misconception_points_to_a_heading_of_the_section() -> None:
    see = piece("autograder/diagnosis/library/e9.toml").code.rpartition('see = "')[2]
    assert see.strip().strip('"') in set(headings(piece(TEXT).code))


def test_every_file_that_the_page_names_exists() -> None:
    named = {part for each in pieces() for part in [each.path]}
    assert named >= set(THREE)
    for path in ("autograder/checks/e3.py", "solutions/lab11/words.md", "tests/adding"):
        assert path in Path(ROOT, "docs/adding_an_exercise.md").read_text("utf-8")
        assert (ROOT / path).exists()
