"""`course grade` as an instructor meets it: odd folders, odd names, clear words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.build import build
from autograder.cli import main
from autograder.demo import write_class

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of a notebook that grades fast: nothing is written in it."""
    folder = tmp_path_factory.mktemp("untouched")
    built = build(ROOT / "notebooks" / "text" / "assignment4.py", ROOT)
    write_class(built, folder, ["dmitri"])
    return (folder / "dmitri" / "assignment4.ipynb").read_text(encoding="utf-8")


def grade(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["grade", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


def test_an_unknown_assignment_is_wrong_usage_and_names_the_near_miss(tmp_path: Path) -> None:
    code, _, err = grade("assignment5", "--submissions", tmp_path, "--out", tmp_path / "out")
    assert code == 2
    assert "did you mean 'assignment4'" in err


def test_an_empty_class_gives_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    code, out, _ = grade("assignment4", "--submissions", tmp_path / "class", "--out",
                         tmp_path / "out", "--json")  # fmt: skip
    assert code == 0
    assert json.loads(out)["submissions"] == []
    assert (tmp_path / "out" / "report.html").exists()


def test_folders_with_odd_names_are_graded_and_escaped(tmp_path: Path, untouched: str) -> None:
    names = ["O'Neil <b>Bo [17]", "Ünal, Çağla (2)", "{student_id}", "100%"]
    for name in names:
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "assignment4.ipynb").write_text(untouched, encoding="utf-8")
    code, out, err = grade("assignment4", "--submissions", tmp_path / "class", "--out",
                           tmp_path / "out", "--json", "--seed", "7")  # fmt: skip
    assert code == 0, err
    results = json.loads(out)
    assert results["seed"] == 7
    assert {s["student"]: s["status"] for s in results["submissions"]} == dict.fromkeys(
        names, "graded"
    )
    assert "<b>Bo" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_grading_twice_into_one_folder_ends_alike(tmp_path: Path, untouched: str) -> None:
    place = tmp_path / "class" / "dmitri" / "assignment4" / "assignment4.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text(untouched, encoding="utf-8")
    arguments = ("assignment4", "--submissions", tmp_path / "class", "--out", tmp_path / "out",
                 "--json", "--seed", "7")  # fmt: skip
    first, second = grade(*arguments), grade(*arguments)
    for code, _, err in (first, second):
        assert code == 0, err
    a, b = json.loads(first[1]), json.loads(second[1])
    for results in (a, b):
        results["submissions"][0].pop("seconds")
    assert a == b
    place.write_text("{ not a notebook", encoding="utf-8")
    code, out, _ = grade(*arguments)
    assert code == 0
    assert json.loads(out)["submissions"][0]["status"] == "not graded"
