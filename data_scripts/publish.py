"""Write several files as one: all of them appear in the folder, or none does."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from data_scripts.errors import cannot_write


def publish(folder: Path, files: Mapping[str, bytes], keep: Collection[str] = ()) -> None:
    """Put `files` (name -> content) into `folder`, in place of files of the same names.

    Everything is written under temporary names first; only then do the files change places. Old
    files named in `keep` stay as `NAME.bak`.

    Raises CannotWrite or DiskFull, and leaves the old files as they were.
    """
    new = {folder / name: folder / f".{name}.{os.getpid()}.tmp" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target, temporary in new.items():
            _write(temporary, files[target.name])
        put_in_place(new, keep)
    except OSError as problem:
        raise cannot_write(folder, problem) from problem
    finally:
        for temporary in new.values():
            _remove(temporary)


def put_in_place(new: Mapping[Path, Path], keep: Collection[str] = ()) -> None:
    """Give files written beside their targets (target -> temporary file) the targets' names.

    All of them, or none. Old files named in `keep` stay as `NAME.bak`.

    Raises OSError, and leaves the old files as they were.
    """
    for target in new:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, f"{target.name} is a folder")
    moved: list[tuple[Path, Path | None]] = []  # target, and where its old file is now
    try:
        for target, temporary in new.items():
            old = temporary.with_suffix(".old") if target.exists() else None
            if old:
                os.replace(target, old)
            moved.append((target, old))
            os.replace(temporary, target)
    except OSError:
        for target, old in reversed(moved):
            _remove(target)
            if old:
                os.replace(old, target)
        raise
    for target, old in moved:
        if old and target.name in keep:
            os.replace(old, target.with_name(target.name + ".bak"))
        elif old:
            _remove(old)


def read_note(path: Path) -> dict[str, Any]:
    """Return what a note beside published files says of them, as far as it can be read."""
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {"files": {}}
    if not isinstance(note, dict) or not isinstance(note.get("files"), dict):
        return {"files": {}}
    return note


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # some file systems notice only here that the disk is full


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # the error that led here is the one to report
        path.unlink(missing_ok=True)
