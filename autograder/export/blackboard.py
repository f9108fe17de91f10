"""Blackboard Learn: Grade Center, Work Offline, Upload.

Students are found by Username, the column by the number at the end of its heading, as in
"Lab 11 [Total Pts: 40 Score] |664617"; a heading without a number makes a new column of text.
Only what changes goes into the file. Source: https://help.blackboard.com, "Work Offline with Grade
Data".
"""

from __future__ import annotations

import re

from autograder.export.cells import points, safe, table
from autograder.export.markus import login_of
from autograder.export.sheet import CannotExport, Sheet, find_column
from autograder.export.work import (
    Export,
    Exported,
    about,
    match,
    other_maximum,
    unmatched,
    without_formulas,
)

FILE = "Blackboard's grades (Grade Center, Work Offline, Download)"
USERNAME = "Username"
STUDENT_COLUMNS = ("Last Name", "First Name", USERNAME, "Student ID")
OTHERS = ("Child Course ID", "Last Access", "Availability")
TOTAL = re.compile(r"\[Total Pts: (?:up to )?([\d.,]+)")


def write(export: Export) -> Exported:
    """Everybody's marks for Blackboard; raises CannotExport."""
    sheet = export.sheet
    if sheet is None and export.roster and export.roster.people:
        sheet = export.lms_sheet(FILE)
    if sheet is None or (export.sheet is None and not sheet.has(USERNAME)):
        return new_column(export)
    if not sheet.has(USERNAME):
        raise CannotExport(f"{sheet.name} has no column {USERNAME}, which {FILE} has")
    return into(export, sheet)


def into(export: Export, sheet: Sheet) -> Exported:
    """Marks for a column that Blackboard has."""
    column = find_column(sheet, export.assignment, export.column, (*STUDENT_COLUMNS, *OTHERS))
    kept = [heading for heading in sheet.headings if heading in STUDENT_COLUMNS]
    matched = match(export, sheet, (USERNAME, "Student ID"))
    cells = {final.student: sheet.rows[place] for place, final in matched.finals.items()}
    known, formulas = without_formulas(
        (final, [sheet.cell(cells[final.student], USERNAME)]) for final in matched.finals.values()
    )
    rows = [[*kept, column]]
    for final, _ in known:
        told = ((name, sheet.cell(cells[final.student], name)) for name in kept)
        rows.append([*(text if name == USERNAME else safe(text) for name, text in told),
                     export.mark(final)])  # fmt: skip
    total = TOTAL.search(column)
    notes = [*about(export), *formulas]
    notes += other_maximum(export, total[1] if total else "", "Blackboard")
    if column not in sheet.headings:
        notes.append(NEW)
    told_rows = unmatched(sheet, matched, "belong to nobody here, and are left out")
    return Exported(table(rows), len(known), [*notes, *told_rows])


NEW = ("Blackboard will make a new column of text, which no total counts: for one that is there "
       f"already, give {FILE} with --fill")  # fmt: skip


def new_column(export: Export) -> Exported:
    """Marks for a column that Blackboard is to make."""
    total = f"[Total Pts: {points(export.most)} Score]"
    rows = [[USERNAME, export.column or f"{export.title} {total}"]]
    known, formulas = without_formulas(
        (final, [login_of(export.person(final))]) for final in export.finals
    )
    rows += [[*login, export.mark(final)] for final, login in known]
    return Exported(table(rows), len(known), [*about(export), *formulas, NEW])
