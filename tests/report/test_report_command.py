"""`course report`: the page and its tables, from a course folder with code and roster."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.pipeline.results import run_as_json
from tests.report.reading import Page, assert_harmless
from tests.report.samples import PAYLOAD, submission
from tests.similarity.samples import copies, course_folder, imagined_class

NAME = "assignment4"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A graded class of twelve; three copied from three others, one pair, one hostile cell."""
    found = imagined_class(12)
    first, last = copies(list(found))[0]
    for student in (first, last):
        found[student]["E2"] += f"\n    # {PAYLOAD}\n    title = '{PAYLOAD}' + '</script>'\n"
    folder = course_folder(tmp_path / "course", found)
    entries = [submission(student).as_json() for student in found]
    entries[4]["members"] = [entries[4]["student"], "partner"]
    text = json.dumps(run_as_json(NAME, 7, entries))
    (folder.root / "results.json").write_text(text, encoding="utf-8")
    return folder.root


def run(course: Path, *more: str | Path) -> Result:
    """The command in this process; a failure of our own is a failure of the test."""
    asked = ["report", NAME, "--out", str(course), *map(str, more)]
    return CliRunner().invoke(main, asked, catch_exceptions=False)


def page_at(place: Path) -> Page:
    return assert_harmless(place.read_text(encoding="utf-8"))


def test_pairs_stand_side_by_side_as_something_to_look_at(course: Path) -> None:
    told = run(course)
    assert told.exit_code == 0, told.output
    assert "to look at, no verdict" in told.stdout
    page = page_at(course / "report.html")
    section = page.text[page.text.index("Code that is alike") :]
    assert "Something to look at, not a verdict" in section
    for first, last in copies([f"student{i:03d}" for i in range(12)]):
        assert f"{first} and {last}: E2" in section
    assert PAYLOAD in section and "</script>" in section  # as text: assert_harmless found no tag
    assert {"mark", "details", "table"} <= page.names()
    assert page.attributes("open") == [""]  # the first pair alone
    assert "#similar" in page.attributes("href")


def test_the_same_class_gives_the_same_bytes(course: Path) -> None:
    run(course)
    first = (course / "report.html").read_bytes()
    run(course)
    assert (course / "report.html").read_bytes() == first


def test_every_table_is_a_file_and_the_page_may_lie_elsewhere(course: Path, tmp_path: Path) -> None:
    page, tables = tmp_path / "a b" / "class.html", tmp_path / "tables"
    told = run(course, "--to", page, "--csv", tables)
    assert told.exit_code == 0 and str(page) in told.stdout
    assert not (course / "report.html").exists()
    assert f"../course/feedback/student000/{NAME}/{NAME}.html" in page_at(page).attributes("href")
    names = {file.stem for file in tables.iterdir()}
    assert names >= {"students", "distribution", "exercises", "checks", "similar", "times"}
    with (tables / "similar.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"student000", "student011", "E2"} <= {
        rows[0][k] for k in ("first", "second", "exercise")
    }


def test_code_is_left_alone_if_asked(course: Path) -> None:
    told = run(course, "--no-similar")
    assert "alike" not in told.stdout
    assert "Not compared here" in page_at(course / "report.html").text


def test_a_higher_threshold_lists_fewer(course: Path) -> None:
    def pairs(threshold: str) -> int:
        tables = json.loads(run(course, "--json", "--threshold", threshold).stdout)["tables"]
        return len({(row["first"], row["second"]) for row in tables["similar"]})

    assert pairs("30") > pairs("95") >= 3
    assert run(course, "--threshold", "101").exit_code == 2


def test_the_roster_brings_names_sections_and_who_is_missing(course: Path, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    people = [f"student{i:03d},Name {i},{'A' if i % 2 else 'B'}" for i in range(12)]
    people += ["partner,Pat Ner,A", "absent,Ab Sent,B"]
    roster.write_text("id,name,section\n" + "\n".join(people) + "\n", encoding="utf-8")
    told = run(course, "--no-similar", "--json", "--roster", roster)
    assert told.exit_code == 0, told.output
    tables = json.loads(told.stdout)["tables"]
    sections = {row["section"]: row for row in tables["sections"]}
    assert (sections["A"]["students"], sections["B"]["students"]) == (7, 7)
    assert sections["B"]["not handed in"] == 1
    partner = next(row for row in tables["students"] if row["student"] == "partner")
    assert partner["mark"] == 5.0 and partner["remark"].endswith("with student004")
    assert "Not handed in by absent (Ab Sent)" in page_at(course / "report.html").text


def test_a_folder_without_results_is_told_in_one_line(tmp_path: Path) -> None:
    told = run(tmp_path)
    assert told.exit_code == 1
    assert (
        told.stderr.startswith("course: ") and "run `course grade assignment4` first" in told.stderr
    )


def test_a_page_that_cannot_be_written_is_told_in_one_line(course: Path) -> None:
    told = run(course, "--no-similar", "--to", course / "results.json" / "page.html")
    assert told.exit_code == 1
    assert "cannot be written" in told.stderr and "Traceback" not in told.stderr
