"""A corpus that the user has: in a folder, or in a zip archive."""

import shutil
import zipfile
from pathlib import Path

import pytest

from data_scripts.errors import BadSource
from data_scripts.friends import make
from data_scripts.friends_format import FILES
from tests.data_scripts.corpora import names_in, snapshot


def test_a_folder_is_copied_byte_for_byte(mine, out):
    made = make(out, mine)
    assert snapshot(made.folder) == snapshot(mine)
    assert made.by_character["Monica Geller"] == 1
    assert not make(str(out), str(mine)).fresh


def test_other_files_of_a_folder_are_left_behind(mine, out):
    (mine / "notes.txt").write_text("mine")
    assert names_in(make(out, mine).folder) == sorted(FILES)


def test_the_corpus_itself_as_the_source_stays_as_it_is(mine, out, capsys):
    out.mkdir()
    mine.rename(out / "friends-corpus")
    made = make(out, out / "friends-corpus")
    assert (made.fresh, made.utterances) == (False, 4)
    assert "is the source itself" in capsys.readouterr().out
    assert names_in(out) == ["friends-corpus"]


@pytest.mark.parametrize("inside", ["", "friends-corpus/"])
def test_an_archive_is_unpacked_wherever_the_corpus_is_in_it(mine, out, tmp_path, inside):
    path = tmp_path / "corpus.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in FILES:
            archive.write(mine / name, inside + name)
        archive.writestr("__MACOSX/._speakers.json", "x")
        archive.writestr("../outside.txt", "x")
    assert snapshot(make(out, path).folder) == snapshot(mine)
    assert not (tmp_path / "outside.txt").exists()


def test_a_truncated_archive_is_named(mine, out, tmp_path):
    whole = Path(shutil.make_archive(str(tmp_path / "whole"), "zip", mine))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(BadSource, match=r"cut\.zip: not a whole zip archive .* download it again"):
        make(out, cut)
    assert names_in(out) == []


def test_a_damaged_archive_is_named(mine, out, tmp_path):
    path = tmp_path / "corpus.zip"
    with zipfile.ZipFile(path, "w") as archive:  # stored as it is: a changed byte fails the CRC
        for name in FILES:
            archive.write(mine / name, name)
    path.write_bytes(path.read_bytes().replace(b"succulent", b"truculent"))
    with pytest.raises(BadSource, match="not a whole zip archive"):
        make(out, path)


def test_an_archive_without_a_corpus_is_named(out, tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(BadSource, match=r"other\.zip: no utterances\.jsonl in the archive"):
        make(out, path)


def test_an_archive_with_a_broken_corpus_is_named_by_its_own_name(mine, out, tmp_path):
    (mine / "index.json").unlink()
    path = Path(shutil.make_archive(str(tmp_path / "whole"), "zip", mine))
    with pytest.raises(BadSource) as error:
        make(out, path)
    assert str(error.value).startswith(f"{path}: not a ConvoKit corpus: index.json missing")
