"""Several files appear together or not at all."""

import os
from pathlib import Path

import pytest

from data_scripts.errors import CannotWrite, DiskFull
from data_scripts.publish import publish

FILES = {"train.txt": b"train", "val.txt": b"val"}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_appear_and_nothing_else(tmp_path):
    publish(tmp_path / "new" / "folder", FILES)
    assert contents(tmp_path / "new" / "folder") == FILES


def test_old_files_are_replaced_and_kept_only_on_request(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(b"old")
    publish(tmp_path, FILES, keep=["val.txt"])
    assert contents(tmp_path) == FILES | {"val.txt.bak": b"old"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_at_the_second_file_leaves_the_old_ones(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / f".val.txt.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match=r"disk is full .*nothing was changed"):
        publish(tmp_path, FILES)
    assert contents(tmp_path) == {"train.txt": b"old", "val.txt": b"old"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_in_a_new_folder_leaves_no_file(tmp_path):
    (tmp_path / f".val.txt.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(DiskFull):
        publish(tmp_path, FILES)
    assert contents(tmp_path) == {}


def test_a_folder_under_the_name_of_a_file_stops_everything(tmp_path):
    (tmp_path / "val.txt").mkdir()
    with pytest.raises(CannotWrite, match=r"val\.txt is a folder"):
        publish(tmp_path, FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["val.txt"]


@pytest.mark.parametrize("before", [{}, {"train.txt": b"old"}, dict.fromkeys(FILES, b"old")])
def test_a_rename_that_fails_is_undone(tmp_path, monkeypatch, before):
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    rename = os.replace

    def fail_for_the_second(source, target):
        if target == tmp_path / "val.txt" and str(source).endswith(".tmp"):
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "replace", fail_for_the_second)
    with pytest.raises(CannotWrite, match="permission denied"):
        publish(tmp_path, FILES)
    assert contents(tmp_path) == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_without_permission_is_named(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(CannotWrite, match="permission denied"):
            publish(tmp_path, FILES)
    finally:
        tmp_path.chmod(0o700)
