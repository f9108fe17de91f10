"""Submissions are found, read and mended; what cannot be read is said in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.intake.find import Unreadable, find_submissions, read_notebook
from autograder.intake.mend import grade_id, mend


def cell(name: str, source: str, **kind: object) -> nbformat.NotebookNode:
    found = {"grade": False, "solution": False, "locked": False, "schema_version": 3, **kind}
    return new_code_cell(source, id=name, metadata={"nbgrader": {"grade_id": name, **found}})


@pytest.fixture
def release() -> nbformat.NotebookNode:
    cells = [
        cell("setup", "import torch", locked=True),
        new_markdown_cell("Read this."),
        cell("e1_solution", "# YOUR CODE HERE", solution=True),
        cell("e1_check", 'check("E1")', grade=True, locked=True, points=5),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=kernel)


def test_both_layouts_and_a_single_renamed_notebook_are_found(tmp_path: Path) -> None:
    for place in ("ada/assignment4.ipynb", "ben/assignment4/assignment4.ipynb",
                  "cleo/My Solution (2).ipynb", ".git/assignment4.ipynb"):  # fmt: skip
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text("{}")
    (tmp_path / "dave").mkdir()
    found = {s.student: s for s in find_submissions(tmp_path, "assignment4")}
    assert list(found) == ["ada", "ben", "cleo", "dave"]
    assert found["ada"].path and found["ben"].path
    assert "My Solution (2).ipynb" in found["cleo"].notes[0]
    assert found["dave"].path is None and "no notebook" in (found["dave"].reason or "")


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"", "JSON breaks at line 1"),
        (b'{"cells": [', "JSON breaks"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[]", "no list of cells"),
        (b'{"cells": [{"cell_type": "riddle"}], "metadata": {}, "nbformat": 4, '
         b'"nbformat_minor": 5}', "not a valid notebook"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_in_a_sentence(
    tmp_path: Path, contents: bytes, words: str
) -> None:
    path = tmp_path / "assignment4.ipynb"
    path.write_bytes(contents)
    with pytest.raises(Unreadable, match=words):
        read_notebook(path)


def test_older_formats_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    code = {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": {}, "outputs": []}
    old = {"cells": [code], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
    path = tmp_path / "assignment4.ipynb"
    path.write_text(json.dumps(old), encoding="utf-8-sig")
    assert read_notebook(path).cells[0].source == "a = 1\nb = 2"


def test_changed_and_missing_course_cells_come_back(release: nbformat.NotebookNode) -> None:
    submitted = nbformat.from_dict(release)
    submitted.cells[2].source = "my work"
    submitted.cells[0].source = "import nothing"
    del submitted.cells[3]
    submitted.cells.append(new_code_cell("my own cell"))
    mended, notes = mend(submitted, release)
    assert [c.source for c in mended.cells] == [
        "import torch", "Read this.", "my work", 'check("E1")', "my own cell",
    ]  # fmt: skip
    assert any("setup was changed" in note for note in notes)
    assert any("e1_check was missing" in note for note in notes)


def test_a_copied_cell_loses_its_id_and_the_first_one_counts(
    release: nbformat.NotebookNode,
) -> None:
    submitted = nbformat.from_dict(release)
    submitted.cells.insert(3, cell("e1_solution", "second", solution=True))
    mended, _ = mend(submitted, release)
    assert [grade_id(c) for c in mended.cells].count("e1_solution") == 1
    assert mended.cells[3].source == "second" and not grade_id(mended.cells[3])


def test_metadata_made_up_by_a_student_does_not_count(release: nbformat.NotebookNode) -> None:
    submitted = nbformat.from_dict(release)
    submitted.cells[3].metadata.nbgrader.points = 500
    submitted.cells.append(cell("e9_check", "1000", grade=True, points=1000))
    mended, _ = mend(submitted, release)
    assert mended.cells[3].metadata.nbgrader.points == 5
    assert "nbgrader" not in mended.cells[-1].metadata
