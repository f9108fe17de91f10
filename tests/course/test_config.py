"""course.toml: what it may say, and how what is wrong with it is told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import ASSIGNMENTS
from autograder.cli import LIMITS
from autograder.course.config import (
    BadConfig,
    CourseConfig,
    LatePolicy,
    example,
    find,
    load,
)
from autograder.report.showing import students_see
from autograder.sandbox.resources import Limits

DEADLINE = "deadline = 2026-12-01T23:59:00+01:00\n"


def cases(name: str) -> list[tuple[str, str]]:
    """Files of wrong settings with what is told of each, behind the file's name."""
    blocks = (Path(__file__).parent / name).read_text(encoding="utf-8").split("\n----\n")
    return [tuple(block.rstrip("\n").split("\n=> ")) for block in blocks]


@pytest.fixture
def read(tmp_path: Path):
    """Read a text as course.toml."""

    def load_text(text: str, **files: str) -> CourseConfig:
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        place = tmp_path / "course.toml"
        place.write_text(text, encoding="utf-8")
        return load(place)

    return load_text


@pytest.fixture
def told(read, tmp_path: Path):
    """What is wrong with a text, line by line, without the folder."""

    def lines(text: str, **files: str) -> list[str]:
        with pytest.raises(BadConfig) as error:
            read(text, **files)
        return str(error.value).replace(f"{tmp_path}/", "").splitlines()

    return lines


def test_an_empty_file_has_the_defaults(read) -> None:
    assert read("") == CourseConfig()
    assert read("").of("assignment4").late == LatePolicy()


def test_a_whole_file_is_read(read, tmp_path: Path) -> None:
    config = read(
        'name = "Transformers, autumn 2026"\nroster = "roster.csv"\n'
        'package = "https://example.org/a/transformer_course-0.1.0-py3-none-any.whl"\n'
        '[limits]\ncell_timeout = 8\nmemory = 2048\n[late]\ngrace = "15 min"\nper_day = 10\n'
        f"cap = 50\ncloses_after_days = 7\n[assignment4]\n{DEADLINE}points = 100\n"
        'excused = ["ben"]\ndiagnoses = "never"\n[assignment4.late]\nof = "score"\ncap = 30\n'
        "[assignment4.extensions]\nanna = 2026-12-05T23:59:00+01:00\n"
        f'[lab11]\n{DEADLINE}[lab11.points_by_exercise]\n"G1.1" = 2\nG2.5 = 3\n',
        roster="id,name\nanna,Anna\nben,Ben\n",
    )
    assert config.name == "Transformers, autumn 2026"
    assert config.roster == tmp_path / "roster.csv"
    assert config.package.endswith(".whl")
    assert config.limits == {"cell_s": 8.0, "memory_mb": 2048}
    assert Limits(**config.limits).submission_s == Limits().submission_s
    first, second = config.of("assignment4"), config.of("lab11")
    assert first.deadline == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    assert first.late == LatePolicy(15, 10, "score", 30, 7)
    assert second.late == LatePolicy(15, 10, "maximum", 50, 7)
    assert (first.points, first.excused, first.diagnoses) == (100, {"ben"}, "never")
    assert first.deadline_of("anna") == datetime(2026, 12, 5, 22, 59, tzinfo=UTC)
    assert first.deadline_of("ben", "anna") == first.deadline_of("anna")
    assert first.deadline_of("ben") == first.deadline_of() == first.deadline
    assert second.exercise_points == {"G1.1": 2, "G2.5": 3}  # quotes may be left out


def test_the_example_can_be_used_as_it_is(read) -> None:
    config = read(example())
    assert set(config.assignments) == set(ASSIGNMENTS)
    assert config.of("lab11").late.per_day == 20


def test_every_line_of_the_example_that_is_switched_off_can_be_switched_on(read) -> None:
    text = re.sub(r"(?m)^#(?=[a-z])", "", example())
    assert text != example()
    config = read(text, roster="id\nanna\nben\n", groups="group,id\ng1,anna\ng1,ben\n")
    assert config.roster and config.groups and config.package and len(config.limits) == 3


def test_the_example_shows_every_setting() -> None:
    for word in ("name", "roster", "groups", "package", "repository", "branch", "hub", "grace",
                 "per_day", "of", "cap", "closes_after_days", "deadline", "points", "diagnoses",
                 "excused"):  # fmt: skip
        assert re.search(rf"(?m)^#?{word} = ", example()), word
    for table in ("limits", "late", "assignment4.extensions", "lab11.points_by_exercise"):
        assert f"[{table}]" in example()


@pytest.mark.parametrize(
    ("setting", "since"),
    [
        ("after:deadline", datetime(2026, 12, 5, 22, 59, tzinfo=UTC)),  # the last extension
        ("after:2026-12-02T08:00+01:00", datetime(2026, 12, 2, 7, tzinfo=UTC)),
    ],
)
def test_diagnoses_after_a_moment(read, setting: str, since: datetime) -> None:
    text = f'[assignment4]\n{DEADLINE}diagnoses = "{setting}"\n'
    text += "extensions.anna = 2026-12-05T23:59:00+01:00"
    found = read(text).of("assignment4").diagnoses
    assert students_see(found, since) and not students_see(found, since - timedelta(seconds=1))


