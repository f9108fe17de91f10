"""Answers written by hand, graded: what the grader gets wrong about them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograder.checks.outcome import CheckResult
from benchmarks.mutants.pool import run_jobs
from tests import answers, lab_answers

LAB = "Lab 11"
CPU_S, WALL_S = 60, 300.0
Job = tuple[Any, Callable[[], Any]]


@dataclass(frozen=True)
class Marked:
    """How one answer was graded.

    lost: it lost points in its own exercise; elsewhere: checks of other exercises that it did not
    pass. diagnosis: "right", "wrong", "silent", "rightly silent", or "" for a right answer and for
    one whose misconception nobody has written down.
    """

    exercise: str
    name: str
    kind: str
    lost: bool
    elsewhere: tuple[str, ...]
    errored: tuple[str, ...]
    diagnosis: str = ""
    given: tuple[str, ...] = ()


def marked_answers(every: int, seed: int, workers: int, only: set[str]) -> Iterator[Marked]:
    """Grade all answers of the exercises wanted, or every so many-th of them."""
    jobs: deque[Job] = deque()
    for kind in ("right", "wrong"):
        for answer in answers.answers(kind)[::every]:
            if answer.exercise in only:
                jobs.append((answer.name, partial(marked, answer, kind, seed)))
    if LAB in only:
        corpus = lab_answers.small_corpus()
        for kind in ("right", "wrong"):
            for found in lab_answers.answer_sets(kind)[::every]:
                jobs.append((f"lab11/{found.name}", partial(marked_lab, corpus, found, kind, seed)))
    for ended in run_jobs(jobs, workers, CPU_S, WALL_S):
        if ended.value is None:
            raise RuntimeError(f"{ended.name}: {ended.failed}")
        yield ended.value


def marked(answer: answers.Answer, kind: str, seed: int) -> Marked:
    """Grade an answer's exercise and those after it, which it can reach."""
    first = answer.exercise
    results = answers.grade({first: answer.code}, seed, first=first)
    return judged(first, answer.name, kind, {first.lower()}, results, list_of(answer.code))


def marked_lab(corpus: Any, found: lab_answers.AnswerSet, kind: str, seed: int) -> Marked:
    """Grade a set of answers to the lab."""
    results = lab_answers.grade(corpus, found.cells, seed)
    path = lab_answers.HERE / f"{kind}_answers" / "lab11" / f"{found.name}.py"
    own = {id.split(".")[0] for id in found.fails}
    named = list_of(path.read_text(encoding="utf-8"))
    return judged(LAB, f"lab11/{found.name}", kind, own, results, named)


def judged(
    exercise: str, name: str, kind: str, own: set[str], results: list[CheckResult],
    truth: list[str],
) -> Marked:  # fmt: skip
    """What the results say about an answer; own: the exercises that it answers wrongly."""
    lost = [r.id for r in results if r.status != "passed"]
    mine = [id for id in lost if id.split(".")[0] in own] if kind == "wrong" or own else lost
    given = answers.diagnosed_as(results)
    return Marked(
        exercise, name, kind, bool(mine), tuple(id for id in lost if id not in mine),
        tuple(r.id for r in results if r.status == "errored"),
        "" if kind == "right" else verdict(truth, given), tuple(sorted(given)),
    )  # fmt: skip


def verdict(truth: list[str], given: frozenset[str]) -> str:
    """Whether the names given are true: all of them, and the first of the truth among them."""
    if not truth:
        return ""
    if given == {"none"}:
        return "rightly silent" if truth == ["none"] else "silent"
    return "right" if given <= set(truth) and truth[0] in given else "wrong"


def list_of(code: str) -> list[str]:
    """The misconceptions in an answer's header, in their order."""
    lines = re.findall(r"^# misconception: (.+)$", code, flags=re.MULTILINE)
    return [name.strip() for line in lines for name in line.split(",")]
