"""From the bytes of a file to its text, in whichever encoding an editor left it."""

from __future__ import annotations

import codecs
import json
import re

MARKS = (  # UTF-32 first: its mark begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
HALVES = re.compile("[\ud800-\udfff]")


def is_wide(content: bytes) -> bool:
    """Whether a text takes two or four bytes a character, by its mark or its first characters."""
    return wide_encoding(content)[0] != ""


def wide_encoding(content: bytes) -> tuple[str, str, int]:
    """Codec, name and length of the mark of UTF-16 and UTF-32; two empty texts for others."""
    for mark, codec, name in MARKS:
        if content.startswith(mark):
            return codec, name, len(mark)
    guess = json.detect_encoding(content[:64]) if len(content) >= 8 else "utf-8"
    width = {"utf-16": 2, "utf-32": 4}.get(guess[:6], 0)
    # One NUL at the start of a text in UTF-8 looks the same: then the rest of it has none.
    if width and content[:64].count(0) >= (width - 1) * (len(content[:64]) // width) * 3 // 4:
        return guess, guess[:6].upper(), 0
    return "", "", 0


def as_text(content: bytes, notes: list[str]) -> str:
    """The text of a file, without NUL characters; appends to notes what was unusual."""
    codec, name, mark = wide_encoding(content)
    if codec:
        notes.append(f"the file was in {name}, not in UTF-8: it was converted")
        whole = len(content) - (len(content) - mark) % (4 if "32" in codec else 2)
        text = content[mark:whole].decode(codec, "replace")
    else:
        text = narrow(content, notes)
    if "\0" in text:
        notes.append("NUL characters stood in the file: they were left out")
        text = text.replace("\0", "")
    return text


def narrow(content: bytes, notes: list[str]) -> str:
    """The text of a file in UTF-8, or in what Windows used before."""
    if content.startswith(codecs.BOM_UTF8):
        notes.append("the file began with a byte order mark: it was left out")
        content = content[len(codecs.BOM_UTF8) :]
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return content[: error.start].decode()  # cut off within a character
    text = content.decode("utf-8", "replace")
    broken = text.count("�")
    if sum(map(len, re.findall("[^\x00-\x7f�]++", text))) > broken:
        notes.append(f"{broken} characters of the file were damaged: they became �")
        return text
    notes.append("the file was in Windows-1252 (Latin-1), not in UTF-8: it was converted")
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")
