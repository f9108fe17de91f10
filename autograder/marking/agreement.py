"""How far two markers agree: counts, the mean difference, Cohen's weighted kappa."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.marking.book import Book
from autograder.marking.second import Sample
from autograder.marking.tasks import Task
from autograder.report.wording import number, plural

GRAIN = 100  # points are compared in hundredths
SHOWN = 10


@dataclass(frozen=True)
class Pair:
    """One answer with both marks, in points."""

    title: str
    student: str
    first: float
    second: float
    comment: str

    @property
    def difference(self) -> float:
        """What the second marker gave more; negative: less."""
        return self.second - self.first


@dataclass(frozen=True)
class Agreement:
    """Numbers about pairs: exact: the share that is the same; difference: the mean, second minus
    first, in points; kappa: Cohen's, with quadratic weights, None where it is not defined."""

    title: str
    count: int
    exact: float
    difference: float
    kappa: float | None


@dataclass(frozen=True)
class Compared:
    """What there is to say of a sample; unmarked: by the second marker, waiting: by the first;
    changed: answers that are no longer the ones that were drawn."""

    pairs: list[Pair]
    unmarked: int
    waiting: int
    changed: int


def compare(book: Book, sample: Sample) -> Compared:
    """Hold a sample against the gradebook, which is only read."""
    pairs: list[Pair] = []
    unmarked = waiting = seen = 0
    for task in (task for task in book.tasks() if task.assignment == sample.assignment):
        wanted = sample.of(task)
        for answer in book.answers(task):
            second = wanted.get((answer.student, answer.written.digest))
            if second is None:
                continue
            seen += 1
            first = None if answer.mark.waits else answer.mark.points
            unmarked += second.points is None
            waiting += first is None
            if second.points is not None and first is not None:
                pairs.append(Pair(task.title, answer.student, first, second.points, second.comment))
    return Compared(pairs, unmarked, waiting, len(sample.answers) - seen)


def agreement(title: str, pairs: Sequence[Pair]) -> Agreement:
    """The numbers of pairs, of which there is at least one."""
    same = sum(grains(pair.difference) == 0 for pair in pairs)
    mean = sum(pair.difference for pair in pairs) / len(pairs)
    return Agreement(title, len(pairs), same / len(pairs), mean, kappa(pairs))


def kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa with quadratic weights; None where all marks are the same one."""
    from sklearn.metrics import cohen_kappa_score

    first = [grains(pair.first) for pair in pairs]
    second = [grains(pair.second) for pair in pairs]
    if len({*first, *second}) < 2:
        return None
    # every hundredth is a label, so that a weight is the squared difference in points
    labels = list(range(max(*first, *second) + 1))
    return float(cohen_kappa_score(first, second, labels=labels, weights="quadratic"))


def grains(points: float) -> int:
    """Points in whole hundredths."""
    return round(points * GRAIN)


def report(tasks: Sequence[Task], sample: Sample, compared: Compared) -> Iterator[str]:
    """The agreement in lines for a terminal."""
    total, pairs = len(sample.answers), compared.pairs
    done = total - compared.unmarked - compared.changed
    yield f"{sample.marker}: {done} of {plural(total, 'answer')} marked a second time"
    if compared.waiting:
        yield f"{plural(compared.waiting, 'answer')} of these without a first mark"
    if compared.changed:
        yield f"{plural(compared.changed, 'answer')} changed since the draw, left out"
    if not pairs:
        return
    yield ""
    yield f"{'task':10}{'answers':>8}{'the same':>10}{'difference':>12}{'kappa':>7}"
    by_task: Mapping[str, list[Pair]] = {
        task.title: [pair for pair in pairs if pair.title == task.title] for task in tasks
    }
    rows = [agreement(title, found) for title, found in by_task.items() if found]
    for row in [*rows, agreement("all", pairs)] if len(rows) > 1 else rows:
        shown = "–" if row.kappa is None else f"{row.kappa:.2f}"
        yield (f"{row.title:10}{row.count:8}{row.exact:>9.0%} {row.difference:>+11.2f}"
               f"{shown:>8}")  # fmt: skip
    yield ""
    yield "difference: the second marker's points less the first's, on average"
    yield "kappa: Cohen's, with quadratic weights; 1 is full agreement, 0 what chance would give"
    yield from disagreements(pairs)


def disagreements(pairs: Sequence[Pair]) -> Iterator[str]:
    """The pairs that are farthest apart, as lines."""
    apart = sorted((pair for pair in pairs if grains(pair.difference)),
                   key=lambda pair: (-abs(pair.difference), pair.title, pair.student))  # fmt: skip
    if not apart:
        return
    yield ""
    yield "Where they differ most:"
    for pair in apart[:SHOWN]:
        said = f": {' '.join(pair.comment.split())}" if pair.comment else ""
        marks = f"first {number(pair.first)}, second {number(pair.second)}"
        yield f"  {pair.title}  {pair.student}  {marks}{said}"
    if len(apart) > SHOWN:
        yield f"  and {len(apart) - SHOWN} more"
