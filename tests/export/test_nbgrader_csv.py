"""nbgrader's own CSV, against the real plugin."""

from __future__ import annotations

import csv
from pathlib import Path

from nbgrader.plugins.export import CsvExportPlugin

from autograder.course.config import AssignmentConfig
from autograder.course.finals import final_marks
from autograder.course.roster import Person, Roster
from autograder.export.nbgrader_csv import write
from autograder.export.work import Export
from autograder.pipeline.layout import Layout
from autograder.pipeline.marks import read_results, take_marks
from tests.export.conftest import NAME, writing
from tests.export.desk import export, rows_of

POINTS = {"G1.1": 5.0, "G1.2": 5.0}


def test_the_rows_are_those_of_nbgrader_export(folder: Layout, tmp_path: Path) -> None:
    with writing(folder) as gradebook:
        grade = gradebook.find_grade("g1_2_solution", NAME, NAME, "cleo")
        grade.needs_manual_grade = False
        gradebook.db.commit()
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(gradebook)
    with (tmp_path / "theirs.csv").open(newline="") as file:
        theirs = list(csv.reader(file))
    results = take_marks(folder, read_results(folder))
    for entry in results["submissions"]:
        entry["members"] = []
        entry["checks"][0]["points"] = 5.0 if entry["student"] == "finn" else 4.0
    known = Roster(tuple(Person(row[3]) for row in theirs[1:]))
    finals = final_marks(results, AssignmentConfig(), known, POINTS)
    done = write(Export(NAME, "Lab 11", finals, results, known,
                        gradebook=folder.root / "gradebook.db"))  # fmt: skip
    assert rows_of(done.text) == theirs


def test_lateness_and_groups_are_the_courses_own(folder: Layout) -> None:
    header, *rows = rows_of(write(export(gradebook=folder.root / "gradebook.db")).text)
    found = {row[3]: dict(zip(header, row, strict=True)) for row in rows}
    ben = found["ben"]
    assert (ben["raw_score"], ben["late_submission_penalty"], ben["score"]) == ("9.0", "2.0", "7.0")
    assert ben["timestamp"] == found["ada"]["timestamp"] == "2026-11-28 09:00:00"
    assert found["cleo"]["score"] == "" and found["dan"]["score"] == ""
    assert found["eve"]["score"] == "0.0" and found["finn"]["last_name"] == "'=1+1"


def test_without_a_gradebook_there_are_no_times(tmp_path: Path) -> None:
    rows = rows_of(write(export(gradebook=tmp_path / "gradebook.db")).text)
    assert len(rows) == 7 and {row[2] for row in rows[1:]} == {""}
