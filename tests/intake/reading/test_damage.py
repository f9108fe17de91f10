"""Whole cells are recovered from JSON that is damaged, and what is lost is said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake.reading import Unreadable, read
from tests.intake.reading.samples import (
    ANSWER,
    NAME,
    PLACE,
    notebook,
    read_again,
    sources,
    text,
    with_cells,
)


def as_colab_orders(text: str) -> str:
    """The same notebook with a cell's source before its outputs, as Colab writes it."""
    found = json.loads(text)
    order = ("cell_type", "source", "metadata", "id", "execution_count", "outputs")
    found["cells"] = [{key: cell[key] for key in order if key in cell} for cell in found["cells"]]
    return json.dumps(found, indent=2, ensure_ascii=False)


def ends_of_cells(text: str) -> list[int]:
    """Where each cell of a notebook's text ends: its sources are compared with what is found."""
    at, ends = text.index('"cells": [') + len('"cells": ['), []
    decoder = json.JSONDecoder()
    for _ in range(len(json.loads(text)["cells"])):
        at = decoder.raw_decode(text, re.compile(r"[\s,]*").match(text, at).end())[1]  # type: ignore[union-attr]
        ends.append(at)
    return ends


@pytest.mark.parametrize("how", [str, as_colab_orders], ids=["jupyter", "colab"])
def test_cut_off_anywhere_every_whole_cell_is_kept(how: Callable[[str], str]) -> None:
    whole = how(text())
    ends = ends_of_cells(whole)
    for cut in [*range(ends[0], len(whole), 997), ends[-1], len(whole) - 3]:
        found, said = read_again(whole[:cut])
        complete = sum(end <= cut for end in ends)
        # A cell may be cut off behind its source: then that counts.
        assert found == sources()[: len(found)] and complete <= len(found) <= complete + 1
        if complete < len(ends):
            assert re.search(rf"breaks off at its end: {len(found)} whole cells?\b", said)
        else:
            assert "damaged" in said or "breaks off" in said


def test_colab_cut_within_an_output_keeps_the_source_before_it() -> None:
    whole = as_colab_orders(text())
    at = whole.index("iVBORw0", whole.index("answer_"))
    found, said = read_again(whole[:at])
    assert "answer_" in found[-1] and "breaks off" in said


def test_cut_off_before_the_first_cell_ends() -> None:
    with pytest.raises(Unreadable, match=r"JSON breaks at line 3 and no cell is whole.*save it"):
        read(text()[:100].encode(), NAME)


@pytest.mark.parametrize("minified", [False, True])
def test_a_hole_in_the_middle_costs_the_cells_it_touches(minified: bool) -> None:
    whole = json.dumps(notebook(), ensure_ascii=False) if minified else text()
    ends = ends_of_cells(whole)
    for at in range(ends[2], ends[-2], 4999):
        found, said = read_again(whole[:at] + whole[at + 40 :])
        lost = [n for n, end in enumerate(ends) if at < end and (ends[n - 1] if n else 0) < at + 40]
        kept = [s for n, s in enumerate(sources()) if n not in lost]
        if [s for s in found if s in kept] != kept:
            assert "damaged" in said, at
            missing = len(kept) - sum(s in kept for s in found)
            assert missing <= 1 or minified


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda t: t + "\n}garbage", "something stood behind the notebook"),
        (lambda t: t + "\n{}", "something stood behind the notebook"),
        (lambda t: t + "\0\0\0\0", "NUL characters"),
        (lambda t: "\ufeff\n, " + t, "byte order mark"),
        (lambda t: "HTTP/1.1 200 OK\r\n\r\n" + t, "damaged"),
        (lambda t: t.replace("\n   ]", "\n   ,]"), "commas or control characters"),
        (lambda t: t.replace("\n  }", "\n ,\n }"), "commas or control characters"),
        (lambda t: t.replace("\n  {", "\n \x02 {", 1), "commas or control characters"),
        (lambda t: t.replace("\n  },\n", "\n  }\n"), "damaged"),
        (lambda t: t.replace('"execution_count": 7,', '"execution_count": NaN,'), ""),
        (lambda t: t.replace('"execution_count": 7,', '"execution_count": -Infinity,'), ""),
        (lambda t: t.rstrip()[:-1], f"its {len(sources())} cells kept"),
        (lambda t: t.replace('"nbformat"', "nbformat"), f"its {len(sources())} cells kept"),
        (lambda t: t + t, "two notebooks one behind the other: they were joined"),
    ],
    ids=["garbage", "object", "nuls", "before", "header", "commas", "comma-object", "control",
         "no-commas", "nan", "infinity", "last-brace", "quotes", "twice"],
)  # fmt: skip
def test_small_damage_costs_nothing(damage: Callable[[str], str], words: str) -> None:
    found, said = read_again(damage(text()))
    assert found == sources()
    assert words in said if words else not said


def test_two_different_notebooks_in_one_file_lose_nothing() -> None:
    other = text().replace(ANSWER, f"answer_{PLACE} = 'other'")
    found, said = read_again(text() + other)
    assert found[:PLACE] == sources()[:PLACE] and found[PLACE + 2 :] == sources()[PLACE + 1 :]
    assert ANSWER in found[PLACE] and "'other'" in found[PLACE + 1]
    assert "1 cell kept twice" in said


def test_a_key_that_stands_there_twice() -> None:
    twice = text().replace('"source": [', '"source": "mine", "source": [', 1)
    found, said = read_again(twice)
    assert found == ["mine", *sources()] and "both versions were kept" in said
    cells = json.dumps([{"cell_type": "code", "source": "first"}])
    found, _ = read_again(text().replace('"cells": [', f'"cells": {cells}, "cells": [', 1))
    assert found == ["first", *sources()]


def test_nbgrader_s_metadata_are_not_taken_for_cells() -> None:
    broken = re.sub(r'"source": \[\n', '"source": [[\n', text(), count=0)
    with pytest.raises(Unreadable, match="no cell is whole"):
        read(broken.encode(), NAME)


ONE = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x", "outputs": []}
SPOTS: list[Any] = [None, 7, "text", [], {}, [[]], {"a": 1}, True, 1e999, -1]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_in_any_place_of_a_notebook(data: st.DataObject) -> None:
    cell = {key: data.draw(st.sampled_from([value, *SPOTS])) for key, value in ONE.items()}
    top = with_cells(cell, ONE, data.draw(st.sampled_from(SPOTS)))
    key = data.draw(st.sampled_from(["metadata", "nbformat", "nbformat_minor", "worksheets"]))
    top[key] = data.draw(st.sampled_from(SPOTS))
    found, _ = read_again(json.dumps(top))
    assert "x" in found
