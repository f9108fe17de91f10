"""E5: what enters the first block instead of the sum of both embeddings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.evidence.gpt_reading import Table, squeezed
from autograder.checks.evidence.known_blocks import known_gpt
from autograder.diagnosis.case import Case
from autograder.diagnosis.e5_runs import OTHER, SMALL, Names, Run, run, same

Streams = Iterator[tuple[Names, Tensor]]


def entry_names(run: Run) -> list[Names]:
    """The explanations of what entered the first block, () if it is the sum of both."""
    stream = run.entry
    if stream is None:
        return []
    turned = ((), stream), (("time-before-batch",), stream.transpose(0, 1))
    found = [
        extra + names
        for extra, seen in turned
        for names, wanted in streams(run)
        if same(seen, wanted)
    ]
    return found or norm_names(run, stream) or scaled_names(run, stream) or joined_names(run)


def sums(run: Run) -> Iterator[tuple[Names, Tensor, Tensor]]:
    """Embedded tokens (N, T, D), and rows of a table of positions in each usual way."""
    sizes = run.gpt.sizes
    for token, table in itertools.product(run.token_tables(), run.tables()):
        if table is token:
            continue
        right = len(table) == sizes.context_size
        for names, rows in rows_of(table, run.x):
            yield names if right else (*names, "position-table-size"), token[run.x], rows


def rows_of(table: Tensor, x: Tensor) -> Iterator[tuple[Names, Tensor]]:
    """Rows of a table of positions for tokens x (N, T): (N, T, D), or what spreads to that."""
    (N, T), R = x.shape, len(table)
    if R < T:
        return
    yield (), table[:T].unsqueeze(0)
    if R > T:
        yield ("positions-off-by-one",), table[1 : T + 1].unsqueeze(0)
        yield ("positions-count-from-the-end",), table[R - T :].unsqueeze(0)
    yield ("positions-count-from-the-end",), table[:T].flip(0).unsqueeze(0)
    for k in {0, 1, T - 1, T, R - 1} & set(range(R)):
        yield ("one-position-for-all",), table[k].view(1, 1, -1)
    yield ("positions-by-token",), table[x % R]
    if N <= R:
        yield ("positions-along-batch",), table[:N].unsqueeze(1)
        yield ("positions-along-batch",), table[:N].flip(0).unsqueeze(1)


def streams(run: Run) -> Streams:
    """What could enter the first block, with its names."""
    for token in run.token_tables():
        yield ("no-positions",), token[run.x]
    for names, tokens, rows in sums(run):
        yield names, tokens + rows
        yield (*names, "embeddings-multiplied"), tokens * rows
        yield (*names, "no-tokens"), rows.expand_as(tokens)


def scaled_names(run: Run, stream: Tensor) -> list[Names]:
    """Whether both embeddings were added with other factors than 1, or the tokens alone."""
    found = []
    for names, tokens, rows in sums(run):
        columns = torch.stack([tokens.flatten(), rows.expand_as(tokens).flatten()], 1).double()
        if stream.shape != tokens.shape:
            continue
        factors = torch.linalg.lstsq(columns, stream.double().flatten().unsqueeze(1)).solution
        wanted = (columns @ factors).view_as(stream).float()
        if same(stream, wanted) and bool((factors.abs() > 1e-2).all()):
            found.append((*names, "embeddings-scaled"))
        elif same(stream, wanted) and abs(float(factors[0])) > 1e-2:
            found.append(("no-positions", "embeddings-scaled"))
    return found


def norm_names(run: Run, stream: Tensor) -> list[Names]:
    """Whether a LayerNorm stands before the blocks, with or without numbers of its own."""
    D = run.gpt.sizes.hidden_size
    vectors = run.vectors()
    pairs = [(None, None), *itertools.permutations(vectors, 2), *((v, None) for v in vectors)]
    return [
        (*names, "norm-before-blocks")
        for names, wanted in streams(run)
        if "no-tokens" not in names and wanted.shape == stream.shape
        for weight, bias in pairs
        if same(stream, F.layer_norm(wanted, (D,), weight, bias))
    ]


def joined_names(run: Run) -> list[Names]:
    """Whether the embeddings were put side by side, or one after the other."""
    stream = run.entry
    joined = stream is not None and any(same(stream, wanted) for wanted in joined_streams(run))
    return [("embeddings-concatenated",)] if joined else []


def joined_streams(run: Run) -> Iterator[Tensor]:
    """What could enter the first block: tables of any width, side by side or in a row."""
    (N, T), D = run.x.shape, run.gpt.sizes.hidden_size
    matrices = [
        Table(p.name, turned).find(run.values)
        for p in run.gpt.outside
        if len(squeezed(p)) == 2
        for turned in (False, True)
    ]
    for token, table in itertools.permutations(matrices, 2):
        if len(token) != run.gpt.sizes.vocab_size or len(table) < T:
            continue
        tokens, rows = token[run.x], table[:T].expand(N, T, -1)
        if tokens.shape == rows.shape:
            yield torch.cat([tokens, rows], 1)
        for pair in ((tokens, rows), (rows, tokens)):
            wide = torch.cat(pair, -1)
            if wide.shape[-1] == D:
                yield wide
            for matrix in matrices:
                if matrix.shape == (D, wide.shape[-1]):
                    yield wide @ matrix.T
                    yield from (wide @ matrix.T + bias for bias in run.vectors())


def fixed_name(case: Case) -> str:
    """What stands for the positions although no parameter does: the same for all weights."""
    for sizes in (SMALL, OTHER):
        with known_gpt(case.student, case.rng, sizes) as gpt:
            seen = []
            for _ in range(2):
                found = run(gpt, case.rng, 3, 6)
                if found.entry is None or found.entry.shape[:2] != (3, 6):
                    return ""
                seen.append((found, found.entry))
        rest = common_rest(seen)
        if rest is None:
            return ""
        D = sizes.hidden_size
        # a sine and a cosine of the same angle: their squares add to 1, D / 2 times
        circle = bool(((rest.square().sum(1) - D / 2).abs() < 1e-3 * D).all())
        start = rest[0].abs()
        if not circle or not bool(((start < 1e-4) | ((start - 1).abs() < 1e-4)).all()):
            return "positions-not-learned"
    return "sinusoidal-positions"


def common_rest(seen: list[tuple[Run, Tensor]]) -> Tensor | None:
    """What was added to the embedded tokens, (T, D), if it is the same in each sequence and run."""
    for number in range(len(seen[0][0].token_tables())):
        tables = [found.token_tables()[number] for found, _ in seen]
        rests = torch.cat([
            stream - table[found.x] for table, (found, stream) in zip(tables, seen, strict=True)
        ])  # fmt: skip
        if float((rests - rests[:1]).abs().max()) < 1e-4 and float(rests.abs().max()) > 1e-3:
            return rests[0]
    return None


def unregistered(case: Case) -> bool:
    """Whether other weights change nothing of what enters the blocks, for want of a table."""
    with known_gpt(case.student, case.rng, SMALL) as gpt:
        if any(squeezed(p) == (SMALL.vocab_size, SMALL.hidden_size) for p in gpt.outside):
            return False
        x = case.rng.tokens(SMALL.vocab_size, 2, 5)
        run(gpt, case.rng, 2, 5)
        first = gpt.forward(x)
        run(gpt, case.rng, 2, 5)
        again = gpt.forward(x)
        if not first.calls or not again.calls:
            return False
        return same(first.calls[0]["x"], again.calls[0]["x"])
