"""Where the speeches come from: the sample, the public collection, or a file of the user's."""

from __future__ import annotations

import codecs
import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from data_scripts.errors import BadSource, BadStatus, DownloadError

DOWNLOAD = "speeches_source.txt"


@dataclass(frozen=True)
class Record:
    """A public source as it was when the course was written."""

    urls: tuple[str, ...]  # tried in this order
    size_bytes: int
    sha256: str
    characters: int  # of the cleaned text
    licence: str


# The first address names the commit. If the server does not know the short form of its name, the
# branch serves the same file; the SHA-256 decides in both cases.
PUBLIC = Record(
    urls=(
        "https://raw.githubusercontent.com/ryanmcdermott/trump-speeches/2e1a841/speeches.txt",
        "https://raw.githubusercontent.com/ryanmcdermott/trump-speeches/master/speeches.txt",
    ),
    size_bytes=924_745,
    sha256="3b6362724e391ccb7e2adf790bc51e31e018fde8027fefa005630c76eecce6a2",
    characters=877_226,
    licence="no licence but a fair-use notice for teaching and research: never redistribute it",
)
SAMPLE_CHARACTERS = 81_652


@dataclass(frozen=True)
class Source:
    """A text that speeches can be made from; `read` may use the network."""

    name: str
    sha256: str
    read: Callable[[], bytes]
    characters: int | None = None  # of the cleaned text, where there is a record


def find_source(source: Path | str, folder: Path) -> Source:
    """Find out what the source is called and which bytes it has; nothing is downloaded yet."""
    if source == "sample":
        # universal newlines: a checkout on Windows has the same sample
        sample = resources.files("data_scripts") / "samples" / "campaign_sample.txt"
        content = sample.read_text("utf-8").encode()
        name, characters = "the sample that comes with the course", SAMPLE_CHARACTERS
    elif source == "public":
        name = "the public collection (ryanmcdermott/trump-speeches)"
        return Source(name, PUBLIC.sha256, lambda: _download(folder), PUBLIC.characters)
    else:
        content, name, characters = read_file(Path(source)), str(source), None
    return Source(name, hashlib.sha256(content).hexdigest(), lambda: content, characters)


def read_file(path: Path) -> bytes:
    """Return a file's bytes, or raise BadSource."""
    try:
        if path.is_dir():
            raise BadSource(f"{path}: is a folder; give the path of one text file")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadSource(
            f"{path}: no such file (looked in {path.absolute().parent}); "
            "give the path of a text file in UTF-8"
        ) from None
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise BadSource(f"{path}: cannot be read ({reason})") from problem


def _download(folder: Path) -> bytes:
    # Imported here because a Colab user who wants the sample needs no progress bar's package.
    from data_scripts.download import fetch

    target = folder / DOWNLOAD
    print(f"downloading {PUBLIC.urls[0]} ({PUBLIC.size_bytes:,} bytes)", file=sys.stderr)
    try:
        for url in PUBLIC.urls[:-1]:
            try:
                return fetch(url, target, PUBLIC.sha256, PUBLIC.size_bytes).read_bytes()
            except BadStatus:
                continue
        return fetch(PUBLIC.urls[-1], target, PUBLIC.sha256, PUBLIC.size_bytes).read_bytes()
    except DownloadError as problem:
        raise type(problem)(
            f"{problem} Without the public text: --sample takes the speeches that come with the "
            "course, --from FILE a text of your own."
        ) from problem


def decoded(content: bytes, name: str) -> str:
    """Return the text in `content`; raise BadSource, which says `name`, if it is not UTF-8."""
    if not content.removeprefix(codecs.BOM_UTF8).strip():
        raise BadSource(f"{name}: the file is empty; choose one with text in it")
    advice = "save it as UTF-8 (in most editors: Save As, Encoding) and run the command again"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise BadSource(f"{name}: not UTF-8 but UTF-16, or no text at all; {advice}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise BadSource(
            f"{name}: not UTF-8: byte 0x{content[problem.start]:02x} in line {line:,} does not "
            f"belong there (Latin-1 or Windows-1252, perhaps); {advice}"
        ) from None
