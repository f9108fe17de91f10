"""Names from outside, made fit for a file system: of files and of students' folders."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection
from fnmatch import fnmatchcase

from autograder.intake.plain_files import HIDDEN

# what file systems and tools leave behind; copying for grading passes over hidden files as well
IGNORED = (HIDDEN, "__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__")
REPOSITORY, CHECKPOINTS = ".git", ".ipynb_checkpoints"
MAX_PART, MAX_DEPTH = 240, 20  # bytes of one name, folders within each other
RESERVED = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10)]
)
ID_MARKS = " ._-@'+,()"
MAX_ID = 80  # characters; in bytes nbgrader's gradebook has room for 128


def is_ignored(part: str) -> bool:
    """Whether a file or folder of this name is passed over; checkpoints may be all there is."""
    return part != CHECKPOINTS and any(fnmatchcase(part, pattern) for pattern in IGNORED)


def parts_of(path: str) -> tuple[tuple[str, ...], str]:
    """The folders and the name in a path of somebody else's, and why it cannot be taken.

    The reason is empty if it can. The parts are those that are safe to show and to recognise a
    student by: none if the path leads out at its very beginning. Backslashes separate too: programs
    for Windows write them.
    """
    given = unicodedata.normalize("NFC", path).replace("\\", "/")
    if given.startswith("/") or (given[1:2] == ":" and given[:1].isalpha()):
        return (), "its path is absolute"
    parts = [part for part in given.split("/") if part not in ("", ".")]
    if ".." in parts:
        return tuple(map(shown, parts[: parts.index("..")])), "its path leads out of the folder"
    if any(unicodedata.category(c) in ("Cc", "Cs") for part in parts for c in part):
        return tuple(map(shown, parts)), "its name holds characters that no text has"
    return tuple(parts), "" if parts else "it has no name"


def place_fault(parts: tuple[str, ...]) -> str:
    """Why a file cannot be stored under this path on every machine, or an empty text.

    An LMS's own names may be longer than a student's part of them.
    """
    if len(parts) > MAX_DEPTH:
        return f"it lies more than {MAX_DEPTH} folders deep"
    if any(len(part.encode()) > MAX_PART for part in parts):
        return f"its name is longer than {MAX_PART} bytes"
    if any(map(is_reserved, parts)):
        return "its name is reserved on Windows"
    return ""


def is_reserved(part: str) -> bool:
    """Whether Windows takes this name for a device's."""
    return part.split(".")[0].strip().casefold() in RESERVED


def shown(name: str, most: int = 100) -> str:
    """A name as it can be printed: one line, nothing that a terminal obeys, not too long."""
    plain = "".join(c if c.isprintable() else "�" for c in name)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def safe_id(name: str) -> str:
    """A name for a student's folder: the same for the same name, different for different ones.

    What a folder's name cannot hold becomes a hyphen, and the end then tells such names apart.
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in ID_MARKS else "-"
                   for c in plain).strip(" .-")  # fmt: skip
    while len(kept) > MAX_ID or len(kept.encode()) > 110:
        kept = kept[:-1]
    if kept and kept == plain and not is_reserved(kept) and not kept.startswith("collected-"):
        return kept
    return f"{kept or 'student'}-{told_apart(name)}"


def told_apart(name: str) -> str:
    """A few letters that go with this name alone."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:6]


def squashed(name: str) -> str:
    """A name's letters and digits, without case and accents: as Canvas writes names, and less."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in apart if c.isalnum())


def common_start(names: Collection[str], sign: str) -> str:
    """What all names begin with, up to and with the last such sign; one name's own rest is left."""
    first, last = min(names), max(names)
    count = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    start = first if first == last else first[: count or min(len(first), len(last))]
    return start[: start.rfind(sign) + 1]
