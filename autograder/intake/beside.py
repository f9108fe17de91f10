"""The files that come with a notebook: plain ones, within bounds, whatever else lies there."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.intake.find import Unreadable
from autograder.intake.plain_files import HIDDEN, MAX_FILES, files_beside


def copy_beside(source: Path, folder: Path, most_mb: int) -> None:
    """Copy the files that came with a notebook; raises Unreadable where they are too many or large.

    Notebooks themselves are left out. most_mb: all files together, in MB; a file with holes counts
    with its full length.
    """
    left = most_mb * 2**20
    for number, name in enumerate(files_beside(source, (HIDDEN,))):
        left -= (source / name).stat().st_size
        if left < 0:
            raise Unreadable(f"the files beside the notebook are larger than {most_mb} MB together")
        if number >= MAX_FILES:
            raise Unreadable(f"there are more than {MAX_FILES} files beside the notebook")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)
