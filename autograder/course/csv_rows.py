"""Rows of a CSV file as an LMS or a spreadsheet wrote it: any encoding, any separator."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 50 * 2**20
SEPARATORS = ",;\t"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


class BadTable(Exception):
    """A file that is no table; the message says file, line, what is wrong and what to do."""


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins, from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


def read_rows(path: Path) -> list[Row]:
    """All rows that hold anything; raises BadTable.

    UTF-8, UTF-16 or Windows-1252; cells apart by commas, semicolons or tabs, whichever the first
    line has most of. Cells come without white space around them, and in Unicode's composed form.
    """
    text = text_of(path)
    lines = io.StringIO(text, newline="")
    first, separator = lines.readline().strip("\r\n"), ""
    skipped = 0
    if first.lower().startswith("sep=") and len(first) == 5:  # Excel's own line
        separator, skipped = first[4], 1
    else:
        lines.seek(0)
    rows = csv.reader(lines, delimiter=separator or separator_of(text), strict=True)
    return list(taken(path, rows, skipped))


def taken(path: Path, rows: Iterator[list[str]], skipped: int) -> Iterator[Row]:
    """The rows with their lines; rows: csv's reader, which stands behind the skipped lines."""
    while True:
        line = rows.line_num + skipped + 1  # type: ignore[attr-defined]
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadTable(f"{path}:{line}: this row cannot be read ({error}): a quotation mark "
                           "may be missing") from error  # fmt: skip
        if any(cell.strip() for cell in cells):
            yield Row(line, tuple(unicodedata.normalize("NFC", cell).strip() for cell in cells))


def text_of(path: Path) -> str:
    """A file's text; raises BadTable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadTable(f"{path} cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise BadTable(f"{path} is larger than {MAX_BYTES // 2**20} MB: that is no list of people")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadTable(f"{path} is a spreadsheet's own file: save it as CSV")
    text = decoded(content)
    if "\0" in text:
        raise BadTable(f"{path} is not a text file: save it as CSV")
    return text


def decoded(content: bytes) -> str:
    """Text in the encoding that its first bytes say, else UTF-8, else Windows-1252."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    half = content[: len(content) // 2 * 2]
    for encoding, zeros in (("utf-16-le", half[1::2]), ("utf-16-be", half[::2])):
        if zeros and zeros.count(0) > 0.4 * len(zeros):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        # as browsers have it: a byte that Windows-1252 leaves open is Latin-1's
        return "".join(
            bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in content
        )


def separator_of(text: str) -> str:
    """What parts the cells of the first line that holds anything."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(line.split('"')[::2])  # what stands between quotes is a cell's own
    return max(SEPARATORS, key=outside.count)
