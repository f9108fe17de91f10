"""The formats by name; each is imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import NamedTuple

from autograder.export.work import Export, Exported


class Format(NamedTuple):
    """Where a format is written, and what it is for in a few words."""

    module: str
    function: str
    what: str


FORMATS = {
    "table": Format("table", "write", "the course's own table, with points of every exercise"),
    "canvas": Format("canvas", "write", "Canvas's gradebook"),
    "moodle": Format("moodle", "write", "Moodle's gradebook"),
    "moodle-worksheet": Format("moodle", "write_worksheet", "Moodle's offline grading worksheet"),
    "markus": Format("markus", "write", "a marks spreadsheet of MarkUs"),
    "blackboard": Format("blackboard", "write", "Blackboard's Grade Center"),
    "nbgrader": Format("nbgrader_csv", "write", "the columns of `nbgrader export`"),
}


def export_as(name: str, export: Export) -> Exported:
    """Everybody's marks in a format; raises CannotExport."""
    format = FORMATS[name]
    module = importlib.import_module(f"autograder.export.{format.module}")
    found: Exported = getattr(module, format.function)(export)
    return found
