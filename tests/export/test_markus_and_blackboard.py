"""MarkUs's marks spreadsheet and Blackboard's Grade Center."""

from __future__ import annotations

import pytest

from autograder.course.roster import Person, Roster
from autograder.export import blackboard, markus
from autograder.export.sheet import CannotExport, Sheet
from tests.export.desk import PEOPLE, export, rows_of

COLUMN = "Lab 11 [Total Pts: 10 Score] |664617"
HEADINGS = ("Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability",
            "Lab 10 [Total Pts: 5 Score] |664616", COLUMN)  # fmt: skip


def downloaded(column: str = COLUMN) -> Sheet:
    rows = [(name.split()[-1], name.split()[0], id, f"S{id}", "2026-11-01", "Yes", "5", "")
            for id, name, _ in PEOPLE]  # fmt: skip
    return Sheet("gc.xls", (*HEADINGS[:-1], column), tuple(rows))


def test_markus_gets_two_rows_of_headings_and_a_row_a_student() -> None:
    people = (Person("ada", columns={"user_name": "c5ada"}), Person("ben"))
    rows = rows_of(markus.write(export(roster=Roster(people))).text)
    assert rows[:4] == [["", "lab11"], ["", "10"], ["c5ada", "7"], ["ben", "7"]]
    assert {len(row) for row in rows} == {2}  # every row is as long as the others
    assert [row[1] for row in rows[4:]] == ["", "", "", "3.33"]


def test_blackboard_gets_the_number_of_its_column_and_only_that() -> None:
    done = blackboard.write(export(sheet=downloaded(), roster=None))
    rows = rows_of(done.text)
    assert rows[0] == ["Last Name", "First Name", "Username", "Student ID", COLUMN]
    assert rows[1] == ["Lovelace", "Ada", "ada", "Sada", "7"]
    assert rows[6] == ["'=1+1", "'=1+1", "finn", "Sfinn", "3.33"]
    assert not any("new column" in note for note in done.notes)


def test_blackboards_other_total_is_told() -> None:
    column = "Lab 11 [Total Pts: 100 Score] |664617"
    done = blackboard.write(export(sheet=downloaded(column), roster=None))
    assert any("Blackboard counts 100 points" in note for note in done.notes)


def test_without_its_download_blackboard_makes_a_new_column() -> None:
    done = blackboard.write(export(roster=None))
    rows = rows_of(done.text)
    assert rows[:2] == [["Username", "Lab 11: GPT-2 [Total Pts: 10 Score]"], ["ada", "7"]]
    assert any("new column" in note for note in done.notes)


def test_a_file_without_user_names_is_refused() -> None:
    with pytest.raises(CannotExport, match="Work Offline"):
        blackboard.write(export(sheet=Sheet("x.csv", ("Name",), ()), roster=None))
