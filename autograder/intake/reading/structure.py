"""From the parts of a notebook in any format to a valid one of nbformat 4.5."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.intake.reading.conflicts import SIDE, Cell, is_conflict, sides
from autograder.intake.reading.encodings import CONTROLS, HALVES
from autograder.intake.reading.loosely import TWICE, cells_of
from autograder.intake.reading.unreadable import MAX_CELLS, Unreadable
from autograder.report.wording import plural

KINDS = {"code": "code", "markdown": "markdown", "raw": "raw", "html": "markdown",
         "text": "markdown", "md": "markdown", "plaintext": "raw"}  # fmt: skip
ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
DEPTH = 20  # of metadata; copies and JSON's own writer need a stack for each level
OF_EDITORS = {"vscode", "colab", "colab_type", "outputId", "executionInfo"}
CONSTRAINED = {"name", "tags", "jupyter", "execution", "collapsed", "scrolled", "format"}


class Remarks:
    """Which cells something was amiss with, one sentence for each kind of thing."""

    def __init__(self) -> None:
        self.cells: dict[str, list[int]] = {}

    def add(self, sentence: str, number: int) -> None:
        """Remember it for the cell of that number, counted from 1; {} in a sentence names cells."""
        known = self.cells.setdefault(sentence, [])
        if number not in known[-1:]:
            known.append(number)

    def sentences(self) -> list[str]:
        """One for each kind."""
        return [sentence.replace("{}", listed(n)) for sentence, n in self.cells.items()]


def listed(numbers: Sequence[int]) -> str:
    """Name cells: cell 3; cells 3, 5 and 7; cells 1, 2, 3, 4, 5 and 20 more."""
    if len(numbers) == 1:
        return f"cell {numbers[0]}"
    shown = [str(number) for number in numbers[:6]]
    last = shown.pop() if len(numbers) <= 6 else f"{len(numbers) - 6} more"
    return f"cells {', '.join(shown)} and {last}"


def notebook_from(found: Mapping[str, Any], name: str) -> tuple[NotebookNode, list[str]]:
    """A valid notebook of the same cells without outputs, and sentences about what was mended."""
    raw, remarks = cells_of(dict(found)), Remarks()
    if not raw:
        raise Unreadable(f"{name} is a notebook without cells: hand in the one you worked in")
    if len(raw) > MAX_CELLS:
        raise Unreadable(f"{name} has {len(raw)} cells, more than the {MAX_CELLS} that are read")
    cells = [made for number, cell in enumerate(split_up(raw, remarks), 1)
             if (made := cell_from(cell, number, remarks))]  # fmt: skip
    major, minor = whole(found.get("nbformat")), whole(found.get("nbformat_minor"))
    give_ids(cells, remarks, expected=major == 4 and minor >= 5)
    made = {"cells": cells, "metadata": notebook_metadata(found.get("metadata")),
            "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    notebook = nbformat.from_dict(made)
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        first = str(error).splitlines()[0][:200]
        raise Unreadable(f"{name} is not a valid notebook: {first}") from error
    said = [*formats(major, found), *remarks.sentences()]
    told = found.get("cells")
    if isinstance(told, list) and (odd := sum(not isinstance(cell, dict) for cell in told)):
        said.append(f"{plural(odd, 'entry', 'entries')} in the list of cells left out: no cells")
    return notebook, said


def formats(major: int, found: Mapping[str, Any]) -> list[str]:
    """A sentence about the notebook's format, where it is not the present one."""
    if 0 < major < 4:
        return [f"the notebook was in the old format nbformat {major}: it was converted"]
    if isinstance(found.get("worksheets"), list):
        return ["the notebook was laid out as in the old nbformat 3: it was converted"]
    if major != 4:
        return ["the notebook did not say which format it has: it was read as nbformat 4"]
    return []


def split_up(cells: Sequence[Cell], remarks: Remarks) -> list[Cell]:
    """Cells with both versions of a conflict within them become two, the first version first."""
    out: list[Cell] = []
    said = "{}: git's conflict markers stood in the source; both versions were kept as cells"
    for cell in cells:
        source = source_of(cell)
        if TWICE in cell:
            versions = [source_of({"source": cell[TWICE]}), source]
        elif is_conflict(source):
            versions = list(sides(source))
        else:
            out.append(cell)
            continue
        remarks.add(said, len(out) + 1)
        rest = {key: value for key, value in cell.items() if key not in ("source", "input", TWICE)}
        out += [{**rest, "source": text, SIDE: side}
                for text, side in zip(versions, ("first", "second"), strict=True)]  # fmt: skip
    return out


def cell_from(cell: Cell, number: int, remarks: Remarks) -> dict[str, Any]:
    """A valid cell, except for its id, which may be missing, invalid or there twice."""
    kind, source = kind_of(cell, number, remarks), source_of(cell)
    if cell.get("cell_type") == "heading":
        level = min(max(whole(cell.get("level")), 1), 6)
        source = f"{'#' * level} {' '.join(source.splitlines())}"
    if not isinstance(cell.get("source", cell.get("input", "")), str | list):
        remarks.add("{} had no text as its source: it is empty now", number)
    elif isinstance(cell.get("source"), list) and lacks_line_ends(cell["source"]):
        remarks.add("the lines of {} had no line ends: they were put back", number)
    metadata = cell_metadata(cell.get("metadata"))
    if cell.get(SIDE):
        metadata[SIDE] = cell[SIDE]
    made = {"cell_type": kind, "id": cell.get("id"), "metadata": metadata,
            "source": readable_text(source, kind, number, remarks)}  # fmt: skip
    if kind == "code":
        return {**made, "outputs": [], "execution_count": None}
    attachments = attachments_of(cell.get("attachments"))
    return {**made, "attachments": attachments} if attachments else made


