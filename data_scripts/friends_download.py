"""ConvoKit's own download of the real corpus, with its failures put into words."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import socket
import sys
import urllib.error
import zipfile
import zlib
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from types import ModuleType

from data_scripts.errors import (
    BadStatus,
    DataError,
    DownloadError,
    NoNetwork,
    WrongContent,
    cannot_write,
)

CORPUS = "friends-corpus"
TIMEOUT_S = 60.0
OTHERWISE = (
    "Without the download: --sample takes the corpus that comes with the course, --from PATH one "
    "that you have as a folder, a zip archive or a table (.csv, .csv.gz)."
)


def download(place: Path) -> Path:
    """Let ConvoKit download its corpus into the folder `place`; return the corpus's folder.

    Raises DownloadError (or NoNetwork, BadStatus, WrongContent), whatever ConvoKit raises.
    """
    convokit = _convokit()
    print(f"downloading {CORPUS} with ConvoKit ...", file=sys.stderr)
    try:
        with _kept_apart(place):
            return Path(convokit.download(CORPUS, verbose=False, data_dir=str(place)))
    except Exception as problem:  # requests, urllib, zipfile, json: ConvoKit passes on all of them
        if isinstance(problem, urllib.error.HTTPError):
            problem.close()
        raise _in_words(problem, place) from problem


def _convokit() -> ModuleType:
    try:
        import convokit  # here, because it takes seconds and a few hundred megabytes
    except ImportError as problem:
        raise DownloadError(
            f"{CORPUS}: ConvoKit is not installed ({problem}): pip install convokit. {OTHERWISE}"
        ) from problem
    return convokit


@contextlib.contextmanager
def _kept_apart(place: Path) -> Iterator[None]:
    """Keep ConvoKit's printing, its settings and its list of downloads out of the user's way.

    That list, in the home folder, would send a later download by hand to our temporary folder.
    """
    homes = ("HOME", "USERPROFILE")  # what expanduser asks on Unix and on Windows
    before, timeout = {name: os.environ.get(name) for name in homes}, socket.getdefaulttimeout()
    os.environ.update(dict.fromkeys(homes, str(place)))
    socket.setdefaulttimeout(TIMEOUT_S)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        socket.setdefaulttimeout(timeout)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _in_words(problem: Exception, place: Path) -> DataError:
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return cannot_write(place, problem)
    if isinstance(problem, zipfile.BadZipFile | zlib.error | EOFError | ValueError):
        return WrongContent(
            f"{CORPUS}: what came is not the corpus, or not all of it: the connection broke off, "
            "or the network put something else (a log-in page?) in its place. Try again. "
            f"{OTHERWISE}"
        )
    response = getattr(problem, "response", None)
    if status := getattr(problem, "code", None) or getattr(response, "status_code", None):
        return BadStatus(
            f"{CORPUS}: the server answered with status {status} instead of the corpus: it has "
            f"moved, or the server is busy. Try again later. {OTHERWISE}"
        )
    if isinstance(problem, OSError | HTTPException):
        return NoNetwork(
            f"{CORPUS}: no connection to ConvoKit's server, or it broke off. Check the network and "
            f"run the command again. {OTHERWISE}"
        )
    return DownloadError(
        f"{CORPUS}: ConvoKit's download failed ({type(problem).__name__}: {problem}). {OTHERWISE}"
    )
