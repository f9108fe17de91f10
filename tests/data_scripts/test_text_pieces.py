"""Cutting a text changes no token of GPT-2, whatever the text; what is no text is named."""

import gzip
import io
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_scripts import text_pieces as module
from data_scripts.errors import BadSource
from data_scripts.text_pieces import DIGITS, LETTERS, MARKS, size_in_bytes, text_pieces

# Runs of white space are the hard part: GPT-2 has tokens for several spaces, and for "\n\n".
RUNS = [" ", "  ", "    ", "\n", "\n\n", "\n\n\n", " \n", "\r\n", "\t", "\xa0", "\u2003", "\u3000",
        "\x1c", "\x85", "\u200b", "\ufeff"]  # fmt: skip
BLACK = ["a", "word", "'s", "'", "t", "'ll", "'RE", "12", "!", "...", "é", "²", "🙂", "e\u0301",
         "中文", "。", "ไทย", "٣", "क्षि", "<|endoftext|>", "👩\u200d👩"]  # fmt: skip
PARTS = st.sampled_from(RUNS) | st.sampled_from(BLACK) | st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(PARTS, max_size=30).map("".join)
UNBROKEN = st.lists(
    st.sampled_from(BLACK) | st.from_regex(f"[{LETTERS}]|[{DIGITS}]|[{MARKS}]|'", fullmatch=True),
    max_size=30,
).map("".join)


def tokens_of_pieces(gpt2, path, text, characters):
    path.write_bytes(text.encode())
    pieces = list(text_pieces(path, characters))
    assert "".join(pieces) == text
    return [token for piece in pieces for token in gpt2.encode_ordinary(piece)]


@settings(deadline=None, max_examples=400)
@given(text=TEXTS, characters=st.integers(1, 12))
def test_cutting_a_text_changes_no_token(gpt2, tmp_path_factory, text, characters):
    path = tmp_path_factory.getbasetemp() / "drawn.txt"
    assert tokens_of_pieces(gpt2, path, text, characters) == gpt2.encode_ordinary(text)


@settings(deadline=None, max_examples=250)
@given(text=UNBROKEN, characters=st.integers(1, 6))
@example(text="it's'll!'s5't!a1a'1", characters=1)
def test_cutting_a_text_without_white_space_changes_no_token(
    gpt2, tmp_path_factory, text, characters
):
    path = tmp_path_factory.getbasetemp() / "unbroken.txt"
    assert tokens_of_pieces(gpt2, path, text, characters) == gpt2.encode_ordinary(text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " "])
def test_a_long_text_is_cut_into_small_pieces_whatever_its_line_ends(tmp_path, end):
    path = tmp_path / "long.txt"
    path.write_bytes((f"It is what it is.{end}" * 2000).encode())
    pieces = list(text_pieces(path, 1000))
    assert len(pieces) > 30
    assert max(map(len, pieces)) < 1100


@pytest.mark.parametrize("unit", ['{"a":1,"b":2}', "你好，世界。", "QUJD0/9+"])
def test_a_text_without_white_space_is_cut_where_letters_digits_and_marks_meet(tmp_path, unit):
    (tmp_path / "long.txt").write_text(unit * 3000, encoding="utf-8")
    pieces = list(text_pieces(tmp_path / "long.txt", 1000))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 2100


def test_a_run_without_a_safe_place_comes_as_one_piece(tmp_path):
    (tmp_path / "long.txt").write_text("a" * 5000 + " b")
    assert list(text_pieces(tmp_path / "long.txt", 100)) == ["a" * 5000, " b"]


def test_a_run_that_is_too_long_for_the_tokenizer_is_refused_before_it_fills_memory(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "LONGEST_RUN", 10_000)
    (tmp_path / "dna.txt").write_text("x y" + "ACGT" * 100_000)
    read = []
    pieces = text_pieces(tmp_path / "dna.txt", 1000, read.append)
    with pytest.raises(BadSource, match=r"dna\.txt: after character 1 there is no place to cut"):
        list(pieces)
    assert sum(read) < 13_000


# what is no text


@pytest.mark.parametrize(("size", "at"), [(1, 7), (65_536, 65_543), (300_000, 300_006)])
def test_the_byte_that_is_not_utf8_is_named(tmp_path, size, at):
    path = tmp_path / "latin.txt"
    path.write_bytes(b"a" * (at - 5) + "é ".encode() + b"xx\xe9 au lait" + b" b" * size)
    with pytest.raises(BadSource, match=rf"not UTF-8: byte 0xe9 at position {at:,} does"):
        list(text_pieces(path, 1 << 18))


def test_a_character_cut_off_at_the_end_is_named(tmp_path):
    (tmp_path / "cut.txt").write_bytes("Joey 🙂".encode()[:-1])
    with pytest.raises(BadSource, match="byte 0xf0 at position 5"):
        list(text_pieces(tmp_path / "cut.txt"))


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(BadSource, match="cannot be read"):
        list(text_pieces(tmp_path))
    with pytest.raises(BadSource, match=r"no\.txt: cannot be read \(no such file"):
        list(text_pieces(tmp_path / "no.txt"))


# packed texts, standard input, progress


def test_a_packed_text_and_standard_input_are_read_as_they_are(tmp_path, monkeypatch):
    text = "Could it be\r\nany colder?\n" * 50
    (tmp_path / "t.txt.gz").write_bytes(gzip.compress(text.encode()))
    assert "".join(text_pieces(tmp_path / "t.txt.gz", 100)) == text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert "".join(text_pieces("-", 100)) == text
    assert size_in_bytes("-") is None


@pytest.mark.parametrize(
    "content", [b"no gzip at all", gzip.compress(b"text " * 5000)[:-20]], ids=["no gzip", "cut off"]
)
def test_a_packed_text_that_is_not_whole_is_named(tmp_path, content):
    (tmp_path / "t.gz").write_bytes(content)
    with pytest.raises(BadSource, match=r"t\.gz: "):
        list(text_pieces(tmp_path / "t.gz"))


@pytest.mark.parametrize("name", ["t.txt", "t.txt.gz"])
def test_progress_ends_at_the_size_of_the_file(tmp_path, name):
    content = "Smelly cat, ¿qué te dan?\n".encode() * 10_000
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    told = []
    pieces = list(text_pieces(tmp_path / name, 50_000, told.append))
    assert len(pieces) > 3
    assert sum(told) == size_in_bytes(tmp_path / name) == (tmp_path / name).stat().st_size
