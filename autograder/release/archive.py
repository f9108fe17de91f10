"""Zip files whose bytes follow from what is in them: no dates, no order of a disk, no rights."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping

FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
PLAIN_FILE = (stat.S_IFREG | 0o644) << 16


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Pack files (name -> content) in the order given; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, FIRST_DATE)
            entry.create_system, entry.external_attr = 3, PLAIN_FILE  # as on Unix, wherever
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    """What a zip holds, by name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist() if name[-1] != "/"}
