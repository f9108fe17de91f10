"""Models that speak a known language, for a student's `generate` to write with.

Each claim is tried on the student's own GPT with its forward replaced, and on a stand-in model; the
better result counts, so that nobody pays for another exercise's mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.checks.expectations import CheckFailed, expect, name_type
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle, Student

SURE = 50.0  # a logit that leaves all other tokens together less than 1e-20
SIZES = {"hidden_size": 8, "n_layer": 1, "n_head": 2, "dropout": 0.1}


@dataclass(frozen=True)
class Language:
    """What the next token is: logits tables[mode][(x_t + far * (x_0 + t)) % V] at position t.

    tables (2, V, V): evaluation and training mode. far = 1: the next token depends on the first
    token of the context and on its length as well.
    """

    tables: Tensor
    context_size: int = 16
    far: int = 0

    @property
    def vocab_size(self) -> int:
        """V, the number of tokens."""
        return self.tables.shape[-1]

    def logits(self, context: Tensor) -> Tensor:
        """The logits after a context, in evaluation mode. Shapes: (N, T) -> (N, V)."""
        first, last, T = context[:, 0], context[:, -1], context.shape[1]
        return self.tables[0][(last + self.far * (first + T - 1)) % self.vocab_size]

    def design(self) -> dict[str, Any]:
        """The same as plain data for probe.stand_in_models."""
        return {
            "kind": "language_model",
            "vocab_size": self.vocab_size,
            "context_size": self.context_size,
            "tables": self.tables,
            "far": self.far,
            **SIZES,
        }


def sure_language(successors: Tensor, in_training: Tensor | None = None, **kwargs: Any) -> Language:
    """A language in which each token has one successor only. Shapes: successors (V,)."""
    V = len(successors)
    training = successors if in_training is None else in_training
    tables = torch.stack([SURE * torch.eye(V)[after] for after in (successors, training)])
    return Language(tables, **kwargs)


@dataclass(frozen=True)
class Writer:
    """A model that the student's `generate` writes with."""

    student: Student
    model: Handle
    language: Language

    def generate(self, x: Tensor, max_new_tokens: int, *args: Any, **options: Any) -> Any:
        """Call the student's generate(model, x, max_new_tokens, ...)."""
        return self.student.function("generate", self.model, x, max_new_tokens, *args, **options)

    def new_tokens(self, x: Tensor, max_new_tokens: int, *args: Any, **options: Any) -> Tensor:
        """The same; the last max_new_tokens columns of the result, (N, max_new_tokens) long."""
        result = self.generate(x, max_new_tokens, *args, **options)
        if not isinstance(result, Tensor) or result.ndim != 2 or len(result) != len(x):
            raise CheckFailed("the result is not one sequence per row of x",
                              f"a tensor of {len(x)} rows", name_type(result))  # fmt: skip
        new = result[:, result.shape[1] - max_new_tokens :].long()
        if new.shape[1] != max_new_tokens or not inside(new, self.language.vocab_size):
            raise CheckFailed("the result holds too few tokens, or others than the vocabulary's",
                              f"{max_new_tokens} new tokens a row", name_type(result))  # fmt: skip
        return new

    @property
    def calls(self) -> list[dict[str, Any]]:
        """What the model was asked during generation: x, training and gradients of each call."""
        return self.model.log.calls

    def require_calls(self) -> list[dict[str, Any]]:
        """The same; fail if it was never asked."""
        calls = self.calls
        expect(bool(calls), "the model is never called", expected="logits, loss = self(x)",
               got="no call", hint="each new token is drawn from the model's logits")  # fmt: skip
        return calls


Claim = Callable[[Writer], None]


def with_some_model(student: Student, language: Language, claim: Claim) -> None:
    """Make a claim about generate on one model after the other, until it holds.

    Raises what the first one said, if it holds on none.
    """
    failures: list[CheckFailed | StudentFault] = []
    for writer in writers(student, language):
        try:
            claim(writer)
        except (CheckFailed, StudentFault) as failure:
            failures.append(failure)
        else:
            return
    raise failures[0]


def writers(student: Student, language: Language) -> Iterator[Writer]:
    """The student's own GPT with a known forward, where it can be made, and a stand-in model."""
    try:
        own = student.GPT(
            vocab_size=language.vocab_size, context_size=language.context_size, **SIZES
        )
        own.replace_forward(**language.design())
        yield Writer(student, own, language)
    except StudentFault:
        pass  # E5 is not ready: its own checks say so
    yield Writer(student, student.stand_in_model(**language.design()), language)


def inside(tokens: Tensor, vocab_size: int) -> bool:
    """Whether all are tokens of the vocabulary."""
    return tokens.numel() == 0 or bool((tokens >= 0).all() and (tokens < vocab_size).all())


def expect_distribution(tokens: Tensor, logits: Tensor, message: str, *, hint: str = "") -> None:
    """Fail if drawn tokens do not follow softmax(logits), by a chi-square test.

    A right sampler fails with a probability below 1e-9: the bound is at 1e-14 of the chi-square
    law, which is off by less than a factor of 1e4 there for the 40 and more tokens expected of each
    kind. Shapes: tokens (N,), logits (V,) or (N, V), one row per token.
    """
    N, V = len(tokens), logits.shape[-1]
    share = torch.softmax(logits.double(), dim=-1).expand(N, V)
    wanted, got = share.sum(0), torch.bincount(tokens, minlength=V).double()
    statistic = ((got - wanted) ** 2 / wanted).sum()
    chance = torch.special.gammaincc(torch.tensor((V - 1) / 2).double(), statistic / 2)
    worst = int(((got - wanted).abs() / wanted.sqrt()).argmax())
    expect(
        float(chance) > 1e-14, message,
        expected=f"token {worst} in {wanted[worst] / N:.1%} of {N} draws",
        got=f"{got[worst] / N:.1%}", hint=hint,
    )  # fmt: skip
