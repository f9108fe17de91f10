"""Read a notebook's text source: percent-format Python, one marker line a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from autograder.build.errors import BuildError, Place, did_you_mean
from autograder.build.regions import reject_markers

CODE_ROLES = ("given", "demonstration", "setting", "exercise", "check")
# answers in words: what a person marks, and what nobody does
WORD_ROLES = ("written", "answer")
PULLING_ROLES = ("given", "demonstration", "exercise")
MARKER = re.compile(r"#\s*%%+(\s|$)")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
PULL = re.compile(r"(?P<path>[^:]+\.py):(?P<names>\w+(,\s*\w+)*)")


@dataclass(frozen=True)
class Pull:
    """The objects that a cell takes from one file of the reference, in the order written."""

    path: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class TextCell:
    """One cell as written; role is "prose", a code or a word role, place its marker line."""

    role: str
    name: str
    source: str
    pull: Pull | None
    place: Place


def read_text(path: Path, root: Path) -> list[TextCell]:
    """Split a text source into cells; what stands before the first marker is not copied.

    Raises BuildError where a marker line cannot be read.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    shown = path.relative_to(root)
    reject_markers(lines, shown)
    numbers = [n for n, line in enumerate(lines, start=1) if MARKER.match(line)]
    if not numbers:
        raise BuildError(Place(shown, 1), "no cell; a cell starts with a line '# %%'")
    cells = jupytext.reads("\n".join(lines[numbers[0] - 1 :]), fmt="py:percent").cells
    return [_text_cell(cell, place) for cell, place in _placed(cells, numbers, shown)]


def sections(cells: list[TextCell]) -> Iterator[tuple[TextCell, str, int]]:
    """Yield each cell with the heading it stands under and the prose cells between the two.

    A heading that occurs again is numbered, so that the pair is unique to each prose cell.
    """
    heading, position, seen = "", 0, dict[str, int]()
    for cell in cells:
        found = re.match(r"#{1,6} (.+)", cell.source)
        if cell.role == "prose" and found:
            title = found.group(1).strip()
            seen[title] = seen.get(title, 0) + 1
            heading, position = f"{title} ({seen[title]})", 0
        yield cell, heading, position
        position += cell.role == "prose"


def _placed(
    cells: list[NotebookNode], numbers: list[int], shown: Path
) -> Iterator[tuple[NotebookNode, Place]]:
    """Give each cell of jupytext, which keeps no line numbers, the place of its marker line."""
    index = 0
    for cell in cells:
        yield cell, Place(shown, numbers[min(index, len(numbers) - 1)])
        inside = cell.source.splitlines() if cell.cell_type == "code" else []
        # A line of a string that looks like a marker starts no cell.
        index += 1 + sum(bool(MARKER.match(line)) for line in inside)


def _text_cell(cell: NotebookNode, place: Place) -> TextCell:
    """Turn a cell of jupytext into ours, or say what is wrong with its marker line."""
    options = {k: v for k, v in cell.metadata.items() if k != "lines_to_next_cell"}
    if cell.cell_type == "markdown":
        return _markdown_cell(cell.source, options, place)
    _allow_options(options, (*CODE_ROLES, "from"), place)
    roles = [role for role in CODE_ROLES if role in options]
    if len(roles) != 1:
        raise BuildError(
            place,
            f"a code cell has exactly one of {', '.join(CODE_ROLES)}: got {len(roles)}",
        )
    role, name = roles[0], str(options[roles[0]])
    if role not in ("exercise", "check") and not NAME.fullmatch(name):
        raise BuildError(
            place,
            f"a cell's name is lower-case letters, digits, '_' and '-', 64 at most: got '{name}'",
        )
    if role == "check" and cell.source.strip():
        raise BuildError(place, "a check cell's code is generated; leave its body empty")
    return TextCell(role, name, cell.source, _pull(options.get("from"), role, place), place)


def _markdown_cell(source: str, options: dict[str, object], place: Place) -> TextCell:
    """A cell of prose, or the empty place of an answer in words."""
    _allow_options(options, WORD_ROLES, place)
    if not options:
        return TextCell("prose", "", source, None, place)
    ((role, name),) = list(options.items())[:1]
    if len(options) > 1 or source.strip():
        raise BuildError(place, f"a cell of role {role} has one option and an empty body")
    return TextCell(role, str(name), "", None, place)


def _allow_options(options: dict[str, object], allowed: tuple[str, ...], place: Place) -> None:
    """Raise BuildError for an option that means nothing here."""
    if "incorrectly_encoded_metadata" in options or "title" in options:
        raise BuildError(place, 'cannot read this cell marker; write options as name="value"')
    for option in options:
        if option not in allowed:
            raise BuildError(place, f"no cell option '{option}'{did_you_mean(option, allowed)}")


def _pull(written: object, role: str, place: Place) -> Pull | None:
    """Read `from="FILE:NAME,NAME"`."""
    if written is None:
        return None
    found = PULL.fullmatch(str(written))
    if role not in PULLING_ROLES or not found:
        raise BuildError(
            place,
            f"'from' is FILE.py:NAME,NAME in a cell of role {', '.join(PULLING_ROLES)}: "
            f"got '{written}' in a cell of role {role}",
        )
    names = tuple(name.strip() for name in found["names"].split(","))
    return Pull(found["path"], names)
