"""E8: which tokens of the text so far the model is given at each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.diagnosis.case import Case
from autograder.diagnosis.e8_laws import V, spread_language
from autograder.diagnosis.e8_writing import Answer, Desk, a_desk
from autograder.diagnosis.finding import Finding

NARROW, WIDE = 5, 16  # context sizes
TEXTS = ((NARROW, 3, 7), (NARROW, 8, 3), (WIDE, 19, 2))  # C, T, n: all of them outgrow C
MAY = ("shape", "rows", "mode", "context")
READS_TOO_LITTLE = ("last-token-not-read", "new-tokens-not-read")  # before the text is too long


@dataclass(frozen=True)
class Step:
    """One call: the text so far (L,), the length T of x, the context size C, how many before."""

    text: Tensor
    T: int
    C: int
    number: int


Window = Callable[[Step], Tensor]

WINDOWS: dict[str, Window] = {
    "": lambda s: s.text[-s.C :],
    "context-not-cropped": lambda s: s.text,
    "keeps-the-first-tokens": lambda s: s.text[: s.C],
    "context-one-too-short": lambda s: s.text[-(s.C - 1) :],
    "context-one-too-long": lambda s: s.text[-(s.C + 1) :],
    "only-last-token-read": lambda s: s.text[-1:],
    "only-last-token-read/after the first": lambda s: s.text[-1:] if s.number else s.text[-s.C :],
    "only-last-token-read/after the whole": lambda s: s.text[-1:] if s.number else s.text,
    "last-token-not-read": lambda s: s.text[:-1][-s.C :],
    "last-token-not-read/in a context": lambda s: s.text[-s.C :][:-1],
    "last-token-not-read/and not cropped": lambda s: s.text[:-1],
    "new-tokens-not-read": lambda s: s.text[: s.T][-s.C :],
    "new-tokens-not-read/and not cropped": lambda s: s.text[: s.T],
    "prompt-not-read": lambda s: s.text[s.T :][-s.C :] if s.number else s.text[-s.C :],
    "context-cropped-once": lambda s: s.text[max(0, s.T - s.C) :],
    "context-padded": lambda s: torch.cat([s.text.new_zeros(max(0, s.C - len(s.text))),
                                           s.text[-s.C :]]),
}  # fmt: skip


def window_findings(case: Case) -> Iterator[Finding]:
    """What is wrong with what the model is given, and with what of the text comes back."""
    found: list[set[str]] = []
    cropped = True
    longest = 0
    answers: list[tuple[Answer, list[Step]]] = []
    desks = {C: desk_of(case, C) for C in (NARROW, WIDE)}
    for C, T, n in TEXTS:
        desk = desks[C]
        if desk is None:
            return
        x = case.rng.tokens(V, 1, T)
        answer = desk.ask(x, n)
        if answer.fault is not None:
            yield from refusal_findings(case, desk)
            return
        tokens = answer.tokens()
        if tokens is None:
            return
        cropped = cropped and is_cropped(tokens, x, n, C)
        steps = steps_of(tokens, x, n, C, len(answer.calls))
        answers.append((answer, steps))
        found.append(matching(answer, steps))
        longest = max([longest, *(w.shape[-1] for w in answer.windows)])
    if cropped:
        yield Finding(("result-cropped",), ("context",))
    yield from named(found, answers, longest)


def desk_of(case: Case, C: int) -> Desk | None:
    """A model of this context size that generate gets on with while the text is short."""
    language = spread_language(case.rng, context_size=C)
    return a_desk(case, language, case.rng.tokens(V, 1, 2))[0]


def steps_of(tokens: Tensor, x: Tensor, n: int, C: int, calls: int) -> list[Step]:
    """The text before each call, as far as the result tells it. Shapes: x (1, T)."""
    T = x.shape[1]
    if not torch.equal(tokens[:, :T], x):
        if tokens.shape[1] != n:
            return []
        tokens = torch.cat([x, tokens], dim=1)
    return [
        Step(tokens[0, : T + number], T, C, number)
        for number in range(calls) if T + number <= tokens.shape[1]
    ]  # fmt: skip


def matching(answer: Answer, steps: list[Step]) -> set[str]:
    """The names of the windows that were given at every step; empty if there is none to judge."""
    if not steps or len(steps) != len(answer.windows):
        return set()
    if len(steps) == 1:  # one call, for more tokens than one
        return {"new-tokens-not-read"} if len(answer.windows) == 1 else set()
    return {
        name for name, window in WINDOWS.items()
        if all(same(given, window(step)) for given, step in zip(answer.windows, steps, strict=True))
    }  # fmt: skip


def same(given: Tensor, window: Tensor) -> bool:
    """Whether just these tokens were given, to a batch of one. Shapes: (1, L), (L,)."""
    return given.shape == (1, len(window)) and torch.equal(given[0], window)


def named(
    found: list[set[str]], answers: list[tuple[Answer, list[Step]]], longest: int
) -> Iterator[Finding]:
    """The window that was given in all texts; or one of a size that nobody has asked for."""
    common = [name for name in WINDOWS if all(name in names for names in found)]
    if not common and all(steps for _, steps in answers) and all(
        same(given, step.text[-longest:])
        for answer, steps in answers
        for given, step in zip(answer.windows, steps, strict=False)
    ):  # fmt: skip
        common = ["context-size-written-out"]
    if common and common[0]:
        name = common[0].partition("/")[0]
        explains = ("rows", "context") if name in READS_TOO_LITTLE else ("context",)
        yield Finding((name,), explains, MAY)


def is_cropped(tokens: Tensor, x: Tensor, n: int, C: int) -> bool:
    """Whether the result of a long text is as short as a context, or begins where one does."""
    T, L = x.shape[1], tokens.shape[1]
    if T <= C:  # where only what was given is cropped, this one comes back whole
        return L in (C, C + 1, T + n)
    return L in (C, C + 1) or (C + n == L and torch.equal(tokens[:, :C], x[:, -C:]))


def refusal_findings(case: Case, desk: Desk) -> Iterator[Finding]:
    """Why a model that takes no more than its context was given more."""
    if desk.takes_more:
        return
    x = case.rng.tokens(V, 1, NARROW + 4)
    if desk.ask(case.rng.tokens(V, 1, 2), 3).fault is not None:
        return
    names: tuple[str, ...] = ("context-not-cropped", "context-one-too-long")
    if desk.ask(x, 1).fault is None:
        names = ("context-cropped-once",)
    yield Finding(names, ("context",))
