"""Moodle: the gradebook's import, and the assignment's offline grading worksheet.

The import (Grades, Import, CSV file) lets the instructor say which column identifies students: it
can be matched with Moodle's ID number, username or e-mail address, of which capitals count.
Source: https://docs.moodle.org/en/Grade_import.

The worksheet (assignment, Download grading worksheet, then Upload grading worksheet) is given back
as it came, with Grade and Feedback comments filled in. Moodle finds students by Identifier,
"Participant 123", wants Last modified (grade) as it was, and takes comments for HTML. Source:
https://docs.moodle.org/en/Assignment_grading; mod/assign/feedback/offline of moodle/moodle.
"""

from __future__ import annotations

import html

from autograder.course.finals import Final
from autograder.course.roster import Person
from autograder.export.cells import safe, table
from autograder.export.sheet import CannotExport, Sheet, plain
from autograder.export.work import (
    Export,
    Exported,
    about,
    match,
    other_maximum,
    unmatched,
    without_formulas,
)

IDS = ("idnumber", "username", "emailaddress", "email")
WORKSHEET = "Moodle's grading worksheet (in the assignment: Download grading worksheet)"
IDENTIFIER, GRADE, MODIFIED = "Identifier", "Grade", "Last modified (grade)"
COMMENTS, MOST = "Feedback comments", ("Maximum Grade", "Maximum grade")
IDENTITY = ("ID number", "Username", "Email address", "Full name")


def write(export: Export) -> Exported:
    """Everybody's marks for the gradebook's import."""
    headings = id_columns(export.roster.people[0]) if export.roster and export.roster.people else []
    rows = [[*(headings or ["Username"]), export.column or export.title]]
    known, formulas = without_formulas(
        (final, ids_of(export.person(final), headings)) for final in export.finals
    )
    rows += [[*ids, export.mark(final)] for final, ids in known]
    return Exported(table(rows), len(known), [*about(export), *formulas])


def id_columns(person: Person) -> list[str]:
    """The roster's headings of what Moodle can find students by, the surest first."""
    found = [heading for id in IDS for heading in person.columns if plain(heading) == id]
    return found or (["Email address"] if person.email and not person.columns else [])


def ids_of(person: Person, headings: list[str]) -> list[str]:
    """A student's cells below these headings; the id where there are none."""
    if not headings:
        return [person.id]
    return [person.columns.get(heading, person.email) for heading in headings]


def write_worksheet(export: Export) -> Exported:
    """The worksheet with grades and comments; raises CannotExport."""
    sheet = export.lms_sheet(WORKSHEET)
    grade = export.column or GRADE
    if lacking := [name for name in (IDENTIFIER, grade, MODIFIED) if not sheet.has(name)]:
        raise CannotExport(
            f"{sheet.name} has no column {', '.join(lacking)}: it is not {WORKSHEET}, in English"
        )
    matched = match(export, sheet, IDENTITY)
    rows = [list(sheet.headings)]
    for place in range(len(sheet.rows)):
        rows.append(filled(export, sheet, place, matched.finals.get(place), grade))
    most = next((sheet.cell(row, name) for row in sheet.rows for name in MOST
                 if sheet.cell(row, name)), "")  # fmt: skip
    told = unmatched(sheet, matched, "belong to nobody here, and are as they were")
    notes = [*about(export), *other_maximum(export, most, "Moodle"), *told]
    return Exported(table(rows), len(matched.finals), notes)


def filled(export: Export, sheet: Sheet, place: int, final: Final | None, grade: str) -> list[str]:
    """One line of the worksheet; what Moodle does not read is made harmless."""
    own = (IDENTIFIER, MODIFIED)  # what Moodle compares, as it was
    cells = [cell if heading in own else safe(cell)
             for heading, cell in zip(sheet.headings, sheet.rows[place], strict=True)]  # fmt: skip
    if final is None:
        return cells
    mark, text = export.mark(final), export.comment(final)
    if mark:
        cells[sheet.headings.index(grade)] = mark
    if text and sheet.has(COMMENTS):
        cells[sheet.headings.index(COMMENTS)] = as_html(text)
    return cells


def as_html(text: str) -> str:
    """Plain text for a field that is read as HTML: nothing in it is markup."""
    return "<br />".join(html.escape(line) for line in text.strip().splitlines())
