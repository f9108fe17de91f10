"""The class at a glance, for the instructor: marks, exercises and checks, who needs a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder.course.finals import MISSING, Final
from autograder.course.roster import Roster
from autograder.report.figures import histogram_of_marks, points_of_exercises, shares_of_checks
from autograder.report.of_class.causes import (
    Mistake,
    Misunderstanding,
    common_mistakes,
    messages_table,
    misconceptions_table,
    misunderstandings,
)
from autograder.report.of_class.items import (
    LEAST_STUDENTS,
    Item,
    checks_table,
    exercises_table,
    extremes,
    items,
)
from autograder.report.of_class.likeness import Similar
from autograder.report.of_class.numbers import (
    describe_exercises,
    describe_marks,
    describe_shares,
    distribution_table,
    late_table,
    summary_numbers,
    times_table,
)
from autograder.report.of_class.people import PersonRow, everybody, people_table, sections_table
from autograder.report.of_class.rows import StudentRow, needing_a_look, student_row
from autograder.report.of_class.table import Column, Table, in_words
from autograder.report.pages import environment, render

Look = Sequence[tuple[str, str, list[StudentRow]]]  # as needing_a_look gives it
MESSAGES = 12  # shown; the file has all
STYLE = Path(__file__).parent / "class_report.css"


@dataclass(frozen=True)
class ClassReport:
    """Everything that is told of a class.

    exercises: id, title and points of each, in order; rows: one for each submission; people: one
    for each person; similar: None where nobody compared code.
    """

    title: str
    exercises: Sequence[Mapping[str, Any]]
    rows: Sequence[StudentRow]
    people: Sequence[PersonRow]
    max_score: float
    checks: Sequence[Item]
    misunderstood: Sequence[Misunderstanding]
    messages: Sequence[Mistake]
    look: Look
    similar: Similar | None = None

    @property
    def marks(self) -> list[float]:
        """Of everybody who has one."""
        return [person.mark for person in self.people if person.mark is not None]

    def tables(self) -> dict[str, Table]:
        """Every table by name; those without a row, such as that of sections, are left out."""
        ids = [str(exercise["id"]) for exercise in self.exercises]
        found = [
            people_table(self.people, ids),
            distribution_table(self.marks, self.max_score),
            sections_table(self.people),
            late_table(self.people),
            exercises_table(self.rows, self.exercises),
            checks_table(self.checks),
            misconceptions_table(self.misunderstood),
            messages_table(self.messages),
            look_table(self.look),
            times_table(self.rows),
            self.similar.table() if self.similar else None,
        ]
        return {table.name: table for table in found if table and table.rows}

    def html(self) -> str:
        """The page, which needs nothing but itself."""
        tables = self.tables()
        return render(
            "class_report.html.jinja",
            style=Markup(environment().globals["style"]) + Markup(STYLE.read_text("utf-8")),
            report=self,
            tables={name: table.shown() for name, table in tables.items()},
            in_words=in_words,
            figures=summary_numbers(self.rows, self.people, self.max_score),
            missing=[person for person in self.people if person.status == MISSING],
            messages=self.messages[:MESSAGES],
            look=by_kind(self.look),
            extremes=extremes(self.checks, self.rows),
            least_students=LEAST_STUDENTS,
            **self.drawn(),
        )

    def drawn(self) -> dict[str, Markup]:
        """The figures; empty where there is nothing to draw."""
        shares = [(item.id, item.share) for item in self.checks if item.share is not None]
        most = {str(exercise["id"]): float(exercise["points"]) for exercise in self.exercises}
        earned = {
            id: [points / full for row in self.rows if row.score is not None
                 and (points := row.points.get(id)) is not None]
            for id, full in most.items() if full
        }  # fmt: skip
        boxes = [(id, points) for id, points in earned.items() if points]
        found = {
            "histogram": histogram_of_marks(
                self.marks, self.max_score, describe_marks(self.marks, self.max_score)),
            "shares": shares_of_checks(shares, describe_shares(shares)) if shares else "",
            "boxes": points_of_exercises(boxes, describe_exercises(boxes)) if boxes else "",
        }  # fmt: skip
        return {name: Markup(svg) for name, svg in found.items()}  # figures escape


def class_report(
    results: Mapping[str, Any], title: str, exercises: Sequence[Mapping[str, Any]], *,
    finals: Sequence[Final] | None = None, roster: Roster | None = None,
    similar: Similar | None = None, base: str = "",
) -> ClassReport:  # fmt: skip
    """Prepare the report on a whole results.json; exercises: id, title and points of each.

    finals: final marks, which count in place of scores; roster: names and sections; similar: code
    that students share; base: the way from the page to the course folder, such as "../course/".
    """
    submissions = sorted(results["submissions"], key=lambda entry: str(entry["student"]))
    ids = [str(exercise["id"]) for exercise in exercises]
    rows = [student_row(entry, results["assignment"], base) for entry in submissions]
    max_score = float(sum(exercise["points"] for exercise in exercises))
    people = everybody(rows, max_score, finals, roster)
    max_score = max((person.max_points for person in people), default=max_score)
    return ClassReport(
        title, list(exercises), rows, people, max_score, items(rows, ids),
        misunderstandings(rows), common_mistakes(rows), needing_a_look(rows, finals or ()), similar,
    )  # fmt: skip


def class_report_html(
    results: Mapping[str, Any], title: str, exercises: Sequence[Mapping[str, Any]], **more: Any
) -> str:
    """The page for a whole results.json; more: as `class_report` takes it.

    Links lead to feedback/<student>/<assignment>/<assignment>.html beside it. No clock and no
    random number enters: the same results give the same bytes.
    """
    return class_report(results, title, exercises, **more).html()


def look_table(look: Look) -> Table:
    """Everybody who needs a look, one row for each reason."""
    table = Table("look", [Column(word) for word in ("kind", "why", "student")])
    for kind, why, found in look:
        table.rows += [[kind, why, row.student] for row in found]
    return table


def by_kind(look: Look) -> list[tuple[str, Look, int]]:
    """Each kind with its reasons, and how many submissions these concern."""
    kinds = [(kind, list(found)) for kind, found in groupby(look, key=lambda one: one[0])]
    return [
        (k, found, len({row.student for *_, who in found for row in who})) for k, found in kinds
    ]
