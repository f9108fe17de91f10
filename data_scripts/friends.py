"""Make Lab 11's corpus: dialogue in ConvoKit's format, in the folder `friends-corpus`.

    python -m data_scripts.friends [--sample | --public | --from PATH] [--character NAME] [--to DIR]

The corpus comes from one of three sources: the sample in this package (scenes written for this
course, with six names and nothing else of the show; needs no network), ConvoKit's own download of
the real transcripts, or what you have: a corpus folder, a zip archive of one, or a table whose
columns `friends_table.py` lists. With --character that character's lines come as tokens as well
(see `friends_tokens.py`). From Python:

    from data_scripts import friends
    friends.make("data")                              # the sample
    friends.make("data", source="public")             # the real corpus, through ConvoKit
    friends.make("data", source=Path("lines.csv.gz"))
    corpus = convokit.Corpus(filename=str(friends.prepared("data")))

`make` says what it did, does nothing if the corpus is there already, and raises
`data_scripts.errors.DataError`, with a message for people, if it cannot.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_scripts.errors import BadSource, DataError, cannot_write
from data_scripts.friends_check import (
    CHARACTERS,
    check_character,
    corpus_paths,
    differences,
    inspect,
)
from data_scripts.friends_download import CORPUS
from data_scripts.friends_format import NOTE_SPEAKER, parse_script, without_notes
from data_scripts.friends_sources import SAMPLE, Source, find_source, sample_text
from data_scripts.publish import publish, read_note
from data_scripts.sources import read_file

__all__ = ["CHARACTERS", "Made", "check_character", "make", "prepared", "sample_lines"]

NOTE = "friends.json"
FORMAT = 1  # goes up whenever the same source would give other files


@dataclass(frozen=True)
class Made:
    """The corpus's folder, how much is in it, and whether this run wrote it."""

    folder: Path
    utterances: int
    conversations: int
    speakers: int
    by_character: Mapping[str, int]
    fresh: bool

    def __str__(self) -> str:
        lines = [f"{self.utterances:,} utterances, {self.conversations:,} conversations, "
                 f"{self.speakers:,} speakers"]  # fmt: skip
        lines += [f"{count:7,}  {name}" for name, count in self.by_character.items()]
        return "\n".join(lines)


def make(destination_dir: Path | str, source: Path | str = "sample") -> Made:
    """Write the corpus to `destination_dir/friends-corpus`, and say where it comes from.

    `source` is "sample", "public", or the path of a folder, a zip archive or a table. A small
    `friends.json` beside the corpus says what it was made from: a second run does nothing, and one
    with another source, or after the corpus was changed, says so and makes it again. The corpus
    appears whole or not at all; one that this command did not write stays as `friends-corpus.bak`.

    Raises DataError: BadSource, DownloadError, CannotWrite, or one of their subclasses.
    """
    folder = Path(destination_dir)
    try:
        return _make(folder, source)
    except OSError as problem:
        raise cannot_write(folder, problem) from problem


def prepared(folder: Path | str = "data") -> Path:
    """Return the folder of the corpus in `folder`, whichever it is; make the sample if none is.

    Raises DataError if what is there is no corpus, or if the sample cannot be written.
    """
    target = Path(folder) / CORPUS
    if not target.exists():
        make(folder)
    corpus_paths(target)
    return target


def sample_lines() -> list[str]:
    """Return what is said in the sample, in order, without notes and names."""
    scenes = parse_script(sample_text(), SAMPLE)
    lines = [line for scene in scenes for who, line in scene.lines if who != NOTE_SPEAKER]
    return [said for said in map(without_notes, lines) if said]


