"""One character's lines as token files, in one pass over the corpus: Lab 11's T1.2 to T1.5.

The first 90 % of the lines in corpus order, joined by newlines, become `train.bin`, the last 10 %
`val.bin`: exactly the ids of `encoding.encode_ordinary(train_text)` and of `val_text`. From Python:

    from data_scripts import friends, friends_tokens
    friends_tokens.make(friends.prepared("data"), "Monica Geller", "data")

How many lines there are, and so where the validation text begins, is known only at the end. So the
lines are encoded in blocks of whole lines, all into one file, and of each block only three numbers
stay in memory: its first line, where that stands in the corpus, and how many tokens came before.
At the end the one block that holds the seam is read and encoded once more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data_scripts import gpt2_tokenizer
from data_scripts.encode import TRAIN, VAL, Made, encoded
from data_scripts.errors import BadSource, cannot_read
from data_scripts.friends_check import check_character, corpus_paths, fields_of, utterance_in
from data_scripts.token_split import Parts, split_tokens
from data_scripts.tokens import write_tokens

if TYPE_CHECKING:
    import tiktoken

BLOCK_CHARACTERS = 1 << 16
TRAIN_SHARE = 0.9


@dataclass
class Block:
    """Whole lines: the first one's number and place in the file, and the tokens before it."""

    first: int
    offset: int
    before: int = 0


class Blocks:
    """A character's lines in blocks that can be encoded one by one.

    A block ends with a line whose last character is black, and the newline that follows begins the
    next one: there GPT-2's tokenizer separates anyway.
    """

    def __init__(self, path: Path, speaker: str, characters: int = BLOCK_CHARACTERS) -> None:
        self.path, self.speaker, self.characters = path, speaker, characters
        self.seen: list[Block] = []
        self.lines = 0

    def __iter__(self) -> Iterator[str]:
        """Yield each block's text."""
        waiting: list[str] = []
        length = 0
        for offset, said in lines_of(self.path, self.speaker):
            if not waiting:
                self.seen.append(Block(self.lines, offset))
                if self.lines:
                    waiting.append("")  # joined, it is the newline before the block
            waiting.append(said)
            self.lines += 1
            length += len(said) + 1
            if length >= self.characters and _ends_black(said):
                yield "\n".join(waiting)
                waiting, length = [], 0
        if waiting:
            yield "\n".join(waiting)

    def around(self, line: int) -> tuple[list[str], list[str], int]:
        """Return the lines before number `line` in its block, those from it on, and which block.

        The first two as texts; the block by its index in `seen`.
        """
        number = max(i for i, block in enumerate(self.seen) if block.first <= line)
        block = self.seen[number]
        end = self.seen[number + 1].first if number + 1 < len(self.seen) else self.lines
        told = lines_of(self.path, self.speaker, block.offset)
        texts = [said for _, (_, said) in zip(range(end - block.first), told, strict=False)]
        return texts[: line - block.first], texts[line - block.first :], number


def make(
    corpus_folder: Path | str,
    character: str,
    destination_dir: Path | str = "data",
    workers: int | None = None,
) -> Made:
    """Write one character's `train.bin` and `val.bin`, and return how many tokens each has.

    The corpus is a folder in ConvoKit's format, in which each utterance is there once (what
    `friends.make` writes is checked for that). Its order is that of `Corpus.iter_utterances`. Both
    files appear, or neither does.

    Raises DataError: BadSource (no such speaker, fewer than two lines, a damaged corpus), BadTokens
    (nothing is said in one of the parts), NoTokenizer, CannotWrite or DiskFull.
    """
    check_character(corpus_folder, character)
    encoding = gpt2_tokenizer.encoding()
    blocks = Blocks(corpus_paths(Path(corpus_folder))[0], character)
    train, val = Path(destination_dir) / TRAIN, Path(destination_dir) / VAL
    with split_tokens(train, val) as parts:
        with contextlib.closing(encoded(blocks, encoding, workers)) as ids:
            total = write_tokens(parts.all, _counted(ids, blocks), encoding.n_vocab)
        if blocks.lines < 2:
            raise BadSource(
                f"{corpus_folder}: {character} has {blocks.lines} "
                f"line{'' if blocks.lines == 1 else 's'}; at least 2 are needed, "
                "one for training and one for validation"
            )
        _cut(parts, blocks, total, encoding)
    return Made(train, parts.train_tokens, val, parts.val_tokens)


def lines_of(path: Path, speaker: str, offset: int = 0) -> Iterator[tuple[int, str]]:
    """Yield what a speaker says in utterances.jsonl, in order, and the place of each line there.

    offset: where to begin, in bytes; the beginning of a line.

    Raises BadSource, which names file and line, for what ConvoKit does not write.
    """
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            number = 0
            while line := file.readline():
                number += 1
                place = f"{path}: line {number:,}" + (f" after byte {offset:,}" if offset else "")
                _, who, _, said = fields_of(place, utterance_in(line, place))
                if who == speaker:
                    yield file.tell() - len(line), said
    except OSError as problem:
        raise cannot_read(path, problem) from problem


def _counted(ids: Iterator[np.ndarray], blocks: Blocks) -> Iterator[np.ndarray]:
    """Pass on the ids of each block, and note in the next one how many there were before it."""
    total = 0
    for number, piece in enumerate(ids):
        blocks.seen[number].before = total
        total += len(piece)
        yield piece


def _cut(parts: Parts, blocks: Blocks, total: int, encoding: tiktoken.Encoding) -> None:
    line = int(TRAIN_SHARE * blocks.lines)
    head, tail, number = blocks.around(line)
    after = blocks.seen[number + 1].before if number + 1 < len(blocks.seen) else total
    newline = [""] if head and number else []  # a block after the first begins with one
    parts.cut(
        blocks.seen[number].before,
        after,
        encoding.encode_ordinary("\n".join(newline + head)),
        encoding.encode_ordinary("\n".join(tail)),
    )


def _ends_black(said: str) -> bool:
    return bool(said) and not said[-1].isspace()
