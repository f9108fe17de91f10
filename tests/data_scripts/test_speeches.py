"""Making the two files: from the sample, from a file, from a server; and everything in the way."""

import dataclasses
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from data_scripts import sources
from data_scripts.errors import (
    BadSource,
    BadStatus,
    CannotWrite,
    DataError,
    DiskFull,
    NoNetwork,
    WrongContent,
)
from data_scripts.speeches import VOCABULARY, clean, main, make

OURS = ["speeches.json", "trump_train.txt", "trump_val.txt"]
TEXT = "".join(f"We are going to build bridge number {n}. Are you ready?\n" for n in range(40))


def names_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def public(server, monkeypatch):
    """The record of the public source, pointing at the server of this test."""
    server.content = ("\ufeffSPEECH 1\n\n" + TEXT).replace("\n", "\r\n").encode()
    record = dataclasses.replace(
        sources.PUBLIC,
        urls=(server.url + "?commit", server.url + "?branch"),
        size_bytes=len(server.content),
        sha256=server.sha256,
        characters=len(clean(TEXT)),
    )
    monkeypatch.setattr(sources, "PUBLIC", record)
    return server


# the sample


def test_the_sample_is_the_default_and_splits_nine_to_one(out):
    made = make(out)
    train, val = made.train.read_text(), made.val.read_text()
    assert names_in(out) == OURS
    assert (len(train), len(val)) == (made.train_characters, made.val_characters)
    assert len(train) == (len(train) + len(val)) * 9 // 10
    assert made.fresh


def test_the_sample_is_large_and_has_every_character_of_the_vocabulary(out):
    make(out)
    text = (out / "trump_train.txt").read_text() + (out / "trump_val.txt").read_text()
    assert len(text) >= 60_000
    assert set(text) == set(VOCABULARY)
    assert "speech 1 " not in text


def test_the_sample_is_as_the_record_says(out, capsys):
    make(out)
    assert "81,652 characters, as recorded" in capsys.readouterr().out


def test_the_sample_repeats_words_but_no_paragraph():
    sample = Path(sources.__file__).with_name("samples") / "campaign_sample.txt"
    text = sample.read_text(encoding="ascii")
    paragraphs = [part for part in text.split("\n\n") if not part.startswith("SPEECH")]
    assert len(paragraphs) == len(set(paragraphs)) > 100
    words = clean(text).split()
    assert len(words) > 8 * len(set(words))


def test_the_sample_is_about_invented_people_only():
    sample = Path(sources.__file__).with_name("samples") / "campaign_sample.txt"
    text = sample.read_text(encoding="ascii")
    assert "Hesper Quillby" in text
    assert not re.search(r"trump(?!et)|clinton|obama|america", text, re.IGNORECASE)


# a file of the user's


def test_a_file_becomes_its_cleaned_text_in_order(out, mine):
    made = make(out, mine)
    assert made.train.read_text() + made.val.read_text() == clean(TEXT)


def test_a_path_may_be_text(out, mine):
    assert make(str(out), str(mine)).fresh


