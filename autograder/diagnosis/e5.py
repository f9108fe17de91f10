"""E5: which mistake makes the student's language model another one than the exercise asks for.

One part for each claim: e5_stream.py (embeddings), e5_blocks.py, e5_output.py, e5_loss.py,
e5_tying.py (with the count of parameters), e5_weights.py (first weights), e5_dropout.py,
e5_shapes.py (form and lengths). A mistake that one part has named also explains what follows from
it in others: see REACH.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograder.checks.evidence.gpt_reading import token_tables
from autograder.checks.evidence.known_blocks import known_gpt
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e5_blocks import block_names, made_in_forward
from autograder.diagnosis.e5_dropout import dropout_names
from autograder.diagnosis.e5_loss import loss_diagnosis
from autograder.diagnosis.e5_output import output_names, reads_a_copy, whole_names
from autograder.diagnosis.e5_runs import SMALL, Names, explained, quietly, told
from autograder.diagnosis.e5_shapes import (
    batch_diagnosis,
    length_diagnosis,
    shape_diagnosis,
    short_diagnosis,
    start_diagnosis,
)
from autograder.diagnosis.e5_stream import entry_names, fixed_name, unregistered
from autograder.diagnosis.e5_tying import parameter_names, tying_names
from autograder.diagnosis.e5_weights import weight_names

Part = Callable[[Case, tuple[str, ...]], Iterator[Diagnosis]]
NO_TABLE = ("embeddings", "parameters", "length")
CUT = ("shared-table-detached", "token-without-gradient")
DEPTH = ("blocks", "parameters", "init", "scaled")
# Which other checks cannot pass either, once a mistake is there.
REACH = {
    "no-positions": NO_TABLE,
    "positions-not-learned": NO_TABLE,
    "sinusoidal-positions": NO_TABLE,
    "position-table-size": (*NO_TABLE, "tied"),
    "embeddings-concatenated": (*NO_TABLE, "tied"),
    "norm-before-blocks": ("output", "parameters", "dropout"),
    "norm-between-blocks": ("output", "parameters", "dropout"),
    "no-final-norm": ("parameters",),
    "blocks-in-a-plain-list": (*DEPTH, "dropout"),
    "one-block-repeated": DEPTH,
    "one-block-too-few": DEPTH,
    "one-block-too-many": DEPTH,
    "number-of-blocks-fixed": DEPTH,
    "arguments-of-blocks-swapped": (*DEPTH, "dropout"),
    "layers-and-heads-swapped": (*DEPTH, "dropout"),
    "probabilities-returned": ("tied",),
    "log-probabilities-returned": ("tied",),
    "activation-on-logits": ("tied",),
    "output-reads-a-copy": ("tied",),
    "final-norm-over-wrong-axis": ("tied",),
    "tied-in-forward": ("init", "scaled", "output"),
    "tables-not-registered": (*NO_TABLE, "output", "tied", "init", "scaled"),
    "time-before-batch": ("blocks", "output", "dropout", "tied"),
    "buffer-as-parameter": ("init",),
    "no-loss-with-targets": ("blocks",),
    "loss-as-a-number": ("shape",),
    "loss-not-reduced": ("shape",),
    "loss-alone": ("shape",),
    "pair-swapped": ("shape",),
    "more-than-a-pair": ("shape",),
    "logits-alone": ("shape",),
    "only-last-logits": ("embeddings", "tied", "dropout", "loss"),
    "single-token-fails": ("shape", "loss", "length"),
    "embeddings-added-again": ("output",),
    "blocks-in-parallel": ("output",),
    "result-of-blocks-dropped": ("blocks", "output"),
}


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E5."""
    if checks := case.failed("logits"):
        yield from quietly(start_diagnosis(case, checks))
        return
    if case.failed("blocks", "tied", "init") and makes_blocks_anew(case):
        yield case.named("blocks-made-in-forward", checks=case.failed())
        return
    named: dict[str, tuple[str, ...]] = {}
    for names, part in PARTS:
        if checks := case.failed(*names):
            for diagnosis in quietly(part(case, checks)):
                for id in diagnosis.checks:
                    named.setdefault(id, diagnosis.names)
                yield diagnosis
    yield from consequences(case, named)


