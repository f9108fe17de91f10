"""E5: what keeps the two ends from being one parameter, and which parameters are too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple

import torch
from torch import Tensor

from autograder.checks.evidence.gpt_reading import fresh_weights, squeezed, token_tables
from autograder.checks.evidence.known_blocks import KnownGPT, known_gpt
from autograder.diagnosis.case import Case
from autograder.diagnosis.e5_laws import buffer_name
from autograder.diagnosis.e5_output import reads_a_copy
from autograder.diagnosis.e5_runs import SMALL, same
from autograder.probe.view import Parameter


def tying_names(case: Case) -> list[str]:
    """Why token embedding and output layer are not one and the same parameter."""
    sizes = SMALL
    with known_gpt(case.student, case.rng, sizes) as gpt:
        first = [p for p in gpt.parameters if p.name in {t.name for t in token_tables(gpt)}]
        cut = cut_ends(gpt, case)
        fresh_weights(gpt, case.rng)
        gpt.logits(case.rng.tokens(sizes.vocab_size, 2, 4))
        left = {p.identity for p in gpt.model.parameters if p.name in {q.name for q in first}}
    if len(first) == 2:
        if len(left) == 1:
            return ["tied-in-forward"]
        one, other = first
        if one.storage == other.storage:
            return ["tied-by-memory-only"]
        if torch.equal(one.values.squeeze(), other.values.squeeze()):
            return ["tied-by-copy"]
        return ["not-tied", *cut]
    if len(first) == 1:
        if cut:
            return cut
        if reads_a_copy(case):
            return ["output-reads-a-copy"]
    return ["tables-not-registered"] if not first and unseen_tables(case) else []


def cut_ends(gpt: KnownGPT, case: Case) -> list[str]:
    """Whether a table that the logits depend on gets no gradient through one of its uses."""
    V, D = gpt.sizes.vocab_size, gpt.sizes.hidden_size
    values = fresh_weights(gpt, case.rng)
    x = case.rng.tokens(V - 1, 2, 4)
    result = gpt.model(*gpt.arguments(x))
    if not isinstance(result, list) or not isinstance(result[0], Tensor):
        return []
    if tuple(result[0].shape) != (2, 4, V):
        return []
    cotangent = torch.zeros(2, 4, V)
    cotangent[..., V - 1] = case.rng.normal(2, 4)  # rows of x: through the embedding alone
    _, gradients = gpt.model.gradients(*gpt.arguments(x), cotangent=cotangent, output=0)
    reached = {"row": False, "last": False}
    skipped = False
    for table in token_tables(gpt):
        gradient = gradients.get(table.name)
        if gradient is None:
            continue
        rows = table.find({table.name: gradient}).abs().amax(-1) > 0
        reached["last"] |= bool(rows[V - 1])
        reached["row"] |= bool(rows[x].any())
        skipped |= len(token_tables(gpt)) == 1 and bool(rows[x].any()) and not bool(rows[x].all())
    names = ["token-without-gradient"] if skipped else []
    tables = token_tables(gpt)
    uses = {"last": V - 1, "row": int(x[0, 0])}
    before = gpt.logits(x)[..., V - 1]
    for use, row in uses.items():
        if reached[use]:
            continue
        moved = False
        for table in tables:
            changed = values[table.name].clone()
            table.find({table.name: changed})[row] = case.rng.normal(D)
            gpt.model.load({table.name: changed})
            moved |= not same(gpt.logits(x)[..., V - 1], before)
            gpt.model.load({table.name: values[table.name]})
        if moved:
            names.append("shared-table-detached")
    return list(dict.fromkeys(names))


def unseen_tables(case: Case) -> bool:
    """Whether the logits come from tables that no parameter holds: they stay for other weights."""
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        x = case.rng.tokens(SMALL.vocab_size, 2, 5)
        fresh_weights(gpt, case.rng)
        first = gpt.forward(x)
        fresh_weights(gpt, case.rng)
        again = gpt.forward(x)
        return bool(first.calls and again.calls) and same(first.calls[0]["x"], again.calls[0]["x"])


def parameter_names(case: Case) -> list[str]:
    """What the parameters themselves say: those that are too many, frozen, or shared."""
    V, C, D = astuple(SMALL)[:3]
    names: list[str] = []
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        parameters, outside = gpt.parameters, gpt.outside
        every = gpt.model.parameters
        made = bool(gpt.made)
        fresh_weights(gpt, case.rng)
        at = gpt.blocks_at
    if any(squeezed(p) == (V,) and p.trainable for p in outside):
        names.append("output-bias")
    names += frozen_names(parameters, outside, V, C, D)
    names += [name for p in outside if p.trainable and (name := buffer_name(p))]
    if shared_between(every, at):
        names.append("parts-shared-by-blocks")
    vectors = [p for p in outside if squeezed(p) == (D,) and p.trainable]
    if made and not vectors:
        names.append("norm-without-parameters")
    if made and len(vectors) > 2 and "output-bias" not in names:
        names.append("superfluous-norm")
    return list(dict.fromkeys(names))


def frozen_names(
    parameters: Sequence[Parameter], outside: Sequence[Parameter], V: int, C: int, D: int
) -> Iterator[str]:
    """Which of the parameters are not trainable, among those that hold drawn numbers."""
    for p in parameters:
        if p.trainable or len(squeezed(p)) < 2 or buffer_name(p):
            continue
        positions = p in outside and sorted(squeezed(p)) == sorted((C, D))
        yield "positions-not-learned" if positions else "weights-frozen"


def shared_between(parameters: Sequence[Parameter], at: Sequence[str]) -> bool:
    """Whether different blocks hold one and the same parameter, and each has some of its own."""
    owners: dict[int, set[str]] = {}
    for p in parameters:
        owners.setdefault(p.identity, set()).update(a for a in at if p.name.startswith(f"{a}."))
    counts = [len(found) for found in owners.values() if found]
    return bool(counts) and max(counts) > 1 and min(counts) == 1