def test_byte_order_mark_and_windows_line_ends_change_nothing(out, mine, tmp_path):
    other = tmp_path / "other.txt"
    other.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert make(out, mine).train.read_bytes() == make(tmp_path / "2", other).train.read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "the file is empty"),
        (TEXT.encode("utf-16"), "not UTF-8 but UTF-16"),
        (TEXT.encode("utf-16-le"), "not UTF-8 but UTF-16"),
        (TEXT.encode("utf-16-be"), "not UTF-8 but UTF-16"),
        (b"ok\nok\ncaf\xe9 au lait" * 90, r"not UTF-8: byte 0xe9 in line 3 .*save it as UTF-8"),
        ("Спасибо, спасибо, большое спасибо\n".encode() * 90, "none of its characters is among"),
        ("\u4e2d\u6587".encode() * 900, "none of its characters is among the 40"),
        (b"Thank you!", r"too short to split: 10 characters .* at least 650"),
        (b"a" * 649, "649 characters"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(out, tmp_path, content, words):
    bad = tmp_path / "bad.txt"
    bad.write_bytes(content)
    with pytest.raises(BadSource, match=words) as error:
        make(out, bad)
    assert str(error.value).startswith(f"{bad}: ")
    assert "\n" not in str(error.value)
    assert names_in(out) == []


def test_the_shortest_text_leaves_one_window_to_validate(out, tmp_path):
    (tmp_path / "short.txt").write_text("a" * 650)
    assert make(out, tmp_path / "short.txt").val_characters == 65


def test_a_missing_file_is_named(out, tmp_path):
    with pytest.raises(BadSource, match=r"nowhere\.txt: no such file \(looked in "):
        make(out, tmp_path / "nowhere.txt")
    assert not out.exists()


def test_a_folder_is_not_a_text(out, tmp_path):
    with pytest.raises(BadSource, match="is a folder"):
        make(out, tmp_path)


# a second run


def test_a_second_run_does_nothing_and_says_so(out, mine, capsys):
    first = make(out, mine)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    capsys.readouterr()
    second = make(out, mine)
    assert capsys.readouterr().out.strip().endswith("nothing to do")
    assert before == {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert second == dataclasses.replace(first, fresh=False)


def test_another_source_makes_the_files_again_and_says_so(out, mine, capsys):
    make(out, mine)
    assert make(out).fresh
    assert f"the files come from {mine}, not from the sample" in capsys.readouterr().out
    assert names_in(out) == OURS


def test_a_changed_source_makes_the_files_again(out, mine):
    make(out, mine)
    mine.write_text(TEXT + "And one more thing.")
    assert make(out, mine).fresh
    assert (out / "trump_val.txt").read_text().endswith("and one more thing.")


def test_an_edited_file_is_made_again_and_kept_aside(out, mine, capsys):
    made = make(out, mine)
    right = made.val.read_bytes()
    made.val.write_text("mine now")
    assert make(out, mine).fresh
    assert "trump_val.txt changed after this command wrote it" in capsys.readouterr().out
    assert made.val.read_bytes() == right
    assert (out / "trump_val.txt.bak").read_text() == "mine now"
    assert not make(out, mine).fresh


def test_files_from_elsewhere_are_kept_aside(out, mine, capsys):
    out.mkdir()
    for name in ("trump_train.txt", "trump_val.txt"):
        (out / name).write_text("from the course page")
    make(out, mine)
    assert "trump_train.txt and trump_val.txt came from elsewhere" in capsys.readouterr().out
    assert (out / "trump_train.txt.bak").read_text() == "from the course page"


@pytest.mark.parametrize("lost", ["trump_train.txt", "trump_val.txt"])
def test_a_lost_file_is_made_again(out, mine, lost, capsys):
    make(out, mine)
    (out / lost).unlink()
    assert make(out, mine).fresh
    assert f"{lost} is missing" in capsys.readouterr().out
    assert names_in(out) == OURS


@pytest.mark.parametrize("note", ["", "[]", '{"files": 3}', "\udcff"])
def test_a_broken_note_means_making_the_files_again(out, mine, note):
    make(out, mine)
    (out / "speeches.json").write_text(note, errors="surrogateescape")
    assert make(out, mine).fresh
    assert not make(out, mine).fresh


def test_files_of_an_older_cleaning_are_made_again(out, mine, capsys):
    make(out, mine)
    note = json.loads((out / "speeches.json").read_text())
    (out / "speeches.json").write_text(json.dumps(note | {"cleaning": 0}))
    assert make(out, mine).fresh
    assert "another version of the cleaning" in capsys.readouterr().out


def test_the_note_holds_the_hashes_of_source_and_files(out, mine):
    made = make(out, mine)
    note = json.loads((out / "speeches.json").read_text())
    assert note["source_sha256"] == hashlib.sha256(mine.read_bytes()).hexdigest()
    assert note["files"]["trump_val.txt"] == hashlib.sha256(made.val.read_bytes()).hexdigest()


# the public source


def test_the_public_source_arrives_and_is_kept(out, public, capsys):
    made = make(out, "public")
    assert made.train.read_text() + made.val.read_text() == clean(TEXT)
    assert "as recorded" in capsys.readouterr().out
    assert names_in(out) == sorted([*OURS, "speeches_source.txt"])
    assert not make(out, "public").fresh
    assert len(public.ranges) == 1


def test_a_second_run_of_the_public_source_needs_no_network_and_no_copy(out, public):
    make(out, "public")
    (out / "speeches_source.txt").unlink()
    assert not make(out, "public").fresh
    assert len(public.ranges) == 1


def test_the_branch_stands_in_for_an_unknown_commit(out, public):
    public.script = [{"status": 404}]
    assert make(out, "public").fresh
    assert len(public.ranges) == 2


def test_a_broken_connection_to_the_public_source_is_resumed(out, public):
    public.script = [{"drop_after": 1000}]
    make(out, "public")
    assert public.ranges == [None, "bytes=1000-"]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([{"status": 404}] * 2, BadStatus),
        ([{"content": b"<html>please log in</html>"}], WrongContent),
        ([{"drop_after": 0}] * 5, NoNetwork),
    ],
)
def test_a_failed_download_changes_nothing_and_offers_the_sample(out, mine, public, script, error):
    make(out, mine)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    public.script = script
    with pytest.raises(error, match="--sample takes the speeches that come with the course"):
        make(out, "public")
    after = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {"speeches_source.txt.part"}


