"""Files sorted into attempts: what one user of the LMS handed in at one time."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from autograder.intake.collect.formats import Owner, Piece
from autograder.intake.collect.items import Item


@dataclass(frozen=True)
class Attempt:
    """What was handed in at one time.

    files: by their path. notes: sentences for
    student and instructor. number: the LMS's largest number of a file. before: attempts that the
    LMS says there were before this one.
    """

    files: Mapping[tuple[str, ...], Item]
    at: datetime | None = None
    late: bool | None = None
    number: int | None = None
    before: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandedIn:
    """All attempts of one user of the LMS, the last one last."""

    owner: Owner
    attempts: Sequence[Attempt] = field(default_factory=list)


def sorted_out(pieces: Sequence[Piece], zone: tzinfo | None) -> list[HandedIn]:
    """What everybody handed in, in the order of the LMS's names.

    zone: that of the LMS's times, the machine's own if None.
    """
    owned: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        owned[piece.owner.key].append(piece)
    return [
        HandedIn(own[0].owner, attempts_of(own, zone))
        for own in sorted(owned.values(), key=lambda own: (own[0].owner.name, own[0].owner.key))
    ]


def attempts_of(own: Sequence[Piece], zone: tzinfo | None) -> list[Attempt]:
    """One user's files in attempts, the last one last."""
    sets: dict[str, list[Piece]] = defaultdict(list)
    for piece in own:
        sets[piece.attempt].append(piece)
    return [one_attempt(sets[name], zone) for name in sorted(sets)]


def one_attempt(pieces: Sequence[Piece], zone: tzinfo | None) -> Attempt:
    """The files of one attempt together; none is lost where two have one path."""
    files: dict[tuple[str, ...], Item] = {}
    notes: list[str] = []
    for piece in pieces:
        if piece.told:
            continue
        before = files.get(piece.path)
        if before and piece.item.fault:
            continue
        if before and not before.fault:
            other = numbered(piece.path, files)
            files[other] = before
            notes.append(f"{piece.path[-1]} was there twice; the first is now {other[-1]}")
        files[piece.path] = piece.item
    at = max((piece.at for piece in pieces if piece.at), default=None)
    lates = [piece.late for piece in pieces if piece.late is not None]
    return Attempt(
        files,
        at.replace(tzinfo=zone) if at and zone else at.astimezone() if at else None,
        any(lates) if lates else None,
        max((piece.number for piece in pieces if piece.number is not None), default=None),
        max(piece.before for piece in pieces),
        tuple(notes),
    )


def numbered(path: tuple[str, ...], taken: Container[tuple[str, ...]]) -> tuple[str, ...]:
    """A path that is free, with a number in the file's name."""
    name = PurePosixPath(path[-1])
    others = ((*path[:-1], f"{name.stem} ({count}){name.suffix}") for count in itertools.count(2))
    return next(other for other in others if other not in taken)