def kind_of(cell: Cell, number: int, remarks: Remarks) -> str:
    """Which of nbformat's three kinds this is."""
    told = cell.get("cell_type")
    if told == "heading":
        return "markdown"
    if isinstance(told, str) and told.strip().lower() in KINDS:
        return KINDS[told.strip().lower()]
    looks_run = any(key in cell for key in ("outputs", "execution_count", "input"))
    remarks.add("{} was of no known type: it was taken as "
                + ("code" if looks_run else "plain text"), number)  # fmt: skip
    return "code" if looks_run else "raw"


def source_of(cell: Cell) -> str:
    """A cell's text, from one text or a list of lines; an empty one if it has none."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        return ("\n" if lacks_line_ends(source) else "").join(lines)
    return source if isinstance(source, str) else ""


def lacks_line_ends(source: Sequence[Any]) -> bool:
    """Whether these are lines that should each end with a line's end, and none does."""
    return len(source) > 1 and not any(
        isinstance(line, str) and ("\n" in line or "\r" in line) for line in source[:-1]
    )


def readable_text(source: str, kind: str, number: int, remarks: Remarks) -> str:
    """A source with Unix line ends, whole characters and no control characters."""
    if "\r" in source:
        remarks.add(
            "the lines of {} ended as on Windows or an old Mac: they were converted", number
        )
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if HALVES.search(source):
        source = whole_characters(source)
        if "�" in source:
            remarks.add("{} held half a character: it became �", number)
    if CONTROLS.search(source):
        remarks.add("{} held control characters: they were left out", number)
        source = CONTROLS.sub("", source)
    return source


def whole_characters(text: str) -> str:
    """A text whose surrogates are joined to characters, or replaced where one stands alone."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def give_ids(cells: Sequence[dict[str, Any]], remarks: Remarks, expected: bool) -> None:
    """Make ids present, valid and unique; expected: whether the notebook's format has them."""
    used: set[str] = set()
    for number, cell in enumerate(cells, 1):
        told, colab = cell["id"], cell["metadata"].pop("id", None)
        told = colab if told is None and is_id(colab) else told
        base = told if is_id(told) else f"submitted-{number - 1}"
        if told is None and expected:
            remarks.add("{} had no id: it got one", number)
        elif told is not None and not is_id(told):
            remarks.add("{} had an id that is none: it got another", number)
        elif base in used and not cell["metadata"].get(SIDE):
            remarks.add("{} had the id of another cell: it got its own", number)
        cell["id"] = unused(base, used)
        used.add(cell["id"])


def unused(base: str, used: set[str]) -> str:
    """An id like this one that no other cell has."""
    found, count = base, len(used) if base in used else 0
    while found in used:
        count += 1
        found = f"{base[:50]}-{count}"
    return found


def is_id(value: Any) -> bool:
    """Whether nbformat allows this as a cell's id."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def cell_metadata(found: Any) -> dict[str, Any]:
    """A cell's metadata without what editors keep for themselves and what nbformat forbids."""
    if not isinstance(found, dict):
        return {}
    kept = {key: value for key, value in found.items() if key not in OF_EDITORS | CONSTRAINED}
    tags = found.get("tags")
    if isinstance(tags, list):
        named = dict.fromkeys(tag for tag in tags if isinstance(tag, str) and tag)
        kept["tags"] = [tag for tag in named if "," not in tag]
    if not isinstance(kept.get("nbgrader", {}), dict):
        del kept["nbgrader"]
    return plain(kept)


def notebook_metadata(found: Any) -> dict[str, Any]:
    """The notebook's metadata that say what it is: kernel, language, course."""
    found = found if isinstance(found, dict) else {}
    needed: Mapping[str, Callable[[dict[str, Any]], bool]] = {
        "kernelspec": lambda part: all(isinstance(part.get(key), str)
                                       for key in ("name", "display_name")),
        "language_info": lambda part: isinstance(part.get("name"), str)
        and isinstance(part.get("codemirror_mode", ""), str | dict)
        and all(isinstance(part.get(key, ""), str)
                for key in ("file_extension", "mimetype", "pygments_lexer")),
        "course": lambda part: True,
        "handed_in_as": lambda part: True,
    }  # fmt: skip
    return plain({
        key: found[key] for key, is_fit in needed.items()
        if isinstance(found.get(key), dict) and is_fit(found[key])
    })  # fmt: skip


def attachments_of(found: Any) -> dict[str, dict[str, Any]]:
    """Pictures pasted into text: by name, each by its type."""
    kept = {}
    for name, bundle in found.items() if isinstance(found, dict) else ():
        if isinstance(bundle, dict):
            kept[name] = {kind: data for kind, data in bundle.items() if is_data(data)}
    return {name: bundle for name, bundle in plain(kept).items() if bundle}


def is_data(value: Any) -> bool:
    """Whether nbformat allows this as the data of a picture: a text, or a list of lines."""
    lines = value if isinstance(value, list) else [value]
    return all(isinstance(line, str) for line in lines)


def plain(value: Any, depth: int = DEPTH) -> Any:
    """A copy of plain data that can be written as JSON in UTF-8; what is too deep becomes null."""
    if isinstance(value, str):
        return whole_characters(value) if HALVES.search(value) else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {plain(k): plain(v, depth - 1) for k, v in value.items()} if depth else None
    if isinstance(value, list):
        return [plain(item, depth - 1) for item in value] if depth else None
    return value


def whole(value: Any) -> int:
    """A whole number that is told as one, or 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
