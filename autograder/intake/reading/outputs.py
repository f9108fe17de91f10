"""Take the outputs out of a notebook's JSON before it is parsed: they may be 99 % of it.

Works on the bytes of a file, also of one that is only mapped into memory, so that a notebook with a
gigabyte of pictures costs no more memory than its text.
"""

from __future__ import annotations

import mmap
import re

LARGE = 2**20
BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*+\{\s*+\"")
CONFLICT = re.compile(rb"^(?:<{7}|>{7}|={7}\s)", re.M)

# In JSON a quotation mark within a text is always escaped: this finds keys and never source code.
OUTPUTS = re.compile(rb'"outputs"\s*+:\s*+\[')
# A text, a list of numbers, or a bracket. A text ends with its line at the latest: as Jupyter
# writes them, none has line breaks, and one lost quotation mark shall not swallow the rest.
PART = re.compile(
    rb'[^"\[\]]*+(?:"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+(?:"|\\?(?=\n)|\\?\Z)'
    rb'|\[[^"\[\]]*+\]|([\[\]])|\Z)'
)


def without_outputs(content: bytes | mmap.mmap) -> bytes:
    """The JSON of a notebook in UTF-8 with empty lists of outputs; what breaks off is left out."""
    kept, at = [], 0
    while found := OUTPUTS.search(content, at):
        kept += [content[at : found.end()], b"]"]
        at = end_of_list(content, found.end())
    return b"".join([*kept, content[at:]])


def end_of_list(content: bytes | mmap.mmap, start: int) -> int:
    """Where the list ends whose opening bracket stands right before `start`."""
    depth = 1
    for part in PART.finditer(content, start):
        if part.lastindex:
            depth += 1 if part[1] == b"[" else -1
            if not depth:
                return part.end()
    return len(content)


def may_lose_outputs(content: bytes | mmap.mmap) -> bool:
    """Whether a file is JSON of the kind that without_outputs is for.

    Not in UTF-16, and without git's conflict markers, between which brackets need not match.
    """
    return BEGINNING.match(content) is not None and not CONFLICT.search(content)
