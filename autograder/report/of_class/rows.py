"""Each submission of the class, prepared once for everything that counts submissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from autograder.checks.outcome import CheckResult
from autograder.course.finals import Final
from autograder.report.feedback import is_untouched
from autograder.report.points import points_by_exercise
from autograder.report.wording import from_json

# Why a person should look, in the order of the page; "graded": with an undecided check.
KINDS = ("not graded", "needs manual grading", "graded", "gradebook", "roster", "out of time",
         "mended")  # fmt: skip


@dataclass(frozen=True)
class StudentRow:
    """One submission; points: by exercise, None where a person still has to give them.

    look: why a person should look at it, each reason by its kind; members: the ids of all who
    handed it in, just the student if nobody else did. checks: what the checks said.
    """

    student: str
    status: str
    score: float | None
    points: Mapping[str, float | None]
    reason: str
    seconds: float
    link: str
    look: tuple[tuple[str, str], ...]
    untouched: bool
    members: tuple[str, ...] = ()
    checks: Sequence[CheckResult] = field(default=(), repr=False)


def student_row(entry: Mapping[str, Any], assignment: str, base: str = "") -> StudentRow:
    """Prepare an entry of results.json; base: the way from the report to the course folder."""
    student, status = str(entry["student"]), str(entry["status"])
    checks = [from_json(check) for check in entry.get("checks") or ()]
    untouched = is_untouched(entry, checks)
    look = reasons_to_look(entry, checks)
    reason = str(entry.get("reason") or "") or next(
        (why for kind, why in look if kind == status), "nothing written yet" if untouched else ""
    )
    return StudentRow(
        student, status, None if status == "not graded" else float(entry.get("score") or 0.0),
        points_by_exercise(entry), reason, float(entry.get("seconds") or 0.0),
        feedback_link(student, assignment, base), look, untouched,
        tuple(map(str, entry.get("members") or ())) or (student,), checks,
    )  # fmt: skip


def reasons_to_look(
    entry: Mapping[str, Any], checks: Sequence[CheckResult]
) -> tuple[tuple[str, str], ...]:
    """The kind and the sentence of each reason."""
    status = str(entry["status"])
    found = []
    broken = [check.id for check in checks if check.status == "errored"]
    if broken:
        found.append((status, f"the grader itself failed on {', '.join(broken)}"))
    elif status != "graded":
        found.append((status, str(entry.get("reason") or "") or "no reason was given"))
    for note in map(str, entry.get("notes") or ()):
        if "ran longer than" in note:
            found.append(("out of time", note))
        elif "gradebook no longer holds" in note:
            found.append(("gradebook", note))
    found += [("mended", str(sentence)) for sentence in entry.get("mended") or ()]
    return tuple(dict.fromkeys(found))


def needing_a_look(
    rows: Sequence[StudentRow], finals: Iterable[Final] = ()
) -> list[tuple[str, str, list[StudentRow]]]:
    """Kind, why, and the students it concerns: one line for all who share a reason.

    What nobody but a person can settle comes first, what is settled already last.
    """
    by_student = {row.student: row for row in rows}
    reasons = [(kind, why, row) for row in rows for kind, why in row.look]
    for final in finals:
        if final.submission in by_student:
            reasons += [("roster", why, by_student[final.submission]) for why in doubts(final)]
    groups: dict[tuple[str, str], list[StudentRow]] = {}
    for kind, why, row in reasons:
        groups.setdefault((kind, why), []).append(row)
    listed = [(kind, why, found) for (kind, why), found in groups.items()]
    place = {kind: i for i, kind in enumerate(KINDS)}
    return sorted(listed, key=lambda one: (place.get(one[0], -1), one[0], -len(one[2]), one[1]))


def doubts(final: Final) -> list[str]:
    """What is odd about who handed in what."""
    found = [] if final.on_roster else [f"{final.student} is not on the roster"]
    if final.others:
        others = ", ".join(final.others)
        found.append(f"{final.student} is also in {others}, which does not count")
    return found


def feedback_link(student: str, assignment: str, base: str = "") -> str:
    """Where the student's page lies, relative to the report; safe as an address."""
    steps = ("feedback", student, assignment, f"{assignment}.html")
    return base + "/".join(quote(step, safe="") for step in steps)
