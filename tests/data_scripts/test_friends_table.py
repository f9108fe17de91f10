"""The table of lines, row by row; the whole table of the show where it is at hand."""

import gzip
import json
import time
from pathlib import Path

import pytest

from data_scripts.errors import BadSource
from data_scripts.friends import make
from data_scripts.friends_format import corpus_files
from data_scripts.friends_table import scenes_of_table

HEADER = "text,speaker,season,episode,scene,utterance\n"
ROWS = (
    '"Who, me?",Monica Geller,1,2,1,1\n'
    "(They stare.),Scene Directions,1,2,1,2\n"
    "All of us (pointing) did!,#ALL#,1,2,1,4\n"
    "Nobody knows.,,1,2,3,1\n"
    '"Two of\nus.","Joey Tribbiani, Ross Geller",10,17,12,255\n'
)
REAL = Path(__file__).parents[3] / "shared" / "data" / "friends_utterances.csv.gz"


def rows_of(text):
    return corpus_files(scenes_of_table(Path("lines.csv"), text.encode()))[1]


def test_each_row_becomes_an_utterance_with_its_own_number():
    assert rows_of(HEADER + ROWS) == [
        ("s01_e02_c01_u001", "Monica Geller", "Who, me?"),
        ("s01_e02_c01_u002", "TRANSCRIPT_NOTE", ""),
        ("s01_e02_c01_u004", "#ALL#", "All of us did!"),
        ("s01_e02_c03_u001", "unknown", "Nobody knows."),
        ("s10_e17_c12_u255", "Joey Tribbiani", "Two of\nus."),
    ]


def test_more_columns_in_another_order_are_fine():
    text = "id,scene,text,utterance,episode,season,speaker\nx,7,Hm.,1,2,3,Ben\n"
    assert rows_of(text) == [("s03_e02_c07_u001", "Ben", "Hm.")]


def test_an_empty_text_stays_an_utterance():
    assert rows_of(HEADER + ",Ross Geller,1,1,1,1\n")[0][2] == ""


@pytest.mark.parametrize("name", ["lines.csv", "lines.csv.gz", "lines.txt"])
def test_plain_and_gzipped_tables_give_the_same_corpus(out, tmp_path, name):
    content = b"\xef\xbb\xbf" + (HEADER + ROWS).replace("\n", "\r\n").encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    made = make(out, path)
    assert (made.utterances, made.conversations, made.speakers) == (5, 3, 5)
    first = json.loads((made.folder / "utterances.jsonl").read_bytes().splitlines()[0])
    assert (first["speaker"], first["text"]) == ("Monica Geller", "Who, me?")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"lines\.csv: row 1: no column 'text' and .*the header has nothing"),
        ("text,speaker\n", r"row 1: no column 'season' and 'episode'.*has text, speaker, needed"),
        (HEADER, "the table has no rows"),
        (HEADER + "Hm.,Ben,1,one,1,1\n", "row 2: column 'episode' needs a whole number: got 'one'"),
        (HEADER + "Hm.,Ben,1,1,-1,1\n", "column 'scene' needs a whole number: got '-1'"),
        (HEADER + ROWS + "Hm.,Ben,11,1\n", "row 7: the row ends before column 'scene'"),
        (HEADER + ROWS + "Hm.,Ben,1,2,1,1\n", "row 7: utterance 1 of scene 1 is there twice or"),
        (HEADER + "Hm.,Ben,1,1,1,1\n" * 2, "row 3: utterance 1 of scene 1 is there twice"),
        (HEADER + '"Hm.,Ben,1,1,1,1\n', "after row 1: not a table"),
    ],
)
def test_a_wrong_header_or_row_is_named(text, words):
    with pytest.raises(BadSource, match=words):
        rows_of(text)


def test_a_truncated_gzip_archive_is_named(out, tmp_path):
    path = tmp_path / "lines.csv.gz"
    path.write_bytes(gzip.compress((HEADER + ROWS * 50).encode())[:-12])
    with pytest.raises(BadSource, match=r"lines\.csv\.gz: the gzip archive is not whole"):
        make(out, path)


def test_another_encoding_is_named_with_its_row():
    with pytest.raises(BadSource, match="row 2: not UTF-8"):
        scenes_of_table(Path("lines.csv"), (HEADER + "Ünd?,Ben,1,1,1,1\n").encode("latin-1"))


@pytest.mark.skipif(not REAL.is_file(), reason="needs the table of the show")
def test_the_whole_table_gives_its_known_counts_in_seconds(out):
    started = time.perf_counter()
    made = make(out, REAL)
    assert time.perf_counter() - started < 60  # about 4 s alone on one core
    assert (made.utterances, made.conversations) == (67_359, 3_106)
    assert made.by_character == {
        "Rachel Green": 9_307, "Ross Geller": 9_157, "Chandler Bing": 8_462,
        "Monica Geller": 8_440, "Joey Tribbiani": 8_171, "Phoebe Buffay": 7_499,
    }  # fmt: skip
