"""What a run of `course collect` did, as data and for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

NEW, SAME, REPLACED, OLDER, BY_HAND = "new", "unchanged", "replaced", "older", "by hand"
SHOWN = 20


@dataclass
class Report:
    """All lists hold students' folders, unless they say more.

    done: what became of each submission, one of the words above. refused: student and sentence,
    also for attempts before the one that counts. files: files of nobody and why. notes: student and
    sentence about files that were not taken. told: sentences about whose a submission is. kept:
    submissions of earlier runs that this source does not have. partners: who is missing though
    the partner handed in. untimed: whose time is not known, though the course has a deadline.
    """

    assignment: str
    source: str
    kind: str
    done: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    several: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    workless: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    untimed: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether something was handed in that is not in the folder now."""
        return bool(self.refused or self.files)

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


def summary(report: Report) -> str:
    """What an instructor reads when it is done."""
    counts = {word: sum(done == word for done in report.done.values())
              for word in (NEW, REPLACED, SAME)}  # fmt: skip
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    lines = [f"{report.assignment}: {len(report.done)} submissions from {report.source} "
             f"({report.kind}){': ' + said if said else ''}"]  # fmt: skip
    if not report.done:
        lines.append("nobody's work was found in it: give the download as the LMS made it; --from "
                     "says which LMS that is")  # fmt: skip
    several = [f"{student} ({count})" for student, count in report.several.items()]
    older = [student for student, done in report.done.items() if done == OLDER]
    hand = [student for student, done in report.done.items() if done == BY_HAND]
    for title, found in (
        ("late", report.late),
        ("lateness costs nothing without a time (--times)", report.untimed),
        ("several attempts, the last one counts", several),
        ("older than what is there already", older),
        ("changed by hand since, left as it is", hand),
        ("without a notebook", report.workless),
        ("not on the roster", report.strangers),
        ("from earlier, not in this source", report.kept),
        ("missing", report.missing),
        ("missing, but the partner handed in (--pairs: for both)", report.partners),
    ):
        if found:
            lines.append(f"{title}: {len(found)}: {listed(found)}")
    lines += report.told
    lines += [f"{student}: {sentence}" for student, sentence in report.notes]
    lines += [f"refused: {student}: {sentence}" for student, sentence in report.refused]
    lines += [f"refused: {name}: {sentence}" for name, sentence in report.files]
    return "\n".join(lines)


def listed(names: Sequence[str]) -> str:
    """Names in a line; of very many the first."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f", and {more} more" if more > 0 else "")
