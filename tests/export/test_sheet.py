"""Reading an LMS's own table, in the encodings and with the separators that they use."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.export.sheet import CannotExport, Sheet, find_column, read_sheet

TEXT = "Username,Grade\nada,1\nzoë,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_rows(
    encoding: str, delimiter: str, tmp_path: Path
) -> None:
    place = tmp_path / "sheet.csv"
    place.write_bytes(TEXT.replace(",", delimiter).replace("\n", "\r\n").encode(encoding))
    sheet = read_sheet(place)
    assert sheet.headings == ("Username", "Grade")
    assert sheet.rows == (("ada", "1"), ("zoë", ""))


def test_short_and_long_rows_get_the_headings_width(tmp_path: Path) -> None:
    place = tmp_path / "sheet.csv"
    place.write_text("a,b\n1\n1,2,3\n,\n")
    assert read_sheet(place).rows == (("1", ""), ("1", "2"))


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_file_that_is_no_table_is_named(content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "sheet.csv"
    place.write_bytes(content)
    with pytest.raises(CannotExport, match=r"sheet\.csv"):
        read_sheet(place)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotExport, match="No such file"):
        read_sheet(tmp_path / "nowhere.csv")


def sheet(*headings: str) -> Sheet:
    return Sheet("grades.csv", ("ID", *headings), ())


@pytest.mark.parametrize(
    ("headings", "wanted", "found"),
    [
        (("Lab 11 (4711)", "Lab 1 (1)"), None, "Lab 11 (4711)"),
        (("LAB-11: GPT-2 (4711)", "Total"), None, "LAB-11: GPT-2 (4711)"),
        (("Lab 11 [Total Pts: 10 Score] |77", "Lab 110 (5)"), None,
         "Lab 11 [Total Pts: 10 Score] |77"),
        (("Homework (4711)", "Lab 11 (9)"), "Homework", "Homework (4711)"),
        (("Homework (4711)",), "Homework (4711)", "Homework (4711)"),
        (("Homework (4711)",), "Lab eleven", "Lab eleven"),
    ],
)  # fmt: skip
def test_the_assignments_column_is_found_by_its_name(
    headings: tuple[str, ...], wanted: str | None, found: str
) -> None:
    assert find_column(sheet(*headings), "lab11", wanted, ("ID",)) == found


@pytest.mark.parametrize("headings", [("Lab 11 a (1)", "Lab 11 b (2)"), ("Total",), ()])
def test_a_column_in_doubt_is_asked_for(headings: tuple[str, ...]) -> None:
    with pytest.raises(CannotExport, match="--column"):
        find_column(sheet(*headings), "lab11", None, ("ID",))
