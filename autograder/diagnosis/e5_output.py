"""E5: what makes the logits instead of a linear layer of the final LayerNorm."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.evidence.gpt_reading import squeezed, token_tables
from autograder.checks.evidence.known_blocks import known_gpt
from autograder.diagnosis.case import Case
from autograder.diagnosis.e5_runs import SMALL, TOLERANCE, Names, Run, multiple, run, same
from autograder.diagnosis.e5_stream import streams

Function = Callable[[Tensor], Tensor]
EPS = 1e-5
ACTIVATIONS: tuple[Function, ...] = (torch.relu, F.gelu, torch.tanh, torch.sigmoid)


def standardised(
    x: Tensor, dims: tuple[int, ...] = (-1,), correction: int = 0, mean: bool = True
) -> Tensor:
    """What LayerNorm does without numbers of its own, over other axes or otherwise."""
    centred = x - x.mean(dims, keepdim=True) if mean else x
    count = 1
    for dim in dims:
        count *= x.shape[dim]
    variance = centred.square().sum(dims, keepdim=True) / max(count - correction, 1)
    return centred / (variance + EPS).sqrt()


NORMS: dict[str, Function] = {
    "": standardised,
    "final-norm-skips-the-mean": partial(standardised, mean=False),
    "final-norm-with-n-minus-1": partial(standardised, correction=1),
    "final-norm-over-wrong-axis/time": partial(standardised, dims=(1,)),
    "final-norm-over-wrong-axis/batch": partial(standardised, dims=(0,)),
    "final-norm-over-wrong-axis/both": partial(standardised, dims=(0, 1)),
    "final-norm-over-wrong-axis/sequence": partial(standardised, dims=(1, 2)),
    "final-norm-over-wrong-axis/all": partial(standardised, dims=(0, 1, 2)),
}
ENDS: dict[str, Function] = {
    "": lambda logits: logits,
    "probabilities-returned": lambda logits: logits.softmax(-1),
    "probabilities-returned/over time": lambda logits: logits.softmax(1),
    "probabilities-returned/sigmoid": torch.sigmoid,
    "log-probabilities-returned": lambda logits: logits.log_softmax(-1),
    "activation-on-logits/relu": torch.relu,
    "activation-on-logits/tanh": torch.tanh,
    "activation-on-logits/gelu": F.gelu,
}
CHOICES: list[tuple[str, str]] = [("", "")]
CHOICES += [(name, "") for name in NORMS if name] + [("", name) for name in ENDS if name]
CHOICES += [(norm, end) for norm in NORMS for end in ENDS if norm and end]


def output_names(run: Run) -> list[Names]:
    """The explanations of the logits, () if they are right."""
    found: list[Names] = []
    for names, stream in sources(run):
        if stream.shape[:2] != run.x.shape:
            continue
        found += [names + after for after in head_names(run, stream, single=bool(names))]
        if () in found:
            return [()]
    return found


def sources(run: Run) -> Iterator[tuple[Names, Tensor]]:
    """What the final LayerNorm may take, the right one first."""
    entry, end = run.entry, run.exit
    if entry is None or end is None:
        return
    yield (), end
    before = run.seen.calls[-1]["x"]
    if before.shape == end.shape:
        yield (), before + end  # a residual too many is the blocks' matter
    if entry.shape != end.shape:
        return
    yield ("time-before-batch",), end.transpose(0, 1)
    yield ("result-of-blocks-dropped",), entry
    yield ("embeddings-added-again",), entry + end
    ends = [call["y"] for call in run.seen.calls if call["y"].shape == end.shape]
    yield ("blocks-in-parallel",), torch.stack(ends).sum(0)
    yield ("blocks-in-parallel",), torch.stack(ends).mean(0)
    yield ("blocks-in-parallel",), entry + torch.stack(ends).sum(0)
    for activation in ACTIVATIONS:
        yield ("activation-between-blocks",), activation(end)
    for table in run.tables():
        if len(table) == run.gpt.sizes.context_size:
            yield ("positions-after-blocks",), end + table[: end.shape[1]]


def head_names(run: Run, stream: Tensor, single: bool = False) -> list[Names]:
    """What is done with the stream of vectors on the way to the logits.

    single: look for the right way and one change only.
    """
    logits, found = run.seen.logits, []
    for weight, bias in pairs_of(run):
        for norm, end in CHOICES[: len(NORMS) + len(ENDS) - 1 if single else None]:
            normed = NORMS[norm](stream)
            normed = normed if weight is None else normed * weight
            normed = normed if bias is None else normed + bias
            for raw, extra in products(run, normed):
                if same(logits, ENDS[end](raw)):
                    found.append(named(norm, *extra, end))
                elif not end and not norm and multiple(logits, raw):
                    found.append(named(*extra, "logits-scaled"))
        if () in found:
            return [()]
    for name, taken in (("no-final-norm", stream), *twice_normed(run, stream)):
        for end, function in ENDS.items():
            for raw, extra in products(run, taken):
                if same(logits, function(raw)):
                    found.append(named(name, *extra, end))
    return found


def named(*names: str) -> Names:
    """Names without the empty ones, and without what tells rows of one name apart."""
    return tuple(name.partition("/")[0] for name in names if name)


def pairs_of(run: Run) -> list[tuple[Tensor | None, Tensor | None]]:
    """Weights and biases of the final LayerNorm, in every way."""
    vectors = run.vectors()
    if len(vectors) > 4:  # the norms of layers that are not Block, which are 1 and 0 here
        vectors = []
    pairs: list[tuple[Tensor | None, Tensor | None]] = [(None, None)]
    return [*pairs, *itertools.permutations(vectors, 2), *((vector, None) for vector in vectors)]


def products(run: Run, normed: Tensor) -> Iterator[tuple[Tensor, Names]]:
    """Logits of normed vectors (N, T, D) with each output table, with and without biases."""
    V = run.gpt.sizes.vocab_size
    biases = [run.values[p.name].flatten() for p in run.gpt.outside if squeezed(p) == (V,)]
    for table in run.token_tables():
        yield normed @ table.T, ()
        for bias in biases:
            yield normed @ table.T + bias, ()  # that there is one shows among the parameters


def twice_normed(run: Run, stream: Tensor) -> Iterator[tuple[str, Tensor]]:
    """The final LayerNorm used twice."""
    for weight, bias in pairs_of(run):
        if weight is not None:
            once = F.layer_norm(stream, stream.shape[-1:], weight, bias)
            yield "final-norm-twice", F.layer_norm(once, stream.shape[-1:], weight, bias)


def whole_names(run: Run) -> list[Names]:
    """Embeddings and logits together, for a model without Block whose layers pass everything on."""
    found: list[Names] = []
    for table in streams(run):
        names, stream = table
        if stream.shape[:2] == run.x.shape:
            found += [names + after for after in head_names(run, stream, single=bool(names))]
        if () in found:
            return [()]
    return found


def reads_a_copy(case: Case) -> bool:
    """Whether the logits are linear in the final LayerNorm with a matrix that stays as it was.

    The matrix is found by least squares, from more vectors than they have features.
    """
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        if not token_tables(gpt):
            return False  # then nothing is copied: nothing is registered
        matrices: list[Tensor] = []
        for _ in range(2):
            found = run(gpt, case.rng, 12, 6)
            stream = found.exit
            if stream is None or stream.shape[:2] != found.x.shape:
                return False
            matrices += constant_matrices(found, stream)
    return any(
        float((one - other).abs().max()) <= 10 * TOLERANCE * float(one.abs().max())
        for one, other in itertools.combinations(matrices, 2)
    )


def constant_matrices(found: Run, stream: Tensor) -> list[Tensor]:
    """Matrices (D, V) that turn the stream into the logits, for each way to norm it first."""
    matrices = []
    for weight, bias in pairs_of(found):
        normed = F.layer_norm(stream, stream.shape[-1:], weight, bias).flatten(0, 1).double()
        logits = found.seen.logits.flatten(0, 1).double()
        matrix = torch.linalg.lstsq(normed, logits).solution
        if same(logits, normed @ matrix):
            matrices.append(matrix)
    return matrices
