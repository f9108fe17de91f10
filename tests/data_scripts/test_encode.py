"""Encoding by several workers: the same ids, in little memory, whole or not at all."""

import contextlib
import gzip
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cli import main as course
from data_scripts import encode
from data_scripts.encode import encode_parallel, encoded, make
from data_scripts.errors import BadSource, BadTokens, CannotWrite, DiskFull
from data_scripts.friends import sample_lines
from data_scripts.tokens import encode_file, open_tokens
from tests.data_scripts.corpora import names_in
from tests.data_scripts.test_text_pieces import TEXTS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def text(tmp_path):
    """A text of a hundred pieces and more."""
    path = tmp_path / "text.txt"
    lines = sample_lines()
    random.Random(0).shuffle(lines)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(encode, "PIECE_CHARACTERS", 1000)


# the same ids


@settings(deadline=None, max_examples=150)
@given(text=TEXTS.filter(bool), workers=st.integers(1, 4), characters=st.integers(1, 12))
def test_the_ids_are_those_of_the_whole_text(gpt2, tmp_path_factory, text, workers, characters):
    source, out = (tmp_path_factory.getbasetemp() / name for name in ("drawn.txt", "drawn.bin"))
    source.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "PIECE_CHARACTERS", characters)
        count = encode_parallel(source, out, gpt2, workers)
    ids = gpt2.encode_ordinary(text)
    assert (open_tokens(out).tolist(), count) == (ids, len(ids))


def test_several_workers_write_the_file_that_one_writes(gpt2, text, tmp_path, small_pieces):
    count = encode_file(text, tmp_path / "one.bin", gpt2)
    for workers in (1, 3, None):
        assert encode_parallel(text, tmp_path / "many.bin", gpt2, workers) == count
        assert (tmp_path / "many.bin").read_bytes() == (tmp_path / "one.bin").read_bytes()


def test_an_older_tiktoken_gives_the_same_ids(gpt2, text, tmp_path, small_pieces):
    class Older:
        n_vocab, encode_ordinary = gpt2.n_vocab, gpt2.encode_ordinary

    encode_parallel(text, tmp_path / "new.bin", gpt2)
    encode_parallel(text, tmp_path / "old.bin", Older())
    assert (tmp_path / "old.bin").read_bytes() == (tmp_path / "new.bin").read_bytes()


def test_half_a_surrogate_pair_becomes_what_encode_ordinary_makes_of_it(gpt2):
    pieces = ["Oh \ud83d no", " and on"]
    assert np.concatenate(list(encoded(pieces, gpt2))).tolist() == [
        token for piece in pieces for token in gpt2.encode_ordinary(piece)
    ]


# workers


class Slow:
    """An encoding that takes its time, the more the earlier a piece comes."""

    n_vocab = 50_257

    def __init__(self):
        self.most = self.now = 0
        self.lock = threading.Lock()

    def encode_ordinary(self, piece):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02 if int(piece) % 3 == 0 else 0.001)
        with self.lock:
            self.now -= 1
        return [int(piece)]


def test_results_come_in_order_though_workers_overtake_each_other():
    slow = Slow()
    ids = [int(piece[0]) for piece in encoded(map(str, range(30)), slow, workers=3)]
    assert ids == list(range(30))
    assert slow.most == 3


def test_no_more_pieces_are_taken_than_a_few_for_each_worker():
    taken = 0

    def pieces():
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield str(number)

    running = encoded(pieces(), Slow(), workers=3)
    for done in range(1, 20):
        next(running)
        assert taken < done + encode.WAITING * 3
    running.close()
    assert taken < 30


def test_closing_early_leaves_no_thread():
    before = set(threading.enumerate())
    with contextlib.closing(encoded(map(str, range(1000)), Slow(), workers=3)) as running:
        next(running)
        assert len(set(threading.enumerate()) - before) == 3
    assert set(threading.enumerate()) == before


