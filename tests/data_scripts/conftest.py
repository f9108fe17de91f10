"""A web server on this machine that serves one file as well or as badly as a test asks for."""

import contextlib
import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data_scripts.download import fetch
from data_scripts.friends_format import corpus_files, parse_script
from data_scripts.gpt2_tokenizer import encoding
from tests.data_scripts.corpora import MINE

CONTENT = bytes(range(256)) * 1200  # 300 KiB, several chunks


class FileServer(ThreadingHTTPServer):
    """Serves `content`; `script` holds what to do wrong with each of the next requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CONTENT
        self.script = []
        self.knows_ranges = True
        self.ranges = []  # the Range header of each request so far

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/speeches.txt"

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        step = self.server.script.pop(0) if self.server.script else {}
        if "status" in step:
            self.send_error(step["status"])
            return
        content = step.get("content", self.server.content)
        start = 0
        if asked and self.server.knows_ranges and not step.get("ignores_range"):
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])
            if start >= len(content):
                self.send_error(416)
                return
        start = step.get("starts_at", start)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if not step.get("no_length"):
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        with contextlib.suppress(ConnectionError):  # the client may have read enough
            self.wfile.write(body[: step.get("drop_after", len(body))])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = FileServer()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def straight_to_the_server_and_no_waiting(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setitem(fetch.__kwdefaults__, "wait_s", 0)


@pytest.fixture
def out(tmp_path):
    """The folder to make things in."""
    return tmp_path / "data"


@pytest.fixture
def mine(tmp_path):
    """A corpus folder of the user's, made of the scenes in `corpora.MINE`."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, content in corpus_files(parse_script(MINE, "mine"))[0].items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory):
    """GPT-2's encoding, from a cache of the tests' own."""
    pytest.importorskip("tiktoken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return encoding()
