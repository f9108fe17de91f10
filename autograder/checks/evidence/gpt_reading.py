"""Read which of a GPT's parameters is which table, by what the model computes with them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.draw import Draw
from autograder.checks.evidence.known_blocks import KnownGPT, Seen
from autograder.checks.expectations import agrees
from autograder.probe.view import Parameter

Values = Mapping[str, Tensor]
# eps of LayerNorm may be 1e-5 or 1e-6: a relative difference of 1e-5 where the variance is 0.5
NORM_TOLERANCE = 2e-4


@dataclass(frozen=True)
class Table:
    """One parameter as a table of rows x columns, turned round if it is kept the other way."""

    name: str
    turned: bool

    def find(self, values: Values) -> Tensor:
        """The table in these values, (rows, columns)."""
        contents = values[self.name].squeeze()
        return contents.T if self.turned else contents


@dataclass(frozen=True)
class Head:
    """What follows the last block: LayerNorm's weight and bias, the output table and a bias."""

    weight: str | None
    bias: str | None
    output: Table
    output_bias: str | None = None

    def predict(self, stream: Tensor, values: Values) -> Tensor:
        """Logits (N, T, V) of a stream (N, T, D)."""
        weight, bias, output_bias = (
            None if name is None else values[name].flatten()
            for name in (self.weight, self.bias, self.output_bias)
        )
        normed = F.layer_norm(stream, stream.shape[-1:], weight, bias)
        return F.linear(normed, self.output.find(values), output_bias)


@dataclass(frozen=True)
class Embedding:
    """The two tables whose rows are added."""

    token: Table
    position: Table

    def predict(self, x: Tensor, values: Values) -> Tensor:
        """The stream (N, T, D) that enters the first block."""
        return self.token.find(values)[x] + self.position.find(values)[: x.shape[1]]


def squeezed(parameter: Parameter) -> tuple[int, ...]:
    """A parameter's shape without axes of size 1."""
    return tuple(size for size in parameter.values.shape if size > 1)


def tables(parameters: Sequence[Parameter], rows: int, columns: int) -> list[Table]:
    """All parameters that can be a table of this size, either way round."""
    found = []
    for parameter in parameters:
        if squeezed(parameter) in ((rows, columns), (columns, rows)):
            found.append(Table(parameter.name, squeezed(parameter) == (columns, rows)))
    return found


def token_tables(gpt: KnownGPT) -> list[Table]:
    """The parameters of V x D."""
    return tables(gpt.outside, gpt.sizes.vocab_size, gpt.sizes.hidden_size)


def position_tables(gpt: KnownGPT) -> list[Table]:
    """The parameters of C x D."""
    return tables(gpt.outside, gpt.sizes.context_size, gpt.sizes.hidden_size)


def fresh_weights(gpt: KnownGPT, rng: Draw) -> Values:
    """Give the model new weights of size one, so that its own initialisation is no matter.

    Those inside the blocks stay as they are: what the known blocks compute does not depend on them.
    A model that does not use Block has layers we cannot know. Their matrices and biases become 0
    and their norms stay 1: with residual connections, they pass the stream on unchanged.
    """
    if gpt.made:
        return rng.weights_for(gpt.model, std=1.0, parameters=gpt.outside)
    known = {table.name for table in token_tables(gpt) + position_tables(gpt)}
    values = {
        p.name: rng.normal(*p.values.shape)
        if p.name in known
        else (p.values == 1).all() * torch.ones_like(p.values)
        for p in gpt.parameters
    }
    gpt.model.load(values)
    return values


def find_embedding(gpt: KnownGPT, x: Tensor, stream: Tensor, values: Values) -> Embedding | None:
    """The pair of tables whose sum entered the first block."""
    for token, position in itertools.product(token_tables(gpt), position_tables(gpt)):
        embedding = Embedding(token, position)
        if agrees(stream, embedding.predict(x, values)):
            return embedding
    return None


def find_head(gpt: KnownGPT, stream: Tensor, logits: Tensor, values: Values) -> Head | None:
    """The LayerNorm and output table that turn what the last block gave into the logits."""
    for head in heads(gpt):
        if agrees(logits, head.predict(stream, values), NORM_TOLERANCE):
            return head
    return None


def heads(gpt: KnownGPT) -> Iterator[Head]:
    """All ways to take the outside parameters for a final LayerNorm and an output layer."""
    D, V = gpt.sizes.hidden_size, gpt.sizes.vocab_size
    vectors = [p.name for p in gpt.outside if squeezed(p) == (D,)]
    biases = [None, *(p.name for p in gpt.outside if squeezed(p) == (V,))]
    norms: list[tuple[str | None, ...]] = [(None, None)]
    if len(vectors) <= 4:  # more are the norms of layers of the student's own, see fresh_weights
        norms += [*itertools.permutations(vectors, 2), *((name, None) for name in vectors)]
    for (weight, bias), table, extra in itertools.product(norms, token_tables(gpt), biases):
        yield Head(weight, bias, table, extra)


def find_whole(
    gpt: KnownGPT, x: Tensor, seen: Seen, values: Values
) -> tuple[Embedding, Head] | None:
    """Embedding and head together, for a model without Block whose layers pass everything on."""
    for token, position in itertools.product(token_tables(gpt), position_tables(gpt)):
        embedding = Embedding(token, position)
        head = find_head(gpt, embedding.predict(x, values), seen.logits, values)
        if head is not None:
            return embedding, head
    return None
