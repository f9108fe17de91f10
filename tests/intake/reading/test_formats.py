"""Notebooks of all formats and editors become the same valid one; what was mended is said."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from autograder.intake.reading import Unreadable, read
from tests.intake.reading.samples import (
    NAME,
    PNG,
    assert_sound,
    notebook,
    read_again,
    sources,
    text,
    with_cells,
)

CODE = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", "outputs": [],
        "execution_count": None}  # fmt: skip


def one(cell: dict[str, Any]) -> tuple[nbformat.NotebookNode, str]:
    """The one cell of a notebook, and what is said."""
    found, said = read(json.dumps(with_cells(cell)).encode(), NAME)
    assert_sound(found)
    return found.cells[0], "\n".join(said)


def test_a_sound_notebook_stays_as_it_is_and_nothing_is_said() -> None:
    found, said = read(text().encode(), NAME)
    assert_sound(found)
    assert said == [] and [cell.source for cell in found.cells] == sources()
    for before, after in zip(notebook()["cells"], found.cells, strict=True):
        assert (before["id"], before["metadata"]) == (after.id, after.metadata)
    assert found.metadata.course.assignment == "assignment4"


def test_nbformat_3_and_2_as_their_own_converters_make_them() -> None:
    old = nbformat.writes(nbformat.convert(nbformat.reads(text(), 4), 3), 3)
    found, said = read_again(old)
    assert found == sources() and "nbformat 3" in said
    two = json.loads(old)
    two["nbformat"] = 2
    for cell in two["worksheets"][0]["cells"]:
        if cell["cell_type"] == "heading":
            cell["cell_type"] = "markdown"
    found, said = read_again(two)
    assert len(found) == len(sources()) and "nbformat 2" in said


def test_what_only_nbformat_3_has() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["A\n", "title"]},
        {"cell_type": "html", "source": "<b>"},
        {"cell_type": "code", "input": ["a = 1\n", "b"], "language": "python",
         "prompt_number": 3, "collapsed": False},
    ]  # fmt: skip
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
           "worksheets": [{"cells": cells[:2]}, {"cells": cells[2:]}]}  # fmt: skip
    assert read_again(old)[0] == ["## A title", "<b>", "a = 1\nb"]


@pytest.mark.parametrize(
    ("told", "words"),
    [({"nbformat": 5, "nbformat_minor": 0}, "did not say which format"),
     ({"nbformat": "4"}, "did not say which format"), ({"nbformat": None}, "did not say"),
     ({"nbformat": 3}, "nbformat 3"), ({"nbformat": 4, "nbformat_minor": 99}, "")],
)  # fmt: skip
def test_a_wrong_number_of_the_format(told: dict[str, Any], words: str) -> None:
    found, said = read_again({**notebook(), **told})
    assert found == sources()
    assert words in said if words else not said


@pytest.mark.parametrize("minor", [0, 2, 4])
def test_formats_without_ids_get_some_and_nothing_is_said(minor: int) -> None:
    found = notebook()
    found["nbformat_minor"] = minor
    for cell in found["cells"]:
        del cell["id"]
    assert read_again(found) == (sources(), "")


def test_fields_that_are_missing_or_null() -> None:
    bare = {"cell_type": "code"}
    assert one(bare)[0].source == ""
    cell, _ = one({**bare, "source": "x", "metadata": None, "outputs": None})
    assert (cell.source, cell.metadata) == ("x", {})
    found = notebook()
    del found["metadata"]
    assert read_again(found) == (sources(), "")
    assert read_again({**notebook(), "metadata": None}) == (sources(), "")
    assert read_again({**notebook(), "extra": {"a": 1}, "name": "mine"}) == (sources(), "")


@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [("riddle", "raw", "cell 1 was of no known type: it was taken as plain text"),
     (None, "raw", "no known type"), (7, "raw", "no known type"),
     ("Code", "code", ""), ("MARKDOWN", "markdown", ""), ("md", "markdown", "")],
)  # fmt: skip
def test_types_of_cells(told: Any, kind: str, words: str) -> None:
    cell, said = one({"cell_type": told, "id": "a", "source": "text"})
    assert (cell.cell_type, cell.source) == (kind, "text")
    assert words in said if words else not said


def test_a_cell_without_its_type_that_has_outputs_is_code() -> None:
    cell, said = one({"source": "x = 1", "id": "a", "outputs": [], "metadata": {}})
    assert cell.cell_type == "code" and "taken as code" in said


@pytest.mark.parametrize(
    ("source", "expected", "words"),
    [(["a = 1\n", "b"], "a = 1\nb", ""), ([], "", ""),
     (["a = 1", "b", ""], "a = 1\nb\n", "put back"),
     (["a\n", 7, None, "b"], "a\nb", ""), (7, "", "had no text"), ({"a": 1}, "", "had no text"),
     (None, "", "had no text")],
)  # fmt: skip
def test_sources(source: Any, expected: str, words: str) -> None:
    cell, said = one({**CODE, "source": source})
    assert cell.source == expected
    assert words in said if words else not said


def test_ids_missing_twice_and_invalid() -> None:
    ids = ["a", "a", None, "with space", "", 7, "x" * 65, "submitted-2", "a"]
    cells = [{**CODE, "id": name, "source": f"x = {n}"} for n, name in enumerate(ids)]
    del cells[2]["id"]
    found, said = read(json.dumps(with_cells(*cells)).encode(), NAME)
    assert_sound(found)
    assert found.cells[0].id == "a" and [c.source for c in found.cells][8] == "x = 8"
    assert "cell 3 had no id: it got one" in said
    assert "cells 4, 5, 6 and 7 had an id that is none: it got another" in said
    assert "cells 2, 8 and 9 had the id of another cell: it got its own" in said


def test_pictures_in_text_are_kept() -> None:
    pictures = {"a.png": {"image/png": PNG}}
    cell, said = one({**CODE, "cell_type": "markdown", "attachments": pictures})
    assert cell.attachments == pictures and not said
    broken = {"a.png": {"image/png": 7}, "b.png": None, "c.png": {"image/png": [PNG]}}
    cell, _ = one({**CODE, "cell_type": "markdown", "attachments": broken})
    assert cell.attachments == {"c.png": {"image/png": [PNG]}}
    assert "attachments" not in one({**CODE, "cell_type": "markdown", "attachments": []})[0]


def test_metadata_that_nbformat_forbids() -> None:
    odd = {"tags": ["a", "a", "b,c", 7], "collapsed": "yes", "name": "", "jupyter": 3,
           "scrolled": 9, "nbgrader": [], "mine": 1e999,
           "deep": json.loads("[" * 90 + "]" * 90)}  # fmt: skip
    cell, said = one({**CODE, "metadata": odd})
    assert cell.metadata["tags"] == ["a"] and "nbgrader" not in cell.metadata and not said
    found, _ = read(json.dumps(with_cells(CODE, metadata={
        "kernelspec": {"name": 3}, "language_info": [], "title": 7, "authors": "me",
    })).encode(), NAME)  # fmt: skip
    assert_sound(found)
    assert found.metadata == {}


def test_as_colab_saves_it() -> None:
    made = notebook()
    made["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU",
                        "kernelspec": {"name": "python3", "display_name": "Python 3"}}  # fmt: skip
    made["nbformat_minor"] = 0
    names = [cell.pop("id") for cell in made["cells"]]
    for name, cell in zip(names, made["cells"], strict=True):
        cell["metadata"] |= {"id": name, "colab": {"base_uri": "https://localhost:8080/"},
                             "outputId": "0f2c", "cellView": "form"}  # fmt: skip
    found, said = read(json.dumps(made).encode(), NAME)
    assert_sound(found)
    assert said == [] and [cell.id for cell in found.cells] == names
    assert [cell.source for cell in found.cells] == sources()
    assert not any({"colab", "outputId", "id"} & cell.metadata.keys() for cell in found.cells)
    assert sum("nbgrader" in cell.metadata for cell in found.cells) > 50


def test_as_vs_code_saves_it() -> None:
    made = notebook()
    made["nbformat_minor"] = 2
    for cell in made["cells"]:
        del cell["id"]
        cell["metadata"]["vscode"] = {"languageId": "python"}
    assert read_again(made) == (sources(), "")


def test_other_wrappings_of_the_same_cells() -> None:
    server = {"type": "notebook", "format": "json", "name": NAME, "content": notebook()}
    assert read_again(server) == (sources(), "")
    assert read_again(json.dumps(notebook()["cells"]))[0] == sources()


def test_what_is_no_cell_in_the_list_of_cells() -> None:
    found, said = read_again(with_cells(None, CODE, "text"))
    assert found == ["x = 1"] and said == "2 entries in the list of cells left out: no cells"


def test_a_notebook_without_cells_and_one_with_far_too_many() -> None:
    with pytest.raises(Unreadable, match="without cells"):
        read(json.dumps(with_cells()).encode(), NAME)
    with pytest.raises(Unreadable, match="more than the 10000 that are read"):
        read(json.dumps(with_cells(*[CODE] * 10_001)).encode(), NAME)
