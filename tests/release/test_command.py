"""`course release` as a person meets it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.verbs import common
from tests.release.conftest import Released, release


def course(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["release", *arguments])


@pytest.mark.slow
def test_it_says_what_it_made_and_what_to_do_next(released: Released, announced: Released) -> None:
    assert "transformer-course.zip" in released.printed
    assert "upload transformer-course.zip" in released.printed
    assert "With `repository` in course.toml" in released.printed
    assert "students put transformer_course-" in released.printed
    said = announced.printed
    assert "Push what is in transformer-course/ to https://github.com/example/course," in said
    assert "branch week/11" in said
    assert (
        "Colab installs the package from https://raw.githubusercontent.com/example/course" in said
    )


@pytest.mark.slow
def test_an_option_goes_before_course_toml(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "course.toml").write_text(
        'package = "https://example.org/old.whl"\nbranch = "old"\n'
        'repository = "https://github.com/example/course"\n'
    )
    monkeypatch.chdir(tmp_path)
    made = release(Path("out"), "lab11", "--package", "git+https://example.org/course@v2",
                   "--branch", "new")  # fmt: skip
    notebook = (tmp_path / "out" / "transformer-course" / "lab11.ipynb").read_text("utf-8")
    assert 'PACKAGE = \\"git+https://example.org/course@v2\\"' in notebook
    assert "/blob/new/lab11.ipynb" in (tmp_path / "out" / "links.md").read_text("utf-8")
    assert "git+https://example.org/course@v2" in made.printed


@pytest.mark.slow
def test_a_file_in_the_way_ends_it_with_a_sentence(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "links.md").write_text("mine")
    done = course("assignment4", "--to", ".")
    assert done.exit_code == 1
    assert done.stderr.startswith("course: links.md was not written by `course release`")
    assert [path.name for path in tmp_path.iterdir()] == ["links.md"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["asignment4", "--to", "x"], "did you mean"),
        (["--package", "wheel.whl", "--to", "x"], "the address of the student package"),
        (["--repository", "git@github.com:a/b.git", "--to", "x"], "did you mean"),
        (["--branch", "--to", "--to", "x"], "a branch such as main"),
        (["--hub", "hub.example.org", "--to", "x"], "the address of your JupyterHub"),
        (["assignment4"], "Missing option '--to'"),
    ],
)
def test_wrong_usage_is_told_and_writes_nothing(tmp_path, monkeypatch, arguments, said) -> None:
    monkeypatch.chdir(tmp_path)
    done = course(*arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_a_course_toml_that_is_wrong_ends_it_before_anything_is_built(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "course.toml").write_text('repostory = "https://github.com/a/b"\n')
    done = course("--to", "x")
    assert done.exit_code == 1
    assert "did you mean 'repository'?" in done.stderr
    assert not (tmp_path / "x").exists()


def test_a_students_installation_is_told_that_it_needs_a_clone(tmp_path, monkeypatch):
    monkeypatch.setattr(common, "ROOT", tmp_path)
    done = course("--to", str(tmp_path / "x"))
    assert done.exit_code == 1
    assert "needs a clone of the course repository" in done.stderr
