"""Where a corpus of dialogue comes from: the sample, ConvoKit, or what the user has on disk."""

from __future__ import annotations

import difflib
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from data_scripts.errors import BadSource
from data_scripts.friends_check import corpus_paths, read_json
from data_scripts.friends_download import CORPUS, OTHERWISE, download
from data_scripts.friends_format import FILES, corpus_files, parse_script
from data_scripts.friends_table import scenes_of_table
from data_scripts.sources import read_file

SAMPLE = "friends_sample.txt"


@dataclass(frozen=True)
class Source:
    """Where the files of a corpus come from; `read` may use the network.

    sha256: of the source, or "" if it has no such thing before it is read.
    """

    name: str
    sha256: str
    read: Callable[[], Mapping[str, bytes]]


def find_source(source: Path | str) -> Source:
    """Find out what the source is called and which bytes it has; nothing is downloaded yet."""
    if source == "sample":
        content = sample_text().encode()
        return _source("the sample that comes with the course", content, _read_sample)
    if source == "public":
        return Source(f"ConvoKit's {CORPUS}", "", _read_public)
    path = Path(source)
    if not path.exists():
        near = difflib.get_close_matches(str(source), ("sample", "public"), 1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise BadSource(
            f"{path}: no such file or folder{meant or f' (looked in {path.absolute().parent})'}"
        )
    if path.is_dir():
        files = {name: read_file(file) for name, file in _copied(path).items()}
        return _source(str(path), b"".join(map(_digest, files.values())), lambda: files)
    content = read_file(path)
    if content.startswith(b"PK") or path.suffix == ".zip":
        return _source(str(path), content, lambda: _unzip(path, content))
    if path.suffix == ".jsonl" or path.suffix == ".json":
        raise BadSource(f"{path}: one file of a corpus; give its folder, {path.parent}")
    return _source(str(path), content, lambda: corpus_files(scenes_of_table(path, content))[0])


def sample_text() -> str:
    """Return the script of the sample."""
    sample = resources.files("data_scripts") / "samples" / SAMPLE
    return sample.read_text("utf-8")  # universal newlines: a checkout on Windows has the same


def _source(name: str, content: bytes, read: Callable[[], Mapping[str, bytes]]) -> Source:
    return Source(name, hashlib.sha256(content).hexdigest(), read)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _read_sample() -> Mapping[str, bytes]:
    return corpus_files(parse_script(sample_text(), SAMPLE))[0]


def _copied(folder: Path) -> dict[str, Path]:
    """Return the five files to copy. Pickles are not: reading one can run anything."""
    paths = corpus_paths(folder)
    for index in read_json(paths[FILES.index("index.json")]).values():
        if isinstance(index, dict) and ["bin"] in index.values():
            raise BadSource(f"{folder}: has metadata in pickle files, which are not copied; load "
                            "the corpus with ConvoKit yourself")  # fmt: skip
    return {path.name: path for path in paths}


def _unzip(path: Path, content: bytes) -> Mapping[str, bytes]:
    """Return the corpus in a zip archive, in whichever folder of it the corpus is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [PurePosixPath(name) for name in archive.namelist()]
            found = [member.parent for member in members if member.name == FILES[0]]
            if len(found) != 1:
                raise BadSource(f"{path}: {'several' if found else 'no'} {FILES[0]} in the archive;"
                                " give the zip archive of one ConvoKit corpus")  # fmt: skip
            inside = [
                m for m in members if m.parent == found[0] and m.suffix in (".json", ".jsonl")
            ]
            files = {member.name: archive.read(str(member)) for member in inside}
    except (zipfile.BadZipFile, zlib.error, EOFError) as problem:
        raise BadSource(
            f"{path}: not a whole zip archive (the download broke off, perhaps): download it again"
        ) from problem
    with TemporaryDirectory() as place:
        for name, text in files.items():
            (Path(place) / name).write_bytes(text)
        try:
            return {name: files[name] for name in _copied(Path(place))}
        except BadSource as problem:
            raise BadSource(str(problem).replace(place, str(path))) from problem


def _read_public() -> Mapping[str, bytes]:
    with TemporaryDirectory() as place:
        got = download(Path(place))
        try:
            return {name: read_file(path) for name, path in _copied(got).items()}
        except BadSource as problem:
            words = str(problem).replace(str(got), CORPUS)
            raise BadSource(f"{words}. {OTHERWISE}") from problem
