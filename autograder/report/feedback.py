"""One student's feedback page: what was earned, why points were lost, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup

from autograder.checks.outcome import CheckResult, score
from autograder.course.finals import Final
from autograder.report.diagnoses import Lines, guidance
from autograder.report.notebook_table import advice, evidence
from autograder.report.pages import render
from autograder.report.pictures import picture_svg
from autograder.report.showing import as_students_see
from autograder.report.totals import (
    counted,
    handed_in_words,
    is_excused,
    is_rescaled,
    people_of,
    sentence,
    total_lines,
)
from autograder.report.wording import (
    NOT_WRITTEN,
    from_json,
    nothing_written,
    number,
    of_points,
)

STEPS = 3  # more than that at once is a wall


@dataclass(frozen=True)
class CheckView:
    """One check as the page shows it.

    evidence and advice: labelled lines before and after the picture, which is empty for most.
    """

    id: str
    status: str
    claim: str
    points: float
    max_points: float
    evidence: Lines
    picture: Markup
    advice: Lines


@dataclass(frozen=True)
class WrittenView:
    """An answer in words as the page shows it; rubric: only once a person has marked it."""

    answer: str
    marked: bool
    comment: str
    rubric: str


@dataclass(frozen=True)
class ExerciseView:
    """One exercise as the page shows it; unwritten: the line in place of a list of failures.

    lost: checks with something to say, advice included; passed: the others; comment: what a
    person said who changed the checks' points, or marked the words.
    """

    id: str
    title: str
    points: float
    max_points: float
    unwritten: str
    lost: list[CheckView]
    passed: list[CheckView]
    written: WrittenView | None = None
    comment: str = ""

    @property
    def percent(self) -> int:
        """The length of its bar."""
        return round(100 * self.points / self.max_points) if self.max_points else 0


class Feedback(NamedTuple):
    """What one student gets back: the page, and the short text; folder: safe as a folder's name."""

    student: str
    folder: str
    html: str
    text: str


def pages_of(
    submission: Mapping[str, Any], assignment_title: str, exercises: Sequence[Mapping[str, Any]],
    diagnoses: bool = True, finals: Sequence[Final] = (),
) -> Iterator[Feedback]:  # fmt: skip
    """What everybody who handed this submission in gets.

    finals: everybody's marks. Whose mark comes from another submission gets that one's page alone.
    """
    from autograder.report.feedback_text import feedback_text

    for student, folder, final in readers(submission, finals):
        told = (submission, assignment_title, exercises, diagnoses, final, student)
        yield Feedback(student, folder, feedback_html(*told), feedback_text(*told))


def readers(
    submission: Mapping[str, Any], finals: Sequence[Final]
) -> list[tuple[str, str, Final | None]]:
    """Who gets pages of a submission: ids, folders and marks."""
    from autograder.intake.collect.names import safe_id

    owner = str(submission["student"])
    own = {final.student: final for final in finals if final.submission == owner}
    if own:
        first = owner if owner in own else next(iter(own))
        return [(student, owner if student == first else safe_id(student), final)
                for student, final in own.items()]  # fmt: skip
    marked = {final.student for final in finals}
    return [(student, owner if student == owner else safe_id(student), None)
            for student in people_of(submission) if student not in marked]  # fmt: skip


def feedback_html(
    submission: Mapping[str, Any], assignment_title: str, exercises: Sequence[Mapping[str, Any]],
    diagnoses: bool = True, final: Final | None = None, student: str | None = None,
) -> str:  # fmt: skip
    """The page for one entry of results.json; exercises: id, title and points of each, in order.

    Only checks of these exercises are shown, and of a check only what a student may see, which
    diagnoses may be part of. final: the mark as the course counts it; student: whose page it is,
    where several handed it in.
    """
    by_exercise = shown_checks(submission, exercises, diagnoses)
    shown = [check for found in by_exercise.values() for check in found]
    most = submission.get("max_score") or sum(e["points"] for e in exercises)
    points = submission.get("score") or 0.0
    rescaled = final is not None and is_rescaled(points, most, final)
    marked = final is not None and final.mark is not None
    return render(
        "feedback.html.jinja",
        assignment_title=assignment_title,
        student=student or submission["student"],
        status=submission["status"],
        reason=(submission.get("reason") or "").rstrip("."),
        excused=is_excused(final),
        score=final.mark if final is not None and marked else points,
        of_total=points_text(final.max_points if final is not None and marked else most),
        total_lines=total_lines(points, most, final),
        handed_in=handed_in_words(submission, final),
        counted=counted([e["id"] for e in exercises], final) if rescaled else {},
        notes=list(submission.get("notes") or ()),
        mended=list(submission.get("mended") or ()),
        untouched=is_untouched(submission, shown),
        undecided=sum(check.status == "errored" for check in shown),
        has_checks=bool(shown),
        advice=any(check.remarks for check in shown),
        exercises=[exercise_view(e, by_exercise[e["id"]], submission) for e in exercises],
        steps=next_steps(by_exercise),
        waiting=[a["exercise"] for a in submission.get("written") or () if a["points"] is None],
    )


