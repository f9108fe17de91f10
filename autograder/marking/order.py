"""The answers to one task as a page shows them: blank ones first, then groups of similar ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.marking.book import Answer
from autograder.marking.similar import groups, plain
from autograder.marking.tasks import Task, Written


@dataclass(frozen=True)
class Section:
    """Answers under one heading; words: what they have in common; blank: nothing was written."""

    answers: tuple[Answer, ...]
    words: tuple[str, ...] = ()
    blank: bool = False

    @property
    def entries(self) -> list[tuple[Answer, ...]]:
        """The answers; those with the very same text and the same mark as one entry."""
        found: dict[object, list[Answer]] = {}
        for answer in self.answers:
            written = answer.written
            same = answer.id if written.attachments else " ".join(written.text.split())
            found.setdefault((same, answer.mark), []).append(answer)
        return [tuple(entry) for entry in found.values()]


def sections(task: Task, answers: Sequence[Answer]) -> list[Section]:
    """All answers: the blank ones, if there are any, and the groups in their order."""
    blank = tuple(answer for answer in answers if is_blank(task, answer.written))
    rest = [answer for answer in answers if not is_blank(task, answer.written)]
    found = [Section(blank, blank=True)] if blank else []
    for group in groups([answer.written.text for answer in rest]):
        found.append(Section(tuple(rest[n] for n in group.members), group.words))
    return found


def is_blank(task: Task, written: Written) -> bool:
    """Whether nothing was written: no text but the one that was given out, and no picture."""
    return not written.attachments and plain(written.text) in ("", plain(task.given))
