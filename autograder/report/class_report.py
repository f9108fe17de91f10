"""The class at a glance, for the instructor: numbers, two figures, who needs a look, everybody."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import EITHER, misconception, names_in
from autograder.report.feedback import is_untouched
from autograder.report.figures import histogram_of_marks, shares_of_checks
from autograder.report.pages import render
from autograder.report.points import points_by_exercise
from autograder.report.wording import from_json, number, plural


@dataclass(frozen=True)
class StudentRow:
    """One student in the table; by_exercise: points, None where the exercise was not checked.

    look: why a person should look at this submission, empty if nobody need.
    """

    student: str
    status: str
    score: float | None
    by_exercise: list[float | None]
    reason: str
    seconds: float
    link: str
    look: str
    untouched: bool


@dataclass(frozen=True)
class Mistake:
    """One message, the checks of one exercise that gave it, and how many students met it."""

    check_ids: list[str]
    message: str
    students: int


@dataclass(frozen=True)
class Misunderstanding:
    """One misconception of the class: what it is, who has it, and who has it or another one."""

    name: str
    says: str
    sure: list[StudentRow]
    perhaps: list[StudentRow]


def class_report_html(
    results: Mapping[str, Any], title: str, exercises: Sequence[Mapping[str, Any]]
) -> str:
    """The page for a whole results.json; exercises: id, title and points of each, in order.

    Links lead to feedback/<student>/<assignment>/<assignment>.html beside it. No clock and no
    random number enters: the same results give the same bytes.
    """
    submissions = sorted(results["submissions"], key=lambda entry: entry["student"])
    ids = [exercise["id"] for exercise in exercises]
    max_score = float(sum(exercise["points"] for exercise in exercises))
    checks = [[from_json(c) for c in entry.get("checks") or ()] for entry in submissions]
    rows = [
        student_row(entry, found, ids, results["assignment"])
        for entry, found in zip(submissions, checks, strict=True)
    ]
    marks = [row.score for row in rows if row.score is not None]
    shares = passed_shares(checks, ids)
    return render(
        "class_report.html.jinja",
        title=title,
        rows=rows,
        exercises=list(exercises),
        max_score=max_score,
        figures=summary_numbers(rows, marks, max_score),
        histogram=Markup(histogram_of_marks(marks, max_score, describe_marks(marks, max_score))),
        shares=Markup(shares_of_checks(shares, describe_shares(shares))) if shares else "",
        misunderstood=misunderstandings(rows, checks),
        mistakes=common_mistakes(checks),
        look=needing_a_look(rows),
    )


def student_row(
    entry: Mapping[str, Any], checks: Sequence[CheckResult], ids: Sequence[str], assignment: str
) -> StudentRow:
    """Prepare one student's row."""
    student, status = str(entry["student"]), str(entry["status"])
    points = points_by_exercise(entry)
    by_exercise = [points.get(id) for id in ids]
    broken = [check.id for check in checks if check.status == "errored"]
    reason = str(entry.get("reason") or "")
    look = ""
    if broken:
        look = f"the grader itself failed on {', '.join(broken)}"
    elif status != "graded":
        look = reason or "no reason was given"
    untouched = is_untouched(entry, checks)
    return StudentRow(
        student, status, None if status == "not graded" else float(entry.get("score") or 0.0),
        by_exercise, reason or look or ("nothing written yet" if untouched else ""),
        float(entry.get("seconds") or 0.0), feedback_link(student, assignment), look, untouched,
    )  # fmt: skip


def needing_a_look(rows: Sequence[StudentRow]) -> list[tuple[str, str, list[StudentRow]]]:
    """Status, why, and the students it concerns: one line for all who share a reason."""
    groups: dict[tuple[str, str], list[StudentRow]] = {}
    for row in rows:
        if row.look:
            groups.setdefault((row.status, row.look), []).append(row)
    return [(status, why, found) for (status, why), found in sorted(groups.items(), reverse=True)]


def feedback_link(student: str, assignment: str) -> str:
    """Where the student's page lies, relative to the report; safe as an address."""
    steps = ("feedback", student, assignment, f"{assignment}.html")
    return "/".join(quote(step, safe="") for step in steps)


