"""Turn a text of any length into token files, on all processors and in little memory.

    python -m data_scripts.encode TEXT [--to DIR] [--val-fraction 0.1] [--workers N]

TEXT is a file in UTF-8, one that gzip has packed (.gz), or - for standard input. DIR gets
`train.bin`, and with --val-fraction `val.bin` as well: the last part of the tokens. From Python:

    from data_scripts import encode
    encode.make("books.txt", "data", val_fraction=0.1)
    encode.encode_parallel("train.txt", "data/train.bin", gpt2_tokenizer.encoding())

The text is read in pieces (`text_pieces`), a few at a time go through tiktoken, and the ids are
written as they come: memory depends on the number of workers only. The workers are threads, since
tiktoken lets other threads run while it works: they share one vocabulary, nothing is copied
between processes, and none can be left behind.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data_scripts import gpt2_tokenizer
from data_scripts.errors import BadSource, DataError
from data_scripts.text_pieces import STDIN, size_in_bytes, text_pieces
from data_scripts.token_split import split_tokens
from data_scripts.tokens import write_tokens

if TYPE_CHECKING:
    import tiktoken

TRAIN, VAL = "train.bin", "val.bin"
PIECE_CHARACTERS = 1 << 18
WAITING = 2  # pieces for each worker, the one in work included


@dataclass(frozen=True)
class Made:
    """The token files and how many tokens each has; `val` is None where there is one file only."""

    train: Path
    train_tokens: int
    val: Path | None = None
    val_tokens: int = 0

    def __str__(self) -> str:
        lines = [f"{self.train}: {self.train_tokens:,} tokens"]
        if self.val:
            lines.append(f"{self.val}: {self.val_tokens:,} tokens")
        return "\n".join(lines)


def make(
    text: Path | str,
    destination_dir: Path | str = "data",
    val_fraction: float | None = None,
    workers: int | None = None,
) -> Made:
    """Write a text's tokens to `train.bin`; the last `val_fraction` of them to `val.bin` instead.

    `text` is a path, that of a .gz file, or "-" for standard input. The files appear whole, or not
    at all. Progress goes to stderr.

    Raises DataError: BadSource, BadTokens, NoTokenizer, CannotWrite or DiskFull.
    """
    if val_fraction is not None and not 0 < val_fraction < 1:
        raise BadSource(f"val_fraction must lie between 0 and 1 (0.1, say): got {val_fraction:g}")
    encoding = gpt2_tokenizer.encoding()
    train, val = Path(destination_dir) / TRAIN, Path(destination_dir) / VAL
    if val_fraction is None:
        return Made(train, encode_parallel(text, train, encoding, workers))
    with split_tokens(train, val) as parts:
        total = encode_parallel(text, parts.all, encoding, workers)
        parts.cut(total - int(total * val_fraction))
    return Made(train, parts.train_tokens, val, parts.val_tokens)


def encode_parallel(
    text: Path | str, out_path: Path | str, encoding: tiktoken.Encoding, workers: int | None = None
) -> int:
    """Write the tokens of a UTF-8 text to a token file, by several workers; return their number.

    They are the same as those of `tokens.encode_file`, which takes one piece after the other.

    Raises BadSource if there is no text in the file or it cannot be read; CannotWrite, DiskFull.
    """
    with _bar(text) as advanced:
        pieces = text_pieces(text, PIECE_CHARACTERS, advanced)
        with contextlib.closing(encoded(pieces, encoding, workers)) as ids:
            first = next(ids, None)
            if first is None:
                raise BadSource(f"{text}: the text is empty; choose one with words in it")
            return write_tokens(out_path, _after(first, ids), encoding.n_vocab)


def encoded(
    pieces: Iterable[str], encoding: tiktoken.Encoding, workers: int | None = None
) -> Iterator[np.ndarray]:
    """Yield the ids of each piece, in order, while workers are busy with the next ones.

    No more than WAITING pieces a worker are taken in advance. Closing the generator, or an error
    in the pieces, lets the pieces in work end and drops the others.

    Shapes: each (number of tokens in the piece,).
    """
    workers = workers or usable_processors()
    to_ids = _to_ids(encoding)
    running: deque[Future[np.ndarray]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="tokens")
    try:
        for piece in pieces:
            running.append(pool.submit(to_ids, piece))
            if len(running) >= WAITING * workers:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def usable_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if the files are there, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m data_scripts.encode",
        description=f"Turn a text into GPT-2's tokens: {TRAIN}, and {VAL} if asked for.",
    )
    parser.add_argument(
        "text", metavar="TEXT", help="a text in UTF-8, a .gz of one, or - for standard input"
    )
    parser.add_argument("--to", type=Path, default=Path("data"), metavar="DIR",
                        help="the folder for the files (default: data)")  # fmt: skip
    parser.add_argument("--val-fraction", type=float, metavar="F",
                        help=f"put the last tokens into {VAL}: 0.1 is a tenth")  # fmt: skip
    parser.add_argument("--workers", type=int, metavar="N",
                        help="how many threads (default: one for each processor)")  # fmt: skip
    arguments = parser.parse_args(argv)
    if arguments.workers is not None and arguments.workers < 1:
        parser.error("--workers must be at least 1")
    try:
        print(make(arguments.text, arguments.to, arguments.val_fraction, arguments.workers))
    except DataError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was changed", file=sys.stderr)
        return 1
    return 0


def _to_ids(encoding: tiktoken.Encoding) -> Callable[[str], np.ndarray]:
    """Return what turns a piece into an array; newer versions of tiktoken can without a list."""

    def by_list(piece: str) -> np.ndarray:
        return np.asarray(encoding.encode_ordinary(piece), dtype=np.uint32)

    def by_array(piece: str) -> np.ndarray:
        try:
            return encoding.encode_to_numpy(piece, disallowed_special=())
        except UnicodeEncodeError:  # half a surrogate pair, as JSON can hold one
            return by_list(piece)

    return by_array if hasattr(encoding, "encode_to_numpy") else by_list


def _after(first: np.ndarray, rest: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    yield first
    yield from rest


@contextlib.contextmanager
def _bar(text: Path | str) -> Iterator[Callable[[int], object]]:
    """Show on stderr how much of the text has been read."""
    from tqdm import tqdm

    name = "tokens" if str(text) == STDIN else Path(text).name
    with tqdm(total=size_in_bytes(text), desc=name, unit="B", unit_scale=True, file=sys.stderr,
              delay=1, mininterval=0.5) as bar:  # fmt: skip
        yield bar.update


if __name__ == "__main__":
    sys.exit(main())