def test_every_limit_of_the_command_has_its_word(read) -> None:
    for name, option, kind, _ in LIMITS:
        value = getattr(Limits(), name)
        value = int(value) if isinstance(kind, click.IntRange) else value
        word = option.removeprefix("--").replace("-", "_")
        assert read(f"[limits]\n{word} = {value}\n").limits == {name: value}


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("15 min", 15), ("90s", 1.5), ("2 hours", 120), ("1 day", 1440), ("0.5 h", 30),
     ("1 Minute", 1)],
)  # fmt: skip
def test_grace_is_a_duration(read, text: str, minutes: float) -> None:
    config = read(f'[late]\ngrace = "{text}"\n[lab11]\n{DEADLINE}')
    assert config.of("lab11").late.grace_minutes == minutes


@pytest.mark.parametrize(("text", "line"), cases("wrong_settings.txt"))
def test_what_is_wrong_is_told_with_line_and_near_miss(told, text: str, line: str) -> None:
    (found,) = told(text)
    assert line in found
    assert found.startswith("course.toml:")


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_file(told) -> None:
    found = told("[lab11]\npoints = 0\nexcused = 3\n[late]\ncap = 101\nper_day = 1\n[limit]\n")
    assert [line.split(":")[1] for line in found] == ["2", "3", "5", "7"]


def test_no_exercise_that_counts_is_told(told) -> None:
    rows = "".join(f'"{id}" = 0\n' for id in ASSIGNMENTS["lab11"])
    (found,) = told(f"[lab11.points_by_exercise]\n{rows}")
    assert "no exercise gives any points" in found


@pytest.mark.parametrize(
    ("text", "says"), [*cases("wrong_toml.txt"), ("a = " + "[" * 5000, "too deep in each other")]
)
def test_what_is_no_toml_is_told_with_its_line(told, text: str, says: str) -> None:
    (found,) = told(text)
    assert says in found


@given(st.text(max_size=60) | st.text("abc=\"'[]{}.,# \n1:-", max_size=40))
def test_any_text_is_read_or_told(tmp_path_factory, text: str) -> None:
    place = tmp_path_factory.getbasetemp() / "any.toml"
    place.write_bytes(text.encode("utf-8", "replace"))
    try:
        load(place)
    except BadConfig as error:
        assert all(line.startswith(f"{place}:") for line in str(error).splitlines())


def test_a_file_as_windows_saves_it_is_read(tmp_path: Path) -> None:
    place = tmp_path / "course.toml"
    place.write_bytes(b'\xef\xbb\xbfname = "x"\r\n[limits]\r\ncpu = 5\r\n')
    assert load(place).limits == {"cpu_s": 5.0}
    place.write_bytes('name = "x"'.encode("utf-16"))
    with pytest.raises(BadConfig, match="not a text file in UTF-8"):
        load(place)
    with pytest.raises(BadConfig, match="cannot be read"):
        load(tmp_path / "none.toml")


ROSTER = "id,name,email\nanna01,Anna Müller,anna.m@example.org\nben02,Ben Lee,\n"


def test_students_are_held_against_the_roster(told) -> None:
    found = told(
        f'roster = "roster.csv"\n[lab11]\n{DEADLINE}excused = ["ben02", "bn02"]\n'
        "[lab11.extensions]\nanna01 = 2026-12-05T23:59:00Z\n"
        '"Müller, Anna" = 2026-12-05T23:59:00Z\nzoe = 2026-12-05T23:59:00Z\n',
        roster=ROSTER,
    )
    assert found == [
        "course.toml:4: lab11.excused: 'bn02' is not on the roster; did you mean 'ben02'?",
        "course.toml:7: lab11.extensions.Müller, Anna: 'Müller, Anna' is not on the roster; "
        "did you mean 'anna01'?",
        "course.toml:8: lab11.extensions.zoe: 'zoe' is not on the roster; there are anna01, ben02",
    ]


def test_a_roster_that_cannot_be_used_or_is_not_there_is_told(told) -> None:
    (found,) = told('name = "x"\nroster = "roster.csv"\n', roster="id\nanna\nanna\n")
    assert found.startswith("course.toml:2: roster: ")
    assert "roster.csv:3: the id 'anna' ('id') stands in line 2 already" in found
    (found,) = told('roster = "rooster.csv"\n', roster=ROSTER)
    assert "there is no file 'rooster.csv'; did you mean 'roster.csv'?" in found


def test_a_roster_need_not_be_there_for_who_does_not_use_it(tmp_path: Path) -> None:
    place = tmp_path / "course.toml"
    place.write_text('roster = "gone.csv"\n')
    assert load(place, files=False).roster == tmp_path / "gone.csv"


def test_the_given_file_counts_then_the_first_folder_that_has_one(tmp_path: Path) -> None:
    for name in ("one", "two", "none"):
        (tmp_path / name).mkdir()
    for name in ("one", "two"):
        (tmp_path / name / "course.toml").write_text(f'name = "{name}"\n')
    given = tmp_path / "mine.toml"
    given.write_text('name = "mine"\n')
    folders = [tmp_path / name for name in ("none", "two", "one")]
    assert find(given, *folders).name == "mine"
    assert find(None, *folders).name == "two"
    assert find(None, tmp_path / "none") == CourseConfig()
    with pytest.raises(BadConfig):
        find(tmp_path / "missing.toml", *folders)