def test_the_record_is_that_of_the_collection():
    record = sources.PUBLIC
    assert (record.size_bytes, len(record.sha256)) == (924_745, 64)
    assert all(url.startswith("https://raw.githubusercontent.com/") for url in record.urls)


@pytest.mark.network
def test_the_real_public_source_still_fits_its_record(out, capsys):
    try:
        made = make(out, "public")
    except NoNetwork as problem:
        pytest.skip(str(problem))
    assert made.train_characters == 789_503
    assert "877,226 characters, as recorded" in capsys.readouterr().out


# a disk or folder that refuses


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("name", OURS)
def test_a_full_disk_leaves_the_files_of_the_last_run(out, mine, name):
    make(out, mine)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / f".{name}.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match=f"{out}: the disk is full"):
        make(out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_file_in_place_of_the_folder_is_named(out, mine):
    out.write_text("in the way")
    with pytest.raises(CannotWrite, match=f"{out}: cannot be written"):
        make(out, mine)
    assert out.read_text() == "in the way"


def test_a_folder_in_place_of_a_file_is_named(out, mine):
    (out / "trump_val.txt").mkdir(parents=True)
    with pytest.raises(CannotWrite, match="is a folder"):
        make(out, mine)
    assert names_in(out) == ["trump_val.txt"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look anywhere"
)
def test_a_folder_that_may_not_be_entered_is_named(out, mine):
    out.mkdir(mode=0o000)
    try:
        with pytest.raises(CannotWrite, match="permission denied"):
            make(out, mine)
    finally:
        out.chmod(0o700)


# the command


def test_the_command_makes_the_sample(out, capsys):
    assert main(["--sample", "--to", str(out)]) == 0
    assert names_in(out) == OURS
    output = capsys.readouterr()
    assert "trump_train.txt: 73,486 characters" in output.out
    assert output.err == ""


def test_the_command_puts_an_error_on_stderr_and_returns_1(out, capsys):
    assert main(["--from", "nowhere.txt", "--to", str(out)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("nowhere.txt: no such file")


def test_a_file_called_sample_is_a_file_for_the_command(out, mine, monkeypatch):
    monkeypatch.chdir(mine.parent)
    mine.rename(mine.with_name("sample"))
    assert main(["--from", "./sample", "--to", str(out)]) == 0
    assert str(json.loads((out / "speeches.json").read_text())["source"]) == "sample"


def test_an_interrupted_command_ends_without_a_traceback(out, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("data_scripts.speeches.make", interrupt)
    assert main(["--to", str(out)]) == 1
    assert capsys.readouterr().err.startswith("stopped;")


def test_two_sources_at_once_are_wrong_usage(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--sample", "--public"])
    assert stop.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_the_module_runs_as_a_program():
    command = [sys.executable, "-m", "data_scripts.speeches", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    for option in ("--sample", "--public", "--from FILE", "--to DIR"):
        assert option in shown.stdout


def test_importing_does_nothing(tmp_path):
    code = "import data_scripts.speeches, data_scripts.download"
    root = str(Path(sources.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr, names_in(tmp_path)) == ("", "", [])


def test_every_error_is_a_data_error():
    for kind in (BadSource, BadStatus, CannotWrite, DiskFull, NoNetwork, WrongContent):
        assert issubclass(kind, DataError)
