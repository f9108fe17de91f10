"""Name what was handed in where it is no notebook, and say what to hand in instead."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from autograder.intake.reading.unreadable import Unreadable

SAVE = "hand in the notebook itself, the .ipynb file"
COLAB = "in Colab: File > Download > Download .ipynb"
BINARY = (
    (b"%PDF", f"a PDF document: {SAVE}"),
    (b"\x89PNG", f"a picture (PNG): {SAVE}"),
    (b"\xff\xd8\xff", f"a picture (JPEG): {SAVE}"),
    (b"GIF8", f"a picture (GIF): {SAVE}"),
    (b"\xd0\xcf\x11\xe0", f"a Word or other Office document: {SAVE}"),
    (b"{\\rtf", f"a text document (RTF): {SAVE}"),
    (b"Rar!", f"an archive (RAR): unpack it and {SAVE}"),
    (b"7z\xbc\xaf", f"an archive (7-Zip): unpack it and {SAVE}"),
    (b"\x1f\x8b", f"an archive (gzip): unpack it and {SAVE}"),
    (b"BZh", f"an archive (bzip2): unpack it and {SAVE}"),
    (b"\xfd7zXZ", f"an archive (xz): unpack it and {SAVE}"),
    (b"\x7fELF", f"a program: {SAVE}"),
    (b"MZ\x90", f"a program: {SAVE}"),
    (b"SQLite format 3", f"a database: {SAVE}"),
    (b"\x80\x02", f"a file of Python's pickle or of torch.save: {SAVE}"),
    (b"\x80\x04", f"a file of Python's pickle: {SAVE}"),
    (b"bplist", f"a link that Safari has saved: {SAVE}"),
)
TEXTS = (
    ("version https://git-lfs", "a pointer of Git LFS, not the file that it stands for: run "
     f"`git lfs pull`, then {SAVE}"),
    ("[InternetShortcut]", f"a link and not the file that it leads to: {SAVE} ({COLAB})"),
    ("\\documentclass", f"a LaTeX document: {SAVE}"),
    ("diff --git", f"a patch of git: {SAVE}"),
)  # fmt: skip
PAGES = (
    (r"jupyter-notebook|jp-Notebook|nbconvert|jp-Cell",
     f"the notebook exported as a web page (HTML), which cannot be run: {SAVE}"),
    (r"accounts\.google\.com|drive\.google\.com|colab\.research\.google|docs\.google",
     f"a web page of Google Drive or Colab, not the notebook: {SAVE} ({COLAB})"),
    (r"github\.com|githubassets",
     f"a web page of GitHub, not the notebook: download the raw file and {SAVE}"),
)  # fmt: skip


def refuse_binary(content: bytes, name: str) -> None:
    """Raise Unreadable for a file whose first bytes say that it is something else."""
    for start, what in BINARY:
        if content.startswith(start):
            raise Unreadable(f"{name} is {what}")
    if content[4:8] == b"ftyp":
        raise Unreadable(f"{name} is a picture or a video: {SAVE}")
    if content[257:262] == b"ustar":
        raise Unreadable(f"{name} is an archive (tar): unpack it and {SAVE}")


def refuse_text(text: str, name: str) -> None:
    """Raise Unreadable for a text that is no notebook and no script."""
    start = text[:2000].lstrip()
    if not start and not text.strip():
        raise Unreadable(f"{name} is empty, perhaps because the upload failed: hand it in again")
    for beginning, what in TEXTS:
        if start.startswith(beginning):
            raise Unreadable(f"{name} is {what}")
    if start.startswith("<") and not start.startswith("<<<<<<<"):
        raise Unreadable(f"{name} is {page(text)}")
    if "\nMIME-Version: 1.0" in start and "multipart/related" in start:
        raise Unreadable(f"{name} is a saved web page: {SAVE}")


def page(text: str) -> str:
    """What kind of page in HTML or XML this is."""
    for pattern, what in PAGES:
        if re.search(pattern, text[:200_000]):
            return what
    if re.match(r"\s*+<\?xml|\s*+<svg", text):
        return f"an XML document: {SAVE}"
    return f"a web page (HTML), not the notebook: {SAVE}"


def refuse_json(value: Any, name: str) -> NoReturn:
    """Raise Unreadable for JSON that holds no cells."""
    if isinstance(value, dict):
        keys = {key.lower() for key in value if isinstance(key, str)}
        address = value.get("url", "")
        if keys & {"doc_id", "resource_id"} or (isinstance(address, str) and "google" in address):
            raise Unreadable(f"{name} is a link to a file on Google Drive, not the file "
                             f"itself: {SAVE} ({COLAB})")  # fmt: skip
        if "url" in keys:
            raise Unreadable(f"{name} is a link and not the file that it leads to: {SAVE}")
    raise Unreadable(f"{name} is not a notebook: it has no list of cells; {SAVE}")


def refuse_rest(name: str) -> NoReturn:
    """Raise Unreadable for a text of no known kind."""
    raise Unreadable(f"{name} is neither a notebook nor a Python script: {SAVE}")
