"""What a new machine needs to go on, as one zip: checkpoints, the session, the prepared texts.

On Google Colab the disk goes with the machine. There, `download` hands the zip to the browser, and
`upload` asks the browser for it; nothing is mounted, and no account is asked for anything.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDERS = ("checkpoints", "data")
LARGEST = 200e6  # bytes: what is larger comes faster from where it came from, or is trained again
ZIP = "{name}_checkpoints.zip"


class BadZip(Exception):
    """Not a zip of ours; the text says why."""


def pack(target: Path, folder: Path = Path()) -> list[Path]:
    """Put the files of FOLDERS below a folder into one zip; return those too large to come along.

    target: the zip, replaced if it is there.
    """
    left: list[Path] = []
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files_below(folder):
            if path.stat().st_size > LARGEST:
                left.append(path.relative_to(folder))
            else:
                archive.write(path, path.relative_to(folder).as_posix())
    partial.replace(target)
    return left


def files_below(folder: Path) -> Iterator[Path]:
    """The files to keep, in the order of their names; nothing half-written, no links."""
    for name in FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix != ".partial":
                yield path


def unpack(content: bytes, folder: Path = Path()) -> int:
    """Put a zip's files back below a folder, and return how many.

    Nothing outside FOLDERS is written, whatever the zip says. Raises BadZip before writing any.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        broken = archive.testzip()
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise BadZip(f"this is no zip: {error}") from error
    if broken:
        raise BadZip(f"{broken} in it is damaged: download it again if you can")
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries:
        parts = Path(entry.filename.replace("\\", "/")).parts
        if len(parts) < 2 or parts[0] not in FOLDERS or ".." in parts:
            raise BadZip(f"it holds {entry.filename!r}, which session.download() does not make")
    for entry in entries:
        place = folder / entry.filename
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(archive.read(entry))
    return len(entries)


def download(name: str) -> None:
    """Make the zip, and on Colab hand it to the browser; say what is in it and what is not."""
    target = Path(ZIP.format(name=name))
    left = pack(target)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, from the folders "
          f"{' and '.join(FOLDERS)}.")  # fmt: skip
    for path in left:
        print(f"Not in it, for its size: {path}. It is fetched or made again where it is needed.")
    if (files := colab_files()) is not None:
        files.download(str(target))


def upload() -> bool:
    """Ask the browser for the zip and put its files in their places; whether that was done."""
    files = colab_files()
    if files is None:
        print("Here your files are still on the disk: unzip by hand what you have from elsewhere, "
              "beside this notebook.")  # fmt: skip
        return False
    given: dict[str, bytes] = files.upload()
    for filename, content in given.items():
        try:
            print(f"{filename}: {unpack(content)} files are back.")
        except (BadZip, OSError) as error:
            print(f"{filename} was not used: {error}")
            return False
    return bool(given)


def colab_files() -> Any:
    """Colab's way to the browser's files, None elsewhere."""
    if "google.colab" not in sys.modules:
        return None
    from google.colab import files

    return files
