"""A second marker: a sample of answers marked once more, blind, and how far the two agree.

The sample and its marks lie in OUT/.grading/ASSIGNMENT/second_marks/NAME.json. They never enter the
gradebook: whoever teaches decides what a disagreement means.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.marking.book import Answer, Book, Mark, Refused, checked_comment, checked_points
from autograder.marking.order import is_blank, sections
from autograder.marking.tasks import Task
from autograder.pipeline.results import write_atomically
from autograder.pipeline.store import FOLDER

NAME = re.compile(r"\w[\w.-]{0,39}")
FEWEST = 5  # answers of a task, if there are as many: fewer say nothing about a marker
VERSION = 1


class NoSample(Exception):
    """There is no such sample, or none can be drawn; the message says what to do."""


@dataclass
class SecondMark:
    """An answer of the sample; answer: the digest of what was marked; points: None until marked."""

    student: str
    notebook: str
    cell: str
    answer: str
    points: float | None = None
    comment: str = ""


@dataclass
class Sample:
    """A second marker's answers; share: in percent; seed: of the draw."""

    marker: str
    assignment: str
    share: float
    seed: int
    answers: list[SecondMark] = field(default_factory=list)
    version: int = VERSION

    def of(self, task: Task) -> dict[tuple[str, str], SecondMark]:
        """The answers to a task, by student and digest."""
        return {(a.student, a.answer): a for a in self.answers
                if (a.notebook, a.cell) == (task.notebook, task.cell)}  # fmt: skip

    def save(self, task: Task, changes: Sequence[Mapping[str, Any]]) -> dict[str, Mark | Refused]:
        """Put marks in, as `Book.save` does; the ids are those of `id_of`."""
        found = {id_of(answer): answer for answer in self.of(task).values()}
        done: dict[str, Mark | Refused] = {}
        for change in changes:
            id = str(change.get("id"))
            try:
                if id not in found:
                    raise Refused("this answer is not in the sample: load the page again")
                answer = found[id]
                points = checked_points(change.get("points", answer.points), task.max_points)
                comment = checked_comment(change.get("comment", answer.comment))
                answer.points, answer.comment = points, comment
                done[id] = Mark(points, points is None, comment)
            except Refused as refused:
                done[id] = refused
        return done


def id_of(answer: SecondMark) -> str:
    """What a page calls an answer of the sample; it names nobody."""
    return hashlib.sha256(f"{answer.student}/{answer.answer}".encode()).hexdigest()[:16]


def place_of(root: Path, assignment: str, marker: str) -> Path:
    """Where a second marker's sample lies; raises NoSample for what is no name of a file."""
    if not NAME.fullmatch(marker):
        raise NoSample(
            f"{marker!r} cannot be a marker's name: letters, digits, '.', '-' and '_', at most 40"
        )
    return root / FOLDER / assignment / "second_marks" / f"{marker}.json"


def load(root: Path, assignment: str, marker: str) -> Sample:
    """Read a sample; raises NoSample."""
    place = place_of(root, assignment, marker)
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
        answers = [SecondMark(**answer) for answer in found.pop("answers")]
        return Sample(**found, answers=answers)
    except FileNotFoundError:
        how = f"`course marking {assignment} --out {root} --second-marker {marker}` draws it"
        raise NoSample(f"no sample was drawn for {marker}: {how}") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoSample(f"{place} cannot be read as a sample: {error}") from error


def keep(root: Path, sample: Sample) -> None:
    """Write a sample."""
    place = place_of(root, sample.assignment, sample.marker)
    text = json.dumps(asdict(sample), indent=1, ensure_ascii=False)
    write_atomically(place, text + "\n")


def draw(book: Book, assignment: str, marker: str, share: float, seed: int) -> Sample:
    """Draw a share (in percent) of the answers to each task; raises NoSample if there are none.

    Answers stand in the order of their first mark and, within it, of similarity; then every n-th is
    taken, from a random place on: each mark and each group of similar answers is there in
    proportion. Blank answers are left out. The same seed over the same answers and marks draws the
    same sample.
    """
    sample = Sample(marker, assignment, share, seed)
    for task in book.tasks():
        if task.assignment == assignment:
            ranked = stratified(task, book.answers(task))
            chance = random.Random(f"{seed} {task.notebook} {task.cell}")
            for answer in every_nth(ranked, share, chance):
                sample.answers.append(SecondMark(
                    answer.student, task.notebook, task.cell, answer.written.digest))  # fmt: skip
    if not sample.answers:
        raise NoSample(f"{assignment} has no answers in words to mark a second time")
    return sample


def stratified(task: Task, answers: Sequence[Answer]) -> list[Answer]:
    """Answers that are not blank, those with the same mark together, similar ones within these."""
    # by student: ids in the gradebook are random
    listed = sorted((a for a in answers if not is_blank(task, a.written)), key=lambda a: a.student)
    ordered = [answer for section in sections(task, listed) for answer in section.answers]
    return sorted(ordered, key=lambda a: -1.0 if a.mark.waits or a.mark.points is None
                  else a.mark.points)  # fmt: skip


def every_nth(ranked: Sequence[Answer], share: float, chance: random.Random) -> list[Answer]:
    """A systematic sample: as many as the share says, at equal distances."""
    count = min(len(ranked), max(FEWEST, math.ceil(len(ranked) * share / 100)))
    if not count:
        return []
    step = len(ranked) / count
    start = chance.random() * step
    return [ranked[min(int(start + n * step), len(ranked) - 1)] for n in range(count)]