def _make(folder: Path, source: Path | str) -> Made:
    target = folder / CORPUS
    if source not in ("sample", "public") and _same(Path(source), target):
        print(f"{target}: is the source itself; nothing to do")
        return _made(target, fresh=False)
    chosen = find_source(source)
    note = read_note(folder / NOTE)
    stale = _why_stale(target, note, chosen)
    if stale is None:
        print(f"{target}: is there already, from {chosen.name}; nothing to do")
        return _made(target, fresh=False)
    if stale:
        print(f"{target}: {stale}; making it again")
    _write(folder, chosen, keep=target.exists() and _changed(target, note))
    print(f"{target}: made from {chosen.name}")
    made = _made(target, fresh=True)
    if source == "public":
        _against_record(target)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if the corpus is there, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m data_scripts.friends",
        description=f"Make {CORPUS}: dialogue in ConvoKit's format.",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--sample",
        dest="source",
        action="store_const",
        const="sample",
        help="the corpus that comes with the course (the default)",
    )
    choice.add_argument(
        "--public",
        dest="source",
        action="store_const",
        const="public",
        help="the real transcripts, through ConvoKit; needs the network",
    )
    choice.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PATH",
        help="a corpus folder, a zip archive of one, or a table of lines",
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=Path("data"),
        metavar="DIR",
        help="the folder for the corpus (default: data)",
    )
    parser.add_argument(
        "--character",
        metavar="NAME",
        help="also write this character's lines as tokens: train.bin (first 90 %%) and val.bin",
    )
    arguments = parser.parse_args(argv)
    try:
        made = make(arguments.to, arguments.source or "sample")
        print(made)
        if arguments.character is not None:
            from data_scripts import friends_tokens  # tokenising is not needed for the corpus

            print(friends_tokens.make(made.folder, arguments.character, arguments.to))
    except DataError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was changed", file=sys.stderr)
        return 1
    return 0


def _write(folder: Path, chosen: Source, keep: bool) -> None:
    """Write the files into a folder of their own, check them there, and let it take its place."""
    files = chosen.read()
    staging = folder / f".{CORPUS}.{os.getpid()}.tmp"
    shutil.rmtree(staging, ignore_errors=True)  # left by a run that was killed
    try:
        staging.mkdir(parents=True)
        for name, content in files.items():
            with open(staging / name, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # some file systems notice only here that the disk is full
        try:
            inspect(staging)
        except BadSource as problem:
            words = str(problem).replace(str(staging), chosen.name)
            raise BadSource(f"{words}. Nothing was changed") from problem
        kept = _change_places(staging, folder / CORPUS, keep)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    if kept:
        print(f"{kept}: your {CORPUS}, which this command did not write")
    publish(folder, {NOTE: _note(chosen, files)})


def _change_places(staging: Path, target: Path, keep: bool) -> Path | None:
    """Put the new folder in place of the old; return where the old one is kept, if it is."""
    if not target.exists():
        os.replace(staging, target)
        return None
    backups = (target.with_name(f"{CORPUS}.bak{n or ''}") for n in range(1000))
    aside = next(path for path in backups if not path.exists())
    os.replace(target, aside)
    try:
        os.replace(staging, target)
    except OSError:
        os.replace(aside, target)
        raise
    if keep:
        return aside
    shutil.rmtree(aside, ignore_errors=True)
    return None


def _same(one: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return one.samefile(other)
    return False


def _note(source: Source, files: Mapping[str, bytes]) -> bytes:
    note = {
        "source": source.name,
        "source_sha256": source.sha256,
        "format": FORMAT,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return (json.dumps(note, indent=2) + "\n").encode()


def _why_stale(target: Path, note: Mapping[str, Any], source: Source) -> str | None:
    """Say why the corpus must be made: None if it need not be, "" if there is none."""
    if not target.exists():
        return ""
    if _changed(target, note):
        known = "source" in note
        return "changed after this command wrote it" if known else "came from elsewhere"
    if note.get("source_sha256") != source.sha256:
        return f"comes from {note.get('source')}, not from {source.name}"
    if note.get("format") != FORMAT:
        return "another version of this command made it"
    return None


def _changed(target: Path, note: Mapping[str, Any]) -> bool:
    """Say whether anything there differs from what this command last wrote."""
    if target.is_symlink() or not target.is_dir():
        return True
    there = {path.name for path in target.iterdir()}
    return there != set(note["files"]) or any(
        hashlib.sha256(read_file(target / name)).hexdigest() != sha256
        for name, sha256 in note["files"].items()
    )


def _made(target: Path, fresh: bool) -> Made:
    counts = inspect(target)
    return Made(target, counts.utterances, counts.conversations, counts.speakers,
                counts.by_character, fresh)  # fmt: skip


def _against_record(target: Path) -> None:
    other = differences(inspect(target))
    for line in other:
        print(f"{target}: {line}")
    if other:
        print("the corpus is whole all the same: ConvoKit may have published another version")
    else:
        print(f"{target}: as recorded")


if __name__ == "__main__":
    sys.exit(main())
