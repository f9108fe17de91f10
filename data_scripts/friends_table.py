"""From a table of lines to scenes: one utterance a row, in the order of the transcript.

The table is CSV in UTF-8, plain or gzipped, with a header and these columns (others are ignored):

    text       what was said, or the note; notes in brackets may stand inside
    speaker    the full name; "Scene Directions" is a note, an empty field nobody known; of several
               names with commas or semicolons between them, the first counts
    season, episode, scene, utterance    whole numbers; they make the id s01_e18_c05_u021

This is the table of the R package `friends` (EmilHvitfeldt/friends), made from Emory's
character-mining data, where ConvoKit's corpus comes from as well. That table has 67,359 rows in
3,106 scenes; ConvoKit counts a little more.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from pathlib import Path

from data_scripts.errors import BadSource
from data_scripts.friends_format import NOTE_SPEAKER, Scene

COLUMNS = ("text", "speaker", "season", "episode", "scene", "utterance")
DIRECTIONS, NOBODY = "Scene Directions", "unknown"
SEVERAL = re.compile(r"\s*[,;]\s*")


def scenes_of_table(path: Path, content: bytes) -> list[Scene]:
    """Read the table in `content`; `path` is its name in messages.

    Raises BadSource, which names row and column, if it is cut off, lacks a column, has a number
    that is none, or an utterance twice or out of order.
    """
    reader = csv.DictReader(io.StringIO(_text(path, content), newline=""), strict=True)
    scenes: list[Scene] = []
    last = (-1, -1, -1, -1)
    at = 1
    try:
        _check_header(path, reader.fieldnames or [])
        for at, row in enumerate(reader, start=2):
            place = f"{path}: row {at:,}"
            season, episode, scene, number = now = _numbers(row, place)
            if now <= last:
                raise BadSource(f"{place}: utterance {number} of scene {scene} is there twice or "
                                "out of order; sort the table by its four numbers")  # fmt: skip
            if now[:3] != last[:3]:
                scenes.append(Scene(season, episode, scene, [], []))
            scenes[-1].lines.append((_speaker(row["speaker"]), row["text"].strip()))
            scenes[-1].numbers.append(number)
            last = now
    except csv.Error as problem:
        raise BadSource(f"{path}: after row {at:,}: not a table of values separated by commas "
                        f"({problem}); is the file whole?") from problem  # fmt: skip
    if not scenes:
        raise BadSource(f"{path}: the table has no rows; choose one with lines in it")
    return scenes


def _text(path: Path, content: bytes) -> str:
    try:
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise BadSource(f"{path}: the gzip archive is not whole; copy it again") from problem
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise BadSource(f"{path}: row {line:,}: not UTF-8; save the table as CSV in UTF-8"
                        ) from problem  # fmt: skip


def _check_header(path: Path, names: list[str]) -> None:
    if missing := [name for name in COLUMNS if name not in names]:
        raise BadSource(
            f"{path}: row 1: no column {' and '.join(map(repr, missing))}; the header has "
            f"{', '.join(names) or 'nothing'}, needed are {', '.join(COLUMNS)}"
        )


def _numbers(row: dict[str, str], place: str) -> tuple[int, int, int, int]:
    for column in COLUMNS:
        if row[column] is None:
            raise BadSource(f"{place}: the row ends before column {column!r}; is the file whole?")
    for column in COLUMNS[2:]:
        if not (row[column].isascii() and row[column].isdigit()):
            raise BadSource(f"{place}: column {column!r} needs a whole number: got {row[column]!r}")
    return int(row["season"]), int(row["episode"]), int(row["scene"]), int(row["utterance"])


def _speaker(names: str) -> str:
    if names == DIRECTIONS:
        return NOTE_SPEAKER
    return SEVERAL.split(names.strip(), maxsplit=1)[0] or NOBODY
