"""Make the course's corpus: campaign speeches in `trump_train.txt` and `trump_val.txt`.

    python -m data_scripts.speeches [--sample | --public | --from FILE] [--to DIR]

The text comes from one of three sources: the sample in this package (invented speeches, written
for this course; needs no network), the public collection recorded as `PUBLIC` in
`sources.py`, or a text
file of your own. From Python:

    from data_scripts.speeches import make
    make("data")                            # the sample
    make("data", source="public")           # the public collection, over https
    make("data", source=Path("mine.txt"))   # any text in UTF-8

`make` prints what it did, does nothing if the files are there already, and raises
`data_scripts.errors.DataError`, with a message for people, if it cannot.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_scripts.errors import BadSource, DataError, cannot_write
from data_scripts.publish import publish, read_note
from data_scripts.sources import Source, decoded, find_source, read_file

VOCABULARY = "abcdefghijklmnopqrstuvwxyz0123456789 .!?"
TRAIN, VAL, NOTE = "trump_train.txt", "trump_val.txt", "speeches.json"
CLEANING = 1  # goes up whenever the same source would give other files
CONTEXT_SIZE = 64  # the assignment's; each file has to hold one window and the token after it
SHORTEST_TEXT = 10 * (CONTEXT_SIZE + 1)

OUTSIDE = re.compile(f"[^{re.escape(VOCABULARY)}]")
HEADING = re.compile(r"^SPEECH[ \t]+\d+[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True)
class Made:
    """The two files, the number of characters in each, and whether this run wrote them."""

    train: Path
    val: Path
    train_characters: int
    val_characters: int
    fresh: bool


def clean(text: str) -> str:
    """Reduce a text to the 40 characters of the vocabulary.

    Lower-cased; every character outside the vocabulary becomes a space; runs of spaces collapse
    to one; no space at either end.
    """
    return re.sub(" +", " ", OUTSIDE.sub(" ", text.lower())).strip(" ")


def without_headings(text: str) -> str:
    """Drop the lines `SPEECH n` between the speeches: nobody said them."""
    return HEADING.sub("", text.removeprefix("\ufeff"))


def split(text: str) -> tuple[str, str]:
    """Cut a cleaned text into its first 90 % (training) and its last 10 % (validation)."""
    cut = len(text) * 9 // 10
    return text[:cut], text[cut:]


def make(destination_dir: Path | str, source: Path | str = "sample") -> Made:
    """Write `trump_train.txt` and `trump_val.txt` to `destination_dir`, and print their sizes.

    `source` is "sample", "public", or the path of a text file in UTF-8. A small `speeches.json`
    beside the files says what they were made from: a second run does nothing, and one with another
    source, or after the files were changed or lost, says so and makes them again. Both files
    appear, or neither does; a file that this command did not write is kept as `NAME.bak`.

    Raises DataError: BadSource, DownloadError, CannotWrite, or one of their subclasses.
    """
    folder = Path(destination_dir)
    try:
        return _make(folder, find_source(source, folder))
    except OSError as problem:  # a folder that does not even let us look inside
        raise cannot_write(folder, problem) from problem


def _make(folder: Path, chosen: Source) -> Made:
    note = read_note(folder / NOTE)
    stale = _why_stale(folder, note, chosen)
    if stale is None:
        print(f"{folder}: {TRAIN} and {VAL} are there already, from {chosen.name}; nothing to do")
        return _made(folder, fresh=False)
    if stale:
        print(f"{folder}: {stale}; making both files again")
    text = _cleaned(chosen)
    train, val = split(text)
    files = {TRAIN: train.encode("ascii"), VAL: val.encode("ascii")}
    keep = _not_ours(folder, note)
    publish(folder, files | {NOTE: _note(chosen, files)}, keep)
    for name in keep:
        print(f"{folder / name}.bak: your {name}, which this command did not write")
    print(f"{folder / TRAIN}: {len(train):,} characters")
    print(f"{folder / VAL}: {len(val):,} characters")
    print(f"from {chosen.name}: {len(text):,} characters{_against_record(chosen, len(text))}")
    return _made(folder, fresh=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if the files are there, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m data_scripts.speeches",
        description=f"Make {TRAIN} and {VAL}: lower-case text in 40 characters.",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--sample",
        dest="source",
        action="store_const",
        const="sample",
        help="the invented speeches that come with the course (the default)",
    )
    choice.add_argument(
        "--public",
        dest="source",
        action="store_const",
        const="public",
        help="the public collection of 2016 campaign speeches; needs the network",
    )
    choice.add_argument(
        "--from", dest="source", type=Path, metavar="FILE", help="a text file of yours, in UTF-8"
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=Path("data"),
        metavar="DIR",
        help="the folder for the files (default: data)",
    )
    arguments = parser.parse_args(argv)
    try:
        make(arguments.to, arguments.source or "sample")
    except DataError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; a later run continues a download where it stopped", file=sys.stderr)
        return 1
    return 0


def _cleaned(source: Source) -> str:
    text = clean(without_headings(decoded(source.read(), source.name)))
    if not text:
        raise BadSource(
            f"{source.name}: none of its characters is among the 40 of the vocabulary (a-z, 0-9, "
            "space and .!?), so nothing is left after cleaning; choose a text in Latin letters"
        )
    if len(text) < SHORTEST_TEXT:
        raise BadSource(
            f"{source.name}: too short to split: {len(text):,} characters after cleaning, at least "
            f"{SHORTEST_TEXT:,} needed (and 50,000 before a model learns words from it)"
        )
    return text


def _note(source: Source, files: Mapping[str, bytes]) -> bytes:
    note = {
        "source": source.name,
        "source_sha256": source.sha256,
        "cleaning": CLEANING,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return (json.dumps(note, indent=2) + "\n").encode()


def _why_stale(folder: Path, note: Mapping[str, Any], source: Source) -> str | None:
    """Say why the files must be made: None if they need not be, "" if there are none."""
    there = [name for name in (TRAIN, VAL) if (folder / name).is_file()]
    if not there:
        return ""
    if len(there) == 1:
        return f"{VAL if there == [TRAIN] else TRAIN} is missing"
    changed = _not_ours(folder, note)
    if changed and "source" not in note:
        return f"{' and '.join(changed)} came from elsewhere"
    if changed:
        return f"{' and '.join(changed)} changed after this command wrote it"
    if note.get("source_sha256") != source.sha256:
        return f"the files come from {note.get('source')}, not from {source.name}"
    if note.get("cleaning") != CLEANING:
        return "another version of the cleaning made the files"
    return None


def _not_ours(folder: Path, note: Mapping[str, Any]) -> list[str]:
    """Name the files that are there and differ from what this command last wrote."""
    return [
        name
        for name in (TRAIN, VAL)
        if (folder / name).is_file() and _sha256(folder / name) != note["files"].get(name)
    ]


def _sha256(path: Path) -> str:
    return hashlib.sha256(read_file(path)).hexdigest()


def _made(folder: Path, fresh: bool) -> Made:
    train, val = folder / TRAIN, folder / VAL
    return Made(train, val, train.stat().st_size, val.stat().st_size, fresh)


def _against_record(source: Source, characters: int) -> str:
    if source.characters is None:
        return ""
    if characters == source.characters:
        return ", as recorded"
    return f", but the record says {source.characters:,}"


if __name__ == "__main__":
    sys.exit(main())
