"""Times of submission from a table of the LMS's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from autograder.course.roster import Person, Roster
from autograder.course.settings import AssignmentConfig, LatePolicy
from autograder.intake.collect.formats import Owner
from autograder.intake.collect.items import CannotCollect
from autograder.intake.collect.report import summary
from autograder.intake.collect.times import parsed, read_times
from tests.intake.collect.samples import BERLIN, contents, notebook, taken_in, work, zipped

WORKSHEET = (
    "\ufeffIdentifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum grade\","
    "\"Grade can be changed\",\"Last modified (submission)\",\"Last modified (grade)\"\r\n"
    "\"Participant 900\",\"Ada Lovelace\",ada@uni.example,\"Submitted for grading\",,40.00,Yes,"
    "\"Saturday, 28 November 2026, 10:10 PM\",-\r\n"
    "\"Participant 901\",\"Jörg Müller\",jm@uni.example,\"Submitted for grading - 2 days late\",,"
    "40.00,Yes,\"Monday, 30 November 2026, 11:10 PM\",-\r\n"
    "\"Participant 902\",\"Emmy Noether\",emmy@uni.example,\"No submission\",,40.00,Yes,-,-\r\n"
)  # fmt: skip


def test_moodles_worksheet(tmp_path: Path) -> None:
    table = tmp_path / "Grades-A4.csv"
    table.write_text(WORKSHEET, encoding="utf-8", newline="")
    source = zipped(tmp_path / "in.zip", {
        "Ada Lovelace_900_assignsubmission_file_/assignment4.ipynb": notebook("ada"),
        "Jörg Müller_901_assignsubmission_file_/assignment4.ipynb": notebook("joerg"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", times=table, zone=BERLIN)
    assert found["ada"].handed_in == "2026-11-28T22:10:00+01:00" and found["ada"].late is False
    assert report.late == ["joerg"]
    before = contents(tmp_path / "out")
    assert before["ada/assignment4/timestamp.txt"] == b"2026-11-28 21:10:00.000000 UTC\n"
    # without the table the time stays, and it is no other attempt
    _, found = taken_in(source, tmp_path / "out")
    assert contents(tmp_path / "out") == before and found["ada"].attempts == 1


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    table = tmp_path / "times.csv"
    table.write_text("id;submitted at\nada;2026-11-28 22:10\ngrace;2026-11-28T22:11:05-05:00\n")
    source = zipped(tmp_path / "in.zip", {
        "ada/assignment4.ipynb": notebook("ada"), "grace/assignment4.ipynb": notebook("grace"),
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out", times=table, zone=BERLIN)
    assert found["ada"].handed_in == "2026-11-28T22:10:00+01:00"
    assert found["grace"].handed_in == "2026-11-28T22:11:05-05:00"


@pytest.mark.parametrize(
    ("before", "separator", "encoding"),
    [("", ";", "cp1252"), ("sep=;\r\n", ";", "utf-8-sig"), ("", "\t", "utf-16")],
)
def test_a_table_as_a_spreadsheet_saves_it(
    tmp_path: Path, before: str, separator: str, encoding: str
) -> None:
    table = tmp_path / "times.csv"
    text = f"{before}Full name;submitted at\r\nJörg Müller;2026-11-28 22:10\r\n"
    table.write_bytes(text.replace(";", separator).encode(encoding))
    assert read_times(table, BERLIN).of(Owner("", "Jörg Müller")) is not None
    assert read_times(table, BERLIN).of(Owner("", "Ada")) is None


def test_who_has_no_time_is_told_where_lateness_costs_something(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "lovelaceada_LATE_1234_1_assignment4.ipynb": notebook("ada"),
    })  # fmt: skip
    deadline = datetime(2026, 11, 28, tzinfo=BERLIN)
    costly = AssignmentConfig(deadline, LatePolicy(per_day=10))
    report, _ = taken_in(source, tmp_path / "out", settings=costly)
    assert report.late == report.untimed == ["ada"]
    assert "without a time (--times): 1: ada" in summary(report)
    for free in (AssignmentConfig(deadline), AssignmentConfig(None, LatePolicy(per_day=10))):
        report, _ = taken_in(source, tmp_path / "out", settings=free)
        assert report.late == ["ada"] and not report.untimed
    table = tmp_path / "times.csv"
    table.write_text("id,submitted at\nada,2026-11-30 10:00\n")
    report, _ = taken_in(source, tmp_path / "out", settings=costly, times=table, zone=BERLIN)
    assert report.late == ["ada"] and not report.untimed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,mark\nada,3\n", "no columns of times and people"),
        ("", "no columns"),
        ("id,time\nada,11/12/26 22:10\n", "line 2: '11/12/26 22:10' is no time"),
        ("id,time\nada,Samstag um zehn\n", "line 2"),
        ('id,time\n"ada,2026-11-28 22:10\n', "csv:2: this row cannot be read"),
    ],
)
def test_tables_that_cannot_be_read_say_where(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "times.csv").write_text(text)
    with pytest.raises(CannotCollect, match=words):
        read_times(tmp_path / "times.csv", BERLIN)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Wednesday, September 23, 2020, 9:00 PM", datetime(2020, 9, 23, 21)),
        ("Wednesday, 23 September 2020, 21:00", datetime(2020, 9, 23, 21)),
        ("23.09.2020 21:00", datetime(2020, 9, 23, 21)),
        ("2020-09-23T21:00:00", datetime(2020, 9, 23, 21)),
    ],
)
def test_times_as_lmss_write_them(text: str, time: datetime) -> None:
    assert parsed(text) == time


def test_moodles_worksheet_tells_people_of_one_name_apart(tmp_path: Path) -> None:
    roster = Roster(tuple(
        Person(id, "Jörg Müller", f"{id}@uni.example") for id in ("jm1", "jm2")
    ))  # fmt: skip
    source = zipped(tmp_path / "in.zip", {
        "Jörg Müller_900_assignsubmission_file_/assignment4.ipynb": notebook("first"),
        "Jörg Müller_901_assignsubmission_file_/assignment4.ipynb": notebook("second"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", roster)
    assert set(found) == {"Jörg Müller_900", "Jörg Müller_901"}
    assert "its name is that of jm1 and jm2" in report.told[0]
    table = tmp_path / "worksheet.csv"
    table.write_text("Identifier,Full name,Email address,Last modified (submission)\n"
                     "Participant 900,Jörg Müller,jm2@uni.example,2026-11-28 22:10\n"
                     "Participant 901,Jörg Müller,jm1@uni.example,-\n")  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", roster, times=table, zone=BERLIN)
    assert set(found) == {"jm1", "jm2"} and not report.told
    assert work(tmp_path / "out", "jm2") == "first"
    assert work(tmp_path / "out", "jm1") == "second"
    assert found["jm2"].handed_in and not found["jm1"].handed_in
    # a number that stands there twice tells nothing
    table.write_text(table.read_text().replace("901", "900"))
    report, found = taken_in(source, tmp_path / "new", roster, times=table, zone=BERLIN)
    assert set(found) == {"Jörg Müller_900", "Jörg Müller_901"}
