"""Solution regions: what stands between `# BEGIN SOLUTION` and `# END SOLUTION`.

nbgrader's ClearSolutions puts `raise NotImplementedError()` in place of every region, at the
indentation of its first marker. Inside a function that is a stub. Between methods it would be a
statement of the class body, raised as soon as the untouched cell runs. So a region that holds
whole methods must follow a method that ends in a region; `join` makes one region of the two, and
one stub, in the method's body, stands for both. The notebook stays right for any tool that knows
nbgrader's markers, since nothing is left to ask of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.build.errors import BuildError, Place

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
# nbgrader finds these words anywhere in a line, prose included.
NBGRADER_WORDS = (
    *("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"),
    *("BEGIN MARK SCHEME", "END MARK SCHEME", "AUTOTEST"),
)


@dataclass(frozen=True)
class Region:
    """Line indices of the two markers of a region; within is "function", "class" or "module"."""

    begin: int
    end: int
    within: str


def reject_markers(lines: Iterable[str], path: Path, first_line: int = 1) -> None:
    """Raise BuildError where a line has one of nbgrader's marker words."""
    for number, line in enumerate(lines, start=first_line):
        for word in NBGRADER_WORDS:
            if word in line:
                raise BuildError(
                    Place(path, number), f"nbgrader's marker '{word}' may not stand here"
                )


def join(lines: Sequence[str], path: Path, first_line: int) -> list[str]:
    """Return the lines of one object with each region of methods joined to the region before it.

    Raises BuildError at unbalanced markers and at a region that cannot become a stub.
    """
    regions = find_regions(lines, path, first_line)
    dropped: set[int] = set()
    for before, region in zip([None, *regions], regions, strict=False):
        if region.within == "function":
            continue
        gap = lines[before.end + 1 : region.begin] if before else ["no region before"]
        if before is None or any(line.strip() for line in gap):
            raise BuildError(
                Place(path, first_line + region.begin),
                f"a region at {region.within} level would raise as soon as its cell runs; "
                "move it right below a function that ends in a solution region",
            )
        dropped |= {before.end, region.begin}
    return _without(lines, dropped)


def find_regions(lines: Sequence[str], path: Path, first_line: int) -> list[Region]:
    """Pair the markers of one object and say in what each region stands.

    Raises BuildError at nested, unbalanced, misspelt or misplaced markers.
    """
    spans = _pair(lines, path, first_line)
    tree = ast.parse("\n".join(lines))
    return [_region(tree, lines, span, path, first_line) for span in spans]


def without_markers(source: str) -> str:
    """Return the code with its solution regions opened: all the code, none of the markers."""
    lines = source.split("\n")
    return "\n".join(_without(lines, {i for i, s in enumerate(lines) if s.strip() in (BEGIN, END)}))


def _pair(lines: Sequence[str], path: Path, first_line: int) -> list[tuple[int, int]]:
    """Return the index pairs of the markers, in order."""
    spans, opened = [], None
    for index, line in enumerate(lines):
        place = Place(path, first_line + index)
        if line.strip() == BEGIN:
            if opened is not None:
                raise BuildError(place, f"'{BEGIN}' inside a region; end that one first")
            opened = index
        elif line.strip() == END:
            if opened is None:
                raise BuildError(place, f"'{END}' without '{BEGIN}'")
            spans.append((opened, index))
            opened = None
        else:
            reject_markers([line], path, place.line)
    if opened is not None:
        raise BuildError(Place(path, first_line + opened), f"'{BEGIN}' without '{END}'")
    return spans


def _region(
    tree: ast.Module, lines: Sequence[str], span: tuple[int, int], path: Path, first_line: int
) -> Region:
    """Find the first statement of a region and whether a function, class or module holds it."""
    begin, end = span
    place = Place(path, first_line + begin)
    for within, statement in _statements(tree, "module"):
        start = first_index(statement)
        if begin < start < end:
            if (statement.end_lineno or 0) > end:
                raise BuildError(place, "this solution region ends inside a statement")
            if statement.col_offset != len(lines[begin]) - len(lines[begin].lstrip()):
                raise BuildError(place, "indent this marker as the statement below it")
            return Region(begin, end, within)
    raise BuildError(place, "this solution region holds no statement")


def _statements(node: ast.AST, within: str) -> Iterable[tuple[str, ast.stmt]]:
    """Yield all statements, outer ones first, with what holds them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield within, child
        inner = within
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = "function"
        elif isinstance(child, ast.ClassDef):
            inner = "class"
        yield from _statements(child, inner)


def first_index(statement: ast.stmt) -> int:
    """Return the line index of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)]) - 1


def _without(lines: Sequence[str], dropped: set[int]) -> list[str]:
    """Return the lines but the dropped ones, and no double blank where one of those stood."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        if index in dropped:
            continue
        after_dropped = index - 1 in dropped
        if after_dropped and not line.strip() and kept and not kept[-1].strip():
            continue
        kept.append(line)
    return kept
