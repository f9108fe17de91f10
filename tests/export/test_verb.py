"""`course export` and `course feedback --zip` as an instructor calls them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.export.formats import FORMATS
from autograder.pipeline.layout import Layout
from tests.export.desk import PEOPLE, rows_of
from tests.export.test_canvas import COLUMN

CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section," + f'"{COLUMN}"\n'


def call(*args: Any) -> Result:
    """Run `course` as a person would."""
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def gradebook(tmp_path: Path) -> Path:
    """Canvas's export of the class."""
    place = tmp_path / "canvas.csv"
    rows = "".join(",".join(f'"{cell}"' for cell in (*row, "")) + "\n" for _, _, row in PEOPLE)
    place.write_text(f"{CANVAS}    Points Possible,,,,,10\n{rows}", encoding="utf-8")
    return place


@pytest.fixture
def course(folder: Layout, tmp_path: Path) -> tuple[Any, ...]:
    """How every call ends."""
    config = tmp_path / "course.toml"
    config.write_text("""
[lab11]
deadline = 2026-11-28T12:00:00+01:00
excused = ["dan"]
""")
    return ("lab11", "--out", folder.root, "--config", config)


def test_canvas_gets_a_line_for_each_member(
    course: tuple[Any, ...], gradebook: Path, tmp_path: Path
) -> None:
    args = ("export", *course, "--for", "canvas", "--fill", gradebook, "--to", tmp_path / "up.csv")
    done = call(*args)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "up.csv").read_text()
    marks = {row[1]: row[5] for row in rows_of(text)[2:]}
    assert marks == {"101": "1.5", "102": "1.5", "103": "", "104": "EX", "106": "1.5"}
    assert "without a final mark: cleo" in done.stderr and "excused: dan" in done.stderr
    assert "up.csv: 5 students" in done.stdout
    assert call(*args).exit_code == 0 and (tmp_path / "up.csv").read_text() == text


@pytest.mark.parametrize("lms", ["table", "moodle", "markus", "blackboard", "nbgrader"])
def test_formats_that_need_no_file_go_to_the_terminal(lms: str, course: tuple[Any, ...]) -> None:
    done = call("export", *course, "--for", lms)
    assert done.exit_code == 0, done.output
    assert sum("ada" in row[:4] for row in rows_of(done.stdout)) == 1


@pytest.mark.parametrize("lms", ["canvas", "moodle-worksheet"])
def test_what_is_missing_is_said(lms: str, course: tuple[Any, ...], tmp_path: Path) -> None:
    done = call("export", *course, "--for", lms, "--to", tmp_path / "up.csv")
    assert done.exit_code == 1 and "--fill" in done.stderr
    assert not (tmp_path / "up.csv").exists()


def test_an_unknown_format_is_wrong_usage(course: tuple[Any, ...]) -> None:
    done = call("export", *course, "--for", "webct")
    assert done.exit_code == 2 and all(lms in done.stderr for lms in FORMATS)


def test_no_mark_needs_torch_or_nbgrader(course: tuple[Any, ...]) -> None:
    """They take seconds to import; marks are exported in a fraction of one."""
    code = (
        "import sys\nfrom autograder.cli import main\n"
        f"main({[*map(str, ('export', *course))]!r}, standalone_mode=False)\n"
        "sys.exit(', '.join({'torch', 'nbgrader', 'IPython'} & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_plain_zip_holds_one_folder_for_each_student(
    course: tuple[Any, ...], tmp_path: Path
) -> None:
    args = ("feedback", *course, "--zip", tmp_path / "pages.zip")
    assert call(*args).exit_code == 0
    with zipfile.ZipFile(tmp_path / "pages.zip") as archive:
        assert archive.namelist() == [f"{s}/lab11.html" for s in ("ada", "ben", "cleo", "finn")]
    before = (tmp_path / "pages.zip").read_bytes()
    assert call(*args).exit_code == 0 and (tmp_path / "pages.zip").read_bytes() == before


@pytest.mark.parametrize("word", [("--for", "moodle"), ("--fill", __file__)])
def test_names_for_a_zip_that_nobody_asked_for_are_wrong_usage(
    course: tuple[Any, ...], word: tuple[str, str]
) -> None:
    done = call("feedback", *course, *word)
    assert done.exit_code == 2 and "--zip" in done.output


def test_a_roster_whose_ids_lost_their_zeros_is_refused(
    course: tuple[Any, ...], folder: Layout, tmp_path: Path
) -> None:
    place = folder.root / "results.json"
    place.write_text(place.read_text().replace('"student": "ada"', '"student": "0042"'))
    people = tmp_path / "people.csv"
    people.write_text("id,name\n42,Ada\n")
    done = call("export", *course, "--roster", people)
    assert done.exit_code == 1 and "a spreadsheet has taken zeros away" in done.stderr


@pytest.mark.parametrize("text", ["[]", '{"assignment": "lab11"}', '{"assignment": "lab11", "sub'])
def test_results_that_are_none_are_said(course: tuple[Any, ...], folder: Layout, text: str) -> None:
    (folder.root / "results.json").write_text(text)
    done = call("export", *course)
    assert done.exit_code == 1 and "holds no results: run `course grade lab11`" in done.stderr


def test_a_broken_gradebook_is_said_by_every_verb(course: tuple[Any, ...], folder: Layout) -> None:
    (folder.root / "nbgrader_config.py").unlink(missing_ok=True)
    done = call("marking", *course[:3])
    assert done.exit_code == 1 and "has no nbgrader_config.py: `course grade`" in done.stderr
    (folder.root / "nbgrader_config.py").write_text("c = get_config()\n")
    (folder.root / "gradebook.db").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 9)
    for args in (("export", *course), ("report", *course), ("marking", *course[:3])):
        done = call(*args)
        assert done.exit_code == 1 and done.stderr.startswith("course: "), args
        assert "gradebook.db cannot be" in done.stderr
