"""Moodle's two imports; the worksheet is read back as importgradeslib.php reads it."""

from __future__ import annotations

import pytest

from autograder.course.finals import Final
from autograder.course.roster import Person, Roster
from autograder.export.moodle import write, write_worksheet
from autograder.export.sheet import CannotExport, Sheet
from tests.export.desk import PEOPLE, export, rows_of

HEADINGS = ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
            "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
            "Feedback comments")  # fmt: skip
MODIFIED = "Monday, 30 November 2026, 1:00 PM"


def worksheet(maximum: str = "10.00") -> Sheet:
    rows = [
        (f"Participant {place}", name, f"{id}@example.org", "Submitted for grading", "", maximum,
         "Yes", "-", MODIFIED, "")
        for place, (id, name, _) in enumerate(PEOPLE, 41)
    ]  # fmt: skip
    return Sheet("worksheet.csv", HEADINGS, tuple(rows))


def as_moodle_reads(text: str) -> dict[int, tuple[str, str]]:
    """Grade and comment by participant."""
    header, *rows = rows_of(text)
    id, grade, modified, comment = (header.index(name) for name in (
        "Identifier", "Grade", "Last modified (grade)", "Feedback comments"))  # fmt: skip
    assert all(row[modified] == MODIFIED for row in rows)  # else Moodle skips the row
    return {int(row[id][len("Participant ") :]): (row[grade], row[comment]) for row in rows}


def said(final: Final) -> str:
    return "" if final.submission is None else f"Lab 11\n<b>{final.student}</b> & more\n"


def test_the_worksheet_comes_back_filled_in() -> None:
    done = write_worksheet(export(sheet=worksheet(), roster=None, comment=said))
    found = as_moodle_reads(done.text)
    assert {id: grade for id, (grade, _) in found.items()} == {
        41: "7", 42: "7", 43: "", 44: "", 45: "", 46: "3.33"}  # fmt: skip
    assert found[41][1] == "Lab 11<br />&lt;b&gt;ada&lt;/b&gt; &amp; more"
    assert found[45][1] == ""


def test_all_else_of_the_worksheet_stays_but_for_formulas() -> None:
    rows = rows_of(write_worksheet(export(sheet=worksheet(), roster=None)).text)
    assert tuple(rows[0]) == HEADINGS and len(rows) == 7
    assert rows[6][1] == "'=1+1" and rows[1][:4] == list(worksheet().rows[0][:4])


def test_moodles_other_maximum_is_told() -> None:
    done = write_worksheet(export(sheet=worksheet("100.00"), roster=None))
    assert any("Moodle counts 100 points" in note for note in done.notes)


@pytest.mark.parametrize("lacking", ["Identifier", "Grade", "Last modified (grade)"])
def test_a_file_that_is_no_worksheet_is_refused(lacking: str) -> None:
    headings = tuple(heading for heading in HEADINGS if heading != lacking)
    with pytest.raises(CannotExport, match="Download grading worksheet"):
        write_worksheet(export(sheet=Sheet("x.csv", headings, ()), roster=None))


def test_the_gradebooks_import_has_the_columns_that_moodle_matches() -> None:
    people = tuple(
        Person(
            id, columns={"First name": name, "ID number": f"S{id}", "Email address": f"{id}@x.y"}
        )
        for id, name, _ in PEOPLE
    )
    rows = rows_of(write(export(roster=Roster(people))).text)
    assert rows[0] == ["ID number", "Email address", "Lab 11: GPT-2"]
    assert rows[1:3] == [["Sada", "ada@x.y", "7"], ["Sben", "ben@x.y", "7"]]
    assert [row[-1] for row in rows[3:]] == ["", "", "", "3.33"]


def test_without_a_roster_the_ids_are_the_user_names() -> None:
    rows = rows_of(write(export(roster=None, column="Lab")).text)
    assert rows[:2] == [["Username", "Lab"], ["ada", "7"]]


def test_an_address_that_is_a_formula_is_left_out() -> None:
    people = (Person("ada", columns={"Email address": "=1+1@x.y"}),)
    done = write(export(roster=Roster(people)))
    assert "=1+1" not in done.text and any("by hand: ada" in note for note in done.notes)