def test_an_error_in_a_worker_ends_the_work_and_leaves_the_old_file(text, tmp_path, small_pieces):
    class Broken:
        n_vocab = 50_257

        def encode_ordinary(self, piece):
            raise RuntimeError("no more")

    before = set(threading.enumerate())
    (tmp_path / "train.bin").write_bytes(b"old!")
    with pytest.raises(RuntimeError, match="no more"):
        encode_parallel(text, tmp_path / "train.bin", Broken(), 3)
    assert (tmp_path / "train.bin").read_bytes() == b"old!"
    assert names_in(tmp_path) == ["text.txt", "train.bin"]
    assert set(threading.enumerate()) == before


MEMORY = """
import resource, sys
from data_scripts import encode, gpt2_tokenizer
unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
encode.make(sys.argv[1], sys.argv[3], workers=2)  # a small text, so that everything is loaded
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
print(encode.make(sys.argv[2], sys.argv[3], workers=2).train_tokens)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before)
"""


def test_a_text_twenty_times_as_long_takes_no_more_memory(gpt2, text, tmp_path):
    part = text.read_bytes() + b"\n"
    text.write_bytes(part * 5)
    (tmp_path / "long.txt").write_bytes(part * 100)  # of 20 MB; its ids would take as much
    command = [sys.executable, "-c", MEMORY, text, tmp_path / "long.txt", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    tokens, more = map(int, done.stdout.split())
    assert tokens == 100 * len(gpt2.encode_ordinary(part.decode()))
    assert more < 15_000_000, f"{more:,} bytes more for {len(part) * 100:,} bytes of text"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_leaves_no_half_file_and_the_old_one(text, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "train.bin").write_bytes(b"old!")
    command = [sys.executable, "-m", "data_scripts.encode", "-", "--to", out]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as run:
        feeding = threading.Thread(target=feed_until_closed, args=(run.stdin, text.read_bytes()))
        feeding.start()
        until(lambda: len(names_in(out)) > 1)  # in the middle of writing
        run.send_signal(signal.SIGINT)
        said = run.stderr.read().decode()
        assert run.wait(timeout=60) == 1
        feeding.join()
    assert said.endswith("stopped; nothing was changed\n") and "Traceback" not in said
    assert (names_in(out), (out / "train.bin").read_bytes()) == (["train.bin"], b"old!")


def feed_until_closed(pipe, content):
    with contextlib.suppress(BrokenPipeError), pipe:
        for _ in range(1000):  # more than anybody reads
            pipe.write(content)


def until(true, patience_s=60):
    ends_at = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


# training and validation


@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.999])
def test_the_last_tokens_are_for_validation_and_none_is_lost(gpt2, text, out, fraction):
    made = make(text, out, val_fraction=fraction)
    ids = gpt2.encode_ordinary(text.read_text("utf-8"))
    train, val = open_tokens(out / "train.bin"), open_tokens(out / "val.bin")
    assert [*train, *val] == ids
    assert len(val) == made.val_tokens == int(len(ids) * fraction)
    assert len(train) == made.train_tokens
    assert names_in(out) == ["train.bin", "val.bin"]
    assert str(made).splitlines()[1] == f"{out}/val.bin: {len(val):,} tokens"


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 10, float("nan")])
def test_a_share_that_is_none_is_refused(text, out, fraction):
    with pytest.raises(BadSource, match="between 0 and 1"):
        make(text, out, val_fraction=fraction)


def test_a_text_too_short_to_be_divided_changes_nothing(text, out):
    out.mkdir()
    (out / "train.bin").write_bytes(b"old!")
    text.write_text("Hi.")
    with pytest.raises(BadTokens, match="2 tokens for training and 0 for validation"):
        make(text, out, val_fraction=0.1)
    assert (names_in(out), (out / "train.bin").read_bytes()) == (["train.bin"], b"old!")


