"""A notebook that was packed before it was handed in."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from autograder.intake.collect.names import shown
from autograder.intake.reading.kinds import SAVE
from autograder.intake.reading.unreadable import MAX_BYTES, Unreadable

OFFICE = ("word/", "xl/", "ppt/")
MEMBERS = 10_000


def is_archive(content: bytes) -> bool:
    """Whether a file is a zip archive, by its content."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def packed(content: bytes, name: str) -> tuple[bytes, str]:
    """The one notebook, else the one script, in a zip archive, and its name; raises Unreadable.

    Only that file is unpacked, into memory and as far as MAX_BYTES.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            chosen = the_one(archive, name)
            if chosen.file_size > MAX_BYTES:
                raise too_large(name)
            with archive.open(chosen) as file:
                found = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
            ValueError, LookupError) as error:  # fmt: skip
        raise Unreadable(f"{name} is a zip archive that cannot be unpacked (damaged, or with a "
                         f"password): {SAVE}") from error  # fmt: skip
    if len(found) > MAX_BYTES:
        raise too_large(name)
    return found, shown(PurePosixPath(chosen.filename.replace("\\", "/")).name)


def too_large(name: str) -> Unreadable:
    """What is said about a zip bomb."""
    return Unreadable(f"{name} is a zip archive with more than {MAX_BYTES // 2**20} MB in its "
                      "notebook: clear its outputs and hand in the .ipynb file")  # fmt: skip


def the_one(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The member to read; raises Unreadable where there is none, or more than one."""
    members = archive.infolist()
    if any(m.filename.startswith(OFFICE) or m.filename == "content.xml" for m in members[:1000]):
        raise Unreadable(f"{name} is a Word or other Office document: {SAVE}")
    if any(m.filename.endswith(("/data.pkl", "/.data/version")) for m in members[:1000]):
        raise Unreadable(f"{name} is a file of torch.save, with weights: {SAVE}")
    plain = [m for m in members[:MEMBERS] if not m.is_dir() and not is_hidden(m.filename)]
    for suffix in (".ipynb", ".py"):
        found = [m for m in plain if m.filename.lower().endswith(suffix)]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(shown(m.filename) for m in found[:5])
            raise Unreadable(f"{name} is a zip archive with {len(found)} files that may be the "
                             f"notebook ({names}): hand in the one to grade")  # fmt: skip
    raise Unreadable(f"{name} is a zip archive without a notebook in it: {SAVE}")


def is_hidden(path: str) -> bool:
    """Whether a member is what macOS or Jupyter packs along."""
    parts = path.replace("\\", "/").split("/")
    return any(part.startswith((".", "__MACOSX")) for part in parts)
