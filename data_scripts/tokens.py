"""Token ids on disk: uint16 numbers one after the other, read through a memory map.

Two bytes a token hold ids up to 65,535; GPT-2 has 50,257. Neither writing nor reading takes more
memory than one piece of the file, however long it is.

    from data_scripts import tokens
    tokens.encode_file("train.txt", "train.bin", gpt2_tokenizer.encoding())
    data = tokens.open_tokens("train.bin")         # a read-only np.memmap of uint16
    tokens.need_tokens(data, block_size=1024)
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data_scripts.errors import BadTokens, cannot_write
from data_scripts.text_pieces import text_pieces

if TYPE_CHECKING:
    import tiktoken

LARGEST_VOCABULARY = 2**16
GPT2_VOCABULARY = 50_257
CHUNK_TOKENS = 1 << 16
BYTES_A_TOKEN = 2


def write_tokens(
    path: Path | str,
    ids: Iterable[Any],
    vocab_size: int = GPT2_VOCABULARY,
) -> int:
    """Write token ids as uint16, and return how many there were.

    `ids` gives numbers, or pieces (lists, arrays) of them; an array is taken piece by piece. The
    file takes its place only when it is whole.

    Raises BadTokens, which says which, if the vocabulary does not fit into 16 bits or an id is not
    a whole number from 0 to vocab_size - 1; CannotWrite or DiskFull. The old file stays then.
    """
    if not 0 < vocab_size <= LARGEST_VOCABULARY:
        raise BadTokens(
            f"vocab_size must be from 1 to {LARGEST_VOCABULARY:,}, since a uint16 holds no more: "
            f"got {vocab_size:,}"
        )
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            written = 0
            for piece in _pieces(ids):
                file.write(_as_uint16(piece, vocab_size, written).tobytes())
                written += len(piece)
            file.flush()
            os.fsync(file.fileno())  # some file systems notice only here that the disk is full
        os.replace(temporary, target)
    except OSError as problem:
        raise cannot_write(target, problem) from problem
    finally:
        with contextlib.suppress(OSError):  # the error that led here is the one to report
            temporary.unlink(missing_ok=True)
    return written


def open_tokens(path: Path | str, tokens: int | None = None) -> np.memmap:
    """Return a token file as a read-only memory map; nothing is read yet.

    `tokens` is how many there should be, where that is known.

    Shapes: (number of tokens,), uint16.
    Raises BadTokens if the file is missing, empty, cut off, or of another length.
    """
    path = Path(path)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "no such file"
        raise BadTokens(f"{path}: {what}; write the tokens first (tokens.write_tokens)")
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise BadTokens(f"{path}: the file is empty; was the text empty? Write the tokens again")
    if size_bytes % BYTES_A_TOKEN:
        raise BadTokens(
            f"{path}: {size_bytes:,} bytes are no whole number of uint16 tokens: the file is cut "
            "off, or another type of number is in it; write the tokens again"
        )
    if tokens is not None and size_bytes != BYTES_A_TOKEN * tokens:
        raise BadTokens(
            f"{path}: expected {tokens:,} tokens, got {size_bytes // BYTES_A_TOKEN:,}: the file is "
            "cut off, or made from another text; write the tokens again"
        )
    return np.memmap(path, dtype="<u2", mode="r")


def encode_file(text_path: Path | str, out_path: Path | str, encoding: tiktoken.Encoding) -> int:
    """Write the tokens of a UTF-8 text file to a token file, piece by piece; return their number.

    They are the tokens of the whole text: it is cut only where GPT-2's tokenizer separates anyway.
    For long texts `encode.encode_parallel` does the same on all processors.
    """
    pieces = (encoding.encode_ordinary(piece) for piece in text_pieces(text_path))
    return write_tokens(out_path, pieces, encoding.n_vocab)


def need_tokens(data: np.ndarray, block_size: int, name: str = "the data set") -> None:
    """Do nothing if the data hold a window of block_size tokens and the token after it.

    Raises BadTokens if they are shorter.
    """
    if len(data) < block_size + 1:
        raise BadTokens(
            f"{name} is shorter than a block: block_size={block_size:,} needs at least "
            f"{block_size + 1:,} tokens (a window, and one token after it): got {len(data):,}. "
            "Take more text, or a smaller block_size"
        )


def _pieces(ids: Iterable[Any]) -> Iterator[np.ndarray]:
    """Yield one-dimensional arrays of at most CHUNK_TOKENS ids."""
    if isinstance(ids, np.ndarray):
        if ids.ndim != 1:
            raise BadTokens(f"token ids must be one row of numbers: got shape {ids.shape}")
        for start in range(0, len(ids), CHUNK_TOKENS):
            yield ids[start : start + CHUNK_TOKENS]
        return
    rest = iter(ids)
    for first in rest:
        if isinstance(first, Iterable):
            yield from _pieces(first if isinstance(first, np.ndarray) else np.asarray(list(first)))
        else:
            yield np.asarray([first, *itertools.islice(rest, CHUNK_TOKENS - 1)])


def _as_uint16(piece: np.ndarray, vocab_size: int, before: int) -> np.ndarray:
    if len(piece) == 0:
        return np.empty(0, dtype="<u2")
    if piece.dtype.kind not in "iu":
        raise BadTokens(f"token ids must be whole numbers: got {piece.dtype} at {before:,}")
    wrong = np.flatnonzero((piece < 0) | (piece >= vocab_size))
    if len(wrong):
        raise BadTokens(
            f"token {before + wrong[0]:,} has the id {piece[wrong[0]]:,}, but the vocabulary has "
            f"ids from 0 to {vocab_size - 1:,}; nothing was written"
        )
    return piece.astype("<u2")
