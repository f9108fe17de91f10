"""The files of a source, listed before anything is read: a folder, or a zip archive.

Nothing is ever unpacked by name: a file's bytes are copied, up to a limit, to where this package
decides. Links, devices and pipes are files that cannot be taken.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from lzma import LZMAError
from pathlib import Path
from struct import error as StructError
from typing import IO

from autograder.intake.collect.names import REPOSITORY, is_ignored, parts_of, shown

DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
           LZMAError, StructError, ValueError)  # fmt: skip
BLOCK = 2**20


class CannotCollect(Exception):
    """A source that cannot be taken in at all; the message says what to do."""


class TooLarge(Exception):
    """A file that goes on beyond its limit."""


def nothing() -> IO[bytes]:
    """What is read from a file that cannot be taken."""
    raise OSError("this file cannot be taken")


@dataclass(frozen=True)
class Item:
    """One file.

    parts: its folders and its name within the source; none if that leads out. size: in bytes, as
    the source says. packed: bytes that it takes in an archive, None outside of one. fault: why it
    cannot be taken, empty if it can. called: its whole path, to be shown. opened: gives its bytes.
    """

    parts: tuple[str, ...]
    size: int = 0
    packed: int | None = None
    fault: str = ""
    called: str = ""
    opened: Callable[[], IO[bytes]] = nothing

    def within(self, depth: int) -> Item:
        """The same file seen from so many folders further down."""
        return replace(self, parts=self.parts[depth:])


@dataclass
class Source:
    """All files of a source; repositories: whether folders of git lie among them."""

    name: str
    items: list[Item] = field(default_factory=list)
    repositories: bool = False
    archive: zipfile.ZipFile | None = None

    def close(self) -> None:
        """Close the archive; its files cannot be read any more."""
        if self.archive is not None:
            self.archive.close()


def open_source(path: Path) -> Source:
    """List the files of a folder or a zip archive; raises CannotCollect."""
    if path.is_dir():
        return items_of_folder(path)
    if not path.is_file():
        raise CannotCollect(f"{path} is neither a folder nor a file")
    try:
        archive = zipfile.ZipFile(path)
    except UnicodeDecodeError as error:
        raise CannotCollect(f"{path.name} holds names that are no text: unpack it with another "
                            "program and give the folder") from error  # fmt: skip
    except DAMAGES as error:
        raise CannotCollect(f"{path.name} is not a whole zip archive ({error}): download it again, "
                            "or unpack it and give the folder") from error  # fmt: skip
    source = Source(path.name, archive=archive)
    for item in items_of_zip(archive):
        take(source, item)
    return source


def take(source: Source, item: Item) -> None:
    """Add a file, unless it is one of those that nobody handed in."""
    source.repositories = source.repositories or REPOSITORY in item.parts
    if not any(map(is_ignored, item.parts)):
        source.items.append(item)


def items_of_zip(archive: zipfile.ZipFile) -> Iterator[Item]:
    """The files in an open zip archive."""
    for info in archive.infolist():
        name = name_in_zip(info)
        if not name.endswith(("/", "\\")):
            parts, fault = parts_of(name)
            yield Item(parts, info.file_size, info.compress_size, fault or zip_fault(info),
                       shown(name), partial(archive.open, info))  # fmt: skip


def name_in_zip(info: zipfile.ZipInfo) -> str:
    """A file's path; macOS writes UTF-8 without saying so, and Python then reads code page 437."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def zip_fault(info: zipfile.ZipInfo) -> str:
    """Why a file in a zip archive cannot be taken, or an empty text."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a link" if kind == stat.S_IFLNK else "it is not a plain file"
    return "it is encrypted" if info.flag_bits & 0x1 else ""


def items_of_folder(folder: Path) -> Source:
    """The files in a folder and below it; links are not followed."""
    source = Source(folder.resolve().name)
    failed: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=failed.append):
        source.repositories = source.repositories or REPOSITORY in folders + names
        folders[:] = sorted(name for name in folders if not is_ignored(name))
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted(names) + links:
            take(source, item_on_disk(Path(place, name), folder))
    for error in failed:
        if Path(str(error.filename)) == folder:
            raise CannotCollect(f"{folder} cannot be read: {error.strerror}")
        parts, _ = parts_of(os.path.relpath(str(error.filename), folder))
        source.items.append(Item(parts, fault=f"it cannot be read ({error.strerror})"))
    return source


def item_on_disk(path: Path, folder: Path) -> Item:
    """A file in a folder."""
    parts, fault = parts_of(str(path.relative_to(folder)))
    try:
        found = path.lstat()
    except OSError as error:
        return Item(parts, fault=fault or f"it cannot be read ({error.strerror})")
    if not stat.S_ISREG(found.st_mode):
        is_link = stat.S_ISLNK(found.st_mode)
        fault = fault or ("it is a link" if is_link else "it is not a plain file")
    return Item(parts, found.st_size, None, fault, "", partial(opened, path))


def opened(path: Path) -> IO[bytes]:
    """A plain file, although it may have been swapped for something else since it was listed."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError("it is not a plain file")
    return os.fdopen(number, "rb")


def copy_out(item: Item, target: IO[bytes], most: int) -> int:
    """Copy a file's bytes, at most so many; how many they were. Raises TooLarge or a DAMAGES."""
    count = 0
    with item.opened() as source:
        while block := source.read(BLOCK):
            count += len(block)
            if count > most:
                raise TooLarge
            target.write(block)
    return count
