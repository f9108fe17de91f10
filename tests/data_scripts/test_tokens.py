"""Token files: what is written comes back, and cutting a text changes no token."""

import random
import resource
import sys
from pathlib import Path

import numpy as np
import pytest

from data_scripts import tokens
from data_scripts.errors import BadSource, BadTokens, CannotWrite, DataError, DiskFull
from data_scripts.tokens import encode_file, need_tokens, open_tokens, write_tokens
from tests.data_scripts.corpora import names_in


@pytest.fixture
def path(tmp_path):
    return tmp_path / "train.bin"


# writing and reading


@pytest.mark.parametrize(
    "ids",
    [
        [0, 1, 50_256],
        (i for i in (0, 1, 50_256)),
        np.array([0, 1, 50_256], dtype=np.int64),
        np.array([0, 1, 50_256], dtype=np.uint16),
        [[0], [], [1, 50_256]],
        iter([np.array([0, 1]), np.array([], dtype=np.int64), np.array([50_256])]),
        [np.int32(0), np.uint16(1), np.int64(50_256)],
    ],
    ids=["list", "generator", "int64", "uint16", "pieces", "arrays", "scalars"],
)
def test_whatever_gives_the_ids_they_come_back(path, ids):
    assert write_tokens(path, ids) == 3
    assert path.read_bytes() == b"\x00\x00\x01\x00\x50\xc4"
    assert open_tokens(path).tolist() == [0, 1, 50_256]


def test_the_file_is_what_numpy_writes_and_reads(path, tmp_path):
    ids = np.arange(50_257, dtype=np.uint16)
    write_tokens(path, ids)
    ids.astype("<u2").tofile(tmp_path / "other.bin")
    assert path.read_bytes() == (tmp_path / "other.bin").read_bytes()
    assert (np.memmap(path, dtype=np.uint16, mode="r") == ids).all()


def test_tokens_are_mapped_and_read_only(path):
    write_tokens(path, range(10))
    data = open_tokens(str(path), tokens=10)
    assert isinstance(data, np.memmap)
    assert (data.dtype, data.shape) == (np.uint16, (10,))
    with pytest.raises(ValueError, match="read-only"):
        data[0] = 1


def test_more_than_one_chunk_stays_in_order(path, monkeypatch):
    monkeypatch.setattr(tokens, "CHUNK_TOKENS", 7)
    for ids in (range(50), np.arange(50), [list(range(20)), np.arange(20, 50)]):
        assert write_tokens(path, ids) == 50
        assert open_tokens(path).tolist() == list(range(50))


def test_the_largest_vocabulary_fits(path):
    write_tokens(path, [0, 65_535], vocab_size=65_536)
    assert open_tokens(path).tolist() == [0, 65_535]


def test_missing_folders_are_made_and_nothing_else_is_left(tmp_path):
    write_tokens(tmp_path / "a" / "b" / "val.bin", [1])
    assert names_in(tmp_path / "a" / "b") == ["val.bin"]


@pytest.mark.parametrize("vocab_size", [65_537, 100_277, 0, -1])
def test_a_vocabulary_that_does_not_fit_is_refused(path, vocab_size):
    with pytest.raises(BadTokens, match=f"from 1 to 65,536, .* got {vocab_size:,}"):
        write_tokens(path, [1], vocab_size)
    assert not path.exists()


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([1, 2, 50_257], r"token 2 has the id 50,257, but .* ids from 0 to 50,256"),
        ([[1, 2], [3, -1]], r"token 3 has the id -1"),
        (np.array([1, 65_536 + 5]), r"token 1 has the id 65,541"),
        ([2**70], r"whole numbers"),
        ([1.0, 2.0], r"whole numbers: got float64 at 0"),
        ([True], r"whole numbers: got bool"),
        (["12"], r"whole numbers"),
        (np.zeros((2, 2), dtype=int), r"one row of numbers: got shape \(2, 2\)"),
    ],
)
def test_an_id_that_does_not_fit_is_named_and_the_old_file_stays(path, ids, words):
    path.write_bytes(b"old!")
    with pytest.raises(BadTokens, match=words) as error:
        write_tokens(path, ids)
    assert isinstance(error.value, ValueError) and isinstance(error.value, DataError)
    assert path.read_bytes() == b"old!"
    assert names_in(path.parent) == ["train.bin"]


