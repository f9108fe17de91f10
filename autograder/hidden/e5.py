"""E5 at other sizes."""

from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.e5 import (
    E5,
    check_blocks,
    check_embeddings,
    check_length,
    check_loss,
    check_output,
    check_parameters,
    check_shape,
    check_tied,
)
from autograder.checks.evidence.embedding_dropout import check_dropout
from autograder.checks.evidence.first_weights import (
    expect_scaled_outputs,
    expect_small_and_normal,
    on_the_best_blocks,
)
from autograder.checks.evidence.known_blocks import Sizes
from autograder.probe.view import Student


def drawn_sizes(rng: Draw) -> Sizes:
    """Sizes drawn for this run, all different, so that a shape still tells what a tensor is."""
    rng = rng.common("sizes")
    return Sizes(
        vocab_size=rng.whole(49, 60), context_size=rng.whole(9, 14), hidden_size=16,
        n_layer=rng.choice((2, 4)), n_head=rng.choice((1, 8)),
    )  # fmt: skip


def with_dropout(rng: Draw) -> Sizes:
    """The same sizes with a rate drawn for this run, none that somebody writes by hand."""
    return drawn_sizes(rng).but(dropout=(10 * rng.common("rate").whole(15, 70) + 7) / 1000)


def wide_sizes(rng: Draw) -> Sizes:
    """Sizes with enough weights to tell one distribution from another."""
    return drawn_sizes(rng).but(hidden_size=32)


@E5.hidden("e5.shape")
def shapes_at_other_sizes(student: Student, rng: Draw) -> None:
    """Batches and lengths drawn now."""
    check_shape(student, rng, drawn_sizes(rng), ((rng.whole(4, 6), rng.whole(2, 8)),))


@E5.hidden("e5.loss")
def loss_at_other_sizes(student: Student, rng: Draw) -> None:
    """Batches and lengths drawn now."""
    check_loss(student, rng, drawn_sizes(rng), ((1, 1), (rng.whole(4, 6), rng.whole(2, 8))))


@E5.hidden("e5.embeddings")
def embeddings_at_other_sizes(student: Student, rng: Draw) -> None:
    """Tables of other sizes."""
    check_embeddings(student, rng, drawn_sizes(rng))


@E5.hidden("e5.blocks")
def other_numbers_of_blocks(student: Student, rng: Draw) -> None:
    """Two or four blocks, and one."""
    check_blocks(student, rng, with_dropout(rng))
    check_blocks(student, rng, drawn_sizes(rng).but(n_layer=1))


@E5.hidden("e5.output")
def output_at_other_sizes(student: Student, rng: Draw) -> None:
    """Another width and vocabulary."""
    check_output(student, rng, drawn_sizes(rng))


@E5.hidden("e5.tied")
def tied_at_other_sizes(student: Student, rng: Draw) -> None:
    """Another width and vocabulary."""
    check_tied(student, rng, drawn_sizes(rng))


@E5.hidden("e5.parameters")
def count_at_other_sizes(student: Student, rng: Draw) -> None:
    """Another number of blocks."""
    check_parameters(student, rng, drawn_sizes(rng))


@E5.hidden("e5.init")
def first_weights_at_other_sizes(student: Student, rng: Draw) -> None:
    """Another number of blocks."""
    on_the_best_blocks(student, rng, wide_sizes(rng), expect_small_and_normal)


@E5.hidden("e5.scaled")
def scaled_by_another_depth(student: Student, rng: Draw) -> None:
    """Another number of blocks, another scale."""
    on_the_best_blocks(student, rng, wide_sizes(rng), expect_scaled_outputs)


@E5.hidden("e5.dropout")
def other_rates(student: Student, rng: Draw) -> None:
    """A rate drawn now, and none at all."""
    check_dropout(student, rng, with_dropout(rng))


@E5.hidden("e5.length")
def another_context_size(student: Student, rng: Draw) -> None:
    """A context size drawn now."""
    check_length(student, rng, drawn_sizes(rng))