def makes_blocks_anew(case: Case) -> bool:
    """Whether no two calls use the same blocks."""
    return any(True for _ in quietly(anew(case)))


def anew(case: Case) -> Iterator[Diagnosis]:
    if made_in_forward(case):
        yield case.named("blocks-made-in-forward", checks=())


def consequences(case: Case, named: dict[str, tuple[str, ...]]) -> Iterator[Diagnosis]:
    """Failed checks that nothing has explained yet, and that a named mistake must make fail."""
    for id in case.failed():
        if id in named:
            continue
        check = id.partition(".")[2]
        every = dict.fromkeys(name for names in named.values() for name in names)
        reach = [n for n in every if check in REACH.get(n.partition(".")[2], ())]
        if reach:
            yield Diagnosis(tuple(reach), (id,))


def embedding_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """What enters the first block instead."""
    if unregistered(case):
        yield case.named("tables-not-registered", checks=checks)
        return
    found = explained(case, entry_names) or explained(case, whole_names)
    if found:
        yield from told(case, found, checks)
    elif name := fixed_name(case):
        yield case.named(name, checks=checks)


def blocks_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """What is wrong with the blocks."""
    names = block_names(case)
    dropped = [("result-of-blocks-dropped",)]
    if "blocks-in-parallel" in names and explained(case, output_names) == dropped:
        names = ["result-of-blocks-dropped"]  # so each starts from the same
    if names:
        yield case.named(*dict.fromkeys(names), checks=checks)


def output_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """What is wrong between the last block and the logits."""
    found: list[Names] = explained(case, output_names) or explained(case, whole_names)
    if found == [("final-norm-twice",)] and "norm-between-blocks" in block_names(case):
        found = [("norm-between-blocks",)]  # after the last block, too
    if ("no-final-norm",) in found and norm_elsewhere(case):
        found = [("norm-before-blocks",)]
    if found:
        yield from told(case, found, checks)
    elif reads_a_copy(case):
        yield case.named("output-reads-a-copy", checks=checks)


def norm_elsewhere(case: Case) -> bool:
    """Whether the LayerNorm that is missing at the end stands before the blocks."""

    return explained(case, entry_names) == [("norm-before-blocks",)]


def tying_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """What keeps the two ends from being one parameter."""
    if ("position-table-size",) in explained(case, entry_names):
        with known_gpt(case.student, case.rng, SMALL) as gpt:
            if len(token_tables(gpt)) == 2:  # of which one is that of the positions
                yield case.named("position-table-size", checks=checks)
                return
    names = tying_names(case)
    if case.failed("output"):  # then gradients may vanish for another reason
        names = [name for name in names if name not in CUT]
    if names:
        yield case.named(*names, checks=checks)


def parameters_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Which parameters are too many, or do not learn."""
    names = parameter_names(case)
    if case.failed("output"):
        names = [name for name in names if name != "norm-without-parameters"]
    if case.failed("embeddings", "blocks", "output"):
        names = [name for name in names if name != "superfluous-norm"]
    if names:
        yield case.named(*names, checks=checks)


def weights_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """From what the first weights were drawn instead."""
    rest, outputs = weight_names(case)
    if (init := case.failed("init")) and rest:
        yield case.named(*rest, checks=init)
    if (scaled := case.failed("scaled")) and outputs:
        yield case.named(*outputs, checks=scaled)


def dropout_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Where dropout acts instead."""
    if names := dropout_names(case):
        yield case.named(*names, checks=checks)


PARTS: tuple[tuple[tuple[str, ...], Part], ...] = (
    (("shape",), shape_diagnosis),
    (("shape", "loss", "length"), short_diagnosis),
    (("shape", "loss", "init", "dropout", "scaled"), batch_diagnosis),
    (("loss",), loss_diagnosis),
    (("embeddings",), embedding_diagnosis),
    (("blocks",), blocks_diagnosis),
    (("output",), output_diagnosis),
    (("tied",), tying_diagnosis),
    (("parameters",), parameters_diagnosis),
    (("init", "scaled"), weights_diagnosis),
    (("dropout",), dropout_diagnosis),
    (("length",), length_diagnosis),
)