def test_an_error_in_the_source_of_ids_leaves_the_old_file(path):
    def broken():
        yield [1, 2]
        raise RuntimeError("no more")

    path.write_bytes(b"old!")
    with pytest.raises(RuntimeError, match="no more"):
        write_tokens(path, broken())
    assert (path.read_bytes(), names_in(path.parent)) == (b"old!", ["train.bin"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_the_old_file(path, monkeypatch):
    path.write_bytes(b"old!")
    monkeypatch.setattr("os.fsync", lambda _: Path("/dev/full").write_bytes(b"x"))
    with pytest.raises(DiskFull, match="the disk is full"):
        write_tokens(path, [1])
    assert (path.read_bytes(), names_in(path.parent)) == (b"old!", ["train.bin"])


def test_a_folder_in_place_of_the_file_is_named(path):
    path.mkdir()
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_tokens(path, [1])
    with pytest.raises(BadTokens, match="is a folder"):
        open_tokens(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file; write the tokens first"),
        (b"", "the file is empty"),
        (b"123", "3 bytes are no whole number of uint16 tokens"),
        (b"1234", "expected 3 tokens, got 2: the file is cut off"),
        (b"12345678", "expected 3 tokens, got 4"),
    ],
)
def test_a_file_that_is_not_whole_is_named(path, content, words):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadTokens, match=words) as error:
        open_tokens(path, tokens=3)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize("length", [0, 1, 8])
def test_data_shorter_than_a_block_are_refused(length):
    with pytest.raises(BadTokens, match=rf"block_size=8 needs at least 9 tokens .* got {length}"):
        need_tokens(np.zeros(length, dtype=np.uint16), 8)


def test_one_window_and_the_next_token_are_enough():
    assert need_tokens(np.zeros(9, dtype=np.uint16), 8, "train.bin") is None


# encoding


def test_a_text_file_becomes_its_tokens(gpt2, path, tmp_path):
    text = tmp_path / "train.txt"
    text.write_text("Could it be any colder?\n\nYes.", encoding="utf-8")
    ids = gpt2.encode_ordinary("Could it be any colder?\n\nYes.")
    assert encode_file(text, path, gpt2) == len(ids)
    assert open_tokens(path).tolist() == ids


def test_an_empty_text_gives_an_empty_file_that_is_named(gpt2, path, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    assert encode_file(tmp_path / "empty.txt", path, gpt2) == 0
    with pytest.raises(BadTokens, match="was the text empty"):
        open_tokens(path)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (b"caf\xe9 au lait", "not UTF-8")]
)
def test_a_text_that_cannot_be_read_is_named_and_nothing_written(
    gpt2, path, tmp_path, content, words
):
    if content is not None:
        (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises(BadSource, match=rf"text\.txt: {words}"):
        encode_file(tmp_path / "text.txt", path, gpt2)
    assert not path.exists()


def test_a_vocabulary_beyond_sixteen_bits_is_refused_before_any_work(path, tmp_path):
    class Large:
        n_vocab = 100_277

        def encode_ordinary(self, _):
            raise AssertionError("nothing should be encoded")

    (tmp_path / "text.txt").write_text("Hello.")
    with pytest.raises(BadTokens, match="got 100,277"):
        encode_file(tmp_path / "text.txt", path, Large())


def test_writing_and_opening_take_no_memory_for_the_whole(path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    pieces = (rng.integers(0, 50_257, 100_000) for _ in range(400))
    assert write_tokens(path, pieces) == 40_000_000  # 80 MB on disk
    data = open_tokens(path)
    assert data[-1] < 50_257
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before < 40_000_000
