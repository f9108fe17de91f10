"""The pages for marking by task, as HTML in which nothing of a student's runs."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.checks import TITLES
from autograder.marking.book import Answer, Mark
from autograder.marking.order import Section, sections
from autograder.marking.second import Sample, id_of
from autograder.marking.tasks import Task, Written
from autograder.report.marker_page import safe_html
from autograder.report.wording import number, plural, printable

HERE = Path(__file__).parent
SHOWN = 20_000  # characters of one answer; more is in the notebook
FREQUENT = 12  # comments offered again
TITLE = re.compile(r"\A\s*\*\*[^*]*\*\*")  # such as **G1.2 (1 point)**


@dataclass(frozen=True)
class Entry:
    """One answer on the page, or several that are the same.

    ids, seen: of each, for saving; labels: how each is called; links: to their notebooks.
    """

    ids: list[str]
    seen: list[str]
    labels: list[str]
    links: list[str]
    html: Markup
    mark: Mark


@dataclass(frozen=True)
class Heading:
    """A group on the page; waiting: answers without a mark."""

    entries: list[Entry]
    blank: bool
    count: int
    words: str


def render_list(rows: Sequence[tuple[Task, int, int]], base_url: str, marker: str) -> str:
    """The list of tasks; rows: each task, its answers, those that wait."""
    by_assignment: dict[str, list[dict[str, Any]]] = {}
    for task, count, waiting in rows:
        by_assignment.setdefault(task.assignment, []).append(
            {"title": task.title, "question": one_line(task.question), "count": count,
             "waiting": waiting, "href": address(base_url, task, second=marker)}
        )  # fmt: skip
    found = [(TITLES.get(name, name), tasks) for name, tasks in by_assignment.items()]
    return fill("list.html.jinja", assignments=found, base_url=base_url, marker=marker)


def render_task(
    task: Task, tasks: Sequence[Task], answers: Sequence[Answer], *, base_url: str,
    sample: Sample | None, numbers: Mapping[str, int], names: bool,
) -> str:  # fmt: skip
    """The page of one task.

    tasks: of the assignment, to go on to; sample: of a second marker, who sees no first marks;
    numbers: formgrader's, by submission; names: whether to show who wrote what.
    """
    of_marker = {} if sample is None else sample.of(task)
    found = []
    for section in sections(task, answers):
        entries = []
        for entry in section.entries if sample is None else [(a,) for a in section.answers]:
            if sample is None:
                entries.append(first_entry(entry, base_url, numbers, names))
            elif again := of_marker.get((entry[0].student, entry[0].written.digest)):
                mark = Mark(again.points, again.points is None, again.comment)
                label = f"Submission #{numbers.get(entry[0].submission, 0)}"
                html = answer_html(entry[0].written)
                entries.append(Entry([id_of(again)], [again.answer], [label], [], html, mark))
        if entries:
            found.append(heading(section, entries))
    marker = "" if sample is None else sample.marker
    count = sum(heading.count for heading in found)
    return fill(
        "task.html.jinja", task=task, base_url=base_url, marker=marker, names=names,
        question=safe_html(task.question), rubric=safe_html(task.rubric), groups=found,
        count=count, comments=comments_in(found), address=address(base_url, task, second=marker),
        others=[(other.title, address(base_url, other, second=marker), other == task)
                for other in tasks],
    )  # fmt: skip


def first_entry(
    answers: Sequence[Answer], base_url: str, numbers: Mapping[str, int], names: bool
) -> Entry:
    """An entry of the first marker's page."""
    labels = [
        printable(a.student) if names else f"Submission #{numbers.get(a.submission, 0)}"
        for a in answers
    ]
    links = [f"{base_url}/formgrader/submissions/{quote(a.submission, safe='')}/" for a in answers]
    return Entry([a.id for a in answers], [a.written.digest for a in answers], labels, links,
                 answer_html(answers[0].written), answers[0].mark)  # fmt: skip


def heading(section: Section, entries: list[Entry]) -> Heading:
    """A group with what its heading says."""
    words = ", ".join(section.words)
    return Heading(entries, section.blank, sum(len(entry.ids) for entry in entries), words)


@functools.lru_cache(maxsize=4096)
def markdown_html(text: str) -> str:
    """The HTML of an answer without pictures; the same page is opened many times."""
    return safe_html(text)


def answer_html(written: Written) -> Markup:
    """An answer as it may be shown."""
    text = printable(written.text)
    if not text.strip():
        return Markup('<p class="quiet">(empty)</p>')
    cut = len(text) > SHOWN
    if written.is_code or cut:
        more = Markup('<p class="quiet">(cut here: the rest is in the notebook)</p>') if cut else ""
        return Markup("<pre>{}</pre>").format(text[:SHOWN]) + more
    try:
        if written.attachments:
            return Markup(safe_html(text, written.attachments))
        return Markup(markdown_html(text))
    except Exception:  # no text may keep the others from being marked
        return Markup("<pre>{}</pre>").format(text)


def comments_in(headings: Sequence[Heading]) -> list[str]:
    """Comments that were given in this task, the most frequent first."""
    counts: dict[str, int] = {}
    for entry in (entry for heading in headings for entry in heading.entries):
        if entry.mark.comment:
            counts[entry.mark.comment] = counts.get(entry.mark.comment, 0) + len(entry.ids)
    return sorted(counts, key=lambda comment: -counts[comment])[:FREQUENT]


def address(base_url: str, task: Task, *, second: str = "") -> str:
    """Where a task's page is."""
    steps = (quote(step, safe="") for step in (task.assignment, task.notebook, task.cell))
    query = f"?second={quote(second, safe='')}" if second else ""
    return f"{base_url}/by-task/{'/'.join(steps)}{query}"


def one_line(markdown: str, most: int = 160) -> str:
    """The beginning of a question, without its title and emphasis."""
    text = " ".join(re.sub(r"[*`]", "", TITLE.sub("", markdown)).split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def points_label(points: float) -> str:
    """Points on a button: ½ in place of .5."""
    whole = int(points)
    if points != whole + 0.5:
        return number(points)
    return f"{whole or ''}½"


def fill(template: str, **values: Any) -> str:
    """Fill in a template."""
    return environment().get_template(template).render(values)


@functools.cache
def environment() -> Environment:
    """The environment of our templates: values are escaped, a missing one is an error."""
    made = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True,
                       undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    made.filters.update(number=number, plural=plural, label=points_label, printable=printable)
    made.globals.update(escape=escape)
    return made
