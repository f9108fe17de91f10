"""Put a student's notebook, and what a case brings along, into a folder.

# brings: file notes.txt: text          # brings: link marks.db -> ../../gradebook.db
# brings: folder gradebook.db           # brings: hard other.ipynb -> {{submissions}}/zoe/...
# brings: pipe fifo                     # brings: sparse zeros.bin 100000 (MB)
# brings: socket ear                    # brings: device memory 1 1
# brings: many 2000
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import stat
from collections.abc import Mapping
from pathlib import Path

import nbformat

from autograder.attacks.case import BadCase, Case, filled, notebook_of
from autograder.build import BuiltNotebooks

BRINGS = re.compile(
    r"(?P<kind>file|link|hard|folder|pipe|socket|sparse|device|many) (?P<rest>.+)", re.DOTALL
)


def hand_in(case: Case, built: BuiltNotebooks, submissions: Path, known: Mapping[str, str]) -> None:
    """Write one case's folder."""
    folder = submissions / case.who
    if case.brings:
        folder /= built.assignment
    folder.mkdir(parents=True)
    text = nbformat.writes(notebook_of(case, built, known))
    (folder / (case.file or f"{built.assignment}.ipynb")).write_text(text, encoding="utf-8")
    for line in case.brings:
        bring(folder, filled(line, known), case.name)


def bring(folder: Path, line: str, case: str) -> None:
    """Make one thing; what only root may make is left out for others."""
    match = BRINGS.fullmatch(line)
    if match is None:
        raise BadCase(f"{case}: cannot bring {line!r}; see autograder/attacks/folder.py")
    kind, rest = match["kind"], match["rest"]
    if kind == "file":
        name, _, text = rest.partition(": ")
        write(folder / name, text.encode())
    elif kind in ("link", "hard"):
        name, _, target = rest.partition(" -> ")
        (os.symlink if kind == "link" else os.link)(target, made(folder / name))
    elif kind == "folder":
        made(folder / rest).mkdir()
    elif kind == "pipe":
        os.mkfifo(made(folder / rest))
    elif kind == "socket":
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as ear:
            ear.bind(
                os.path.relpath(made(folder / rest))
            )  # a socket's path may have 107 bytes only
    elif kind == "sparse":
        name, megabytes = rest.split()
        write(folder / name, b"")
        os.truncate(folder / name, int(megabytes) * 2**20)
    elif kind == "device":
        name, major, minor = rest.split()
        with contextlib.suppress(PermissionError):
            os.mknod(made(folder / name), stat.S_IFCHR | 0o666, os.makedev(int(major), int(minor)))
    elif kind == "many":
        for number in range(int(rest)):
            write(folder / "many" / f"{number}.txt", b"x")


def write(path: Path, content: bytes) -> None:
    """Write a file and the folders above it."""
    made(path).write_bytes(content)


def made(path: Path) -> Path:
    """The same path, with the folders above it made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
