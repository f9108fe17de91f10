"""Everybody, with marks as the course counts them: each member of a pair by themselves."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.course.finals import EXCUSED, MISSING, Final
from autograder.course.roster import Roster
from autograder.report.of_class.rows import StudentRow
from autograder.report.of_class.table import Column, Table


@dataclass(frozen=True)
class PersonRow:
    """One person; row: the submission, None if there is none; mark: with lateness taken off."""

    student: str
    status: str
    mark: float | None
    max_points: float
    row: StudentRow | None = None
    name: str = ""
    section: str = ""
    points: Mapping[str, float | None] = field(default_factory=dict)
    penalty: float = 0.0
    days_late: int = 0
    partners: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What is said beside the status."""
        reason = self.row.reason if self.row else ""
        together = f"with {', '.join(self.partners)}" if self.partners else ""
        return "; ".join(part for part in (reason, together) if part)


def everybody(
    rows: Sequence[StudentRow], max_score: float, finals: Sequence[Final] | None,
    roster: Roster | None,
) -> list[PersonRow]:  # fmt: skip
    """One row for each person, in the order of their ids.

    finals: final marks; without them each submission stands for all who handed it in.
    """
    by_submission = {row.student: row for row in rows}
    known = {person.id: person for person in roster.people} if roster else {}
    if finals is None:
        return [
            PersonRow(row.student, row.status, row.score, max_score, row, points=row.points,
                      partners=tuple(m for m in row.members if m != row.student))
            for row in rows
        ]  # fmt: skip
    people = []
    for final in sorted(finals, key=lambda final: final.student):
        row = by_submission.get(final.submission or "")
        person = known.get(final.student)
        partners = tuple(m for m in row.members if m != final.student) if row else ()
        people.append(PersonRow(
            final.student, final.status, final.mark, final.max_points, row,
            person.name if person else "", person.section if person else "", final.by_exercise,
            final.penalty, final.days_late, partners,
        ))  # fmt: skip
    return people


def people_table(people: Sequence[PersonRow], exercises: Sequence[str]) -> Table:
    """Everybody, as the file has it."""
    words = ("student", "name", "section", "status", "mark", "of", "penalty", "days late",
             *exercises, "seconds", "remark")  # fmt: skip
    table = Table("students", [Column(word) for word in words])
    for person in people:
        points = [rounded(person.points.get(id)) for id in exercises]
        seconds = rounded(person.row.seconds) if person.row else None
        table.rows.append([
            person.student, person.name, person.section, person.status, rounded(person.mark),
            person.max_points, rounded(person.penalty), person.days_late, *points, seconds,
            person.remark,
        ])  # fmt: skip
    return table


def sections_table(people: Sequence[PersonRow]) -> Table | None:
    """Marks by section; None if there are no sections."""
    if not any(person.section for person in people):
        return None
    words = ("section", "students", "with a mark", MISSING, EXCUSED)
    marks_of = ("mean", "lower quartile", "median", "upper quartile")
    columns = [Column(word) for word in words] + [Column(word, places=1) for word in marks_of]
    table = Table("sections", columns)
    for section in sorted({person.section for person in people}):
        inside = [person for person in people if person.section == section]
        marks = [person.mark for person in inside if person.mark is not None]
        states = [person.status for person in inside]
        table.rows.append([
            section or "none", len(inside), len(marks), states.count(MISSING),
            states.count(EXCUSED), statistics.fmean(marks) if marks else None, *quartiles(marks),
        ])  # fmt: skip
    return table


def quartiles(marks: Sequence[float]) -> list[float | None]:
    """Lower quartile, median, upper quartile; of one mark all three are that mark."""
    if not marks:
        return [None, None, None]
    if len(marks) == 1:
        return [marks[0]] * 3
    return [*statistics.quantiles(marks, n=4, method="inclusive")]


def rounded(points: float | None) -> float | None:
    """Points as they are written: two places."""
    return None if points is None else round(points, 2)
