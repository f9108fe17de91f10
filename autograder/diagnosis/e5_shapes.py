"""E5: why no logits come, why they have another shape, and what becomes of long sequences."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checks.evidence.gpt_reading import fresh_weights
from autograder.checks.evidence.known_blocks import KnownGPT, known_gpt
from autograder.checks.expectations import agrees
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e5_runs import SMALL, Run, explained, same, told
from autograder.diagnosis.e5_stream import entry_names
from autograder.probe.errors import StudentFault

N = 3


def start_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Why the model gives no logits, or the same for all tokens."""
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        if name := result_name(gpt, case):
            yield case.named(name, checks=checks)
            return
        works = lengths_that_work(gpt, case, range(1, SMALL.context_size + 1))
        if works in ([], [SMALL.context_size]) and (name := refusal_name(gpt, case, works)):
            yield case.named(name, checks=checks)
            return
    if works:
        yield from told(case, explained(case, entry_names), checks)


def lengths_that_work(gpt: KnownGPT, case: Case, lengths: Sequence[int]) -> list[int]:
    """Those numbers of tokens for which logits come."""
    works = []
    for T in lengths:
        x = low_tokens(gpt, case, T)
        result = attempt(gpt, x)
        found = result if isinstance(result, list) else [result]
        V = gpt.sizes.vocab_size
        if any(isinstance(r, Tensor) and r.numel() == N * T * V for r in found):
            works.append(T)
    return works


def refusal_name(gpt: KnownGPT, case: Case, works: Sequence[int]) -> str:
    """Why shorter sequences than the longest do not work.

    With more positions than tokens, one token becomes several. What PyTorch raises where shapes do
    not fit is of other kinds than what people raise; a line that raises shows itself.
    """
    V, lines = gpt.sizes.vocab_size, []
    result = attempt(gpt, low_tokens(gpt, case, 1))
    for r in result if isinstance(result, list) else [result]:
        if isinstance(r, Tensor) and r.dim() == 3 and r.shape[1] > 1 and r.shape[2] == V:
            return "positions-not-cut-to-length"
    for T in range(1, gpt.sizes.context_size):
        try:
            gpt.model(low_tokens(gpt, case, T))
        except StudentFault as fault:
            meant = bool(works) and fault.kind in ("AssertionError", "ValueError", "Exception")
            lines.append(meant or fault.line.startswith(("raise", "assert")))
    return "short-sequences-refused" if lines and all(lines) else ""


