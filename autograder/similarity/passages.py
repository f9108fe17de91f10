"""Two answers side by side, line by line, with what they share marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from copydetect import CodeFingerprint, compare_files  # type: ignore[import-untyped]

from autograder.similarity.fingerprints import fingerprints, only

OWN, SHARED, UNUSUAL = 0, 1, 2  # marks: of one alone or given, of many, of few
AROUND = 1  # lines shown before and after what is shared
NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Line:
    """One line of code: its number from 1, and its parts with their marks."""

    number: int
    parts: tuple[tuple[str, int], ...]

    @property
    def marked(self) -> bool:
        """Whether anything in it is shared."""
        return any(mark for _, mark in self.parts)


@dataclass(frozen=True)
class Row:
    """Two lines that stand beside each other, either of which may be missing.

    left_out: in place of lines, how many rows without anything shared stand here.
    """

    first: Line | None = None
    second: Line | None = None
    left_out: int = 0

    @property
    def marked(self) -> bool:
        """Whether either line holds anything shared."""
        return any(line is not None and line.marked for line in (self.first, self.second))


def side_by_side(first: str, second: str, given: Set[int], common: Set[int]) -> list[Row]:
    """Two answers as rows, aligned where lines are the same but for names, spaces and comments.

    given: fingerprints that are not looked at; common: those that many in the class have.
    """
    a, b = marked_lines(first, second, given, common)
    left_lines, right_lines = ([skeleton(s) for s in t.split("\n")] for t in (first, second))
    rows: list[Row] = []
    matcher = SequenceMatcher(None, left_lines, right_lines, autojunk=False)
    for _, i, i_end, j, j_end in matcher.get_opcodes():
        left: list[Line | None] = [*a[i:i_end]]
        right: list[Line | None] = [*b[j:j_end]]
        left += [None] * (len(right) - len(left))
        right += [None] * (len(left) - len(right))
        rows += [Row(*lines) for lines in zip(left, right, strict=True)]
    return list(shortened(rows))


def marked_lines(
    first: str, second: str, given: Set[int], common: Set[int]
) -> tuple[list[Line], list[Line]]:
    """The lines of both with what they share."""
    found = fingerprints(first), fingerprints(second)
    one, other = ({int(each) for each in text.hashes} for text in found)
    both = (one & other) - given
    a, b = (lines(text.raw_code, marks_of(text, both, given, common)) for text in found)
    return a, b


def marks_of(
    found: CodeFingerprint, shared: Set[int], given: Set[int], common: Set[int]
) -> bytearray:
    """A mark for each character.

    A fingerprint that is unusual only by its end begins with what is common, or given: so these
    have the last word.
    """
    marks = bytearray(len(found.raw_code))
    for mark, wanted in ((UNUSUAL, shared - common), (SHARED, shared & common), (OWN, given)):
        for start, end in stretches(found, wanted):
            marks[start:end] = bytes([mark]) * max(0, end - start)
    return marks


def stretches(found: CodeFingerprint, wanted: Set[int]) -> list[tuple[int, int]]:
    """Where a text holds these fingerprints: starts and ends in characters."""
    kept = only(found, wanted)
    _, _, (slices, _) = compare_files(kept, kept)
    if not len(slices):
        return []
    size = len(found.raw_code)
    return [(min(int(s), size), min(int(e), size)) for s, e in zip(*slices, strict=True)]


def lines(text: str, marks: bytearray) -> list[Line]:
    """Cut a text with its marks into lines; an indentation is not marked."""
    found, start = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        indented = len(line) - len(line.lstrip())
        marks[start : start + indented] = bytes(indented)
        signs = zip(line, marks[start : start + len(line)], strict=True)
        parts = groupby(signs, key=lambda sign: sign[1])
        found.append(Line(number, tuple(("".join(s for s, _ in run), mark) for mark, run in parts)))
        start += len(line) + 1
    return found


def skeleton(line: str) -> str:
    """A line without what is easily changed; only to find lines that may stand side by side."""
    return "".join(NAME.sub("V", line.partition("#")[0]).split())


def shortened(rows: list[Row]) -> Iterator[Row]:
    """Leave out long runs of rows without anything shared, but for those around it."""
    marked = [i for i, row in enumerate(rows) if row.marked]
    near = {i for at in marked for i in range(at - AROUND, at + AROUND + 1)}
    for shown, run in groupby(enumerate(rows), key=lambda item: item[0] in near):
        found = [row for _, row in run]
        if shown or len(found) <= 2:
            yield from found
        else:
            yield Row(left_out=len(found))
