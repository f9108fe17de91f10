"""The folder of submissions: attempts put in their places, whole or not at all, and none deleted.

SUBMISSIONS/<student>/<assignment>/ holds the attempt that counts, as nbgrader lays submissions out.
All others lie in SUBMISSIONS/.attempts/<assignment>/<student>/, where nothing is graded or run.
Files are copied into .attempts/<assignment>/.new first and renamed; killed anywhere, the same
command finds every attempt in one place or the other.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.intake.collect.archives import Refused
from autograder.intake.collect.items import DAMAGES, CannotCollect, TooLarge, copy_out
from autograder.intake.collect.layout import MAX_BESIDE, TIMESTAMP, Layout, is_notebook
from autograder.intake.collect.names import shown
from autograder.intake.find import MAX_BYTES
from autograder.intake.plain_files import plain_files

ATTEMPTS, NEW, FOUND = ".attempts", ".new", "found"
SHOWN_DIGEST = 12
OURS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE)  # the disk's fault, nobody else's
NBGRADER_TIME = "%Y-%m-%d %H:%M:%S.%f UTC"


@dataclass(frozen=True)
class Staged:
    """An attempt's files as they lie in a folder of their own, waiting for their place."""

    folder: Path
    digest: str
    notes: tuple[str, ...] = ()
    has_work: bool = True


class Store:
    """One assignment's folders in a folder of submissions."""

    def __init__(self, submissions: Path, assignment: str) -> None:
        self.submissions, self.assignment = submissions, assignment
        self.home = submissions / ATTEMPTS / assignment
        self.new = self.home / NEW

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the folder for this run alone, and clear what a killed run left half-written."""
        self.home.mkdir(parents=True, exist_ok=True)
        number = os.open(self.home, os.O_RDONLY)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(number)
            raise CannotCollect(
                f"another `course collect` is at work on {self.submissions}"
            ) from error
        try:
            shutil.rmtree(self.new, ignore_errors=True)
            self.new.mkdir()
            yield
        finally:
            shutil.rmtree(self.new, ignore_errors=True)
            os.close(number)

    def current(self, student: str) -> Path:
        """Where the attempt that counts lies."""
        return self.submissions / student / self.assignment

    def stage(self, layout: Layout, name: str) -> Staged:
        """Copy an attempt's files into a new folder; raises Refused."""
        folder = self.new / name
        folder.mkdir()
        notes, beside = list(layout.notes), MAX_BESIDE
        for path, item in sorted(layout.files.items()):
            target = folder.joinpath(*path)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    count = copy_out(item, file, MAX_BYTES if is_notebook(path) else beside)
                beside -= 0 if is_notebook(path) else count
            except TooLarge:
                raise Refused(f"{shown(path[-1])} is larger than it says, and too large") from None
            except DAMAGES as error:
                if getattr(error, "errno", None) in OURS:
                    raise
                with contextlib.suppress(OSError):  # a name too long for the disk
                    target.unlink(missing_ok=True)
                notes.append(f"{shown('/'.join(path))} was not taken: it is damaged"
                             f" ({why(error)})")  # fmt: skip
        if not any(plain_files(folder)):
            raise Refused("; ".join(notes) or "it is empty")
        return Staged(folder, digest_of(folder), tuple(notes), layout.has_work)

    def kept(self, student: str) -> dict[str, Path]:
        """The attempts of a student that do not count, by the beginning of their digest."""
        place = self.home / student
        found = sorted(place.iterdir()) if place.is_dir() else []
        return {path.name.rpartition("-")[2]: path for path in found}

    def keep(self, folder: Path, student: str, digest: str, label: str) -> None:
        """Move an attempt to those that do not count, unless it lies there already."""
        short = digest[:SHOWN_DIGEST]
        if short in self.kept(student):
            gone = self.new / f"gone-{short}"
            shutil.rmtree(gone, ignore_errors=True)
            folder.rename(gone)
            return
        place = self.home / student / f"{label}-{short}"
        place.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(place)

    def put(self, staged: Path, student: str) -> None:
        """Make an attempt the one that counts; its place is free."""
        place = self.current(student)
        place.parent.mkdir(exist_ok=True)
        if place.is_dir():  # without a file
            shutil.rmtree(place)
        staged.rename(place)

    def open_empty(self, student: str) -> None:
        """Make a student's folder although nothing can be taken: grading lists the student then."""
        self.current(student).mkdir(parents=True, exist_ok=True)

    def digest(self, student: str) -> str:
        """The digest of the attempt that counts, as it lies there; empty if there is none."""
        place = self.current(student)
        return digest_of(place) if place.is_dir() and any(plain_files(place)) else ""

    def count(self, student: str) -> int:
        """How many attempts of a student there are, the one that counts included."""
        kept = {name for name, path in self.kept(student).items()
                if not path.name.startswith(f"{FOUND}-")}  # fmt: skip
        here = self.digest(student)[:SHOWN_DIGEST]
        return len(kept | {here} if here else kept)

    def clear(self, student: str) -> None:
        """Move away files beside the assignment's folder: nobody collected them.

        A notebook there would be graded instead.
        """
        place = self.submissions / student
        files = [p for p in place.iterdir() if not p.is_dir() or p.is_symlink()] \
            if place.is_dir() else []  # fmt: skip
        if files:
            aside = self.new / FOUND
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir()
            for path in files:
                path.rename(aside / path.name)
            self.keep(aside, student, digest_of(aside), FOUND)

    def rename(self, before: str, after: str) -> None:
        """Give all that a student handed in another student's name, where nothing lies yet."""
        if (self.submissions / before).is_dir() and not (self.submissions / after).exists():
            (self.submissions / before).rename(self.submissions / after)
        for digest, path in self.kept(before).items():
            self.keep(path, after, digest, path.name.rpartition("-")[0])
        with contextlib.suppress(OSError):
            (self.home / before).rmdir()

    def write_time(self, student: str, at: datetime) -> None:
        """Tell nbgrader when the submission came in."""
        place = self.current(student) / TIMESTAMP
        text = at.astimezone(UTC).strftime(NBGRADER_TIME) + "\n"
        if not place.is_file() or place.read_text(encoding="utf-8", errors="replace") != text:
            temporary = self.new / TIMESTAMP
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(place)


def digest_of(folder: Path) -> str:
    """What tells one attempt's files from another's: names and bytes, without our timestamp.txt."""
    whole = hashlib.sha256()
    for name in sorted(plain_files(folder)):
        if name.parts != (TIMESTAMP,):
            with (folder / name).open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{name.as_posix()}\0{content}\n".encode(errors="surrogateescape"))
    return whole.hexdigest()


def why(error: BaseException) -> str:
    """What is wrong with a file, without the paths that errors of the system name."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return shown(said)
