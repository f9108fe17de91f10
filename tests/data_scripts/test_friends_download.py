"""ConvoKit's own download, from a server of this test; and everything that can come instead."""

import io
import os
import socket
import sys
import zipfile

import pytest

from data_scripts import friends_check
from data_scripts.errors import (
    BadSource,
    BadStatus,
    DiskFull,
    DownloadError,
    NoNetwork,
    WrongContent,
)
from data_scripts.friends import make
from data_scripts.friends_check import inspect
from tests.data_scripts.corpora import names_in, snapshot

convokit = pytest.importorskip("convokit")


def archive_of(folder):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"friends-corpus/{path.name}")
    return content.getvalue()


@pytest.fixture
def public(server, mine, tmp_path, monkeypatch):
    """ConvoKit finds its corpus on the server of this test, and the record is that corpus's."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    server.content = archive_of(mine)

    class Answer:
        def json(self):
            address = server.url.replace("speeches.txt", "friends-corpus.zip")
            return {"cur_version": {"friends-corpus": 1}, "ModelURLS": {},
                    "DatasetURLs": {"friends-corpus": address}}  # fmt: skip

    monkeypatch.setattr("convokit.util.requests.get", lambda *_, **__: Answer())
    record = inspect(mine)
    monkeypatch.setattr(friends_check, "PUBLIC", record)
    monkeypatch.setattr("data_scripts.friends.differences",
                        lambda found: friends_check.differences(found, record))  # fmt: skip
    return server


@pytest.fixture
def failing(monkeypatch):
    """Let ConvoKit's download raise what a test wants."""

    def set_up(problem):
        def download(*_, **__):
            print("Downloading friends-corpus to somewhere")
            raise problem

        monkeypatch.setattr(convokit, "download", download, raising=False)

    return set_up


def test_the_public_corpus_is_what_convokit_downloads(public, mine, out, capsys):
    made = make(out, "public")
    assert made.fresh
    assert snapshot(made.folder) == snapshot(mine)
    shown = capsys.readouterr()
    assert "as recorded" in shown.out
    assert "Dataset" not in shown.out and "Downloading friends-corpus to" not in shown.out


def test_convokit_leaves_no_trace_in_the_home_folder(public, out, tmp_path):
    home = os.environ["HOME"]
    make(out, "public")
    assert os.environ["HOME"] == home
    assert names_in(tmp_path / "home") == []
    assert names_in(out) == ["friends-corpus", "friends.json"]


def test_a_second_run_asks_nobody(public, out):
    make(out, "public")
    assert not make(out, "public").fresh
    assert len(public.ranges) == 1


def test_the_sample_gives_way_to_the_public_corpus(public, out):
    make(out)
    assert make(out, "public").utterances == 4
    assert names_in(out) == ["friends-corpus", "friends.json"]


def test_another_version_of_the_corpus_is_taken_and_said(public, mine, out, capsys):
    path = mine / "utterances.jsonl"
    path.write_text(path.read_text().replace('"Phoebe Buffay"', '"Monica Geller"'))
    public.content = archive_of(mine)
    make(out, "public")
    shown = capsys.readouterr().out
    assert "2 utterances of Monica Geller, but the record says 1" in shown
    assert "0 utterances of Phoebe Buffay, but the record says 1" in shown
    assert "another version" in shown


@pytest.mark.parametrize(
    ("step", "error", "words"),
    [
        ({"status": 404}, BadStatus, "status 404 instead of the corpus"),
        ({"status": 503}, BadStatus, "status 503"),
        ({"drop_after": 900}, WrongContent, "or not all of it"),
        ({"content": b"<html>please log in</html>"}, WrongContent, "log-in page"),
    ],
)
def test_a_failed_download_changes_nothing_and_offers_the_rest(
    public, mine, out, step, error, words
):
    make(out, mine)
    before = snapshot(out)
    public.script = [step]
    with pytest.raises(error, match=words) as failed:
        make(out, "public")
    assert "--sample takes the corpus" in str(failed.value)
    assert "--from PATH" in str(failed.value)
    assert snapshot(out) == before


def test_a_broken_corpus_from_the_server_is_named_without_our_temporary_folder(public, mine, out):
    path = mine / "utterances.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    public.content = archive_of(mine)
    with pytest.raises(BadSource, match="line 4: not whole JSON") as failed:
        make(out, "public")
    assert "tmp" not in str(failed.value)
    assert names_in(out) == []


def test_a_corpus_that_lacks_a_file_is_named_with_the_alternatives(public, mine, out):
    (mine / "corpus.json").unlink()
    public.content = archive_of(mine)
    with pytest.raises(BadSource, match=r"friends-corpus: .*corpus\.json missing.*--sample") as no:
        make(out, "public")
    assert "tmp" not in str(no.value)


def test_a_closed_port_is_no_network(public, out):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    public.server_port, served = port, public.server_port
    try:
        with pytest.raises(NoNetwork, match="Check the network"):
            make(out, "public")
    finally:
        public.server_port = served


def failures():
    import requests

    refused = requests.Response()
    refused.status_code = 429
    return [
        (requests.ConnectionError("Max retries exceeded"), NoNetwork),
        (requests.Timeout(), NoNetwork),
        (requests.HTTPError(response=refused), BadStatus),
        (requests.JSONDecodeError("x", "y", 0), WrongContent),
        (ConnectionResetError(104, "reset"), NoNetwork),
        (KeyError("cur_version"), DownloadError),
        (OSError(28, "No space left on device"), DiskFull),
    ]


@pytest.mark.parametrize(("problem", "error"), failures(), ids=lambda case: repr(case)[:30])
def test_whatever_convokit_raises_becomes_one_message(failing, out, capsys, problem, error):
    failing(problem)
    with pytest.raises(error) as failed:
        make(out, "public")
    assert type(failed.value) is error
    assert "\n" not in str(failed.value)
    assert "Downloading" not in capsys.readouterr().out
    assert names_in(out) == []


def test_a_missing_convokit_says_what_to_install(out, monkeypatch):
    monkeypatch.setitem(sys.modules, "convokit", None)
    with pytest.raises(DownloadError, match=r"ConvoKit is not installed .* pip install convokit"):
        make(out, "public")


@pytest.mark.network
def test_the_real_corpus_still_fits_its_record(out, capsys):
    try:
        make(out, "public")
    except NoNetwork as problem:
        pytest.skip(str(problem))
    assert "as recorded" in capsys.readouterr().out
