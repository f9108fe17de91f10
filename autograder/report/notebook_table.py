"""What a student sees below a check cell, as HTML and as plain text.

Standard library only, no scripts. Every style is inline: it holds in JupyterLab, VS Code, Colab
and in stored outputs, and where a sanitiser strips it the table still reads. Text takes the colour
of the page, light or dark; only the badges bring their own background, with text that stands out.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

from autograder.checks.outcome import CheckResult, score
from autograder.report.diagnoses import Lines, guidance
from autograder.report.pictures import picture_svg, picture_text
from autograder.report.wording import (
    NOT_WRITTEN,
    SYMBOLS,
    WORDS,
    nothing_written,
    number,
    of_points,
    plural,
    printable,
    prose,
)

# white on each: at least 4.5 to 1; each on white and on JupyterLab's dark #111: at least 3 to 1
BADGE_TEXT = "#ffffff"
BADGES = {"passed": "#1a7f37", "failed": "#c9302c", "skipped": "#6e7781", "errored": "#9a6700"}
_BORDER = "1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.45))"
_CODE_FONT = "var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace)"
_CELL = (
    "text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border: none;"
    " white-space: normal; max-width: none; line-height: 1.45;"
)


def table_html(exercise_id: str, title: str, results: Sequence[CheckResult]) -> str:
    """The verdict of one exercise and a row for each of its checks."""
    if nothing_written(results):
        body = f'<p style="margin: 0;">{prose(kind_line(results))}</p>'
    else:
        told = guidance(results)
        rows = "".join(check_row(result, told.get(result.id)) for result in results)
        body = (
            '<table style="border-collapse: collapse; border: none; width: 100%; margin: 0;'
            f' font-size: inherit; table-layout: auto;"><tbody>{rows}</tbody></table>'
        )
        if line := seed_line(exercise_id, results):
            body += f'<p style="margin: 8px 0 0;">{prose(line)}</p>'
    return (
        '<div class="course-check" style="max-width: 56em; padding: 4px 0 8px; color: inherit;'
        ' font-size: 14px; line-height: 1.45; overflow-wrap: anywhere;">'
        '<p style="margin: 0 0 6px; font-size: 16px;"><strong>'
        f"{prose(verdict(exercise_id, title, results))}</strong></p>{body}</div>"
    )


def table_text(exercise_id: str, title: str, results: Sequence[CheckResult]) -> str:
    """The same in plain text, for terminals and front ends without HTML."""
    lines = [verdict(exercise_id, title, results)]
    if nothing_written(results):
        return "\n".join([*lines, indented(kind_line(results), 2)])
    told = guidance(results)
    for result in results:
        points = f", {of_points(result.points, result.max_points)}" if result.max_points else ""
        lines.append(f"  {SYMBOLS[result.status]} {result.id}: {WORDS[result.status]}{points}")
        lines.append(indented(result.claim, 4))
        lines += [labelled(*line) for line in evidence(result)]
        lines += [" " * 6 + line for line in picture_text(result.picture).splitlines()]
        lines += [labelled(*line) for line in advice(result, told.get(result.id))]
    if line := seed_line(exercise_id, results):
        lines.append(indented(line, 2))
    return "\n".join(printable(line) for line in lines)


def verdict(exercise_id: str, title: str, results: Sequence[CheckResult]) -> str:
    """One line: the exercise, and its points so far."""
    total = sum(result.max_points for result in results)
    line = f"{exercise_id} {title}: {standing(results, total)}"
    undecided = sum(result.status == "errored" for result in results)
    return f"{line}, {plural(undecided, 'check')} undecided" if undecided else line


def standing(results: Sequence[CheckResult], total: float) -> str:
    """The points so far; of a task without points, whether it is right."""
    if total:
        return of_points(score(list(results)), total)
    if all(result.status == "passed" for result in results):
        return "right"
    return "not answered yet" if nothing_written(results) else "not right yet"


def kind_line(results: Sequence[CheckResult]) -> str:
    """What to do when there is nothing to check yet."""
    messages = {result.message for result in results if result.status == "failed"}
    if NOT_WRITTEN in messages:
        return (
            "Not written yet: replace `raise NotImplementedError()` or `...` in the cell above by "
            "your own answer, run that cell, then run this one again."
        )
    return next(result.message for result in results if result.status == "failed")


def evidence(result: CheckResult) -> Lines:
    """The labelled lines below a check's claim, none for one that passed: what there was to see."""
    lines: Lines = []
    if result.status == "failed":
        lines = [
            ("problem", result.message),
            ("expected", result.expected),
            ("got", result.got),
        ]
    elif result.status == "skipped":
        lines = [("why", result.message.removeprefix("not tried: "))]
    elif result.status == "errored":
        blame = f"this is not your fault: tell your instructor that `{result.id}` broke"
        lines = [("problem", result.message), ("what now", blame)]
    return [line for line in lines if line[1]]


