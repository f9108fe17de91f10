"""Which course.toml and roster a course folder is used with, run after run."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.course.remembered import recall
from autograder.verbs.common import desk

LATE = "[late]\nper_day = 10\n[lab11]\ndeadline = 2026-12-15T23:59:00+01:00\n"


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder that was used once, beside the course.toml that it was used with."""
    (tmp_path / "course.toml").write_text(LATE)
    (tmp_path / "people.csv").write_text("id,name\nada,Ada Lovelace\n")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    assert desk(None, None, tmp_path / "out").of("lab11").deadline is not None
    return tmp_path / "out"


def test_a_course_toml_that_nobody_named_counts_from_elsewhere_too(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(out)  # where the docs open JupyterLab
    assert desk(None, None, Path()).of("lab11").late.per_day == 10


def test_a_course_toml_that_is_gone_ends_the_verb_and_does_not_forgive_lateness(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = out.parent / "course.toml"
    settings.rename(out.parent / "moved.toml")
    with pytest.raises(SystemExit, match="1"):
        desk(None, None, out)
    assert f"{settings}, last used with" in (said := capsys.readouterr().err)
    assert "--config" in said
    desk(out.parent / "moved.toml", None, out)
    assert desk(None, None, out).of("lab11").late.per_day == 10
    # the folder's own is found again, wherever both have gone
    (out.parent / "moved.toml").rename(out / "course.toml")
    monkeypatch.chdir(out)
    assert desk(None, None, out).of("lab11").late.per_day == 10
    assert recall(out)["config"] == out / "course.toml"


def test_a_roster_that_is_gone_ends_the_verb(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = out.parent / "people.csv"
    desk(None, people, out)
    assert desk(None, None, out).roster is not None
    people.unlink()
    with pytest.raises(SystemExit, match="1"):
        desk(None, None, out)
    assert f"{people}, last used with" in capsys.readouterr().err


def test_a_wrong_name_leaves_no_folder(out: Path) -> None:
    place = out.parent / "new"
    words = ["grade", "lab12", "--submissions", str(out), "--out", str(place)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2 and "did you mean 'lab11'?" in done.output
    assert not place.exists()
