"""Files that are whole or not there, and never lost."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError

# PyTorch reports a full disk as a RuntimeError, safetensors with an error of its own
CANNOT_WRITE = (OSError, RuntimeError, SafetensorError)


def write_whole(path: Path, write: Callable[[Path], None]) -> bool:
    """Let write(path) make a file under a temporary name, and rename it when it is on the disk.

    Returns whether that was possible; if not, says why, and what lay at path is as it was.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())  # else the new name may reach the disk before the content
        os.replace(partial, path)
    except CANNOT_WRITE as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        reason = (str(error) or type(error).__name__).splitlines()[0]
        print(f"{path} could not be written, the run goes on without it: {reason}")
        return False
    return True


def put_aside(path: Path) -> Path | None:
    """Rename a file, if it is there, to a name that is free; return that name.

    state.pt becomes state.old.pt, and the next one state.old2.pt.
    """
    if not path.exists():
        return None
    number, aside = 1, path.with_suffix(f".old{path.suffix}")
    while aside.exists():
        number += 1
        aside = path.with_suffix(f".old{number}{path.suffix}")
    os.replace(path, aside)
    return aside