def advice(result: CheckResult, told: Lines | None) -> Lines:
    """What follows the evidence; told: of the cause, where that is known, in place of the hint."""
    hint = [("hint", result.hint)] if result.status == "failed" and result.hint else []
    return [*(told or hint), *(("advice", text) for text in result.remarks)]


def seed_line(exercise_id: str, results: Sequence[CheckResult]) -> str:
    """How to draw the same inputs again, where something failed on drawn inputs."""
    seeds = [r.seed for r in results if r.status == "failed" and r.seed is not None]
    if not seeds:
        return ""
    call = f'`check("{exercise_id}", seed={seeds[0]})`'
    return f"inputs drawn with seed {seeds[0]}: {call} repeats them"


def check_row(result: CheckResult, told: Lines | None) -> str:
    """One check: badge, claim with what there is to say about it, points."""
    below = explanation(result, told)
    points = f"{number(result.points)} of {number(result.max_points)}" if result.max_points else ""
    return (
        f'<tr style="background: transparent; border: none; border-top: {_BORDER};">'
        f'<td style="{_CELL} white-space: nowrap; width: 1%;">{badge(result.status)}</td>'
        f'<td style="{_CELL}">{prose(result.claim)} {small_id(result.id)}{below}</td>'
        f'<td style="{_CELL} white-space: nowrap; width: 1%; text-align: right; padding-right: 0;">'
        f"{points}</td></tr>"
    )


def badge(status: str) -> str:
    """The outcome as a shape, a word and a colour."""
    return (
        f'<span style="display: inline-block; min-width: 5.6em; padding: 0 7px; border-radius: 4px;'
        f" font-size: 12px; line-height: 20px; background: {BADGES[status]}; color: {BADGE_TEXT};"
        f'">{SYMBOLS[status]} {WORDS[status]}</span>'
    )


def small_id(check_id: str) -> str:
    """The check's id, by which messages and people refer to it."""
    return (
        f'<span style="font-family: {_CODE_FONT}; font-size: 12px; white-space: nowrap;">'
        f"({html.escape(check_id)})</span>"
    )


def explanation(result: CheckResult, told: Lines | None) -> str:
    """Evidence, picture and advice as a block beside a rule."""
    block = "".join(line_html(*line) for line in evidence(result))
    if drawing := picture_svg(result.picture):
        style = "margin: 8px 0; overflow-x: auto; contain: inline-size;"  # widens no narrow column
        block += f'<div style="{style}">{drawing}</div>'
    block += "".join(line_html(*line) for line in advice(result, told))
    if not block:
        return ""
    rule = "3px solid " + BADGES["skipped" if result.status == "passed" else result.status]
    return f'<div style="margin: 4px 0 2px; padding-left: 10px; border-left: {rule};">{block}</div>'


def line_html(label: str, text: str) -> str:
    """One labelled line; white space in it is kept."""
    return (
        '<div style="display: flex; gap: 10px; align-items: baseline;">'
        f'<span style="flex: 0 0 5.8em;">{label}:</span> '
        f'<span style="flex: 1 1 auto; min-width: 0; white-space: pre-wrap;">{value(label, text)}'
        "</span></div>"
    )


def value(label: str, text: str) -> str:
    """Expected and got are values and keep the code font, unless they are marked up themselves."""
    if label in ("expected", "got") and "`" not in text:
        style = f"font-family: {_CODE_FONT}; font-size: 13px;"
        return f'<span style="{style}">{prose(text)}</span>'
    return prose(text)


def labelled(label: str, text: str) -> str:
    """One labelled line of plain text."""
    return indented(f"{label + ':':<12}{text}", 6, 12)


def indented(text: str, indent: int, hanging: int = 0) -> str:
    """Wrap to 100 columns; later lines stand below the start of the text."""
    return textwrap.fill(
        text,
        100,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
        break_long_words=False,
    )
