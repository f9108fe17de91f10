"""E8 at other sizes."""

from __future__ import annotations

import torch

from autograder.checks.draw import Draw
from autograder.checks.e8 import (
    E8,
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


@E8.hidden("e8.shape")
def other_batches(student: Student, rng: Draw) -> None:
    """Sizes drawn now."""
    V, N = rng.whole(5, 20), rng.whole(2, 6)
    token, T, n = rng.whole(1, V - 1), rng.whole(1, 9), rng.whole(1, 12)
    language = sure_language(torch.full((V,), token), context_size=32)

    def claim(writer: Writer) -> None:
        expect_continuation(writer, rng.tokens(V, N, T), n)

    with_some_model(student, language, claim)


@E8.hidden("e8.rows")
def more_rows(student: Student, rng: Draw) -> None:
    """Another batch, another vocabulary."""
    V = rng.whole(10, 15)
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
    C = rng.whole(2, 8)
    language = sure_language(rng.permutation(13), context_size=C, far=1)

    def claim(writer: Writer) -> None:
        for T in (1, C, C + 3):
            x = rng.tokens(13, 2, T)
            expect_equal_tokens(
                writer.new_tokens(x, C + 2), continuation(writer.language, x, C + 2),
                "the model is not given the last tokens for another context_size",
            )  # fmt: skip

    with_some_model(student, language, claim)


@E8.hidden("e8.mode")
def modes_of_another_model(student: Student, rng: Draw) -> None:
    """Another batch, in the other order."""
    token = rng.whole(1, 8)
    always = torch.full((9,), token)
    language = sure_language(always, torch.zeros(9).long())

    def claim(writer: Writer) -> None:
        for training in (False, True):
            expect_mode_kept(writer, rng.tokens(9, 3, 5), training)

    with_some_model(student, language, claim)


@E8.hidden("e8.fresh")
def texts_of_one_sequence(student: Student, rng: Draw) -> None:
    """A batch of one: another text at each call."""

    def claim(writer: Writer) -> None:
        x = rng.tokens(12, 1, 1)
        texts = {tuple(writer.new_tokens(x, 15)[0].tolist()) for _ in range(3)}
        writer.require_calls()
        expect(len(texts) == 3, "two calls in a row give the same tokens",
               expected="another text each time", got="the same text twice")  # fmt: skip

    with_some_model(student, even_language(rng), claim)
