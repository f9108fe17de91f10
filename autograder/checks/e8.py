"""E8: writing with the model, in languages whose every probability is known."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.languages import (
    Language,
    Writer,
    expect_distribution,
    standard_errors,
    sure_language,
    with_some_model,
)
from autograder.checks.evidence.like_forward import expect_like_forward
from autograder.checks.expectations import agrees, expect, expect_tensor, name_type
from autograder.checks.framework import Exercise
from autograder.probe.view import Student

E8 = Exercise("E8", "Text from the model", ("generate",), minutes=30, difficulty=2)

V = 12  # tokens in the vocabulary
DRAWS = 1500  # enough to tell apart most laws that a mistake confuses
MORE_DRAWS = 15_000  # where these leave a doubt


@E8.check("shape", points=0.5, hint="put each new token behind those that are "
          "there already, along the axis of time")  # fmt: skip
def the_sequences_grow(student: Student, rng: Draw) -> None:
    """(N, T) becomes (N, T + max_new_tokens), long: x itself, then the new tokens."""
    language = sure_language(torch.full((V,), rng.whole(1, V - 1)))

    def claim(writer: Writer) -> None:
        for N, T, n in ((3, 4, 5), (1, 1, 2)):
            expect_continuation(writer, rng.tokens(V, N, T), n)

    with_some_model(student, language, claim)


@E8.check("rows", points=0.5, hint="use the logits of the last position, for each row its "
          "own")  # fmt: skip
def each_sequence_goes_its_own_way(student: Student, rng: Draw) -> None:
    """Each sequence of the batch goes on from its own last token; max_new_tokens=0 adds nothing."""
    language = sure_language(rng.permutation(V))

    def claim(writer: Writer) -> None:
        x = torch.stack([rng.permutation(V)[:4] for _ in range(5)])
        expect_equal_tokens(writer.new_tokens(x, 6), continuation(writer.language, x, 6),
                            "a sequence does not go on from its own last token")  # fmt: skip
        writer.new_tokens(x, 0)

    with_some_model(student, language, claim)


@E8.check("distribution", points=0.5, hint="softmax the logits, then draw one token from these "
          "probabilities, anew for each sequence and step")  # fmt: skip
def tokens_are_drawn_from_the_model(student: Student, rng: Draw) -> None:
    """Each new token is drawn at random with the probabilities that the model gives."""

    def claim(writer: Writer) -> None:
        x = rng.tokens(V, 1, 1)
        expect_draws(
            lambda rows: writer.new_tokens(x.expand(rows, 1), 2), writer.language.logits(x),
            "the new tokens do not follow the model's probabilities",
        )  # fmt: skip

    with_some_model(student, even_language(rng), claim)


@E8.check("fresh", points=0.5, hint="set no seed inside generate, and draw for each row by itself")
def every_text_is_another_one(student: Student, rng: Draw) -> None:
    """Two calls in a row give different texts, and so do two sequences that begin alike."""
    # By chance, eight rows of three tokens are alike once in 10^18 times.

    def claim(writer: Writer) -> None:
        x = rng.tokens(V, 1, 2).expand(8, 2)
        first, second = writer.new_tokens(x, 3), writer.new_tokens(x, 3)
        writer.require_calls()
        expect(not torch.equal(first, second), "two calls in a row give the same tokens",
               expected="another text each time", got="the same text twice")  # fmt: skip
        expect(bool((first != first[:1]).any()), "two sequences of a batch get the same tokens",
               expected="a draw of its own for each sequence", got="one draw for both")  # fmt: skip

    with_some_model(student, even_language(rng), claim)


@E8.check("temperature", points=0.5, after=("distribution",), hint="divide the logits by the "
          "temperature before the softmax")  # fmt: skip
def the_temperature_divides_the_logits(student: Student, rng: Draw) -> None:
    """The logits are divided by temperature before the softmax."""
    expect_temperature(student, rng, 0.4, by_name=False)
    expect_temperature(student, rng, 3.0, by_name=True)


@E8.check("context", points=0.5, hint="give the model the last context_size tokens only, and "
          "keep all of them for the result")  # fmt: skip
def the_model_sees_the_last_tokens(student: Student, rng: Draw) -> None:
    """The model is given the whole sequence, and its last context_size tokens when it grows beyond
    that."""
    language = sure_language(rng.permutation(V), context_size=5, far=1)

    def claim(writer: Writer) -> None:
        for T, n in ((2, 3), (3, 7), (8, 4)):
            x = rng.tokens(V, 3, T)
            expect_equal_tokens(
                writer.new_tokens(x, n), continuation(writer.language, x, n),
                f"the model is not given the last tokens (context_size=5, {T} tokens in x)",
            )  # fmt: skip
        if not writer.watched:
            expect_like_forward(writer, rng, "the model is not given the last tokens",
                                training=False)  # fmt: skip

    with_some_model(student, language, claim)


@E8.check("mode", points=0.5, hint="remember the mode in which the model came, switch dropout "
          "off, and go back to that mode at the end")  # fmt: skip
def dropout_is_off_and_the_mode_comes_back(student: Student, rng: Draw) -> None:
    """Dropout is off while the model writes, and the model's mode is as before when it is done."""
    token = rng.whole(1, V - 1)
    language = sure_language(torch.full((V,), token), torch.zeros(V).long())

    def claim(writer: Writer) -> None:
        for training in (True, False):
            expect_mode_kept(writer, rng.tokens(V, 2, 3), training)
        if not writer.watched:
            expect_like_forward(writer, rng, "dropout is active while the model writes",
                                training=True)  # fmt: skip

    with_some_model(student, language, claim)


