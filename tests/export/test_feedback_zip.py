"""Feedback zips: the names are found again as Moodle and Canvas look for them."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.export.feedback_zip import folder, names_for, write_zip
from autograder.export.sheet import CannotExport
from tests.export.desk import export
from tests.export.test_moodle import worksheet


def as_moodle_reads(path: str) -> tuple[int, str]:
    """Participant and file name, as importziplib.php finds them."""
    parts = path.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) < 4 or not info[1].isdigit():
            continue
        assert info[2:4] == ["assignsubmission", "file"]
        parts.insert(0, info[4] if len(info) == 5 else "")
        return int(info[1]), "/".join(parts)
    raise AssertionError(f"ignored: {path}")


@pytest.fixture
def sheet_file(tmp_path: Path) -> Path:
    sheet = worksheet()
    lines = [sheet.headings, *sheet.rows]
    place = tmp_path / "worksheet.csv"
    place.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in lines))
    return place


def test_moodle_gives_every_page_to_its_participant(sheet_file: Path) -> None:
    found, notes = names_for("moodle", export(), sheet_file)
    read = {name: as_moodle_reads(path) for name, path in found.items()}
    assert {name: number for name, (number, _) in read.items()} == {
        "ada": 41, "ben": 42, "cleo": 43, "dan": 44, "eve": 45, "finn": 46}  # fmt: skip
    assert {name.strip("/") for _, name in read.values()} == {"lab11.html"} and notes == []


def test_who_is_not_in_moodle_is_told(sheet_file: Path) -> None:
    lines = sheet_file.read_text().splitlines()
    sheet_file.write_text("\n".join(line for line in lines if "ben@" not in line))
    found, notes = names_for("moodle", export(), sheet_file)
    assert "ben" not in found
    assert notes == ["not in the zip, because the LMS's number is not known: ben"]


def test_canvas_gets_the_names_of_its_own_download(tmp_path: Path) -> None:
    download = tmp_path / "submissions.zip"
    names = ["lovelaceada_101_5001_lab11.ipynb", "angstromben_LATE_102_5002_lab11-1.ipynb",
             "smithcleo_103_5003_{}.csv", "smithcleo_103_5004_lab11.ipynb", "notes"]  # fmt: skip
    write_zip(download, dict.fromkeys(names, b""))
    found, notes = names_for("canvas", export(), download)
    assert found == {
        "ada": "lovelaceada_101_5001_lab11.html",
        "ben": "angstromben_LATE_102_5002_lab11.html",
        "cleo": "smithcleo_103_5004_lab11.html",
    }  # fmt: skip
    for path in found.values():  # infer_comment_context_from_filename: the first two numbers
        assert len([part for part in path.split("_") if re.fullmatch(r"\d+", part)]) == 2
    assert notes == ["not in the zip, because the LMS's number is not known: finn"]


@pytest.mark.parametrize(
    ("lms", "roster", "says"),
    [("canvas", export().roster, "zip of submissions"), ("moodle", export().roster, "Identifier"),
     ("moodle", None, "Download grading worksheet")],
)  # fmt: skip
def test_what_is_missing_is_said(lms: str, roster: object, says: str) -> None:
    with pytest.raises(CannotExport, match=says):
        names_for(lms, export(roster=roster), None)


def test_canvas_without_numbers_on_the_roster_is_told(tmp_path: Path) -> None:
    write_zip(tmp_path / "s.zip", {})
    with pytest.raises(CannotExport, match="column ID"):
        names_for("canvas", export(roster=None), tmp_path / "s.zip")


def test_plain_names_are_one_folder_for_each_who_handed_in() -> None:
    found, _ = names_for("plain", export(), None)
    assert found == {name: f"{name}/lab11.html" for name in ("ada", "ben", "cleo", "finn")}


@given(st.text(max_size=30))
def test_a_name_is_one_part_of_a_path(name: str) -> None:
    made = folder(name)
    assert made and not set(made) & set("/\\_{}\0") and made.strip(". ") == made


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    pages = {"b/x.html": b"two", "a/x.html": b"one"}
    for name in ("1.zip", "2.zip"):
        write_zip(tmp_path / name, dict(reversed(pages.items())) if name == "2.zip" else pages)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "1.zip") as archive:
        assert archive.namelist() == ["a/x.html", "b/x.html"] and archive.testzip() is None
