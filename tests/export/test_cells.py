"""Cells that leave the course: never a formula, and numbers as LMSs read them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.export.cells import SIGNS, is_formula, points, safe, table
from tests.export.desk import rows_of

SIGNED = st.builds(str.__add__, st.text(" \t'\"\u200b\u00a0", max_size=3), st.sampled_from(SIGNS))


@given(st.text(max_size=20) | st.builds(str.__add__, SIGNED, st.text(max_size=10)))
def test_what_is_safe_begins_with_a_letter_or_an_apostrophe_and_stays_so(text: str) -> None:
    assert safe(text) in (text, f"'{text}")
    seen = unicodedata.normalize("NFKC", safe(text))
    assert not seen.startswith((*SIGNS, "\t", "\r", "\n"))
    assert (safe(text) != text) == is_formula(text)


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (0.0, "0"), (-0.0, "0"), (36.0, "36"), (3.333, "3.33"), (0.1 + 0.2, "0.3"),
     (12345.678, "12345.68"), (1e6, "1000000")],
)  # fmt: skip
def test_points_have_no_exponent_and_no_tail(value: float | None, cell: str) -> None:
    assert points(value) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
                         min_size=1, max_size=3), max_size=4))  # fmt: skip
def test_a_table_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    assert rows_of(table(rows)) == rows
