"""Fetch one file whose SHA-256 is known, and continue where the last try stopped.

The bytes collect in `NAME.part` beside the destination. Only when they are whole and right does
that file take the destination's name, so a reader never meets half a file.
"""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
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
WORTH_ANOTHER_TRY = {408, 425, 429, 500, 502, 503, 504}
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class _TryAgain(Exception):
    """This attempt failed in a way that the next one may not; carries the words for the user."""


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
    times after `wait_s`, 2 `wait_s`, 4 `wait_s`, ... seconds; an attempt that brought the file
    further does not count. Progress goes to stderr.

    Raises NoNetwork, BadStatus or WrongContent (all DownloadError), CannotWrite or DiskFull.
    """
    if destination.is_file() and _sha256(destination) == sha256:
        return destination
    part = destination.with_name(destination.name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _collect(url, part, sha256, size_bytes, retries, timeout_s, wait_s, sleep)
        os.replace(part, destination)
    except (CannotWrite, WrongContent):
        _remove(part)
        raise
    except OSError as problem:
        _remove(part)
        raise cannot_write(destination, problem) from problem
    return destination


def _collect(
    url: str,
    part: Path,
    sha256: str,
    size_bytes: int | None,
    retries: int,
    timeout_s: float,
    wait_s: float,
    sleep: Callable[[float], None],
) -> None:
    """Fill `part` until its SHA-256 is right."""
    failures, furthest = 0, _size(part)
    while True:
        resumed = _size(part) > 0
        try:
            if _size(part) != size_bytes:
                _attempt(url, part, size_bytes, timeout_s)
            if _sha256(part) == sha256:
                return
            problem: Exception = _wrong_content(url, part, sha256, size_bytes)
            _remove(part)
            if not resumed:
                raise problem
            furthest = 0  # two versions of the file met in one part: begin again
        except _TryAgain as again:
            problem = again
        if _size(part) > furthest:
            failures, furthest = 0, _size(part)
        failures += 1
        if failures > retries:
            raise _given_up(url, part, problem, failures)
        sleep(min(wait_s * 2 ** (failures - 1), LONGEST_WAIT_S))


def _attempt(url: str, part: Path, size_bytes: int | None, timeout_s: float) -> None:
    """Ask once for what is missing in `part` and append it."""
    headers = {"User-Agent": "course-data", "Accept-Encoding": "identity"}
    if _size(part):
        headers["Range"] = f"bytes={_size(part)}-"
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=timeout_s
        ) as response:
            _receive(url, response, part, size_bytes)
    except urllib.error.HTTPError as refusal:
        with refusal:
            _refused(url, refusal.code, part)
    except urllib.error.URLError as problem:
        if isinstance(problem.reason, ssl.SSLCertVerificationError):
            raise NoNetwork(
                f"{_host(url)}: its certificate cannot be verified "
                f"({problem.reason.verify_message}). Check this computer's date, and whether "
                "the network asks you to log in first."
            ) from problem
        raise _TryAgain(_words(problem.reason)) from problem
    except (HTTPException, OSError) as problem:
        raise _TryAgain(_words(problem)) from problem


def _receive(url: str, response: HTTPResponse, part: Path, size_bytes: int | None) -> None:
    """Append the body to `part`, or begin `part` again if the server sent the file from its start."""
    start, total = _extent(response, _size(part))
    if start not in (0, _size(part)):
        _remove(part)
        raise _TryAgain(f"the server sent the file from byte {start:,}")
    have = start
    with _open(part, "ab" if start else "wb") as file, _bar(part, start, total) as bar:
        while chunk := response.read(CHUNK_BYTES):
            have += len(chunk)
            _append(file, chunk, part)
            bar.update(len(chunk))
            if size_bytes is not None and have > size_bytes:
                raise WrongContent(
                    f"{url}: more than the {size_bytes:,} bytes that the file should have. "
                    "It was discarded: the source has changed, or the network put something "
                    "else in its place."
                )
    if total is not None and have < total:
        raise _TryAgain(f"the connection broke off after {have:,} of {total:,} bytes")


def _extent(response: HTTPResponse, have: int) -> tuple[int, int | None]:
    """Say where the body starts in the file and how long the whole file is, as far as known."""
    length = response.headers.get("Content-Length", "")
    if response.status == 206:
        found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found:
            return int(found[1]), None if found[2] == "*" else int(found[2])
        return have, have + int(length) if length.isdigit() else None
    return 0, int(length) if length.isdigit() else None


def _refused(url: str, status: int, part: Path) -> None:
    """Turn an HTTP error status into the error, or the next attempt, that fits it."""
    if status == 416:  # nothing left to send; the checksum decides whether `part` is the file
        return
    if status in WORTH_ANOTHER_TRY:
        raise _TryAgain(f"the server answered with status {status}")
    raise BadStatus(
        f"{url}: the server answered with status {status} instead of the file. "
        "Open the address in a browser to see whether the file has moved."
    )


def _wrong_content(url: str, part: Path, sha256: str, size_bytes: int | None) -> WrongContent:
    wanted = f"sha256 {sha256[:12]}..." + (f", {size_bytes:,} bytes" if size_bytes else "")
    return WrongContent(
        f"{url}: not the file in the record: expected {wanted}; got sha256 "
        f"{_sha256(part)[:12]}..., {_size(part):,} bytes. It was discarded: the source has "
        "changed, or the network put something else in its place (a log-in page?)."
    )


def _given_up(url: str, part: Path, problem: Exception, attempts: int) -> DownloadError:
    if isinstance(problem, DownloadError):
        return problem
    kept = f" {_size(part):,} bytes are kept: the next run continues there." if _size(part) else ""
    words = f"no luck with {_host(url)} after {attempts} attempts ({problem}).{kept}"
    if "status" in str(problem):
        return BadStatus(f"{words} The server is busy or broken: try again later.")
    return NoNetwork(f"{words} Check the network connection and run the command again.")


def _open(part: Path, mode: str):
    try:
        return open(part, mode, buffering=0)
    except OSError as problem:
        raise cannot_write(part, problem) from problem


def _append(file, chunk: bytes, part: Path) -> None:
    # Unbuffered, so that a full disk shows here and not when the file is closed.
    try:
        while chunk:
            chunk = chunk[file.write(chunk) :]
    except OSError as problem:
        raise cannot_write(part, problem) from problem


def _bar(part: Path, start: int, total: int | None) -> tqdm:
    name = part.name.removesuffix(".part")
    return tqdm(
        total=total, initial=start, desc=name, unit="B", unit_scale=True, file=sys.stderr
    )


def _words(problem: object) -> str:
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return str(reason).lower()


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # the error that led here is the one to report
