"""Canvas's import, read back as lib/gradebook_importer.rb reads it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from autograder.export.canvas import write
from autograder.export.sheet import CannotExport, Sheet
from tests.export.desk import CANVAS, PEOPLE, export, rows_of

COLUMN = "Lab 11: GPT-2 (4711)"


def gradebook(possible: str = "10.00", column: str = COLUMN, **more: Any) -> Sheet:
    """Canvas's export: rows for posting and points, students, and Canvas's own test student."""
    empty = ("",) * len(CANVAS)
    rows = [
        (*empty, "Manual Posting", "(read only)"),
        ("    Points Possible", *empty[1:], possible, "(read only)"),
        *((*row, "", "0.00") for _, _, row in PEOPLE),
        ("Student, Test", "999", "", "abc", "Lab A", "", ""),
    ]
    return Sheet("gradebook.csv", (*CANVAS, column, "Final Score"), tuple(rows), **more)


def as_canvas_reads(text: str) -> tuple[dict[str, str], str, str]:
    """Grades by Canvas's ID, the assignment's number, and the points possible."""
    header, *rows = rows_of(text)
    assert "Student" in header[0] and "ID" in header[1]  # row_has_student_headers?
    assert re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4]  # last_student_info_column
    (assignment,) = header[5:]
    possible, grades = "", {}
    for row in rows:
        if "Points Possible" in row[0]:
            possible = row[5]
        else:
            grades[row[1]] = row[5]
    return grades, re.search(r"\((\d+)\)$", assignment)[1], possible


@pytest.mark.parametrize("from_roster", [False, True])
def test_canvas_finds_everybody_by_number(from_roster: bool) -> None:
    if from_roster:  # as the roster, where rows that are nobody's are gone
        people = export().roster.people
        rows = tuple((*row, "") for _, _, row in PEOPLE)
        sheet = Sheet("the roster", (*CANVAS, COLUMN), rows, people)
    else:
        sheet = gradebook()
    done = write(export(sheet=sheet, roster=export().roster if from_roster else None))
    grades, number, possible = as_canvas_reads(done.text)
    assert number == "4711" and float(possible) == 10
    assert grades == {"101": "7", "102": "7", "103": "", "104": "EX", "105": "", "106": "3.33"}
    assert done.students == 6


def test_a_name_that_is_a_formula_is_made_harmless_and_the_numbers_stay() -> None:
    rows = rows_of(write(export(sheet=gradebook(), roster=None)).text)
    assert ["'=1+1", "106", "S6", "finn", "Lab B", "3.33"] in rows


def test_a_login_that_is_a_formula_is_left_out_and_told() -> None:
    rows = list(gradebook().rows)
    rows[2] = ("Lovelace, Ada", "101", "=HYPERLINK(1)", "ada", "Lab A", "", "0.00")
    done = write(export(sheet=Sheet("g", gradebook().headings, tuple(rows)), roster=None))
    assert "HYPERLINK" not in done.text and "Lovelace" not in done.text
    assert any("enter these marks by hand: ada" in note for note in done.notes)


def test_who_has_no_mark_is_told() -> None:
    done = write(export(sheet=gradebook(), roster=None))
    assert done.notes == ["excused: dan", "not handed in: eve", "without a final mark: cleo"]


def test_zero_for_missing_is_a_choice() -> None:
    done = write(export(sheet=gradebook(), roster=None, missing="zero"))
    assert as_canvas_reads(done.text)[0]["105"] == "0"
    assert "not handed in (0 points): eve" in done.notes


def test_other_points_in_canvas_are_told_and_not_changed() -> None:
    done = write(export(sheet=gradebook("100"), roster=None))
    assert as_canvas_reads(done.text)[2] == "100"
    assert any("`points = 100` in course.toml" in note for note in done.notes)


def test_who_is_in_canvas_only_or_here_only_is_told() -> None:
    rows = (*gradebook().rows[3:-1], ("Zed", "200", "S9", "zed", "Lab A", "", ""))
    done = write(export(sheet=Sheet("g.csv", gradebook().headings, rows), roster=None))
    assert "200" not in as_canvas_reads(done.text)[0]
    assert "not in g.csv; enter these marks by hand: ada" in done.notes
    assert "1 row of g.csv belong to nobody here, and are left out" in done.notes


def test_two_rows_for_one_student_get_no_mark() -> None:
    rows = (*gradebook().rows, ("Lovelace, Ada", "300", "", "ada", "Lab B", "", ""))
    done = write(export(sheet=Sheet("g.csv", gradebook().headings, rows), roster=None))
    assert not {"101", "300"} & set(as_canvas_reads(done.text)[0])
    assert any("by hand: ada" in note for note in done.notes)


def test_a_new_assignment_is_told() -> None:
    done = write(export(sheet=gradebook(), roster=None, column="Extra"))
    assert rows_of(done.text)[0][-1] == "Extra"
    assert any("new assignment" in note for note in done.notes)


@pytest.mark.parametrize("sheet", [None, Sheet("x.csv", ("name",), (("ada",),))])
def test_another_file_than_canvas_s_is_refused(sheet: Sheet | None) -> None:
    with pytest.raises(CannotExport, match="Export Entire Gradebook"):
        write(export(sheet=sheet, roster=None))


def test_the_same_marks_give_the_same_bytes() -> None:
    assert write(export(sheet=gradebook())) == write(export(sheet=gradebook()))
