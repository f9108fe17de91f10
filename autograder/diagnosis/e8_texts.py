"""E8: the form of what comes back, and in which mode the model is asked and left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.diagnosis.case import Case
from autograder.diagnosis.e8_laws import V
from autograder.diagnosis.e8_writing import Desk
from autograder.diagnosis.finding import Finding

ALL = ("shape", "rows", "distribution", "fresh", "temperature", "context", "mode", "quiet")
SHORT = ((3, 3, 7), (2, 5, 2))  # N, T, n: here no two ways to count wrongly agree twice
Form = Callable[[Tensor, Tensor, int], bool]  # x (N, T), result (N, L), n


def begins(x: Tensor, result: Tensor) -> bool:
    """Whether the result begins with x."""
    return torch.equal(result[:, : x.shape[1]], x)


def lengths(count: Callable[[int, int], int]) -> Form:
    """Results that begin with x and have so many tokens, by T and n."""
    return lambda x, r, n: begins(x, r) and r.shape[1] == count(x.shape[1], n)


FORMS: dict[str, Form] = {
    "": lengths(lambda T, n: T + n),
    "one-token-too-few": lengths(lambda T, n: T + n - 1),
    "one-token-too-many": lengths(lambda T, n: T + n + 1),
    "nothing-new": lengths(lambda T, n: T),
    "stops-after-one-token": lengths(lambda T, n: T + 1),
    "counts-up-to-the-length": lengths(max),
    "two-tokens-a-step": lengths(lambda T, n: T + 2 * n),
    "prompt-twice": lambda x, r, n: (
        begins(x, r) and begins(x, r[:, x.shape[1] :]) and r.shape[1] == 2 * x.shape[1] + n
    ),
    "tokens-in-front": lambda x, r, n: (
        torch.equal(r[:, -x.shape[1] :], x) and r.shape[1] == x.shape[1] + n
    ),
    "prompt-not-returned": lambda x, r, n: r.shape[1] == n and len(r) == len(x),
    "prompt-not-returned/its last token": lambda x, r, n: (
        r.shape[1] == n + 1 and torch.equal(r[:, :1], x[:, -1:])
    ),
    "length-kept": lambda x, r, n: (
        r.shape == x.shape and torch.equal(r[:, : max(0, x.shape[1] - n)], x[:, n:])
    ),
    "only-last-token-returned": lambda x, r, n: r.shape == (len(x), 1),
    "one-row-returned": lambda x, r, n: r.shape == (1, x.shape[1] + n),
    "rows-and-columns-swapped": lambda x, r, n: r.shape == (x.shape[1] + n, len(x)),
}  # fmt: skip


def text_findings(case: Case, desk: Desk) -> Iterator[Finding]:
    """What is wrong with the form of the result."""
    trials = []
    for N, T, n in SHORT:
        x = case.rng.tokens(V, N, T)
        trials.append((x, n, desk.ask(x, n, look=False)))
    if any(answer.fault is not None for _, _, answer in trials):
        return
    if name := kind_name([answer.result for _, _, answer in trials]):
        yield Finding((name,), ("shape",) if name == "number-type-changed" else ALL)
    forms = [form_names(x, n, answer.tokens()) for x, n, answer in trials]
    common = [name for name in forms[0] if name in forms[1]]
    if common and common[0]:
        yield Finding((common[0].partition("/")[0],), ("shape",), ALL)
    if case.failed("rows") and desk.ask(trials[0][0], 0, look=False).fault is not None:
        yield Finding(("fails-for-no-tokens",), (), ("rows",))


def kind_name(results: Sequence[Any]) -> str:
    """What is wrong with results whatever their length."""
    if all(result is None for result in results):
        return "nothing-returned"
    if not any(isinstance(result, Tensor) for result in results):
        return "no-tensor-returned"
    found = [result for result in results if isinstance(result, Tensor)]
    if all(bool((result == result.long()).all()) for result in found):
        changed = all(result.dtype != torch.int64 for result in found)
        return "number-type-changed" if changed else ""
    return "numbers-for-tokens"


def form_names(x: Tensor, n: int, result: Tensor | None) -> list[str]:
    """The forms that a result has; "" for the right one."""
    return [] if result is None else [name for name, form in FORMS.items() if form(x, result, n)]


def mode_findings(case: Case, desk: Desk) -> Iterator[Finding]:
    """In which mode the model is asked, and in which it is left, when it comes in either."""
    asked: dict[bool, list[bool]] = {}
    left: dict[bool, list[bool]] = {}
    for training in (True, False):
        if training:
            desk.writer.model.train()
        else:
            desk.writer.model.eval()
        answer = desk.ask(case.rng.tokens(V, 2, 3), 3)
        if answer.fault is not None:
            return
        asked[training] = [bool(call["training"]) for call in answer.calls]
        left[training] = desk.writer.model.modes
    name = asked_name(asked)
    if name:
        yield Finding((name,), ("mode",))
    if name not in ("dropout-switched-on", "mode-back-too-early") and (other := left_name(left)):
        yield Finding((other,), ("mode",))


def asked_name(asked: dict[bool, list[bool]]) -> str:
    """What is wrong with the modes in which a model is asked; by the mode in which it came."""
    came_training, came_evaluating = asked[True], asked[False]
    if not any(came_training):
        return ""
    if came_evaluating and all(came_training) and all(came_evaluating):
        return "dropout-switched-on"
    return "dropout-stays-on" if all(came_training) else "mode-back-too-early"


def left_name(left: dict[bool, list[bool]]) -> str:
    """What is wrong with the modes in which a model is left; by the mode in which it came."""
    after = {came: set(modes) for came, modes in left.items()}
    if after[True] == {True, False} and left[True][0] and after[False] == {False}:
        return "only-own-mode-restored"
    return {
        (False, False): "left-in-evaluation",
        (True, True): "always-back-to-training",
        (False, True): "modes-exchanged",
    }.get((after[True] == {True}, after[False] == {True}), "") if (
        all(len(modes) == 1 for modes in after.values())
    ) else ""  # fmt: skip


def quiet_findings(case: Case, desk: Desk) -> Iterator[Finding]:
    """Whether anything is printed, or gradients are recorded."""
    answer = desk.ask(case.rng.tokens(V, 2, 3), 4)
    if answer.printed.strip():
        yield Finding(("prints",), ("quiet",))
    if any(call.get("gradients") is not False for call in answer.calls):
        yield Finding(("gradients-recorded",), ("quiet",))
