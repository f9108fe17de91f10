"""The plain files of a folder that somebody else has filled."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

MAX_FILES = 2000  # of a submission, beside its notebook
HIDDEN = ".*"


def plain_files(folder: Path, ignored: Sequence[str] = ()) -> Iterator[Path]:
    """The files in a folder and below it, relative to it; no links and no devices.

    ignored: patterns of the names of files and folders to pass over. A link may lead anywhere, and
    reading from a pipe or a device may never end.
    """

    def left_out(name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in ignored)

    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not left_out(name))
        for name in sorted(names):
            path = Path(place, name)
            if not left_out(name) and path.is_file() and not path.is_symlink():
                yield path.relative_to(folder)


def files_beside(folder: Path, ignored: Sequence[str] = ()) -> Iterator[Path]:
    """The same without notebooks: what came with one."""
    return (path for path in plain_files(folder, ignored) if path.suffix.lower() != ".ipynb")
