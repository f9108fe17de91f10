"""MarkUs: a marks spreadsheet's upload.

Two rows of headings, the first with the columns' names, the second with the points they are out of;
then one row a student, who is found by user name. The one column is the final mark, for MarkUs adds
all columns up. Where marks are there already, tick "Overwrite existing grades and columns". Source:
https://github.com/MarkUsProject/Wiki, Instructor-Guide--Importing-and-Exporting-Data.md.
"""

from __future__ import annotations

from autograder.course.roster import Person
from autograder.export.cells import points, table
from autograder.export.sheet import plain
from autograder.export.work import Export, Exported, about, without_formulas

LOGINS = ("username", "login", "loginid", "sisloginid", "utorid")


def write(export: Export) -> Exported:
    """Everybody's marks for MarkUs."""
    rows = [["", export.column or export.assignment], ["", points(export.most)]]
    known, formulas = without_formulas(
        (final, [login_of(export.person(final))]) for final in export.finals
    )
    rows += [[*login, export.mark(final)] for final, login in known]
    return Exported(table(rows), len(known), [*about(export), *formulas])


def login_of(person: Person) -> str:
    """A student's user name: the roster's, else the id that this course uses."""
    named = {plain(heading): cell for heading, cell in person.columns.items()}
    return next((named[name] for name in LOGINS if named.get(name)), person.id)
