"""The folder of one autograded submission: its notebook and the files that came with it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from autograder.intake.plain_files import HIDDEN, plain_files
from autograder.pipeline.results import write_atomically

READ_ONLY = 0o444  # as nbgrader leaves them


def write_autograded(
    place: Path, text: str, sources: Sequence[Path], ignored: Sequence[str]
) -> None:
    """Write an autograded notebook, with copies of the other files of some folders beside it.

    The last folder wins where two have a file of the same name. The notebook comes last and whole:
    whoever finds it finds it beside its files.
    """
    shutil.rmtree(place.parent, ignore_errors=True)
    for source in sources:
        for path in plain_files(source, (HIDDEN, "*.ipynb", *ignored)):
            copy = place.parent / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            shutil.copyfile(source / path, copy)
            copy.chmod(READ_ONLY)
    replace_autograded(place, text)


def replace_autograded(place: Path, text: str) -> None:
    """Write an autograded notebook; what lies beside it stays."""
    write_atomically(place, text)
    place.chmod(READ_ONLY)