def test_one_of_two_files_in_the_way_keeps_the_other_as_it_was(text, out):
    (out / "val.bin").mkdir(parents=True)
    (out / "train.bin").write_bytes(b"old!")
    with pytest.raises(CannotWrite, match=r"val\.bin is a folder"):
        make(text, out, val_fraction=0.1)
    assert (names_in(out), (out / "train.bin").read_bytes()) == (["train.bin", "val.bin"], b"old!")


# what goes wrong


def test_an_empty_text_is_refused_and_the_old_file_stays(gpt2, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "train.bin").write_bytes(b"old!")
    with pytest.raises(BadSource, match=r"empty\.txt: the text is empty"):
        encode_parallel(tmp_path / "empty.txt", tmp_path / "train.bin", gpt2)
    assert (tmp_path / "train.bin").read_bytes() == b"old!"


def test_a_text_that_stops_being_utf8_leaves_the_old_file(gpt2, text, tmp_path, small_pieces):
    (tmp_path / "train.bin").write_bytes(b"old!")
    size = text.stat().st_size
    text.write_bytes(text.read_bytes() + b" caf\xe9 au lait")
    with pytest.raises(BadSource, match=f"byte 0xe9 at position {size + 4:,}"):
        encode_parallel(text, tmp_path / "train.bin", gpt2)
    assert names_in(tmp_path) == ["text.txt", "train.bin"]
    assert (tmp_path / "train.bin").read_bytes() == b"old!"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("fraction", [None, 0.1])
def test_a_full_disk_is_named_and_nothing_left(text, out, monkeypatch, fraction):
    monkeypatch.setattr("os.fsync", lambda _: Path("/dev/full").write_bytes(b"x"))
    with pytest.raises(DiskFull, match=r"/train\.bin: the disk is full"):
        make(text, out, fraction)
    assert names_in(out) == []


# the commands


def test_the_command_writes_both_files_and_says_how_many_tokens(gpt2, text, out):
    packed = text.with_suffix(".txt.gz")
    packed.write_bytes(gzip.compress(text.read_bytes()))
    command = ["data", "tokens", packed, "--val-fraction", "0.2", "--workers", "2", "--to", out]
    done = CliRunner().invoke(course, list(map(str, command)))
    train, val = (len(open_tokens(out / name)) for name in ("train.bin", "val.bin"))
    assert done.exit_code == 0
    assert done.stdout == f"{out}/train.bin: {train:,} tokens\n{out}/val.bin: {val:,} tokens\n"
    assert train + val == len(gpt2.encode_ordinary(text.read_text("utf-8")))


def test_the_command_reads_standard_input(out):
    done = CliRunner().invoke(course, ["data", "tokens", "-", "--to", str(out)], "Could it be?")
    assert done.stdout == f"{out}/train.bin: 4 tokens\n"


def test_a_missing_text_is_one_line_on_stderr(out):
    done = CliRunner().invoke(course, ["data", "tokens", "no.txt", "--to", str(out)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith("course: no.txt: cannot be read (no such file or directory)\n")


def test_a_stop_ends_the_command_with_a_sentence(text, out, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(encode, "make", stopped)
    done = CliRunner().invoke(course, ["data", "tokens", str(text), "--to", str(out)])
    assert done.exit_code == 130
    assert done.stderr.startswith("course: stopped; no file is half written")


@pytest.mark.parametrize("option", [("--val-fraction", "1"), ("--workers", "0")])
def test_a_setting_that_makes_no_sense_is_wrong_usage(text, out, option):
    done = CliRunner().invoke(course, ["data", "tokens", str(text), *option])
    assert done.exit_code == 2


def test_the_module_is_a_command_as_well(text, out, capsys):
    assert encode.main([str(text), "--to", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out}/train.bin: ")
    assert encode.main(["no.txt", "--to", str(out)]) == 1
    assert "no.txt: cannot be read" in capsys.readouterr().err