@E8.check("quiet", points=0.5)
def nothing_is_recorded_or_printed(student: Student, rng: Draw) -> None:
    """No gradients are recorded while the model writes, and nothing is printed."""

    def claim(writer: Writer) -> None:
        writer.new_tokens(rng.tokens(V, 2, 3), 4)
        printed = student.printed.strip()
        expect(
            not printed, "generate prints something",
            expected="nothing printed", got=repr(printed[:60]),
            hint="return the tokens; who calls generate may print them",
        )  # fmt: skip
        expect(
            all(call.get("gradients") is False for call in writer.require_calls()),
            "the model records gradients while it writes",
            expected="no gradients", got="a graph of operations for every token",
            hint="nothing is learned here: switch the recording of gradients off",
        )  # fmt: skip

    with_some_model(student, even_language(rng), claim)


def even_language(rng: Draw, temperature: float = 1.0) -> Language:
    """At this temperature every token follows every other in 2 % to 21 % of cases."""
    spread = torch.linspace(-1.1, 1.1, V) * temperature
    table = torch.stack([spread[rng.permutation(V)] for _ in range(V)])
    return Language(table.expand(2, V, V))


def continuation(language: Language, x: Tensor, n: int) -> Tensor:
    """What a language with one successor for each token says next, (N, n)."""
    whole = x
    for _ in range(n):
        token = language.logits(whole[:, -language.context_size :]).argmax(-1, keepdim=True)
        whole = torch.cat([whole, token], dim=1)
    return whole[:, x.shape[1] :]


def expect_continuation(writer: Writer, x: Tensor, n: int) -> None:
    """The result is x with n new tokens behind it, those that the model is sure of."""
    N, T = x.shape
    result = writer.generate(x, n)
    expect(not isinstance(result, list), "the result is not a tensor, but several things",
           expected=f"a tensor of shape {(N, T + n)}", got=name_type(result),
           cause="no-tensor-returned")  # fmt: skip
    result = expect_tensor(result, (N, T + n), "the result", whole=True)
    expect(result.dtype == torch.int64, "the result has another number type than x",
           expected="int64 (long)", got=str(result.dtype)[6:])  # fmt: skip
    expect(torch.equal(result[:, :T], x), f"the first {T} tokens of the result are not those of x",
           expected=x[0].tolist(), got=result[0, :T].tolist())  # fmt: skip
    new = continuation(writer.language, x, n)
    expect_equal_tokens(result[:, T:], new, "the new tokens are not what the model says next")


def expect_equal_tokens(got: Tensor, wanted: Tensor, message: str) -> None:
    """The same tokens, as far as there are any; else show the first row that is not."""
    wanted = wanted[:, : got.shape[1]]
    rows = (got != wanted).any(dim=1).nonzero()
    if len(rows):
        row = int(rows[0])
        expect(False, message, expected=wanted[row].tolist(), got=got[row].tolist())


def expect_draws(draw: Callable[[int], Tensor], logits: Tensor, message: str) -> None:
    """The first new token of each row follows softmax(logits); more are drawn where it may not.

    draw: gives the new tokens (N, n) of so many rows. Shapes: logits (1, V).
    """
    tokens = draw(DRAWS)[:, 0]
    expect_distribution(tokens, logits, message)
    if standard_errors(tokens, logits) > 2.5:  # of right samples, one in 80
        expect_distribution(draw(MORE_DRAWS)[:, 0], logits, message)


def expect_temperature(student: Student, rng: Draw, temperature: float, by_name: bool) -> None:
    """The tokens follow softmax(logits / temperature), given by position or by name."""
    language = even_language(rng, temperature)

    def claim(writer: Writer) -> None:
        x = rng.tokens(V, 1, 1)
        given, named = ((), {"temperature": temperature}) if by_name else ((temperature,), {})
        expect_draws(
            lambda rows: writer.new_tokens(x.expand(rows, 1), 2, *given, **named),
            writer.language.logits(x) / temperature,
            f"the tokens do not follow softmax(logits / temperature) for temperature={temperature}",
        )  # fmt: skip

    with_some_model(student, language, claim)


def expect_mode_kept(writer: Writer, x: Tensor, training: bool) -> None:
    """A model in this mode writes without dropout, and is in the same mode afterwards."""
    names = {True: "training mode", False: "evaluation mode"}
    if training:
        writer.model.train()
    else:
        writer.model.eval()
    expect_equal_tokens(
        writer.new_tokens(x, 3), continuation(writer.language, x, 3),
        "dropout is active while the model writes",
    )  # fmt: skip
    expect(
        all(mode == training for mode in writer.model.modes),
        f"a model that came in {names[training]} is not left in it",
        expected=names[training], got=names[not training],
    )  # fmt: skip
    if writer.watched:  # a mode is what the model does, not what it says of itself
        answer = writer.model(x)
        logits = answer[0] if isinstance(answer, list) and answer else answer
        wanted = writer.language.tables[int(training)][x]
        expect(isinstance(logits, Tensor) and agrees(logits, wanted),
               f"a model that came in {names[training]} does not compute so afterwards",
               expected=names[training], got=names[not training])  # fmt: skip