def shown_checks(
    submission: Mapping[str, Any], exercises: Sequence[Mapping[str, Any]], diagnoses: bool
) -> dict[str, list[CheckResult]]:
    """The checks that a student sees, by exercise."""
    found = [from_json(check) for check in submission.get("checks") or ()]
    checks = as_students_see(found, diagnoses)
    return {e["id"]: [c for c in checks if c.exercise == e["id"]] for e in exercises}


def is_untouched(submission: Mapping[str, Any], checks: Sequence[CheckResult]) -> bool:
    """Whether this is the notebook as it was given out: every check met a stub.

    A missing name alone says too little: the cell that defines it may hold an error.
    """
    return (
        submission["status"] != "not graded"
        and not submission.get("score")
        and nothing_written(checks)
        and any(check.message == NOT_WRITTEN for check in checks)
    )


def exercise_view(
    exercise: Mapping[str, Any], checks: Sequence[CheckResult], submission: Mapping[str, Any]
) -> ExerciseView:
    """Prepare one exercise for the page."""
    for answer in submission.get("written") or ():
        if answer["exercise"] == exercise["id"]:
            return written_view(exercise, answer)
    unwritten = ""
    if nothing_written(checks):
        unwritten = unwritten_line(exercise["id"], checks)
    told = guidance(checks)
    views = [check_view(check, told.get(check.id)) for check in checks]
    by_hand = (submission.get("changed") or {}).get(exercise["id"], {})
    changed = by_hand.get("points") is not None
    earned = by_hand["points"] if changed else score(list(checks))
    quiet = [view for view in views if view.status == "passed" and not view.advice]
    return ExerciseView(
        exercise["id"], exercise["title"], earned, exercise["points"], unwritten,
        [view for view in views if view not in quiet], quiet,
        comment=by_hand.get("comment") or ("these points were set by hand" if changed else ""),
    )  # fmt: skip


def check_view(check: CheckResult, told: Lines | None) -> CheckView:
    """Prepare one check; told: what there is to say of its cause."""
    return CheckView(
        check.id, check.status, check.claim, check.points, check.max_points, evidence(check),
        Markup(picture_svg(check.picture)), advice(check, told),
    )  # fmt: skip


def written_view(exercise: Mapping[str, Any], answer: Mapping[str, Any]) -> ExerciseView:
    """Prepare an answer in words; how it is marked is shown with the mark, not before."""
    marked = answer["points"] is not None
    rubric = exercise.get("rubric", "") if marked else ""
    view = WrittenView(answer["answer"], marked, answer.get("comment") or "", rubric)
    return ExerciseView(
        exercise["id"], exercise["title"], answer["points"] or 0.0, exercise["points"], "", [], [],
        view,
    )  # fmt: skip


def unwritten_line(exercise_id: str, checks: Sequence[CheckResult]) -> str:
    """One line for an exercise in which nothing could be checked."""
    message = next(check.message for check in checks if check.status == "failed")
    if any(check.message == NOT_WRITTEN for check in checks):
        waiting = of_points(0, sum(check.max_points for check in checks))
        return f"Not written yet ({waiting}): the cell is as it was given out."
    name = message.split(" is not defined")[0]
    return (
        f"No points, because {name} was not there after your notebook had run: either the cell of "
        f"{exercise_id} is not written, or it stopped with an error before the definition."
    )


def next_steps(by_exercise: Mapping[str, Sequence[CheckResult]]) -> list[str]:
    """Cells that stopped first, where to start in failed exercises, what is unwritten."""
    stopped, failed, unwritten = [], [], []
    for id, checks in by_exercise.items():
        if all(check.status in ("passed", "errored") for check in checks):
            continue
        if not nothing_written(checks):
            failed.append((id, checks))
        elif any(check.message == NOT_WRITTEN for check in checks):
            unwritten.append(id)
        else:
            stopped.append(id)
    steps = [start(id, checks) for id, checks in failed[:STEPS]]
    if more := [id for id, _ in failed[STEPS:]]:
        steps.append(f"Then {listed(more)}, in the same way.")
    if stopped:
        mend = "restart the kernel, run the notebook from the top, and mend the first error you see"
        steps.insert(0, f"{listed(stopped)}: {mend}, or write the cell if it is still empty.")
    if unwritten:
        steps.append(f"Write {listed(unwritten)}: nothing was there to check yet.")
    return steps


def start(exercise_id: str, checks: Sequence[CheckResult]) -> str:
    """Where to start in an exercise that lost points: at the first check that is not passed."""
    lost = sum(check.max_points - check.points for check in checks if check.status != "errored")
    first = next(check for check in checks if check.status in ("failed", "skipped"))
    hint = f" Hint: {sentence(first.hint)}" if first.hint else ""
    if told := guidance(checks).get(first.id):
        hint = "" if "either" in dict(told) else f" {dict(reversed(told))['question']}"
    problem = first.message.rstrip(".")
    return f"{exercise_id} ({points_text(lost)} lost): start with `{first.id}`: {problem}.{hint}"


def listed(items: Sequence[str]) -> str:
    """Join with commas and a last "and"."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else list(items))


def points_text(total: float) -> str:
    """Say a number of points with its noun."""
    return f"{number(total)} {'point' if total == 1 else 'points'}"
