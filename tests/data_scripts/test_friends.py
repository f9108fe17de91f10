"""Making the corpus: what is there already, and everything in the way."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

from data_scripts import friends
from data_scripts.errors import BadSource, CannotWrite, DataError, DiskFull
from data_scripts.friends import CHARACTERS, main, make, prepared
from data_scripts.friends_check import inspect
from data_scripts.friends_format import FILES
from tests.data_scripts.corpora import names_in, snapshot


def script_lines():
    """Read the sample's script in the simplest way: its lines but the scenes' heads."""
    text = (resources.files("data_scripts") / "samples" / "friends_sample.txt").read_text("utf-8")
    lines = [line for line in text.split("\n") if line]
    heads = [line for line in lines if line.startswith("== ")]
    return heads, [line for line in lines if not line.startswith("== ")]


# the sample


def test_the_sample_has_a_line_for_each_line_of_its_script(out):
    heads, lines = script_lines()
    made = make(out)
    assert made.fresh
    assert made.folder == out / "friends-corpus"
    assert (made.utterances, made.conversations) == (len(lines), len(heads))
    said = Counter(line.split(": ")[0] for line in lines if not line.startswith("("))
    assert made.by_character == {name: said[name] for name in CHARACTERS}
    assert made.speakers == len(said) + 1  # and TRANSCRIPT_NOTE
    assert names_in(out) == ["friends-corpus", "friends.json"]
    assert names_in(made.folder) == sorted(FILES)


def test_the_six_speak_about_as_often_as_each_other():
    said = Counter(line.split(": ")[0] for line in script_lines()[1] if not line.startswith("("))
    assert min(said[name] for name in CHARACTERS) > 0.6 * max(said[name] for name in CHARACTERS)
    assert sum(said[name] for name in CHARACTERS) > 0.8 * sum(said.values())


def test_no_spoken_line_of_the_sample_is_there_twice():
    long = [line for line in friends.sample_lines() if len(line.split()) > 4]
    assert [line for line, count in Counter(long).items() if count > 1] == []


def test_the_sample_says_nothing_of_the_show_but_the_six_names():
    words = "\n".join(script_lines()[1]).lower()
    for other in (
        "central perk",
        "gunther",
        "janice",
        "smelly cat",
        "we were on a break",
        "ugly naked",
    ):
        assert other not in words


def test_sample_lines_are_what_is_said_without_notes(out):
    lines = (make(out).folder / "utterances.jsonl").read_bytes().splitlines()
    rows = [json.loads(line) for line in lines]
    assert friends.sample_lines() == [row["text"] for row in rows if row["text"]]


def test_a_second_run_does_nothing_and_says_so(out, capsys):
    make(out)
    before = snapshot(out)
    capsys.readouterr()
    made = make(out)
    assert "is there already, from the sample" in capsys.readouterr().out
    assert not made.fresh
    assert snapshot(out) == before


def test_what_is_made_prints_as_a_small_table(mine, out):
    text = str(make(out, mine))
    assert text.startswith("4 utterances, 2 conversations, 4 speakers\n")
    assert "      1  Ross Geller\n      0  Chandler Bing\n" in text


def test_prepared_makes_the_sample_once(out, capsys):
    folder = prepared(out)
    assert folder == out / "friends-corpus"
    capsys.readouterr()
    assert prepared(str(out)) == folder
    assert capsys.readouterr().out == ""


def test_prepared_takes_whichever_corpus_is_there(mine, out):
    out.mkdir()
    mine.rename(out / "friends-corpus")
    before = snapshot(out)
    assert inspect(prepared(out)).utterances == 4
    assert snapshot(out) == before


def test_prepared_names_what_is_missing(mine, out):
    out.mkdir()
    (mine / "speakers.json").unlink()
    mine.rename(out / "friends-corpus")
    with pytest.raises(BadSource, match=r"not a ConvoKit corpus: speakers\.json missing"):
        prepared(out)


# a corpus that is there


def test_another_source_replaces_what_this_command_wrote(mine, out, capsys):
    make(out)
    made = make(out, mine)
    assert "comes from the sample that comes with the course, not from" in capsys.readouterr().out
    assert made.utterances == 4
    assert names_in(out) == ["friends-corpus", "friends.json"]


def test_a_corpus_of_the_users_is_moved_aside(mine, out, capsys):
    out.mkdir()
    theirs = shutil.copytree(mine, out / "friends-corpus")
    before = snapshot(theirs)
    make(out)
    assert "friends-corpus.bak: your friends-corpus, which" in capsys.readouterr().out
    assert snapshot(out / "friends-corpus.bak") == before
    (out / "friends-corpus" / "corpus.json").write_text("{}")
    make(out)
    assert "changed after this command wrote it" in capsys.readouterr().out
    assert (out / "friends-corpus.bak1" / "corpus.json").read_text() == "{}"
    assert snapshot(out / "friends-corpus.bak") == before


def test_a_file_added_to_the_corpus_is_not_lost(out):
    make(out)
    (out / "friends-corpus" / "my_notes.txt").write_text("mine")
    make(out)
    assert (out / "friends-corpus.bak" / "my_notes.txt").read_text() == "mine"


@pytest.mark.parametrize("note", [b"", b"[]", b'{"files": 3}', b"\xff"])
def test_a_broken_note_costs_no_corpus(out, note):
    make(out)
    (out / "friends.json").write_bytes(note)
    assert make(out).fresh
    assert names_in(out) == ["friends-corpus", "friends-corpus.bak", "friends.json"]


# what is in the way


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sampel", "sampel: no such file or folder; did you mean 'sample'"),
        ("nowhere/friends", r"nowhere/friends: no such file or folder \(looked in .*nowhere\)"),
        (".", r"not a ConvoKit corpus: utterances\.jsonl and speakers\.json"),
    ],
)
def test_a_source_that_is_none_is_named(out, tmp_path, monkeypatch, source, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSource, match=words):
        make(out, source)


def test_one_file_of_a_corpus_is_no_source(mine, out):
    with pytest.raises(BadSource, match=r"one file of a corpus; give its folder"):
        make(out, mine / "utterances.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_the_corpus_of_the_last_run(mine, out, monkeypatch):
    make(out)
    before = snapshot(out)
    monkeypatch.setattr(os, "fsync", lambda _: Path("/dev/full").write_bytes(b"x"))
    with pytest.raises(DiskFull, match="the disk is full"):
        make(out, mine)
    assert snapshot(out) == before


def test_a_folder_that_will_not_move_brings_the_old_one_back(mine, out, monkeypatch):
    make(out)
    before = snapshot(out)
    real = os.replace

    def refuse(source, target):
        if str(source).endswith(".tmp"):
            raise PermissionError(13, "Permission denied")
        real(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(CannotWrite, match="permission denied"):
        make(out, mine)
    assert snapshot(out) == before


def test_a_file_in_place_of_the_folder_is_named(out):
    out.write_text("in the way")
    with pytest.raises(CannotWrite, match=f"{out}: cannot be written"):
        make(out)
    assert out.read_text() == "in the way"


# the command


def test_the_command_makes_the_sample_and_counts_it(out, capsys):
    assert main(["--to", str(out)]) == 0
    shown = capsys.readouterr()
    assert f"{len(script_lines()[1]):,} utterances" in shown.out
    assert shown.err == ""


def test_the_command_puts_an_error_on_stderr_and_returns_1(out, capsys):
    assert main(["--from", "nowhere.zip", "--to", str(out)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("nowhere.zip: no such file")


def test_an_interrupted_command_ends_without_a_traceback(out, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("data_scripts.friends.make", interrupt)
    assert main(["--to", str(out)]) == 1
    assert capsys.readouterr().err == "stopped; nothing was changed\n"


def test_the_sample_needs_no_convokit_and_importing_does_nothing(tmp_path):
    code = (
        "import sys\nfrom data_scripts import friends\n"
        "assert not list(__import__('pathlib').Path('.').iterdir())\nfriends.prepared()\n"
        "assert not {'convokit', 'torch', 'numpy', 'tqdm'} & set(sys.modules)"
    )
    root = str(Path(friends.__file__).parents[1])
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True,
                          text=True, env=os.environ | {"PYTHONPATH": root})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_every_error_is_a_data_error_in_one_paragraph(mine, out):
    (mine / "utterances.jsonl").write_bytes(b"{")
    with pytest.raises(DataError) as error:
        make(out, mine)
    assert "\n" not in str(error.value)
    assert ".tmp" not in str(error.value)
