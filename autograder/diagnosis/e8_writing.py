"""E8: letting a student's generate write with a known model, and what that model was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.checks.evidence.languages import Language, Writer, own_gpt, writer_without_forward
from autograder.diagnosis.case import Case
from autograder.probe.errors import StudentFault

LONG = 64  # more tokens than any context here: a model that takes these shows what it is given


@dataclass(frozen=True)
class Answer:
    """What one call gave: the result, or what it raised; what the model was given; the output."""

    result: Any
    fault: StudentFault | None
    calls: tuple[dict[str, Any], ...] = ()
    printed: str = ""

    @property
    def windows(self) -> list[Tensor]:
        """The tokens that the model was given, call by call, (N, T) each."""
        return [call["x"] for call in self.calls]

    def tokens(self) -> Tensor | None:
        """The result as whole numbers of two dimensions, if it is anything of the kind."""
        found = self.result
        if not isinstance(found, Tensor) or found.ndim != 2 or not found.numel():
            return None
        return found.long() if bool((found == found.long()).all()) else None


class Desk:
    """A model that speaks a language, and a student's generate to write with it.

    takes_more: whether the model takes more tokens than the context size that it tells. first: what
    the first call gave.
    """

    def __init__(self, writer: Writer, takes_more: bool) -> None:
        self.writer, self.takes_more = writer, takes_more
        self.first = Answer(None, None)
        self._seen = 0

    def ask(self, x: Tensor, n: int, *args: Any, look: bool = True, **options: Any) -> Answer:
        """Let generate write n tokens; look: whether what the model was given is asked for."""
        result, fault = None, None
        try:
            result = self.writer.generate(x, n, *args, **options)
        except StudentFault as found:
            fault = found
        printed = self.writer.student.printed
        calls: tuple[dict[str, Any], ...] = ()
        if look and self.writer.watched:
            calls = tuple(self.writer.model.log.report(self._seen)[1])
            self._seen += len(calls)
        return Answer(result, fault, calls, printed)


def desks(case: Case, language: Language) -> Iterator[Desk]:
    """The same models as in the checks; the student's own takes more than a context if it can."""
    own = None
    try:
        own = own_gpt(case.student, language)
        own.train()
        own.replace_forward(**{**language.design(), "context_size": LONG})
    except StudentFault:
        pass
    else:
        yield Desk(Writer(case.student, own, language), takes_more=True)
    stand_in = case.student.stand_in_model(**language.design())
    yield Desk(Writer(case.student, stand_in, language), takes_more=False)
    if own is not None and not own.log.calls:
        direct = writer_without_forward(case.student, language)
        if direct is not None:
            yield Desk(direct, takes_more=False)


def a_desk(
    case: Case, language: Language, x: Tensor, n: int = 2, *args: Any
) -> tuple[Desk | None, bool]:
    """The first model that generate gets on with; else the first on which it does not raise.

    Also whether it asks no model for a single token: not ours, and not its own in any other way.
    """
    without_fault, raised = None, False
    for desk in desks(case, language):
        desk.first = desk.ask(x, n, *args)
        if desk.first.fault is None and (desk.first.calls or not desk.writer.watched):
            return desk, False
        raised = raised or desk.first.fault is not None
        if desk.first.fault is None and without_fault is None:
            without_fault = desk
    return without_fault, not raised


def first_new(x: Tensor, result: Tensor) -> Tensor | None:
    """The first token that was written in each row, wherever it stands. Shapes: (N, T) -> (N,).

    None where the rows, or what is no longer x, cannot be told.
    """
    N, T = x.shape
    if result.ndim != 2 or len(result) != N:
        return None
    L = result.shape[1]
    if L > T and torch.equal(result[:, :T], x):
        return result[:, T]
    if L > T and torch.equal(result[:, -T:], x):
        return result[:, L - T - 1]
    return result[:, 0] if L < T else None
