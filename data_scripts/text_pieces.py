"""Read a text of any length in pieces, cut only where GPT-2's tokenizer separates anyway.

Its tokens are the tokens of the pieces, one after the other, so that nobody ever needs to hold the
whole text. GPT-2 first takes a text apart into runs of letters, of digits, of marks and of white
space (one space may lead a run), and merges bytes within a run only. Source: the pattern `pat_str`
of `tiktoken_ext.openai_public.gpt2`.
"""

from __future__ import annotations

import codecs
import contextlib
import gzip
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path

from data_scripts.errors import BadSource, cannot_read

CHUNK_CHARACTERS = 1 << 20
LONGEST_RUN = 1 << 20  # characters; tiktoken needs about 100 bytes of memory for each of a run
READ_BYTES = 1 << 16
STDIN = "-"

# The classes are short lists of characters that are letters or marks in every version of Unicode;
# for others the tokenizer and Python may disagree. No apostrophe: "'s" is one token.
LETTERS = "A-Za-z\u00e0-\u00f6\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
DIGITS = "0-9"
MARKS = r"!-&(-/:-@\[-`{-~\u3001\u3002\uff01\uff0c\uff1f"

# The last place where two runs meet. First choice, in nearly every text: after a black character,
# before white space, for white space looks ahead and never back. (Within white space no place is
# safe: of "a  b" the last space belongs to " b". The control characters 28 to 31 are white for
# Python but not for the tokenizer, hence the short list.)
SAFE_CUT = re.compile(r".*\S(?=[ \t\n\r\f\v])", re.DOTALL)
# Second choice, in a text without white space: where letters, digits and marks meet.
OTHER_CUT = re.compile(
    f".*(?:[{LETTERS}](?=[{DIGITS}{MARKS}])|[{DIGITS}](?=[{LETTERS}{MARKS}])"
    f"|[{MARKS}](?=[{LETTERS}{DIGITS}]))",
    re.DOTALL,
)


def text_pieces(
    path: Path | str,
    characters: int = CHUNK_CHARACTERS,
    advanced: Callable[[int], object] | None = None,
) -> Iterator[str]:
    """Yield a UTF-8 text in pieces of about so many characters, cut where no token is cut.

    `path` may be a file, a .gz file or "-" for standard input. Line ends stay as they are in the
    file. A run without a safe place comes as one piece, up to LONGEST_RUN characters. `advanced`
    is told how many bytes of the file were read since it was last told.

    Raises BadSource if the file is missing, is not UTF-8 (and where), or if a run is too long.
    """
    kept: list[str] = []  # what no safe place has ended yet
    length = before = 0
    for more in _decoded(path, characters, advanced):
        # a run that goes on is not searched again and again from its beginning
        joined = kept[-1][-1:] + more if kept else more
        if cut := SAFE_CUT.match(joined) or OTHER_CUT.match(joined):
            end = cut.end() - (len(joined) - len(more))
            kept.append(more[:end])
            yield "".join(kept)
            before += length + end
            kept, length = [more[end:]], len(more) - end
        else:
            kept.append(more)
            length += len(more)
        if length > LONGEST_RUN + characters:
            raise BadSource(
                f"{_name(path)}: after character {before:,} there is no place to cut the text for "
                f"{LONGEST_RUN:,} characters: GPT-2's tokenizer would take them as one word. Put "
                "spaces or line ends between words; is it a text at all?"
            )
    if rest := "".join(kept):
        yield rest


def size_in_bytes(path: Path | str) -> int | None:
    """Return how many bytes `advanced` will hear of in all, where that is known."""
    with contextlib.suppress(OSError):
        return None if str(path) == STDIN else Path(path).stat().st_size
    return None


def _decoded(
    path: Path | str, characters: int, advanced: Callable[[int], object] | None
) -> Iterator[str]:
    """Yield the text in pieces of at least so many characters (the last one apart)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    parts: list[str] = []
    length = read = 0
    for chunk in _bytes_of(path, min(READ_BYTES, characters), advanced):
        read += len(chunk)
        try:
            parts.append(decoder.decode(chunk, final=not chunk))
        except UnicodeDecodeError as problem:
            raise _not_utf8(path, problem, read) from None
        length += len(parts[-1])
        if length >= characters or not chunk:
            yield "".join(parts)
            parts, length = [], 0


def _bytes_of(
    path: Path | str, size: int, advanced: Callable[[int], object] | None
) -> Iterator[bytes]:
    """Yield a file's bytes, and b"" at its end."""
    try:
        with _opened(path) as raw:
            file = gzip.GzipFile(fileobj=raw) if str(path).endswith(".gz") else raw
            at, more = 0, True
            while more:
                # not `read`, which waits for all of `size` and meanwhile hears no Ctrl-C
                chunk = file.read1(size)
                if advanced is not None:
                    now = at + len(chunk) if file is raw else raw.tell()
                    advanced(now - at)
                    at = now
                yield chunk
                more = bool(chunk)
    except (EOFError, zlib.error) as problem:
        raise BadSource(f"{path}: not a whole .gz file (cut off, perhaps)") from problem
    except OSError as problem:
        raise cannot_read(_name(path), problem) from problem


def _opened(path: Path | str) -> contextlib.AbstractContextManager[BufferedReader]:
    if str(path) == STDIN:
        return contextlib.nullcontext(sys.stdin.buffer)
    return open(path, "rb")


def _not_utf8(path: Path | str, problem: UnicodeDecodeError, read: int) -> BadSource:
    place = read - len(problem.object) + problem.start
    wrong = problem.object[problem.start]
    return BadSource(
        f"{_name(path)}: not UTF-8: byte 0x{wrong:02x} at position {place:,} does not belong there "
        "(Latin-1, Windows-1252 or UTF-16, perhaps); save it as UTF-8 and run the command again"
    )


def _name(path: Path | str) -> str:
    return "standard input" if str(path) == STDIN else str(path)