def batch_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Whether a batch of more sequences than the context has tokens is refused."""
    raised = tuple(id for id in checks if case.fault(id))
    if not raised:
        return
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        C = gpt.sizes.context_size
        few, many = (case.rng.tokens(C, n, 2) for n in (C, C + 1))
        if attempt(gpt, few) is not None and attempt(gpt, many) is None:
            yield case.named("batch-taken-for-length", checks=raised)


def low_tokens(gpt: KnownGPT, case: Case, T: int) -> Tensor:
    """Tokens (N, T) that every table of embeddings has a row for."""
    return case.rng.tokens(min(gpt.sizes.vocab_size, gpt.sizes.context_size), N, T)


def attempt(gpt: KnownGPT, x: Tensor) -> Any:
    """What forward returns for tokens, with targets if it cannot do without; None if it raises."""
    for arguments in ((x,), (x, x)):
        try:
            return gpt.model(*arguments)
        except StudentFault:
            continue
    return None


def result_name(gpt: KnownGPT, case: Case) -> str:
    """What is returned where logits should be, by its shape."""
    V, C, D = gpt.sizes.vocab_size, gpt.sizes.context_size, gpt.sizes.hidden_size
    T = 5
    result = attempt(gpt, low_tokens(gpt, case, T))
    found = [r for r in (result if isinstance(result, list) else [result]) if isinstance(r, Tensor)]
    shapes = {tuple(r.shape) for r in found if r.numel() > 1}
    if any(r.numel() == N * T * V for r in found):
        return ""
    if shapes & {(N, V), (N, 1, V)}:
        return "only-last-logits"
    if (N, T, D) in shapes:
        return "no-output-layer"
    if (N, T, C) in shapes:
        return "table-sizes-swapped"
    return "loss-alone" if found and not shapes else ""


def shape_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """What is wrong with the form of what forward returns."""
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        if name := pair_name(gpt, case):
            yield case.named(name, checks=checks)


def pair_name(gpt: KnownGPT, case: Case) -> str:
    """What is returned with targets, and what without."""
    V, T = gpt.sizes.vocab_size, 5
    x = case.rng.tokens(V, N, T)
    with_targets = gpt.model(x, x)
    try:
        alone = gpt.model(x)
    except StudentFault:
        return "targets-required"
    shape = (N, T, V)
    if isinstance(with_targets, list) and len(with_targets) == 2 and with_targets[1] is None:
        return "no-loss-with-targets"
    first = with_targets[0] if isinstance(with_targets, list) and with_targets else None
    if name := logits_name(first, shape):
        return name
    if not isinstance(alone, list):
        return "no-pair-without-targets" if isinstance(with_targets, list) else ""
    if len(alone) == 2 and isinstance(alone[0], Tensor):
        if tuple(alone[0].shape) in ((N, V), (N, 1, V)):
            return "only-last-logits"
        if alone[1] is not None and tuple(alone[0].shape) == shape:
            return "loss-without-targets"
    return ""


def logits_name(logits: Any, shape: tuple[int, int, int]) -> str:
    """What another shape of the logits comes from."""
    N, T, V = shape
    if not isinstance(logits, Tensor):
        return ""
    if tuple(logits.shape) == (N * T, V):
        return "logits-flattened"
    if tuple(logits.shape) == (N, V, T):
        return "logits-transposed"
    return "logits-transposed" if tuple(logits.shape) == (T, N, V) else ""


def short_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Whether sequences of a single token are the ones that do not work."""
    V = SMALL.vocab_size
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        for shape, right in (((3, 4), True), ((2, 3), True), ((3, 1), False)):
            result = attempt(gpt, case.rng.tokens(V, *shape))
            logits = result[0] if isinstance(result, list) and result else None
            fits = isinstance(logits, Tensor) and tuple(logits.shape) == (*shape, V)
            if fits != right:
                return
    yield case.named("single-token-fails", checks=checks)


def length_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """What becomes of the first sequence that is too long; or which length is refused wrongly."""
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        C = gpt.sizes.context_size
        works = lengths_that_work(gpt, case, range(1, C + 1))
        if works == list(range(1, C)):
            found = explained(case, entry_names)
            if found and found[0]:
                yield from told(case, found, checks)
            else:
                yield case.named("full-context-refused", checks=checks)
        elif works == list(range(1, C + 1)) and (name := long_name(gpt, case)):
            yield case.named(name, checks=checks)


def long_name(gpt: KnownGPT, case: Case) -> str:
    """What a model makes of C + 1 tokens, if it takes them."""
    C = gpt.sizes.context_size
    values = fresh_weights(gpt, case.rng)
    x = low_tokens(gpt, case, C + 1)
    parts = [gpt.logits(x[:, :C]), gpt.logits(x[:, 1:])]
    try:
        result = gpt.model(*gpt.arguments(x))
    except StudentFault:
        return ""
    for logits in result if isinstance(result, list) else [result]:
        if isinstance(logits, Tensor) and any(agrees(logits, part) for part in parts):
            return "long-sequences-cropped"
    seen = Run(gpt, x, gpt.forward(x), values)
    tables, at = seen.tables(), torch.arange(C + 1)
    for token, table in itertools.product(seen.token_tables(), tables):
        for rows in (at % C, at.clamp(max=C - 1)):
            wanted = token[x] + table[rows]
            if len(table) == C and seen.entry is not None and same(seen.entry, wanted):
                return "positions-used-again"
    for longest in {len(table) for table in tables if len(table) > C}:
        if lengths_that_work(gpt, case, (longest, longest + 1)) == [longest]:
            return "position-table-size"
    return "no-length-check"
