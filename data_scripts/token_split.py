"""Two token files out of one stream: training first, validation last, whole or not at all.

Where the second begins is often known only at the end of the stream. So all tokens go to one file
beside the two, and the tail is moved from there: nothing is read or encoded twice.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from data_scripts.errors import BadTokens, CannotWrite, cannot_write
from data_scripts.publish import put_in_place
from data_scripts.tokens import BYTES_A_TOKEN

COPY_BYTES = 1 << 20


class Parts:
    """The file that gets all tokens (`all`), and after `cut` the number of tokens in each part."""

    def __init__(self, all: Path, tail: Path) -> None:
        self.all, self.tail = all, tail
        self.train_tokens = self.val_tokens = 0

    def cut(
        self,
        train: int,
        val: int | None = None,
        train_end: Sequence[int] | np.ndarray = (),
        val_begin: Sequence[int] | np.ndarray = (),
    ) -> None:
        """Divide the tokens in `all`: the first `train` to training, those from `val` on to val.

        `val` is `train` if left out. What lies between is dropped; instead `train_end` comes at
        the end of the training part, `val_begin` at the beginning of the other: at the seam the
        tokens of two texts are not those of one.

        Raises BadTokens if one of the parts would be empty.
        """
        val = train if val is None else val
        with open(self.all, "r+b") as file, open(self.tail, "wb") as tail:
            tail.write(_bytes(val_begin))
            file.seek(val * BYTES_A_TOKEN)
            shutil.copyfileobj(file, tail, COPY_BYTES)
            file.seek(train * BYTES_A_TOKEN)
            file.write(_bytes(train_end))
            file.truncate()
            for part in (file, tail):
                part.flush()
                os.fsync(part.fileno())  # some file systems notice only here that the disk is full
            self.train_tokens = file.tell() // BYTES_A_TOKEN
            self.val_tokens = tail.tell() // BYTES_A_TOKEN
        if not self.train_tokens or not self.val_tokens:
            raise BadTokens(
                f"the text is too short to be divided: {self.train_tokens:,} tokens for training "
                f"and {self.val_tokens:,} for validation; take more text"
            )


@contextlib.contextmanager
def split_tokens(train: Path, val: Path) -> Iterator[Parts]:
    """Give a place to write all tokens to; at the end both files appear, or neither.

    Raises CannotWrite or DiskFull, and leaves the old files as they were.
    """
    new = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in (train, val)}
    parts = Parts(new[train].with_name(f".{train.name}.{os.getpid()}.all.tmp"), new[val])
    try:
        yield parts
        os.replace(parts.all, new[train])
        put_in_place(new)
    except CannotWrite as problem:
        words = str(problem).replace(str(parts.all), str(train))
        raise type(problem)(words) from problem
    except OSError as problem:
        raise cannot_write(train, problem) from problem
    finally:
        for path in (parts.all, *new.values()):
            with contextlib.suppress(OSError):  # the error that led here is the one to report
                path.unlink(missing_ok=True)


def _bytes(ids: Sequence[int] | np.ndarray) -> bytes:
    return np.asarray(ids, dtype="<u2").tobytes()
