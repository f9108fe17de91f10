"""Files of a release on the disk: all of them or none, and nobody else's in their place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.release.errors import CannotRelease

NOTE = ".course-release.json"  # which files are ours, and what they were when we wrote them
NAME = re.compile(r"(?:[A-Za-z0-9_-][\w.+-]*/)?[A-Za-z0-9_-][\w.+-]*")


def put(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write files (name -> content, one folder deep at most); return the names of older ones gone.

    What an earlier release wrote there is replaced, or removed if this one does not have it. What
    somebody has changed since, or put there, stays. Raises CannotRelease, and then has written
    nothing, where that would be in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise CannotRelease(f"{folder} is a file: name a folder")
    known = read_note(folder)
    ours = {name: {digest(files[name]), known.get(name, "")} for name in files}
    in_the_way = [name for name in files if not is_free(folder / name, ours[name])]
    if in_the_way:
        raise CannotRelease(
            f"{folder / in_the_way[0]} was not written by `course release`, or has been changed"
            " since; nothing was written: move it away, or choose another folder"
        )
    stale = [name for name in sorted(set(known) - set(files))
             if (folder / name).exists() and is_free(folder / name, {known[name]})]  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        change_places(folder, {**files, NOTE: note(files)}, stale)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotRelease(f"cannot write into {folder}: {reason}; nothing was changed") from error
    return stale


def digest(content: bytes) -> str:
    """What a content is known by."""
    return hashlib.sha256(content).hexdigest()


def note(files: Mapping[str, bytes]) -> bytes:
    """What lies beside the files, so that the next release knows them."""
    known = {name: digest(content) for name, content in sorted(files.items())}
    return (json.dumps({"made by": "course release", "files": known}, indent=1) + "\n").encode()


def read_note(folder: Path) -> dict[str, str]:
    """The files that an earlier release wrote, with their digests; none if nothing says so."""
    try:
        files = json.loads((folder / NOTE).read_text(encoding="utf-8"))["files"]
        return {str(name): str(known) for name, known in files.items() if NAME.fullmatch(name)}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def is_free(place: Path, ours: Collection[str]) -> bool:
    """Whether a file may go to a place: nothing is there, or something of ours, unchanged."""
    try:
        if place.is_symlink() or place.parent.is_symlink():
            return False
        if not place.exists():
            return not place.parent.exists() or place.parent.is_dir()
        return place.is_file() and digest(place.read_bytes()) in ours
    except OSError:
        return False


def change_places(folder: Path, files: Mapping[str, bytes], stale: Collection[str]) -> None:
    """Write all files under another name, then move them; whatever goes wrong, move back."""
    aside = folder / f".course-release.{os.getpid()}"
    made = [folder / name for name in {Path(name).parent.as_posix() for name in files}
            if not (folder / name).exists()]  # fmt: skip
    done: list[tuple[Path, Path]] = []
    try:
        for name, content in files.items():
            write(aside / "new" / name, content)
        for name in [*files, *stale]:
            if (folder / name).exists():
                move(folder / name, aside / "old" / name, done)
            if name in files:
                move(aside / "new" / name, folder / name, done)
    except BaseException:
        for source, target in reversed(done):
            os.replace(target, source)
        for place in made:
            with contextlib.suppress(OSError):
                place.rmdir()
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def move(source: Path, target: Path, done: list[tuple[Path, Path]]) -> None:
    """Move a file within the folder, and note it so that it can be moved back."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)
    done.append((source, target))


def write(place: Path, content: bytes) -> None:
    """Write a file to the disk, so that a full one is noticed here."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
