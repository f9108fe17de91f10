"""What can be said about an LMS's files only when all of them are known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from autograder.intake.collect.formats import LMS, NOTEBOOK, Owner, Piece, folders
from autograder.intake.collect.items import DAMAGES, Item, Source
from autograder.intake.collect.names import common_start

DESCRIBED = re.compile(r"\s*Name:\s*(?P<name>.+?)\s*\((?P<user>[^()]+)\)\s*")
DESCRIPTION_BYTES = 4096
AGAIN = re.compile(r"(?P<stem>.+)-(?P<count>\d{1,3})")


def pieces_of(source: Source, kind: str, assignment: str) -> tuple[list[Piece], list[Item]]:
    """All files with their owners, and those whose owner their names do not tell."""
    parse = LMS.get(kind) or folders(source.items, assignment, kind)
    found, strange = list[Piece](), list[Item]()
    for item in source.items:
        piece = parse(item)
        if piece is None:
            strange.append(item)
        else:
            found.append(piece)
    return settled(kind, found, assignment), strange


def settled(kind: str, pieces: list[Piece], assignment: str) -> list[Piece]:
    """The same files with owners and attempts as they are."""
    if kind == "blackboard":
        return with_users(pieces)
    if kind == "canvas":
        owned: dict[str, list[Piece]] = defaultdict(list)
        for piece in pieces:
            owned[piece.owner.key].append(piece)
        return [piece for own in owned.values() for piece in with_attempts(own, assignment)]
    return pieces


def with_users(pieces: Sequence[Piece]) -> list[Piece]:
    """Blackboard's files with their users: both titles and users may hold underscores.

    What every name begins with is the assignment's title; the description of an attempt says the
    user as well.
    """
    before = {piece.owner.key for piece in pieces}
    title = common_start(before, "_")
    owners = {whole: described(whole, pieces) or user(whole[len(title) :]) for whole in before}
    return [replace(piece, owner=owners[piece.owner.key]) for piece in pieces]


def user(name: str) -> Owner:
    """The owner of this user name."""
    return Owner(f"blackboard {name}", name, (name,))


def described(whole: str, pieces: Sequence[Piece]) -> Owner | None:
    """The owner that a description names, if its user is the end of the file's name."""
    for piece in pieces:
        if piece.told and piece.owner.key == whole and not piece.item.fault:
            try:
                with piece.item.opened() as file:
                    line = file.read(DESCRIPTION_BYTES).decode("utf-8-sig", "replace")
            except DAMAGES:
                continue
            found = DESCRIBED.match(line.split("\n", 1)[0])
            if found and whole.endswith("_" + found["user"]):
                name = found["user"]
                return Owner(f"blackboard {name}", found["name"], (name,))
    return None


def with_attempts(own: Sequence[Piece], assignment: str) -> list[Piece]:
    """One student's files from Canvas, in attempts, under the names that the student gave them.

    A download has the last attempt; two downloads in one folder have several. Only the notebook of
    the assignment's own name tells attempts apart: part-1.ipynb may be a name of the student's.
    Files belong to the attempt whose notebook has the number nearest to theirs.
    """
    versions = {
        piece.number: count
        for piece in own
        if piece.number is not None and (count := times_before(piece.path, assignment)) is not None
    }
    if not versions:
        return list(own)
    attempts: dict[int, list[Piece]] = defaultdict(list)
    for piece in own:
        number = max(versions) if piece.number is None else piece.number
        attempts[min(versions, key=lambda version: abs(version - number))].append(piece)
    return [first for version, pieces in attempts.items()
            for first in under_first_names(pieces, version, versions[version])]  # fmt: skip


def under_first_names(pieces: Sequence[Piece], version: int, count: int) -> list[Piece]:
    """The files of an attempt as they were called before Canvas counted them."""
    names, found = {piece.path[0] for piece in pieces}, list[Piece]()
    for piece in pieces:
        path = PurePosixPath(piece.path[0])
        name = f"{path.stem.removesuffix(f'-{count}')}{path.suffix}" if count else path.name
        name = piece.path[0] if name in names else name
        found.append(replace(piece, path=(name, *piece.path[1:]), attempt=f"{version:020}",
                             before=count))  # fmt: skip
    return found


def times_before(path: tuple[str, ...], assignment: str) -> int | None:
    """How often the assignment's notebook was uploaded before; None if this is another file."""
    name = PurePosixPath(path[-1])
    if len(path) > 1 or name.suffix.lower() != NOTEBOOK:
        return None
    if name.stem == assignment:
        return 0
    found = AGAIN.fullmatch(name.stem)
    return int(found["count"]) if found and found["stem"] == assignment else None
