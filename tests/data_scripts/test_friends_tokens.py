"""One character's token files: the very ids that Lab 11's reference answers give."""

import ast
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cli import main as course
from data_scripts import friends, friends_tokens
from data_scripts.errors import BadSource, BadTokens
from data_scripts.friends import CHARACTERS
from data_scripts.friends_format import FILES
from data_scripts.tokens import open_tokens
from tests.data_scripts.corpora import names_in

ROOT = Path(__file__).parents[2]
ANSWERS = ROOT / "solutions" / "lab11" / "answers.py"
DATA_PART = ("uts", "train_text", "val_text", "store", "train_data", "val_data")  # G1.1 to T1.5


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    with contextlib.redirect_stdout(None):
        return friends.make(folder).folder


@pytest.fixture(scope="module")
def corpus(sample):
    return pytest.importorskip("convokit").Corpus(filename=str(sample))


def reference(corpus, character, encoding, folder):
    """Run the reference answers from G1.1 to T1.5; return the bytes of train.bin and val.bin."""
    parts = [
        node
        for node in ast.parse(ANSWERS.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.FunctionDef) and node.name in DATA_PART)
        or (isinstance(node, ast.Assign) and node.targets[0].id in DATA_PART)
    ]
    space = {"corpus": corpus, "character": character, "encoding": encoding}
    with contextlib.chdir(folder):
        exec(compile(ast.Module(parts, []), str(ANSWERS), "exec"), space)
    assert set(DATA_PART) <= set(space)
    return contents(folder)


def contents(folder):
    return [(folder / name).read_bytes() for name in ("train.bin", "val.bin")]


@pytest.mark.parametrize("characters", [1, 1000, 1 << 16])
@pytest.mark.parametrize("character", CHARACTERS)
def test_the_files_are_those_of_the_reference_answers(
    gpt2, sample, corpus, tmp_path, out, monkeypatch, character, characters
):
    monkeypatch.setattr(friends_tokens, "BLOCK_CHARACTERS", characters)
    made = friends_tokens.make(sample, character, out)
    assert contents(out) == reference(corpus, character, gpt2, tmp_path)
    assert names_in(out) == ["train.bin", "val.bin"]
    assert made.train_tokens == len(open_tokens(out / "train.bin")) > 1000
    assert made.val_tokens == len(open_tokens(out / "val.bin")) > 100


SAID = st.text(alphabet=" \n\t\x85\u3000\x1ca'sé.1🙂", max_size=6) | st.sampled_from(
    ["", "Hi", " "]
)


def written(folder, told):
    """Make the files of a corpus that the tokens are made from; `told` are (speaker, text)."""
    folder.mkdir(exist_ok=True)
    for name in FILES:
        (folder / name).write_text(json.dumps({"Me": {}, "You": {}, "Nobody": {}}))
    lines = [{"id": f"u{i}", "conversation_id": "u0", "speaker": who, "text": said}
             for i, (who, said) in enumerate(told)]  # fmt: skip
    (folder / FILES[0]).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@settings(deadline=None, max_examples=150)
@given(told=st.lists(st.tuples(st.sampled_from(["Me", "You"]), SAID), max_size=40),
       characters=st.integers(1, 20))  # fmt: skip
def test_whatever_is_said_the_seam_is_where_lines_meet(gpt2, tmp_path_factory, told, characters):
    base = tmp_path_factory.getbasetemp()
    folder, out = written(base / "drawn", told), base / "drawn_out"
    mine = [said for who, said in told if who == "Me"]
    cut = int(0.9 * len(mine))
    parts = ["\n".join(mine[:cut]), "\n".join(mine[cut:])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(friends_tokens, "BLOCK_CHARACTERS", characters)
        if len(mine) < 2 or not all(parts):
            with pytest.raises((BadSource, BadTokens)):
                friends_tokens.make(folder, "Me", out, workers=2)
            return
        friends_tokens.make(folder, "Me", out, workers=2)
    got = [open_tokens(out / name).tolist() for name in ("train.bin", "val.bin")]
    assert got == [gpt2.encode_ordinary(part) for part in parts]


def test_one_line_is_too_few_and_none_as_well(tmp_path, out):
    folder = written(tmp_path / "corpus", [("Me", "Hello."), ("You", "Hi."), ("You", "Bye.")])
    for name, lines in (("Me", 1), ("Nobody", 0)):
        with pytest.raises(BadSource, match=rf"{name} has {lines} lines?; at least 2 are needed"):
            friends_tokens.make(folder, name, out)
    assert names_in(out) == []


def test_an_unknown_character_gets_the_nearest_and_nothing_is_written(sample, out):
    with pytest.raises(BadSource, match="did you mean 'Monica Geller'"):
        friends_tokens.make(sample, "Monika Geller", out)
    assert names_in(out) == []


def test_a_damaged_line_is_named_and_the_old_files_stay(tmp_path, out):
    folder = written(tmp_path / "corpus", [("Me", "Hello.")] * 10)
    with open(folder / FILES[0], "a") as file:
        file.write('{"id": "u11", "speak')
    out.mkdir()
    (out / "train.bin").write_bytes(b"old!")
    with pytest.raises(BadSource, match=r"utterances\.jsonl: line 11: not whole JSON"):
        friends_tokens.make(folder, "Me", out)
    assert (names_in(out), (out / "train.bin").read_bytes()) == (["train.bin"], b"old!")


MEMORY = """
import resource, sys
from data_scripts import friends_tokens
unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
friends_tokens.make(sys.argv[1], "Me", sys.argv[3], workers=2)  # everything is loaded then
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
friends_tokens.make(sys.argv[2], "Me", sys.argv[3], workers=2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before)
"""


def test_a_corpus_twenty_times_as_long_takes_no_more_memory(tmp_path):
    told = [("Me", f"Line {i}: could this be any longer?") for i in range(5_000)]
    small, large = written(tmp_path / "small", told), written(tmp_path / "large", told)
    (large / FILES[0]).write_bytes((small / FILES[0]).read_bytes() * 20)
    command = [sys.executable, "-c", MEMORY, small, large, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(done.stdout) < 10_000_000 < os.path.getsize(large / FILES[0])


def test_the_commands_write_the_tokens_beside_the_corpus(out, capsys):
    command = ["data", "friends", "--character", "Joey Tribbiani", "--to", str(out)]
    done = CliRunner().invoke(course, command)
    assert done.exit_code == 0
    assert names_in(out) == ["friends-corpus", "friends.json", "train.bin", "val.bin"]
    count = len(open_tokens(out / "val.bin"))
    assert done.stdout.endswith(f"{out}/val.bin: {count:,} tokens\n")
    first = contents(out)
    assert friends.main(["--character", "Joey Tribbiani", "--to", str(out)]) == 0
    assert contents(out) == first
    assert capsys.readouterr().out.endswith(f"{out}/val.bin: {count:,} tokens\n")
