"""The folder of one autograded submission: its notebook and the files that came with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from autograder.pipeline.results import write_atomically

READ_ONLY = 0o444  # as nbgrader leaves them


def plain_files(folder: Path, ignored: Sequence[str] = ()) -> Iterator[Path]:
    """The files in a folder and below it, relative to it; no links, no devices, no hidden names.

    A link may lead anywhere, and reading from a pipe or a device may never end.
    """

    def left_out(name: str) -> bool:
        return name.startswith(".") or any(fnmatchcase(name, pattern) for pattern in ignored)

    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not left_out(name))
        for name in sorted(names):
            path = Path(place, name)
            if not left_out(name) and path.is_file() and not path.is_symlink():
                yield path.relative_to(folder)


def write_autograded(
    place: Path, text: str, sources: Sequence[Path], ignored: Sequence[str]
) -> None:
    """Write an autograded notebook, with copies of the other files of some folders beside it.

    The last folder wins where two have a file of the same name. The notebook comes last and whole:
    whoever finds it finds it beside its files.
    """
    shutil.rmtree(place.parent, ignore_errors=True)
    for source in sources:
        for path in plain_files(source, (*ignored, "*.ipynb")):
            copy = place.parent / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            shutil.copyfile(source / path, copy)
            copy.chmod(READ_ONLY)
    write_atomically(place, text)
    place.chmod(READ_ONLY)
