"""What can go wrong while a corpus is made; the text of an error is meant for the user.

DataError
├── BadSource        the source given cannot be used: missing, empty, cut off, an unknown name, ...
├── BadTokens        ids that do not fit a token file, or a token file that is not whole
├── NoTokenizer      GPT-2's vocabulary is nowhere, or is another one
├── DownloadError    the public source could not be fetched
│   ├── NoNetwork       no connection, or it broke off too often
│   ├── BadStatus       the server answered, but not with the file
│   └── WrongContent    what came is not the file in the record
└── CannotWrite      the folder refuses: not permitted, not a folder, ...
    └── DiskFull
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path


class DataError(Exception):
    """Base of all errors of this package; `str(error)` is the whole message."""


class BadSource(DataError):
    """The source cannot be used: missing, empty, not UTF-8, too short, cut off, unknown."""


class BadTokens(DataError, ValueError):
    """Ids that do not fit a token file, or a token file that is not whole or too short."""


class NoTokenizer(DataError):
    """GPT-2's vocabulary files are nowhere to be found, or are not the right ones."""


class DownloadError(DataError):
    """The public source could not be fetched."""


class NoNetwork(DownloadError):
    """No connection to the server, or one that broke off too often."""


class BadStatus(DownloadError):
    """The server answered with an HTTP status other than success."""


class WrongContent(DownloadError):
    """Size or SHA-256 of what came differ from the record."""


class CannotWrite(DataError):
    """A file or folder cannot be written."""


class DiskFull(CannotWrite):
    """The disk, or the user's share of it, is full."""


def cannot_write(path: Path, problem: OSError) -> CannotWrite:
    """Put an operating system's refusal to write `path` into words."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"{path}: the disk is full{_free_space(path)}; nothing was changed. "
            "Make some room and run the command again, "
            "or choose another folder."
        )
    reason = problem.strerror or type(problem).__name__
    return CannotWrite(
        f"{path}: cannot be written ({reason.lower()}); nothing was changed. "
        "Choose a folder that you may write to."
    )


def cannot_read(name: Path | str, problem: OSError) -> BadSource:
    """Put an operating system's refusal to read a source into words."""
    reason = problem.strerror or str(problem) or type(problem).__name__
    return BadSource(f"{name}: cannot be read ({reason.lower()})")


def _free_space(path: Path) -> str:
    folder = path if path.is_dir() else path.parent
    try:
        return f" ({shutil.disk_usage(folder).free // 1024:,} KiB free)"
    except OSError:
        return ""
