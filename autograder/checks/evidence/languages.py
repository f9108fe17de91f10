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

from autograder.checks.expectations import (
    CheckFailed,
    expect,
    expect_tensor,
    finite,
    name_type,
)
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle, Student

SURE = 50.0  # a logit that leaves all other tokens together less than 1e-20
WIDE = 32  # a hidden size that is wider than any vocabulary here
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
    """A model that the student's `generate` writes with; watched: whether its calls are seen."""

    student: Student
    model: Handle
    language: Language
    watched: bool = True

    def generate(self, x: Tensor, max_new_tokens: int, *args: Any, **options: Any) -> Any:
        """Call the student's generate(model, x, max_new_tokens, ...)."""
        return self.student.function("generate", self.model, x, max_new_tokens, *args, **options)

    def new_tokens(self, x: Tensor, max_new_tokens: int, *args: Any, **options: Any) -> Tensor:
        """The same; what follows x in the result, (N, max_new_tokens) or fewer columns, long.

        Whether x stands in front, and how many tokens follow, is the first check's matter.
        """
        result = self.generate(x, max_new_tokens, *args, **options)
        if not isinstance(result, Tensor) or result.ndim != 2 or len(result) != len(x):
            raise CheckFailed("the result is not one sequence per row of x",
                              f"a tensor of {len(x)} rows", name_type(result))  # fmt: skip
        tokens, T = result.long(), x.shape[1]
        begins_with_x = tokens.shape[1] >= T and torch.equal(tokens[:, :T], x)
        new = tokens[:, T:] if begins_with_x else tokens[:, -max_new_tokens:]
        enough = new.shape[1] > 0 or max_new_tokens == 0
        if not enough or not inside(new, self.language.vocab_size):
            raise CheckFailed("the result holds no new tokens, or others than the vocabulary's",
                              f"{max_new_tokens} new tokens a row", name_type(result))  # fmt: skip
        return new[:, :max_new_tokens]

    def require_calls(self) -> list[dict[str, Any]]:
        """What the model was asked: x, training and gradients of each call; fail if never."""
        if not self.watched:
            return []
        calls = self.model.log.calls
        expect(bool(calls), "the model is never called", expected="a call for each new token",
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
    """The student's own GPT with a known forward, where it can be made; a stand-in model; and the
    GPT as it is, if its forward was never called: then `generate` reaches for its parts."""
    own = None
    try:
        own = own_gpt(student, language)
        own.train()  # as a model is when it is new
        own.replace_forward(**language.design())
    except StudentFault:
        pass  # E5 is not ready: its own checks say so
    else:
        yield Writer(student, own, language)
    yield Writer(student, student.stand_in_model(**language.design()), language)
    if own is not None and not own.log.calls:
        direct = writer_without_forward(student, language)
        if direct is not None:
            yield direct


def own_gpt(student: Student, language: Language) -> Handle:
    """The student's GPT for a language's vocabulary and context, one for all of the checks."""
    key = ("own GPT", language.vocab_size, language.context_size)
    return student.once(key, lambda: make_gpt(student, language, **SIZES))


def make_gpt(student: Student, language: Language, **sizes: Any) -> Handle:
    """Make the student's GPT for a language's vocabulary and context."""
    return student.GPT(vocab_size=language.vocab_size, context_size=language.context_size, **sizes)


def writer_without_forward(student: Student, language: Language) -> Writer | None:
    """The student's GPT taught a language through its weights, if generate speaks it.

    With all matrices but the embedding at zero, a GPT looks at the last token alone, and its table
    of logits can be read off. A generate that does not use the model at all gets none.
    """

    def taught(sure: bool) -> Writer:
        model = make_gpt(student, language, **{**SIZES, "hidden_size": WIDE, "dropout": 0.0})
        return Writer(student, model, teach(model, language, sure), watched=False)

    try:
        writer = taught(sure=True)
        x = torch.arange(min(4, language.vocab_size)).unsqueeze(1)
        if not torch.equal(writer.new_tokens(x, 2), x.expand(-1, 2)):
            return None
        return writer if float(language.tables.max()) >= SURE else taught(sure=False)
    except (CheckFailed, StudentFault):
        return None


def teach(model: Handle, language: Language, sure: bool) -> Language:
    """Set a GPT's weights so that each token follows itself (sure), or all follow each other with
    logits as large as those of `language`; return what it speaks."""
    V = language.vocab_size
    rows = torch.eye(V, WIDE) if sure else torch.cos(torch.arange(1.0 * V * WIDE)).view(V, WIDE)
    shapes = {p.name: tuple(p.values.shape) for p in model.unique_parameters}

    def table(size: float) -> Tensor:
        model.load({
            name: size * rows if shape == (V, WIDE) else torch.zeros(shape)
            for name, shape in shapes.items() if len(shape) > 1
        })  # fmt: skip
        answer = model(torch.arange(V).unsqueeze(1))
        first = answer[0] if isinstance(answer, list) and answer else None
        logits = expect_tensor(first, (V, 1, V), "the model's logits")[:, 0]
        expect(finite(logits) and bool(logits.abs().max() > 0), "the model has no logits")
        return logits - logits.mean(-1, keepdim=True)

    largest = SURE if sure else float(language.tables.max())
    size = largest / float(table(1.0).abs().max())
    return Language(table(size).expand(2, V, V), language.context_size)


def inside(tokens: Tensor, vocab_size: int) -> bool:
    """Whether all are tokens of the vocabulary."""
    return tokens.numel() == 0 or bool((tokens >= 0).all() and (tokens < vocab_size).all())


def standard_errors(tokens: Tensor, logits: Tensor) -> float:
    """How many standard errors the drawn tokens' mean logit is off, if they follow softmax(logits).

    Nothing sees sooner that a temperature is a little off. Shapes: tokens (N,), logits (1, V).
    """
    z = logits.double().view(-1)
    p = torch.softmax(z, dim=-1)
    mean = (p * z).sum()
    error = ((p * (z - mean) ** 2).sum() / len(tokens)).sqrt()
    return float((z[tokens].mean() - mean).abs() / error)


def expect_distribution(tokens: Tensor, logits: Tensor, message: str, *, hint: str = "") -> None:
    """Fail if drawn tokens do not follow softmax(logits).

    Three tests: chi-square over all kinds of tokens, at a chance of 1e-16 (for a kind expected 30
    times the exact law still says less than 1e-13 there); and for each kind Chernoff's bound,
    P(share at least as far off) <= exp(-N KL(got, wanted)), which sees a kind that never comes;
    and the mean logit, at 8.5 standard errors (by Bernstein's bound below 1e-12 from 1500 draws).
    A right sampler fails with a probability below 1e-11.
    Shapes: tokens (N,), logits (V,) or (1, V).
    """
    N, V = len(tokens), logits.shape[-1]
    share = torch.softmax(logits.double(), dim=-1).view(V)
    got = torch.bincount(tokens, minlength=V).double() / N
    statistic = N * ((got - share) ** 2 / share).sum()
    chance = torch.special.gammaincc(torch.tensor((V - 1) / 2).double(), statistic / 2)
    divergence = torch.xlogy(got, got / share) + torch.xlogy(1 - got, (1 - got) / (1 - share))
    worst = int(divergence.argmax())
    expect(
        float(chance) > 1e-16
        and N * float(divergence[worst]) < 30.0
        and standard_errors(tokens, logits) < 8.5,
        message,
        expected=f"token {worst} in {share[worst]:.1%} of {N} draws",
        got=f"in {got[worst]:.1%}", hint=hint,
    )  # fmt: skip
