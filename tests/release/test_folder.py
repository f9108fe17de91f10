"""Writing a release: all of it or nothing, and nobody else's files."""

import os
from pathlib import Path

import pytest

from autograder.release import folder as module
from autograder.release.archive import unzipped, zipped
from autograder.release.errors import CannotRelease
from autograder.release.folder import NOTE, put

FIRST = {"course/a.txt": b"a", "course/b.txt": b"b", "course.zip": b"zip"}
SECOND = {"course/a.txt": b"A", "course/c.txt": b"c", "course.zip": b"ZIP"}


def content(place: Path) -> dict[str, bytes]:
    """All files in a folder but the note of what is ours."""
    return {path.relative_to(place).as_posix(): path.read_bytes()
            for path in place.rglob("*") if path.is_file() and path.name != NOTE}  # fmt: skip


def test_a_second_release_replaces_the_first(tmp_path):
    assert put(tmp_path / "out", FIRST) == []
    assert put(tmp_path / "out", SECOND) == ["course/b.txt"]
    assert content(tmp_path / "out") == SECOND


def test_the_same_release_again_changes_nothing(tmp_path):
    put(tmp_path, FIRST)
    assert put(tmp_path, FIRST) == []
    assert content(tmp_path) == FIRST


@pytest.mark.parametrize("name", sorted(FIRST))
def test_a_file_of_somebody_elses_is_never_replaced(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(CannotRelease, match="was not written by `course release`"):
        put(tmp_path, FIRST)
    assert content(tmp_path) == {name: b"mine"}


def test_a_file_that_was_edited_since_is_not_replaced(tmp_path):
    put(tmp_path, FIRST)
    (tmp_path / "course" / "a.txt").write_bytes(b"edited")
    with pytest.raises(CannotRelease, match=r"a\.txt .* has been changed"):
        put(tmp_path, SECOND)
    assert content(tmp_path) == {**FIRST, "course/a.txt": b"edited"}


def test_what_lies_beside_stays(tmp_path):
    put(tmp_path, FIRST)
    (tmp_path / "course" / ".git").mkdir()
    (tmp_path / "course" / ".git" / "HEAD").write_text("ref")
    (tmp_path / "course" / "b.txt").write_bytes(b"edited, and no longer part of a release")
    put(tmp_path, SECOND)
    assert (tmp_path / "course" / ".git" / "HEAD").read_text() == "ref"
    assert (tmp_path / "course" / "b.txt").read_bytes().startswith(b"edited")


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "course").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotRelease):
        put(tmp_path / "out", FIRST)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_note_that_names_files_elsewhere_removes_none_of_them(tmp_path):
    outside = tmp_path / "precious.txt"
    outside.write_bytes(b"p")
    put(tmp_path / "out", FIRST)
    note = tmp_path / "out" / NOTE
    note.write_text(note.read_text().replace("course/b.txt", "../precious.txt")
                    .replace(module.digest(b"b"), module.digest(b"p")))  # fmt: skip
    put(tmp_path / "out", SECOND)
    assert outside.read_bytes() == b"p"


@pytest.mark.parametrize("count", range(8))
def test_whatever_move_fails_the_first_release_is_still_there(tmp_path, monkeypatch, count):
    put(tmp_path, FIRST)
    before = {**content(tmp_path), NOTE: (tmp_path / NOTE).read_bytes()}
    left = [count]
    real = os.replace

    def failing(source, target):
        left[0] -= 1
        if left[0] == -1:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(module.os, "replace", failing)
    with pytest.raises(CannotRelease, match="No space left on device; nothing was changed"):
        put(tmp_path, SECOND)
    assert left[0] < 0, "the failure never came"
    assert {**content(tmp_path), NOTE: (tmp_path / NOTE).read_bytes()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [NOTE, "course", "course.zip"]


def test_a_first_release_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(place, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write", full)
    with pytest.raises(CannotRelease, match="No space left"):
        put(tmp_path, FIRST)
    assert list(tmp_path.iterdir()) == []


def test_a_release_that_was_cut_off_is_finished_by_the_next(tmp_path):
    """As after a power cut: some files are the new ones, the note is still the old one."""
    put(tmp_path, FIRST)
    (tmp_path / "course" / "a.txt").write_bytes(SECOND["course/a.txt"])
    put(tmp_path, SECOND)
    assert content(tmp_path) == SECOND


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(CannotRelease, match="is a file: name a folder"):
        put(tmp_path / "out", FIRST)


def test_a_zip_has_no_dates_and_says_what_it_was_given():
    made = zipped(FIRST)
    assert made == zipped(dict(FIRST))
    assert unzipped(made) == FIRST
