"""E8 at other sizes."""

from __future__ import annotations

import torch

from autograder.checks.draw import Draw
from autograder.checks.e8 import (
    E8,
    V,
    continuation,
    even_language,
    expect_continuation,
    expect_equal_tokens,
    expect_mode_kept,
    expect_temperature,
)
from autograder.checks.evidence.languages import Writer, sure_language, with_some_model
from autograder.checks.expectations import expect
from autograder.probe.view import Student


def other_vocabulary(rng: Draw) -> int:
    """A number of tokens drawn for this run, another than the context size: shapes tell tables."""
    return rng.common("vocabulary").whole(17, 24)


@E8.hidden("e8.shape")
def other_batches(student: Student, rng: Draw) -> None:
    """Sizes drawn now."""
    V, N = other_vocabulary(rng), rng.whole(2, 6)
    token, T, n = rng.whole(1, V - 1), rng.whole(1, 8), rng.whole(1, 8)
    language = sure_language(torch.full((V,), token))

    def claim(writer: Writer) -> None:
        expect_continuation(writer, rng.tokens(V, N, T), n)

    with_some_model(student, language, claim)


@E8.hidden("e8.rows")
def more_rows(student: Student, rng: Draw) -> None:
    """Another batch, another vocabulary."""
    V = other_vocabulary(rng)
    language = sure_language(rng.permutation(V))

    def claim(writer: Writer) -> None:
        x = rng.tokens(V, rng.whole(1, 9), rng.whole(1, 6))
        expect_equal_tokens(writer.new_tokens(x, 8), continuation(writer.language, x, 8),
                            "a sequence does not go on from its own last token")  # fmt: skip

    with_some_model(student, language, claim)


@E8.hidden("e8.temperature")
def another_temperature(student: Student, rng: Draw) -> None:
    """A temperature drawn now."""
    temperature = round(float(rng.uniform(1, low=1.8, high=2.6)), 2)
    expect_temperature(student, rng, temperature, by_name=False)


@E8.hidden("e8.context")
def another_context(student: Student, rng: Draw) -> None:
    """A context size drawn now, prompts shorter, just as long, and longer."""
    C, V = rng.whole(2, 8), other_vocabulary(rng)
    language = sure_language(rng.permutation(V), context_size=C, far=1)

    def claim(writer: Writer) -> None:
        for T in (1, C, C + 3):
            x = rng.tokens(V, 2, T)
            expect_equal_tokens(
                writer.new_tokens(x, C + 2), continuation(writer.language, x, C + 2),
                "the model is not given the last tokens for another context_size",
            )  # fmt: skip

    with_some_model(student, language, claim)


@E8.hidden("e8.mode")
def modes_of_another_model(student: Student, rng: Draw) -> None:
    """Another batch, in the other order."""
    V = other_vocabulary(rng)
    language = sure_language(torch.full((V,), rng.whole(1, V - 1)), torch.zeros(V).long())

    def claim(writer: Writer) -> None:
        for training in (False, True):
            expect_mode_kept(writer, rng.tokens(V, 3, 5), training)

    with_some_model(student, language, claim)


@E8.hidden("e8.fresh")
def texts_of_one_sequence(student: Student, rng: Draw) -> None:
    """A batch of one: another text at each call."""

    def claim(writer: Writer) -> None:
        x = rng.tokens(V, 1, 1)
        texts = [writer.new_tokens(x, 10) for _ in range(2)]
        writer.require_calls()
        expect(not torch.equal(*texts), "two calls in a row give the same tokens",
               expected="another text each time", got="the same text twice")  # fmt: skip

    # of tokens nearly alike (one follows twice by chance in 0.087 of cases), so that ten in a row
    # come again once in 10^10 times
    with_some_model(student, even_language(rng, 0.3), claim)
