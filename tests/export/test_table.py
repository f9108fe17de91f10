"""The course's own table."""

from __future__ import annotations

from autograder.export import table
from tests.export.desk import export, results, rows_of


def test_without_final_marks_the_table_is_that_of_the_submissions() -> None:
    rows = rows_of(table.as_csv(results()))
    assert rows[0][:6] == ["student", "status", "score", "max_score", "G1.1", "G1.2"]
    assert rows[1][:6] == ["ada", "graded", "9", "10", "1", "0.5"]
    assert len(rows) == 4


def test_with_final_marks_every_person_has_a_line() -> None:
    header, *rows = rows_of(table.write(export()).text)
    found = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert list(found) == ["ada", "ben", "cleo", "dan", "eve", "finn"]
    ben = found["ben"]
    assert (ben["score"], ben["late_penalty"], ben["mark"], ben["out_of"]) == ("9", "2", "7", "10")
    assert (ben["G1.2"], ben["days_late"], ben["handed_in_as"]) == ("0.5", "1", "ada")
    assert ben["handed_in"] == "2026-11-30T12:00:00+00:00"
    assert (found["cleo"]["score"], found["cleo"]["mark"]) == ("4", "")
    assert (found["dan"]["status"], found["dan"]["mark"]) == ("excused", "")
    assert (found["eve"]["status"], found["eve"]["score"]) == ("not handed in", "")
    zero = rows_of(table.write(export(missing="zero")).text)
    assert zero[5][0] == "eve" and zero[5][header.index("mark")] == "0"
