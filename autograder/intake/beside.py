"""The files that come with a notebook: plain ones, within bounds, whatever else lies there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.intake.find import Unreadable

MAX_FILES = 2000


def plain_files(folder: Path) -> Iterator[Path]:
    """The files in a folder and below it, relative to it; no links, no devices, no hidden names.

    A link may lead anywhere, and reading from a pipe or a device may never end.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path.relative_to(folder)


def copy_beside(source: Path, folder: Path, most_mb: int) -> None:
    """Copy the files that came with a notebook; raises Unreadable where they are too many or large.

    Notebooks themselves are left out. most_mb: all files together, in MB; a file with holes counts
    with its full length.
    """
    left = most_mb * 2**20
    for number, name in enumerate(path for path in plain_files(source) if path.suffix != ".ipynb"):
        left -= (source / name).stat().st_size
        if left < 0:
            raise Unreadable(f"the files beside the notebook are larger than {most_mb} MB together")
        if number >= MAX_FILES:
            raise Unreadable(f"there are more than {MAX_FILES} files beside the notebook")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)
