"""The tables of check cells: made when a submission is recorded, not when it is executed.

What is shown may change while no result does: an instructor's switch decides when students see
diagnoses, and a later version words them better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder.checks import exercise, slug
from autograder.checks.outcome import CheckResult
from autograder.pipeline.outputs import is_check
from autograder.report.notebook_table import table_html, table_text
from autograder.report.showing import as_students_see


def put_tables(
    notebook: NotebookNode, checks: Sequence[CheckResult], diagnoses: bool = True
) -> None:
    """Put each exercise's table above the points in its check cell, in place of an earlier one.

    A cell without points was not checked, and stays empty.
    """
    by_cell: dict[str, list[CheckResult]] = {}
    for result in checks:
        by_cell.setdefault(f"{slug(result.exercise)}_check", []).append(result)
    for cell in notebook.cells:
        found = by_cell.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if found and cell.cell_type == "code" and is_check(cell) and cell.outputs:
            points = [o for o in cell.outputs if o.output_type == "execute_result"]
            cell.outputs = [from_dict(table(found, diagnoses)), *points]


def table(checks: Sequence[CheckResult], diagnoses: bool) -> dict[str, Any]:
    """One exercise's table as a cell's output."""
    of = exercise(checks[0].exercise)
    hidden = [replace(result, seed=None) for result in checks]  # the run's seed stays secret
    shown = as_students_see(hidden, diagnoses)
    html, text = (make(of.id, of.title, shown) for make in (table_html, table_text))
    return {"output_type": "display_data", "metadata": {},
            "data": {"text/html": html, "text/plain": text}}  # fmt: skip
