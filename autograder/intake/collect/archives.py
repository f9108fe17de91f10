"""A student's own archive, opened within limits: a zip, or a tar, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from autograder.intake.collect.formats import ARCHIVES
from autograder.intake.collect.items import (
    DAMAGES,
    Item,
    TooLarge,
    copy_out,
    items_of_zip,
)
from autograder.intake.collect.names import is_ignored, parts_of, shown
from autograder.intake.plain_files import MAX_FILES

IN_MEMORY = 8 * 2**20
END = b"PK\x05\x06"  # of a zip archive; its record is 22 bytes long, then comes a comment
LARGE_END = b"PK\x06\x07"
MAX_DIRECTORY = 2 * 2**20  # bytes of a zip archive's list of files; 2000 files take a tenth of it
DAMAGED = "it is damaged"


class Refused(Exception):
    """A submission that is not taken; the message is for student and instructor."""


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that can be opened."""
    return name.lower().endswith(ARCHIVES)


def unpacked(item: Item, name: str, most: int, opened: ExitStack) -> list[Item]:
    """The files in an archive; most: bytes of the archive, and of all of its files together.

    An archive within is a file like any other. opened: what the files need stays open until this
    is closed. Raises Refused.
    """
    try:
        file = opened.enter_context(spooled())
        copy_out(item, file, most)
        file.seek(0)
        files = (
            zip_files(file, opened)
            if name.lower().endswith(".zip")
            else list(tar_files(file, most, opened))
        )
    except TooLarge:
        raise Refused(f"{name} is larger than {most // 2**20} MB, or what is in it is") from None
    except (*DAMAGES, tarfile.TarError) as error:
        raise Refused(f"{name} cannot be opened: {DAMAGED}") from error
    return [item for item in files if not any(map(is_ignored, item.parts))]


def spooled() -> IO[bytes]:
    """A file to copy to and go back and forth in, which goes away when it is closed."""
    return cast(IO[bytes], SpooledTemporaryFile(IN_MEMORY))


def zip_files(file: IO[bytes], opened: ExitStack) -> list[Item]:
    """The files in a zip archive whose list of files is not absurdly long; raises TooLarge."""
    file.seek(0, 2)
    length = file.tell()
    file.seek(max(0, length - 2**16 - 22 - 20))
    tail = file.read()
    # the two places where zipfile may find the end
    places = {tail.rfind(END), len(tail) - 22 if tail[-22:].startswith(END) else -1} - {-1}
    if not places or len(tail) < max(places) + 22:
        raise zipfile.BadZipFile("no end")
    for place in places:
        (directory,) = struct.unpack("<L", tail[place + 12 : place + 16])
        if directory > MAX_DIRECTORY or LARGE_END in tail[max(0, place - 20) : place]:
            raise TooLarge
    file.seek(0)
    return list(items_of_zip(opened.enter_context(zipfile.ZipFile(file))))


def tar_files(file: IO[bytes], most: int, opened: ExitStack) -> Iterator[Item]:
    """The files in a tar archive, each copied while the archive is read once from front to back."""
    count = 0
    with tarfile.open(fileobj=cast(IO[bytes], Limited(plain(file), most)), mode="r|") as archive:
        for member in archive:
            parts, fault = parts_of(member.name)
            if member.isdir() or any(map(is_ignored, parts)):
                continue
            count += 1
            if count > MAX_FILES:
                raise Refused(f"an archive has more than {MAX_FILES} files")
            content = archive.extractfile(member) if member.isreg() and not fault else None
            if content is None:
                kind = "it is a link" if member.issym() or member.islnk() else ""
                fault = fault or kind or "it is not a plain file"
                yield Item(parts, fault=fault, called=shown(member.name))
                continue
            copy = opened.enter_context(spooled())
            shutil.copyfileobj(content, copy)
            yield Item(parts, member.size, None, "", shown(member.name), partial(again, copy))


def again(file: IO[bytes]) -> IO[bytes]:
    """A file that stands in memory, from its beginning."""
    file.seek(0)
    return file


def plain(file: IO[bytes]) -> IO[bytes]:
    """A tar archive without its compression."""
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(file)  # type: ignore[return-value]
    if start.startswith(b"BZh"):
        return bz2.open(file)
    return lzma.open(file) if start == b"\xfd7zXZ\x00" else file


class Limited:
    """A file that cannot be read beyond so many bytes, whatever an archive's headers ask for."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self.file, self.left = file, most

    def read(self, size: int) -> bytes:
        """Read so many bytes; raises TooLarge."""
        content = self.file.read(min(size, self.left + 1))
        self.left -= len(content)
        if self.left < 0:
            raise TooLarge
        return content
