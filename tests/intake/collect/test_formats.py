"""Each LMS's download ends in one folder for each student, with who, when and how often."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.course.roster import Person, Roster
from autograder.intake.collect.items import CannotCollect
from autograder.intake.find import find_submissions
from tests.intake.collect.samples import (
    BERLIN,
    CLASS,
    NAME,
    contents,
    folder,
    notebook,
    taken_in,
    work,
    zipped,
)


def test_canvas_names_late_marks_and_numbers_of_uploads(tmp_path: Path) -> None:
    source = zipped(tmp_path / "submissions.zip", {
        "lovelaceada_1234_5678_assignment4.ipynb": notebook("ada"),
        "lovelaceada_1234_5679_helpers.py": b"x = 1",
        "hoppergracebrewster_LATE_22_5680_assignment4-2.ipynb": notebook("grace"),
        "hoppergracebrewster_LATE_22_5681_helpers-2.py": b"y = 2",
        "müllerjörg_33_5690_My solution (final)-1.ipynb": notebook("joerg"),
        "noetheremmy_66_text.html": b"<p>I forgot</p>",
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out")
    assert report.kind == "canvas" and sorted(found) == ["ada", "emmy", "grace", "joerg"]
    assert work(tmp_path / "out", "ada") == "ada" and work(tmp_path / "out", "grace") == "grace"
    assert (tmp_path / "out/ada/assignment4/helpers.py").read_bytes() == b"x = 1"
    # what Canvas counted has its own name again, so that `import helpers` works
    assert (tmp_path / "out/grace/assignment4/helpers.py").read_bytes() == b"y = 2"
    assert work(tmp_path / "out", "joerg", "My solution (final)-1.ipynb") == "joerg"
    assert report.late == ["grace"] and found["ada"].late is False
    assert found["grace"].attempts == 3 and found["ada"].attempts == 1
    assert report.workless == ["emmy"] and not report.failed
    assert all(entry.handed_in is None for entry in found.values())


def test_two_downloads_of_canvas_in_one_folder_are_attempts(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {
        "lovelaceada_1234_100_assignment4.ipynb": notebook("first"),
        "lovelaceada_1234_101_helpers.py": b"1",
        "lovelaceada_LATE_1234_201_helpers-1.py": b"2",
        "lovelaceada_LATE_1234_200_assignment4-1.ipynb": notebook("second"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out")
    assert work(tmp_path / "out", "ada") == "second" and found["ada"].late is True
    assert found["ada"].attempts == 2 and report.several == {"ada": 2}
    kept = contents(tmp_path / "out/.attempts")
    assert [Path(name).name for name in kept] == ["assignment4.ipynb", "helpers.py"]
    assert b"first" in next(iter(kept.values()))


def test_a_students_own_numbers_are_no_attempts(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "lovelaceada_1234_100_part-1.ipynb": notebook("one"),
        "lovelaceada_1234_101_part-2.ipynb": notebook("two"),
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out")
    assert found["ada"].attempts == 1
    assert len(contents(tmp_path / "out/ada")) == 2


def test_anonymous_submissions_of_canvas_are_nobodys(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "anon_x1y2z_100_assignment4.ipynb": notebook("one"),
        "LATE_anon_Ab3De_101_assignment4.ipynb": notebook("two"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out")
    assert sorted(found) == ["anon_Ab3De", "anon_x1y2z"] == sorted(report.strangers)
    assert report.late == ["anon_Ab3De"] and report.missing == ["ada", "grace", "joerg", "emmy"]


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_moodle_with_and_without_folders(tmp_path: Path, flat: bool, packed: bool) -> None:
    end = "_assignsubmission_file_" + ("" if flat else "/")
    files = {
        f"Ada Lovelace_123456{end}assignment4.ipynb": notebook("ada"),
        f"Ada Lovelace_123456{end}helpers.py": b"x = 1",
        f"Jörg Müller_123457{end}loesung.ipynb": notebook("joerg"),
        "Emmy Noether_123458_assignsubmission_onlinetext_" + ("" if flat else "/")
        + "onlinetext.html": b"<p>see mail</p>",
        f"Eve_123459{end}assignment4.ipynb": notebook("eve"),
    }  # fmt: skip
    source = zipped(tmp_path / "a.zip", files) if packed else folder(tmp_path / "C-A4-77/x", files)
    report, found = taken_in(source if packed else tmp_path / "C-A4-77", tmp_path / "out")
    assert report.kind == "moodle"
    assert sorted(found) == ["Eve_123459", "ada", "emmy", "joerg"]
    assert work(tmp_path / "out", "ada") == "ada"
    assert (tmp_path / "out/ada/assignment4/helpers.py").is_file()
    assert report.strangers == ["Eve_123459"] and report.missing == ["grace"]
    assert report.workless == ["emmy"]


def test_anonymous_submissions_of_moodle_and_numbers_of_others(tmp_path: Path) -> None:
    """A participant's number is no student's number, although both may be the same."""
    roster = Roster((Person("123456", "Ada Lovelace"),))
    source = zipped(tmp_path / "in.zip", {
        "Participant_123456_assignsubmission_file_/assignment4.ipynb": notebook("someone"),
        "Grace Hopper_123456_assignsubmission_file_/assignment4.ipynb": notebook("grace"),
    })  # fmt: skip
    report, _ = taken_in(source, tmp_path / "out", roster)
    assert report.missing == ["123456"] and len(report.strangers) == 1


def test_blackboard_attempts_and_descriptions(tmp_path: Path) -> None:
    def told(name: str, user: str) -> bytes:
        return (f"Name: {name} ({user})\nAssignment: Assignment_4\nDate Submitted: Saturday, "
                "November 28, 2026 10:10:15 PM CET\nCurrent Grade: Needs Grading\n\n"
                "Submission Field:\nName: Emmy Noether (emmy)\n").encode()  # fmt: skip

    source = zipped(tmp_path / "gradebook.zip", {
        "Assignment_4_ada_attempt_2026-11-27-09-00-00.txt": told("Ada Lovelace", "ada"),
        "Assignment_4_ada_attempt_2026-11-27-09-00-00_assignment4.ipynb": notebook("first"),
        "Assignment_4_ada_attempt_2026-11-28-22-10-15.txt": told("Ada Lovelace", "ada"),
        "Assignment_4_ada_attempt_2026-11-28-22-10-15_assignment4.ipynb": notebook("second"),
        "Assignment_4_jo_hn_attempt_2026-06-28-22-10-15.txt": told("John", "jo_hn"),
        "Assignment_4_jo_hn_attempt_2026-06-28-22-10-15_assignment4.ipynb": notebook("john"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", zone=BERLIN)
    assert report.kind == "blackboard" and sorted(found) == ["ada", "jo_hn"]
    assert work(tmp_path / "out", "ada") == "second"
    assert found["ada"].handed_in == "2026-11-28T22:10:15+01:00" and found["ada"].attempts == 2
    assert found["jo_hn"].handed_in == "2026-06-28T22:10:15+02:00"
    assert sorted(contents(tmp_path / "out/ada")) == [
        "assignment4/assignment4.ipynb", "assignment4/timestamp.txt",
    ]  # fmt: skip
    time = (tmp_path / "out/ada/assignment4/timestamp.txt").read_text(encoding="utf-8")
    assert time == "2026-11-28 21:10:15.000000 UTC\n"
    (kept,) = (tmp_path / "out/.attempts/assignment4/ada").iterdir()
    assert kept.name.startswith("2026-11-27T09-00-00-")


def test_nbgrader_reads_the_time_that_was_written(tmp_path: Path) -> None:
    from nbgrader.coursedir import CourseDirectory

    source = zipped(tmp_path / "gradebook.zip", {
        "A4_ada_attempt_2026-11-28-22-10-15_assignment4.ipynb": notebook("ada"),
        "A4_emmy_attempt_2026-11-28-22-10-16_assignment4.ipynb": notebook("emmy"),
    })  # fmt: skip
    taken_in(source, tmp_path / "out", zone=BERLIN)
    time = CourseDirectory().get_existing_timestamp(str(tmp_path / "out/ada/assignment4"))
    assert str(time) == "2026-11-28 21:10:15"


def test_markus_groups_by_the_roster(tmp_path: Path) -> None:
    roster = Roster(
        (
            Person("ada", "Ada Lovelace", group="group_0001"),
            Person("grace", "Grace Hopper", group="group_0001"),
            Person("emmy", "Emmy Noether"),
        )
    )
    source = zipped(tmp_path / "a4_submissions.zip", {
        "group_0001/assignment4.ipynb": notebook("pair"),
        "group_0001/data/table.csv": b"1",
        "emmy/assignment4.ipynb": notebook("emmy"),
        "group_0002/assignment4.ipynb": notebook("nobody"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", roster)
    assert report.kind == "markus"
    assert sorted(found) == ["ada", "emmy", "group_0002"]
    assert found["ada"].members == ("ada", "grace") and found["emmy"].members == ()
    assert report.strangers == ["group_0002"] and report.missing == []
    assert (tmp_path / "out/ada/assignment4/data/table.csv").is_file()


def test_repositories_of_a_classroom(tmp_path: Path) -> None:
    deep = "assignment4-joerg/course/notebooks"
    source = folder(tmp_path / "a4-submissions", {
        "assignment4-ada/.git/config": b"[core]\n\tfsmonitor = touch /tmp/owned",
        "assignment4-ada/.git/hooks/post-checkout": b"#!/bin/sh",
        "assignment4-ada/assignment4.ipynb": notebook("ada"),
        "assignment4-ada/.github/workflows/x.yml": b"",
        f"{deep}/assignment4.ipynb": notebook("joerg"),
        f"{deep}/helpers.py": b"",
        "assignment4-joerg/course/notebooks2/other.ipynb": notebook("other"),
        "assignment4-jo-ann/assignment4.ipynb": notebook("jo-ann"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out")
    assert report.kind == "repositories" and sorted(found) == ["ada", "jo-ann", "joerg"]
    assert list(contents(tmp_path / "out/ada")) == ["assignment4/assignment4.ipynb"]
    assert list(contents(tmp_path / "out/joerg")) == [
        "assignment4/assignment4.ipynb", "assignment4/helpers.py",
    ]  # fmt: skip
    assert "outside of notebooks" in found["joerg"].notes[0]
    assert report.strangers == ["jo-ann"] and found["ada"].handed_in is None


def test_folders_loose_notebooks_and_archives(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {
        "My Homework/assignment4.ipynb": notebook("emmy"), "My Homework/h.py": b"",
        "__MACOSX/My Homework/._assignment4.ipynb": b"\0",
    })  # fmt: skip
    source = folder(tmp_path / "in", {
        "Ada Lovelace/assignment4.ipynb": notebook("ada"),
        "Ada Lovelace/.DS_Store": b"", "Ada Lovelace/Thumbs.db": b"",
        "Ada Lovelace/.ipynb_checkpoints/assignment4-checkpoint.ipynb": notebook("old"),
        "assignment4_grace.ipynb": notebook("grace"),
        "emmy.zip": inner.read_bytes(),
        "joerg.py": b"# %%\nx = 1\n",
        "notes.md": b"mine",
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out")
    assert report.kind == "folder" and sorted(found) == ["ada", "emmy", "grace", "joerg"]
    for student in ("ada", "grace", "emmy"):
        assert work(tmp_path / "out", student) == student
    assert list(contents(tmp_path / "out/ada")) == ["assignment4/assignment4.ipynb"]
    assert (tmp_path / "out/emmy/assignment4/h.py").is_file()
    assert (tmp_path / "out/joerg/assignment4/assignment4.py").is_file()
    assert not report.failed and not report.missing


def test_two_files_for_one_place_are_both_kept(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {
        "assignment4_emmy.ipynb": notebook("first"), "emmy.ipynb": notebook("second"),
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out")
    assert list(found) == ["emmy"] and "was there twice" in found["emmy"].notes[0]
    both = {work(tmp_path / "out", "emmy", name) for name in
            ("assignment4.ipynb", "assignment4 (2).ipynb")}  # fmt: skip
    assert both == {"first", "second"}


def test_where_there_is_nothing_but_a_checkpoint_it_is_kept(tmp_path: Path) -> None:
    name = "ada/.ipynb_checkpoints/assignment4-checkpoint.ipynb"
    source = folder(tmp_path / "in", {name: notebook("saved"), "emmy/a.txt": b""})
    taken_in(source, tmp_path / "out")
    assert work(tmp_path / "out", "ada", "assignment4-checkpoint.ipynb") == "saved"


@pytest.mark.parametrize("wrapper", ["", "submissions/"])
def test_a_zip_of_folders_may_have_a_folder_around_it(tmp_path: Path, wrapper: str) -> None:
    source = zipped(tmp_path / "in.zip", {
        f"{wrapper}ada/assignment4.ipynb": notebook("ada"),
        f"{wrapper}emmy/assignment4/assignment4.ipynb": notebook("emmy"),
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out")
    assert sorted(found) == ["ada", "emmy"]
    assert work(tmp_path / "out", "emmy") == "emmy"


def test_what_is_collected_is_found_for_grading(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "lovelaceada_1234_5678_assignment4-1.ipynb": notebook("ada"),
        "noetheremmy_66_5680_Untitled.ipynb": notebook("emmy"),
        "müllerjörg_33_5690_report.pdf": b"%PDF",
    })  # fmt: skip
    taken_in(source, tmp_path / "out")
    found = {one.student: one for one in find_submissions(tmp_path / "out", NAME)}
    assert list(found) == ["ada", "emmy", "joerg"]
    assert found["ada"].path and found["emmy"].path
    assert found["joerg"].path is None and found["joerg"].reason


def test_without_a_roster_the_lms_names_the_folders(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "lismith_11_1_assignment4.ipynb": notebook("a"),
        "lismith_22_2_assignment4.ipynb": notebook("b"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", None)
    assert sorted(found) == ["lismith_11", "lismith_22"]
    assert report.strangers == [] and report.missing == []


@pytest.mark.parametrize("end", ["{}.ipynb", "{}/work.ipynb"])
def test_the_folder_around_a_class_is_no_student(tmp_path: Path, end: str) -> None:
    files = {f"all/{end.format(name)}": notebook(name) for name in ("ada", "emmy")}
    _, found = taken_in(folder(tmp_path / "in", files), tmp_path / "out")
    assert sorted(found) == ["ada", "emmy"]
    one = folder(tmp_path / "one", {
        "ada/assignment4/assignment4.ipynb": notebook("ada"), "ada/lab11/lab11.ipynb": b"{}",
    })  # fmt: skip
    _, found = taken_in(one, tmp_path / "out")
    assert work(tmp_path / "out", "ada") == "ada"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not a zip"])
def test_a_broken_download_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.zip").write_bytes(content)
    with pytest.raises(CannotCollect, match="not a whole zip archive"):
        taken_in(tmp_path / "in.zip", tmp_path / "out")


def test_names_that_are_no_text(tmp_path: Path) -> None:
    place = zipped(tmp_path / "in.zip", {"emmy/ä.ipynb": notebook("emmy")})
    place.write_bytes(place.read_bytes().replace("ä".encode(), b"\xff\xfe"))
    with pytest.raises(CannotCollect, match="names that are no text"):
        taken_in(place, tmp_path / "out")
    source = folder(tmp_path / "in", {"ada/assignment4.ipynb": notebook("ada")})
    Path(os.fsdecode(os.fsencode(source) + b"/ada/\xff.csv")).write_bytes(b"1")
    _, found = taken_in(source, tmp_path / "out")
    assert "no text has" in found["ada"].notes[0] and work(tmp_path / "out", "ada") == "ada"


def test_places_that_cannot_go_together(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"ada/assignment4.ipynb": notebook("ada")})
    with pytest.raises(CannotCollect, match="within each other"):
        taken_in(source, source / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/collected-lab11.json").write_text("{}")
    with pytest.raises(CannotCollect, match="submissions of lab11"):
        taken_in(source, tmp_path / "out")
    (tmp_path / "downloads").mkdir()
    zipped(tmp_path / "downloads/submissions.zip", {"lovelaceada_1234_5_a.ipynb": notebook("a")})
    with pytest.raises(CannotCollect, match="give the download itself"):
        taken_in(tmp_path / "downloads", tmp_path / "other")


def test_a_file_whose_student_is_not_told_is_refused(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "lovelaceada_1234_5678_assignment4.ipynb": notebook("ada"),
        "stray.ipynb": notebook("stray"),
    })  # fmt: skip
    report, _ = taken_in(source, tmp_path / "out")
    assert report.files == [("stray.ipynb", "its name does not tell whose it is")]
    assert report.failed and CLASS.people