def summary_numbers(
    rows: Sequence[StudentRow], marks: Sequence[float], max_score: float
) -> list[tuple[str, str]]:
    """Numbers with their names; the mean and median are over those who have a mark."""
    without = sum(row.score is None for row in rows)
    found = [
        (number(len(rows)), "submission" if len(rows) == 1 else "submissions"),
        (number(len(marks)), "with a mark"),
        (number(without), "not graded"),
        (number(sum(row.untouched for row in rows)), "nothing written yet"),
    ]
    if marks:
        total = f"of {number(max_score)}"
        found.insert(2, (number(round(statistics.fmean(marks), 1)), f"mean, {total}"))
        found.insert(3, (number(statistics.median(marks)), f"median, {total}"))
    return found


def passed_shares(
    checks: Sequence[Sequence[CheckResult]], ids: Sequence[str]
) -> list[tuple[str, float]]:
    """For each check, in the order of the exercises, the share of checked notebooks that passed it.

    A check that the grader could not decide counts neither way.
    """
    met: dict[str, dict[str, list[bool]]] = {id: {} for id in ids}
    for result in (r for found in checks for r in found):
        if result.status != "errored" and result.exercise in met:
            met[result.exercise].setdefault(result.id, []).append(result.status == "passed")
    return [
        (check_id, sum(passed) / len(passed))
        for of_exercise in met.values()
        for check_id, passed in of_exercise.items()
    ]


def misunderstandings(
    rows: Sequence[StudentRow], checks: Sequence[Sequence[CheckResult]]
) -> list[Misunderstanding]:
    """Each misconception that was found, the most frequent first; a student counts once in each.

    rows, checks: of each student. Where a check says "one of these", it counts apart.
    """
    sure: dict[str, dict[str, StudentRow]] = {}
    perhaps: dict[str, dict[str, StudentRow]] = {}
    for row, found in zip(rows, checks, strict=True):
        for text in (r.misconception for r in found if r.status == "failed" and r.misconception):
            for name in names_in(text):
                (perhaps if EITHER in text else sure).setdefault(name, {})[row.student] = row
    listed = []
    for name in sorted({*sure, *perhaps}):
        certain, known = sure.get(name, {}), misconception(name)
        others = [row for who, row in perhaps.get(name, {}).items() if who not in certain]
        says = known.says if known else ""
        listed.append(Misunderstanding(name, says, list(certain.values()), others))
    return sorted(listed, key=lambda one: (-len(one.sure), -len(one.perhaps)))


def common_mistakes(checks: Sequence[Sequence[CheckResult]], most: int = 12) -> list[Mistake]:
    """The messages of unknown cause that most students met, at least two.

    A message counts once in an exercise.
    """
    met: dict[tuple[str, str], dict[str, None]] = {}
    students: dict[tuple[str, str], int] = {}
    for found in checks:
        mine: dict[tuple[str, str], None] = {}
        for result in (r for r in found if r.status == "failed" and not r.misconception):
            key = (result.exercise, result.message)
            met.setdefault(key, {})[result.id] = None
            mine[key] = None
        for key in mine:
            students[key] = students.get(key, 0) + 1
    ordered = sorted(students.items(), key=lambda item: (-item[1], item[0]))
    return [Mistake(sorted(met[key]), key[1], count) for key, count in ordered[:most] if count > 1]


def describe_marks(marks: Sequence[float], max_score: float) -> str:
    """The histogram in words."""
    if not marks:
        return "Histogram of the marks: nobody has a mark yet."
    return (
        f"Histogram of the marks of {plural(len(marks), 'student')}, from {number(min(marks))} to "
        f"{number(max(marks))} of {number(max_score)} points, median "
        f"{number(statistics.median(marks))}."
    )


def describe_shares(shares: Sequence[tuple[str, float]]) -> str:
    """The bars in words: every check with its share."""
    listed = ", ".join(f"{id} {100 * share:.0f} %" for id, share in shares)
    return f"Bars with the share of the class that passed each check: {listed}."
