"""Fetch one file whose SHA-256 is known, and continue where the last try stopped.

The bytes collect in `NAME.part` beside the destination. Only when they are whole and right does
that file take the destination's name, so a reader never meets half a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import FileIO
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from data_scripts.errors import (
    BadStatus,
    CannotWrite,
    DownloadError,
    NoNetwork,
    WrongContent,
    cannot_write,
)

CHUNK_BYTES = 64 * 1024
LONGEST_WAIT_S = 30.0
BUSY = {408, 425, 429, 500, 502, 503, 504}  # statuses that another try may cure
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def fetch(
    url: str,
    destination: Path,
    sha256: str,
    size_bytes: int | None = None,
    *,
    retries: int = 4,
    timeout_s: float = 30.0,
    wait_s: float = 1.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Put the file at `url` in `destination`, and return `destination`.

    Does nothing if the right file is there already. A failed attempt is repeated up to `retries`
    times, after `wait_s`, 2 `wait_s`, 4 `wait_s`, ... seconds; one that brought the file further
    starts that count afresh. Progress goes to stderr.

    Raises NoNetwork, BadStatus or WrongContent (all DownloadError), CannotWrite or DiskFull.
    """
    if sha256_of(destination) == sha256:
        return destination
    part = destination.with_name(destination.name + ".part")
    download = _Download(url, part, sha256, size_bytes, timeout_s)
    waits = (min(wait_s * 2**i, LONGEST_WAIT_S) for i in range(retries))
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _until_whole(download, retries, waits_s=list(waits), sleep=sleep)
        os.replace(part, destination)
    except (CannotWrite, WrongContent):
        _remove(part)
        raise
    except OSError as problem:
        _remove(part)
        raise cannot_write(destination, problem) from problem
    return destination


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, or "" if there is no such file."""
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _TryAgain(Exception):
    """An attempt failed in a way that the next one may not; str is the reason."""


class _Busy(_TryAgain):
    """The server was reached, and answered with a status that may pass."""


@dataclass
class _Download:
    url: str
    part: Path
    sha256: str
    size_bytes: int | None
    timeout_s: float

    @property
    def have(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def attempt(self) -> None:
        """Ask once for what is missing and append it; raise unless the file is right then."""
        resumed = self.have > 0
        if self.have != self.size_bytes:
            self._request()
        if sha256_of(self.part) == self.sha256:
            return
        wrong = self._wrong_content()
        _remove(self.part)
        if not resumed:
            raise wrong
        raise _TryAgain("the kept beginning and the rest do not make the file")

    def _request(self) -> None:
        headers = {"User-Agent": "course-data", "Accept-Encoding": "identity"}
        if self.have:
            headers["Range"] = f"bytes={self.have}-"
        request = urllib.request.Request(self.url, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as response:
                self._receive(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                self._refused(refusal.code)
        except urllib.error.URLError as problem:
            if isinstance(problem.reason, ssl.SSLCertVerificationError):
                raise _untrusted(self.url, problem.reason) from problem
            raise _TryAgain(_words(problem.reason)) from problem
        except (HTTPException, OSError) as problem:
            raise _TryAgain(_words(problem)) from problem

    def _receive(self, response: HTTPResponse) -> None:
        """Append the body; begin again if the server sends the file from byte 0."""
        start, total = _extent(response, self.have)
        if start not in (0, self.have):
            _remove(self.part)
            raise _TryAgain(f"the server sent the file from byte {start:,}")
        have = start
        with (
            _open(self.part, "ab" if start else "wb") as file,
            _bar(self.part, start, total) as bar,
        ):
            while chunk := response.read(CHUNK_BYTES):
                _append(file, chunk, self.part)
                have += len(chunk)
                bar.update(len(chunk))
                if self.size_bytes is not None and have > self.size_bytes:
                    return  # not our file; no need to fill the disk with the rest of it
        if total is None and not response.chunked:
            total = self.size_bytes  # the end of such a body looks like a broken connection
        if total is not None and have < total:
            raise _TryAgain(f"the connection broke off after {have:,} of {total:,} bytes")

    def _refused(self, status: int) -> None:
        if status == 416:  # nothing left to send: the checksum says whether `part` is the file
            return
        if status in BUSY:
            raise _Busy(f"the server answered with status {status}")
        raise BadStatus(
            f"{self.url}: the server answered with status {status} instead of the file. "
            "Open the address in a browser to see whether the file has moved."
        )

    def _wrong_content(self) -> WrongContent:
        size = f", {self.size_bytes:,} bytes" if self.size_bytes is not None else ""
        got = sha256_of(self.part)[:12]
        return WrongContent(
            f"{self.url}: not the file in the record: expected sha256 {self.sha256[:12]}...{size}; "
            f"got sha256 {got}..., {self.have:,} bytes. It was thrown away: the source has "
            "changed, or the network put something else (a log-in page?) in its place."
        )

    def given_up(self, problem: _TryAgain, attempts: int) -> DownloadError:
        """Say in words that the last attempt has failed, and what to do."""
        server = urlsplit(self.url).hostname or self.url
        words = f"{server}: no file after {attempts} attempts ({problem})."
        if self.have:
            words += f" {self.have:,} bytes are kept: the next run continues there."
        if isinstance(problem, _Busy):
            return BadStatus(f"{words} The server is busy or broken: try again later.")
        return NoNetwork(f"{words} Check the network connection and run the command again.")


def _until_whole(
    download: _Download, retries: int, waits_s: list[float], sleep: Callable[[float], None]
) -> None:
    failures, furthest = 0, download.have
    while True:
        try:
            return download.attempt()
        except _TryAgain as problem:
            if download.have > furthest:
                failures, furthest = 0, download.have
            if failures == retries:
                raise download.given_up(problem, failures + 1) from problem
        sleep(waits_s[failures])
        failures += 1


def _extent(response: HTTPResponse, have: int) -> tuple[int, int | None]:
    """Say where the body starts in the file and how long the whole file is, as far as known."""
    length = response.headers.get("Content-Length", "")
    if response.status == 206:
        found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found:
            return int(found[1]), None if found[2] == "*" else int(found[2])
        return have, have + int(length) if length.isdigit() else None
    return 0, int(length) if length.isdigit() else None


def _untrusted(url: str, problem: ssl.SSLCertVerificationError) -> NoNetwork:
    return NoNetwork(
        f"{urlsplit(url).hostname}: its certificate cannot be verified ({problem.verify_message}). "
        "Check this computer's date, and whether the network asks you to log in first."
    )


def _open(part: Path, mode: str) -> FileIO:
    try:
        return FileIO(part, mode)
    except OSError as problem:
        raise cannot_write(part, problem) from problem


def _append(file: FileIO, chunk: bytes, part: Path) -> None:
    # Unbuffered, so that a full disk shows here and not when the file is closed.
    try:
        while chunk:
            chunk = chunk[file.write(chunk) :]
    except OSError as problem:
        raise cannot_write(part, problem) from problem


def _bar(part: Path, start: int, total: int | None) -> tqdm:
    name = part.name.removesuffix(".part")
    return tqdm(total=total, initial=start, desc=name, unit="B", unit_scale=True, file=sys.stderr)


def _words(problem: object) -> str:
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return str(reason).lower()


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # the error that led here is the one to report
        path.unlink(missing_ok=True)
