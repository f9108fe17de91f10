"""E5: the whole language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.draw import Draw
from autograder.checks.evidence.embedding_dropout import check_dropout
from autograder.checks.evidence.first_weights import (
    expect_scaled_outputs,
    expect_small_and_normal,
    on_the_best_blocks,
)
from autograder.checks.evidence.gpt_hints import count_hint, embedding_hint, loss_hint, output_hint
from autograder.checks.evidence.gpt_reading import (
    Values,
    find_embedding,
    find_head,
    find_whole,
    fresh_weights,
    position_tables,
    squeezed,
    token_tables,
)
from autograder.checks.evidence.known_blocks import KnownGPT, Seen, Sizes, known_gpt
from autograder.checks.evidence.layers import check_layers_of_its_own, check_use_of_blocks
from autograder.checks.evidence.tying import expect_both_gradients, expect_both_uses
from autograder.checks.expectations import (
    CheckFailed,
    agrees,
    expect,
    expect_close,
    expect_tensor,
    name_type,
)
from autograder.checks.framework import Exercise
from autograder.probe.errors import StudentFault
from autograder.probe.view import Student

E5 = Exercise(
    "E5",
    "The whole model",
    ("GPT",),
    asks="the whole model: embeddings, blocks, output, first weights",
    minutes=60,
    difficulty=3,
)
SMALL = Sizes()
RATE = 0.3
WIDE = Sizes(vocab_size=50, context_size=21, hidden_size=32, n_layer=3, n_head=4)


@E5.check("logits", points=0.5)
def every_position_gets_a_number_for_every_token(student: Student, rng: Draw) -> None:
    """The model gives V logits for each position, and they depend on the tokens."""
    with known_gpt(student, rng, SMALL) as gpt:
        fresh_weights(gpt, rng)
        x = rng.tokens(SMALL.vocab_size, 2, 5)
        other = (x + 1) % SMALL.vocab_size
        expect(
            not agrees(gpt.logits(x), gpt.logits(other)),
            "other tokens, but the same logits",
            expected="logits that depend on the input", got="no change",
            hint="embed the tokens, pass the result through the blocks, then to the output layer",
        )  # fmt: skip


@E5.check("shape", points=0.5, after=("logits",))
def forward_returns_logits_and_a_scalar_loss(student: Student, rng: Draw) -> None:
    """forward(x, y) returns the pair (logits, loss): logits (N, T, V) and one number; without y the
    logits of all positions and None."""
    check_shape(student, rng, SMALL, ((2, 5), (1, 1), (3, 6)))


def check_shape(
    student: Student, rng: Draw, sizes: Sizes, batches: Sequence[tuple[int, int]]
) -> None:
    with known_gpt(student, rng, sizes) as gpt:
        for N, T in batches:
            shape = (N, T, sizes.vocab_size)
            x, y = rng.tokens(sizes.vocab_size, N, T), rng.tokens(sizes.vocab_size, N, T)
            logits, loss = expect_pair(gpt.model(x, y), "forward(x, y)")
            expect_part(logits, shape, "the logits of forward(x, y)")
            expect_part(loss, (), "the loss")
            logits, loss = expect_pair(gpt.model(x), "forward(x)")
            expect_part(logits, shape, "the logits of forward(x)")
            expect(loss is None, "there is a loss without targets",
                   expected="None", got=name_type(loss))  # fmt: skip


def expect_pair(result: object, call: str) -> tuple[object, object]:
    """The two values that forward returned."""
    if isinstance(result, list) and len(result) == 2:
        return result[0], result[1]
    raise CheckFailed(f"{call} does not return two values", "the pair (logits, loss)",
                      name_type(result))  # fmt: skip


def expect_part(value: object, shape: tuple[int, ...], what: str) -> None:
    """Fail unless one of the two is a tensor of that shape; None is no lost `return` here."""
    try:
        expect_tensor(value, shape, what)
    except CheckFailed as failure:
        failure.cause = ""
        raise


@E5.check("loss", points=0.5, after=("logits",),
          hint="F.cross_entropy wants scores (before any softmax) of shape (N*T, V)")  # fmt: skip
def the_loss_is_the_mean_cross_entropy(student: Student, rng: Draw) -> None:
    """The loss is the mean over all N*T positions of -log softmax(logits)[target], and it can be
    differentiated."""
    check_loss(student, rng, SMALL, ((2, 5), (4, 6)))


def check_loss(
    student: Student, rng: Draw, sizes: Sizes, batches: Sequence[tuple[int, int]]
) -> None:
    with known_gpt(student, rng, sizes) as gpt:
        fresh_weights(gpt, rng)
        for N, T in batches:
            x, y = rng.tokens(sizes.vocab_size, N, T), rng.tokens(sizes.vocab_size, N, T)
            logits = gpt.logits(x)
            _, loss = expect_pair(gpt.model(x, y), "forward(x, y)")
            if not isinstance(loss, Tensor) or loss.numel() != 1:
                raise CheckFailed("the loss is not one number in a tensor", "a scalar tensor",
                                  name_type(loss))  # fmt: skip
            wanted = F.cross_entropy(logits.flatten(0, 1), y.flatten())
            expect_close(
                loss.flatten()[0], wanted, "the loss is another number", tolerance=1e-4,
                hint=loss_hint(logits, y, float(loss)),
            )  # fmt: skip
        _, gradients = gpt.model.gradients(x, y, cotangent=torch.ones(()), output=1)
        expect(any(g is not None and bool(g.abs().max() > 0) for g in gradients.values()),
               "no gradient comes back from the loss", expected="a loss to train with",
               got="no gradient", hint="return the loss itself, not loss.item()")  # fmt: skip


def watch(gpt: KnownGPT, rng: Draw, N: int = 2, T: int = 6) -> tuple[Tensor, Seen, Values]:
    """Give the model fresh weights and run it on fresh tokens (N, T)."""
    values = fresh_weights(gpt, rng)
    x = rng.tokens(gpt.sizes.vocab_size, N, min(T, gpt.sizes.context_size))
    return x, gpt.forward(x), values


@E5.check("embeddings", points=1.0, after=("logits",))
def tokens_and_positions_are_embedded_and_added(student: Student, rng: Draw) -> None:
    """What enters the first block is E[x_t] + P[t]: the rows of two learned tables, V x D for
    tokens and C x D for positions."""
    check_embeddings(student, rng, SMALL)


def check_embeddings(student: Student, rng: Draw, sizes: Sizes) -> None:
    with known_gpt(student, rng, sizes) as gpt:
        x, seen, values = watch(gpt, rng)
        V, C, D = sizes.vocab_size, sizes.context_size, sizes.hidden_size
        expect(bool(token_tables(gpt)), "there is no learned table of token embeddings",
               expected=f"a parameter of {V} x {D} (vocab_size x hidden_size)", got="none",
               hint="tokens are looked up: a row of hidden_size numbers for each")  # fmt: skip
        expect(bool(position_tables(gpt)), "there is no learned table of position embeddings",
               expected=f"a parameter of {C} x {D} (context_size x hidden_size)", got="none",
               hint="learn positions like tokens: embed the numbers 0 .. T-1")  # fmt: skip
        if not seen.calls:
            found = find_whole(gpt, x, seen, values) is not None
            hint = "the sum of both embeddings goes through the blocks to the final LayerNorm"
        else:
            found = find_embedding(gpt, x, seen.calls[0]["x"], values) is not None
            hint = embedding_hint(gpt, x, seen.calls[0]["x"], values)
        expect(found, "what enters the blocks is not the sum of both embeddings",
               expected="E[x_t] + P[t] at position t", got="another stream", hint=hint)  # fmt: skip


@E5.check("blocks", points=1.0, after=("logits",))
def the_stream_runs_through_different_blocks_in_order(student: Student, rng: Draw) -> None:
    """L different blocks follow each other, each used once, each the input of the next; the model
    knows their parameters."""
    check_blocks(student, rng, SMALL.but(dropout=RATE))


def check_blocks(student: Student, rng: Draw, sizes: Sizes) -> None:
    with known_gpt(student, rng, sizes) as gpt:
        _, seen, _ = watch(gpt, rng)
        if not gpt.made and not seen.calls:
            return check_layers_of_its_own(student, rng, gpt)
        made = len(gpt.made)
        check_use_of_blocks(gpt, seen)
        again = watch(gpt, rng)[1]
        expect(again.numbers == seen.numbers and len(gpt.made) == made,
               "the second forward call uses other blocks than the first",
               expected="the same blocks each time", got="new blocks",
               hint="make the blocks in __init__, not in forward")  # fmt: skip
        for arguments in gpt.made:
            expect(
                arguments[:2] == [sizes.hidden_size, sizes.n_head],
                "a block is made with other sizes than the model's",
                expected=f"hidden_size={sizes.hidden_size}, n_head={sizes.n_head}",
                got=", ".join(map(str, arguments[:2])),
            )  # fmt: skip


@E5.check("output", points=0.5, after=("logits",))
def a_final_layernorm_and_a_linear_layer_make_the_logits(student: Student, rng: Draw) -> None:
    """The logits are a linear layer D -> V of the final LayerNorm of what the last block gives."""
    check_output(student, rng, SMALL)


def check_output(student: Student, rng: Draw, sizes: Sizes) -> None:
    with known_gpt(student, rng, sizes) as gpt:
        x, seen, values = watch(gpt, rng)
        if not seen.calls:
            expect(find_whole(gpt, x, seen, values) is not None, "the logits are something else",
                   expected="the final LayerNorm, then a linear layer D -> V",
                   got="other numbers")  # fmt: skip
            return
        stream = seen.calls[-1]["y"]
        around = seen.calls[-1]["x"] + stream  # a residual too many is the blocks' claim
        found = any(find_head(gpt, s, seen.logits, values) for s in (stream, around))
        expect(
            found, "the logits are not a linear layer of the final LayerNorm of the last block's "
            "output", expected="LayerNorm(stream) W^T with W of V x D", got="other numbers",
            hint="" if found else output_hint(gpt, stream, seen.logits, values),
        )  # fmt: skip


@E5.check("tied", points=1.0, after=("logits",))
def embedding_and_output_layer_are_one_parameter(student: Student, rng: Draw) -> None:
    """The token embedding and the output layer are one and the same parameter, after
    initialisation, in the gradient, and after load_state_dict."""
    check_tied(student, rng, SMALL)


def check_tied(student: Student, rng: Draw, sizes: Sizes) -> None:
    V, D = sizes.vocab_size, sizes.hidden_size
    with known_gpt(student, rng, sizes) as gpt:
        count = len(token_tables(gpt))
        expect(
            count == 1, f"there are {count} parameters of {V} x {D}",
            expected="one, used as token embedding and as output layer", got=count,
            hint="assign the parameter itself (not a copy, not its .data), and let the "
            "initialisation change it in place",
        )  # fmt: skip
        values = fresh_weights(gpt, rng)
        expect_both_uses(gpt, rng, values)
        expect_both_gradients(gpt, rng)
        source = student.GPT(*astuple(sizes))
        changed = {name: value.roll(1, 0) for name, value in values.items()}
        source.load(changed)
        source.reload_into(gpt.model)
        expect_both_uses(gpt, rng, changed, " after load_state_dict")


@E5.check("parameters", points=0.5, after=("logits",))
def there_is_no_output_bias_and_nothing_is_missing(student: Student, rng: Draw) -> None:
    """The output layer has no bias, and besides the V x D embedding there are C x D numbers for
    positions, the blocks, and the final LayerNorm."""
    check_parameters(student, rng, SMALL)


def check_parameters(student: Student, rng: Draw, sizes: Sizes) -> None:
    V, C, D, L = astuple(sizes)[:4]
    with known_gpt(student, rng, sizes) as gpt:
        trainable = [p for p in gpt.parameters if p.trainable]
        expect(
            not any(squeezed(p) == (V,) for p in trainable), "the output layer has a bias",
            expected="a linear layer D -> V without bias", got=f"a vector of {V} numbers",
        )  # fmt: skip
        names = {table.name for table in token_tables(gpt)}
        expect(any(p.name in names for p in trainable), "the embedding is not trainable",
               expected=f"{V} x {D} learned numbers", got="none")  # fmt: skip
        count = sum(p.values.numel() for p in trainable if p.name not in names)
        if gpt.blocks_at or gpt.made:
            block = student.Block(D, sizes.n_head, sizes.dropout).unique_parameters
            layers = [L * sum(p.values.numel() for p in block if p.trainable)]
        else:  # layers of its own: with or without biases
            layers = list(range(12 * L * D * D, L * (12 * D * D + 14 * D) + 1, L))
        expect(
            count in {C * D + layer + norm for layer in layers for norm in (D, 2 * D)},
            "the number of trainable parameters besides the token embedding is wrong "
            f"for GPT({', '.join(map(str, astuple(sizes)))})",
            expected=f"{C} * {D} for positions + {layers[0]} for the blocks + 2 * {D} for the "
            f"final LayerNorm = {C * D + layers[0] + 2 * D}",
            got=count, hint=count_hint(count - C * D - layers[0], D, layers[0] // L),
        )  # fmt: skip


@E5.check("init", points=1.0, after=("logits",))
def first_weights_are_small_and_normal(student: Student, rng: Draw) -> None:
    """Every matrix and embedding (but the MLPs' output layers) is first drawn from Normal(0, 0.02),
    biases are 0, LayerNorms 1 and 0: the first loss is near ln V."""
    on_the_best_blocks(student, rng, WIDE, expect_small_and_normal)


@E5.check("scaled", points=0.5, after=("logits",),
          hint="2 L branches add to the stream; scaled so, their sum does not grow with L",
    )  # fmt: skip
def mlp_outputs_start_smaller(student: Student, rng: Draw) -> None:
    """The output layers of the MLPs are first drawn from Normal(0, 0.02 / sqrt(2 L))."""
    on_the_best_blocks(student, rng, WIDE, expect_scaled_outputs)


@E5.check("dropout", points=0.5, after=("logits",))
def the_sum_of_embeddings_is_dropped_out(student: Student, rng: Draw) -> None:
    """Dropout acts on the sum of the embeddings and nowhere else outside the blocks, only in
    training, at the model's rate; the blocks get the same rate."""
    check_dropout(student, rng, SMALL.but(dropout=RATE))


@E5.check("length", points=0.5, after=("logits",))
def sequences_up_to_the_context_size_work(student: Student, rng: Draw) -> None:
    """Sequences of 1 to C tokens work; one token more than C raises an error."""
    check_length(student, rng, SMALL)


def check_length(student: Student, rng: Draw, sizes: Sizes) -> None:
    C, V = sizes.context_size, sizes.vocab_size
    with known_gpt(student, rng, sizes) as gpt:
        fresh_weights(gpt, rng)
        for T in (1, C - 1, C):
            gpt.forward(rng.tokens(V, 2, T))
        try:
            gpt.model(*gpt.arguments(rng.tokens(V, 2, C + 1)))
        except StudentFault:
            return
    raise CheckFailed(
        f"a sequence of {C + 1} tokens is taken by a model with context_size={C}",
        "a clear error", "logits",
        "compare T with self.context_size first thing in forward, and raise ValueError",
    )  # fmt: skip
