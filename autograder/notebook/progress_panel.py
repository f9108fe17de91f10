"""`progress("assignment4")`: what the checks gave so far, what is next, and how long it may take.

Standard library only, no scripts; styles as in the tables of the checks, so that it reads in light
and dark and where styles are stripped.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.notebook.checking import show
from autograder.notebook.progress_record import Standing, standings

if TYPE_CHECKING:
    from autograder.checks.framework import Exercise

OPEN, BEGUN, DONE, EARLIER, BY_HAND = (
    "not checked yet", "begun", "done", "done, in an earlier kernel", "read by a person",
)  # fmt: skip
SIGNS = {OPEN: "○", BEGUN: "◐", DONE: "✓", EARLIER: "✓", BY_HAND: "✎"}
_BORDER = "1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.45))"
_CELL = (
    "text-align: left; vertical-align: top; padding: 3px 14px 3px 0; border: none;"
    " white-space: normal; line-height: 1.45;"
)
_NUMBER = _CELL + " text-align: right; white-space: nowrap;"


@dataclass(frozen=True)
class Row:
    """One exercise as the panel shows it; minutes: what it may still take."""

    id: str
    title: str
    state: str
    points: float
    full: float
    minutes: int

    @property
    def is_next(self) -> bool:
        """Whether there is something left to do in it that a check can see."""
        return self.state in (OPEN, BEGUN)


def progress(assignment: str) -> None:
    """Show the points of this notebook's exercises as their last checks gave them.

    assignment: "assignment4" or "lab11"; another name is answered by a sentence. While a notebook
    is graded, nothing is shown.
    """
    try:
        from autograder.checks import TASKS, UnknownName, exercise
        from autograder.checks import assignment as exercises
    except ImportError:  # while grading, the checks are elsewhere
        return
    try:
        graded = exercises(assignment)
    except UnknownName as error:
        show("", str(error))
        return
    known = standings()
    rows = [row_of(each, known) for each in graded]
    tasks = [row_of(exercise(id), known) for id in TASKS[assignment]]
    show(panel_html(rows, tasks), panel_text(rows, tasks))


def row_of(exercise: Exercise, known: Mapping[str, Standing]) -> Row:
    """Say how one exercise stands."""
    standing = known.get(exercise.id)
    points = standing.points if standing else 0.0
    state = state_of(exercise, standing)
    minutes = exercise.minutes if state in (OPEN, BEGUN, BY_HAND) else 0
    return Row(exercise.id, exercise.title, state, points, exercise.points, minutes)


def state_of(exercise: Exercise, standing: Standing | None) -> str:
    """Say in words how an exercise stands."""
    if exercise.by_hand:
        return BY_HAND
    if standing is None:
        return OPEN
    if not standing.right:
        return BEGUN
    return EARLIER if standing.earlier else DONE


def summary(rows: Sequence[Row], tasks: Sequence[Row]) -> list[str]:
    """Say in sentences what there is so far, what is next, and how long the rest may take."""
    tested = [row for row in rows if row.state != BY_HAND]
    by_hand = sum(row.full for row in rows if row.state == BY_HAND)
    lines = [f"{sum(row.points for row in tested):g} of {sum(row.full for row in tested):g} points"
             + (f"; {by_hand:g} more are given by a person" if by_hand else "")]  # fmt: skip
    following = next((row for row in tested if row.is_next), None)
    if following is None:
        lines.append("Every check has passed. Restart the kernel and run all cells once more.")
    else:
        lines.append(f"Next: {following.id} {following.title}")
        if minutes := sum(row.minutes for row in tested):
            lines[-1] += f"; about {minutes} minutes for all that is open"
    if tasks:
        right = sum(not row.is_next for row in tasks)
        lines.append(f"Tasks without points: {right} of {len(tasks)} right")
    return lines


def panel_html(rows: Sequence[Row], tasks: Sequence[Row] = ()) -> str:
    """The panel as a table."""
    first, *others = summary(rows, tasks)
    below = "".join(f'<p style="margin: 6px 0 0;">{html.escape(line)}</p>' for line in others)
    body = "".join(map(row_html, rows))
    return (
        '<div class="course-progress" style="max-width: 46em; padding: 4px 0 8px; color: inherit;'
        ' font-size: 14px; line-height: 1.45; overflow-wrap: anywhere;">'
        f'<p style="margin: 0 0 6px; font-size: 16px;"><strong>{html.escape(first)}</strong></p>'
        '<table style="border-collapse: collapse; border: none; width: 100%; margin: 0;'
        f' font-size: inherit;"><tbody>{body}</tbody></table>{below}</div>'
    )


def row_html(row: Row) -> str:
    """One exercise: id and title, state, points."""
    points = "" if row.state == BY_HAND else f"{row.points:g} of "
    return (
        f'<tr style="background: transparent; border: none; border-top: {_BORDER};">'
        f'<th scope="row" style="{_CELL} font-weight: normal;"><strong>{html.escape(row.id)}'
        f"</strong> {html.escape(row.title)}</th>"
        f'<td style="{_CELL}"><span aria-hidden="true">{SIGNS[row.state]}</span> '
        f'{html.escape(row.state)}</td><td style="{_NUMBER}">{points}{row.full:g}</td></tr>'
    )


def panel_text(rows: Sequence[Row], tasks: Sequence[Row] = ()) -> str:
    """The panel in plain text."""
    first, *others = summary(rows, tasks)
    width = max(len(f"{row.id} {row.title}") for row in rows)
    lines = [
        f"  {SIGNS[row.state]} {f'{row.id} {row.title}':{width}}  "
        f"{'' if row.state == BY_HAND else f'{row.points:g} of '}{row.full:g}  {row.state}"
        for row in rows
    ]
    return "\n".join([first, *lines, *others])
