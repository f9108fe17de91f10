"""What of a student's outputs goes into the autograded notebook: text and pictures, nothing live.

formgrader shows that notebook to a marker who is signed in, and puts HTML, SVG and JavaScript that
stand in its outputs into the page as they are. So they stay out. What the student handed in is not
touched: it lies in submitted/.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode

from autograder.pipeline.student_names import name_fault as name_fault

# how every table begins that a check cell shows; the grader makes these and escapes what it quotes
TABLE = '<div class="course-check'
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MAX_PIXELS = 50_000_000  # a picture of a few kilobytes can unpack to more than a browser holds
CELL_METADATA = ("nbgrader", "course", "deletable", "editable")
NOTEBOOK_METADATA = ("kernelspec", "language_info", "course")
# formgrader hands out a student's other files too; a browser would run these as pages of the server
LIVE_KINDS = ("html", "/xml", "+xml", "javascript", "ecmascript", "/css")


def show_safely(notebook: NotebookNode) -> None:
    """Leave in a notebook's outputs, attachments and metadata only what runs nowhere."""
    keep(notebook.metadata, NOTEBOOK_METADATA)
    for cell in notebook.cells:
        keep(cell.metadata, CELL_METADATA)
        if "attachments" in cell:
            cell.attachments = NotebookNode(
                {name: found for name, kinds in cell.attachments.items()
                 if (found := pictures(kinds))}
            )  # fmt: skip
        if cell.cell_type == "code":
            cell.outputs = [safe_output(output, is_check(cell)) for output in cell.outputs]


def is_check(cell: NotebookNode) -> bool:
    """Whether the grader, not the student, makes this cell's outputs."""
    found = cell.metadata.get("nbgrader", {})
    return bool(found.get("grade") and not found.get("solution"))


def safe_output(output: NotebookNode, ours: bool) -> NotebookNode:
    """One output with its text and pictures; ours: a table of the course may stay HTML."""
    if output.output_type not in ("display_data", "execute_result"):
        return output  # streams and errors are text
    data = pictures(output.data)
    if isinstance(text := output.data.get("text/plain"), str):
        data["text/plain"] = text
    table = output.data.get("text/html")
    if ours and isinstance(table, str) and table.startswith(TABLE):
        data["text/html"] = table
    if not data:
        kinds = ", ".join(sorted(map(str, output.data))) or "no kind"
        data["text/plain"] = f"(an output of {kinds} is not shown here)"
    output.data, output.metadata = data, NotebookNode()
    return output


def pictures(data: Mapping[str, Any]) -> NotebookNode:
    """The PNG and JPEG pictures among the kinds of one output that are what they say."""
    looks = {"image/png": is_png, "image/jpeg": is_jpeg}
    return NotebookNode(
        {kind: data[kind] for kind, is_one in looks.items() if is_one(decoded(data.get(kind)))}
    )


def decoded(text: object) -> bytes:
    """The bytes of base64 text; none at all if it is anything else."""
    if not isinstance(text, str):
        return b""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def is_png(found: bytes) -> bool:
    """Whether these bytes begin as a PNG of a size that can be shown."""
    width, height = (int.from_bytes(found[i : i + 4], "big") for i in (16, 20))
    return found.startswith(PNG) and 0 < width * height <= MAX_PIXELS


def is_jpeg(found: bytes) -> bool:
    """Whether these bytes begin as a JPEG."""
    return found.startswith(JPEG)


def keep(metadata: NotebookNode, known: Iterable[str]) -> None:
    """Drop every key but these."""
    for key in set(metadata) - set(known):
        del metadata[key]


def live_files() -> list[str]:
    """Patterns of file names that a web server hands out as pages or scripts, in either case."""
    mimetypes.init()
    endings = {name for name, kind in mimetypes.types_map.items() if kind.endswith(LIVE_KINDS)}
    return sorted("*" + "".join(map(either_case, ending)) for ending in endings)


def either_case(letter: str) -> str:
    """A pattern for a letter, small or capital."""
    return f"[{letter.lower()}{letter.upper()}]" if letter.isalpha() else letter
