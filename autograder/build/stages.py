"""From the source notebook to the release: nbgrader's own stages, two of them made kinder.

In Lab 11 most answers are values, not code: `n_mlp = 4722432`. nbgrader puts `raise
NotImplementedError()` in place of every solution; at the level of a cell that stops whoever runs
the notebook from the top. There BlankSolutions leaves a blank instead, `n_mlp = ...`, which runs
and which the checks know as "not written yet". And nbgrader allows a mark scheme in a task cell
only; ours stands in a locked cell below each written answer, where the marker's eye is.

Both stay right under stock nbgrader: with its own ClearSolutions the same source gives a notebook
with NotImplementedError in place of the blanks.
"""

from __future__ import annotations

import ast
import io
import tokenize
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    NbGraderPreprocessor,
)
from traitlets import Bool

from autograder.build.regions import BEGIN, END


class BlankSolutions(ClearSolutions):
    """Replace solutions by stubs; values assigned at the level of the cell become blanks."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Blank the regions that are not indented, then let nbgrader do the others."""
        if cell.cell_type != "code" or BEGIN not in cell.source.split("\n"):
            return super().preprocess_cell(cell, resources, cell_index)
        cell.source = blanked(cell.source)
        if BEGIN in cell.source:
            return super().preprocess_cell(cell, resources, cell_index)
        return cell, resources


class ClearRubrics(ClearMarkScheme):
    """Take mark schemes out of every kind of cell."""

    enforce_metadata = Bool(False).tag(config=True)


def blanked(source: str) -> str:
    """Replace each region at the level of the cell by `name = ...` for every name it assigns."""
    kept: list[str] = []
    region: list[str] | None = None
    for line in source.split("\n"):
        if line == BEGIN:
            region = []
        elif line == END and region is not None:
            kept += blanks(region)
            region = None
        else:
            (kept if region is None else region).append(line)
    return "\n".join(kept)


def blanks(lines: list[str]) -> list[str]:
    """The blanks of one region, each with the comment at the end of its statement."""
    notes = comments("\n".join(lines))
    found = []
    for statement in ast.parse("\n".join(lines)).body:
        note = notes.get(statement.end_lineno or 0, "")
        for name in assigned(statement):
            found.append(f"{name} = ...{note}")
            note = ""
    return found


def assigned(statement: ast.stmt) -> list[str]:
    """The plain names that a statement assigns, in the order written."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    names = [node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    return [node.id for node in sorted(names, key=lambda node: node.col_offset)]


def comments(source: str) -> dict[int, str]:
    """The comment at the end of each line that has code before it."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: f"  {token.string}"
        for token in tokens
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip()
    }


# The stages of `nbgrader generate_assignment` in its order, less those that need a gradebook
# (SaveCells), a running kernel (InstantiateTests) or header files (IncludeHeaderFooter).
RELEASE_STAGES: tuple[type[NbGraderPreprocessor], ...] = (
    *(LockCells, BlankSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums),
    *(ClearHiddenTests, ClearRubrics, ComputeChecksums, CheckCellMetadata),
)
OURS = {ClearSolutions: BlankSolutions, ClearMarkScheme: ClearRubrics}
