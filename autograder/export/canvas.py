"""Canvas: Gradebook, Import.

The file has the student columns of Canvas's own export in their order, one assignment column under
Canvas's exact heading, "Name (number)", and the row "Points Possible". Canvas finds students by ID,
then by SIS ids, then by name, takes EX for excused, and leaves who is not in the file alone.
Sources: Canvas guides, "How do I import grades in the Gradebook?"; lib/gradebook_importer.rb of
instructure/canvas-lms, which reads it.
"""

from __future__ import annotations

from autograder.export.cells import points, safe, table
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

FILE = "Canvas's gradebook (Gradebook, Export, Export Entire Gradebook)"
NAMES = ("Student", "LastName", "FirstName")
IDS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account")
STUDENT_COLUMNS = (*NAMES, *IDS, "Section")


def write(export: Export) -> Exported:
    """Everybody's marks for Canvas; raises CannotExport."""
    sheet = export.lms_sheet(FILE)
    if not sheet.has("ID", "Section"):
        raise CannotExport(f"{sheet.name} has no columns ID and Section, which {FILE} has")
    column = find_column(sheet, export.assignment, export.column, STUDENT_COLUMNS)
    kept = [heading for heading in sheet.headings if heading in STUDENT_COLUMNS]
    matched = match(export, sheet, (*IDS, "Student"))
    possible = points_possible(sheet, column)
    rows = [[*kept, column], ["    Points Possible", *[""] * (len(kept) - 1),
                              possible or points(export.most)]]  # fmt: skip
    cells = {final.student: sheet.rows[place] for place, final in matched.finals.items()}
    known, formulas = without_formulas(
        (final, [sheet.cell(cells[final.student], name) for name in IDS])
        for final in matched.finals.values()
    )
    for final, _ in known:
        row = cells[final.student]
        told = [sheet.cell(row, name) for name in kept]
        rows.append([*(text if name in IDS else safe(text) for name, text in
                       zip(kept, told, strict=True)), export.mark(final, "EX")])  # fmt: skip
    notes = [*about(export), *formulas, *other_maximum(export, possible, "Canvas")]
    if column not in sheet.headings:
        notes.append(f"{sheet.name} has no column {column!r}: Canvas will make a new assignment")
    elif not possible:
        notes.append("how many points Canvas counts is not known here, and the file says "
                     f"{points(export.most)}: `--fill` with {FILE} tells")  # fmt: skip
    students = [place for place in matched.strange if is_student(sheet, place)]
    told = unmatched(sheet, type(matched)(matched.finals, students, matched.lost),
                     "belong to nobody here, and are left out")  # fmt: skip
    return Exported(table(rows), len(known), [*notes, *told])


def is_student(sheet: Sheet, place: int) -> bool:
    """Whether it is a student's: others tell points and posting, or are Canvas's own tester's."""
    row = sheet.rows[place]
    name = sheet.cell(row, "Student")
    return bool(sheet.cell(row, "ID")) and name not in ("Student, Test", "Test Student")


def points_possible(sheet: Sheet, column: str) -> str:
    """The points that Canvas knows for the column; empty if it does not say."""
    for row in sheet.rows:
        if "Points Possible" in row[0]:
            return sheet.cell(row, column)
    return ""
