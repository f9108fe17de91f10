"""E4: which mistake turns the block into what the student's module computes."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.block_run import (
    ATTENTION,
    MLP,
    NORM_TOLERANCE,
    BlockRun,
    D,
    H,
    Part,
    known_parts,
    read_norm,
    watch,
)
from autograder.checks.expectations import CheckFailed, agrees, differs
from autograder.diagnosis.block import KINDS, Seen
from autograder.diagnosis.block_match import EXACT, epsilon_between, explain
from autograder.diagnosis.block_own import own_parts_name
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.probe.errors import StudentFault
from autograder.probe.view import Student

RATES = (0.137, 0.263)
BIG = 0.05  # a share of zeros that no other cause has
OF_NORMS = {name for name, _ in KINDS.values()} | {
    "no-norms", "no-norm-before-attention", "no-norm-before-mlp", "one-norm-for-both",
    "norm-without-weights", "batch-norm", "eps-too-large", "mlp-before-attention",
}  # fmt: skip
OF_BOTH = {"post-norm", "branch-output-normalised"}
OF_FORMULA = {"parallel-branches", "mlp-sees-attention-only"}


@dataclass(frozen=True)
class Watched:
    """One run, and which parts there were before it: made by the constructor, registered."""

    run: BlockRun
    made_before: tuple[int, int]
    registered: tuple[bool, bool]


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E4."""
    found = [observe(case.student, case.rng, rate) for rate in RATES]
    first, second = found
    if first is None or second is None:
        shape = case.failed("shape")
        if shape and not case.fault(shape[0]) and (name := own_parts_name(case.student, case.rng)):
            yield case.named(name, checks=shape)
        return
    runs = first.run, second.run
    if shape := case.failed("shape"):
        yield from shape_diagnosis(case, shape, runs)
        return
    of_parts = part_names(first, second)
    if of_parts and (checks := case.failed("parts")):
        yield case.named(*sorted(of_parts), checks=checks)
    if uncalled := {n for n in of_parts if n.endswith("-not-used")}:
        yield case.named(*sorted(uncalled), checks=case.failed("norms", "residuals", "formula"))
        return
    if checks := case.failed("norms", "residuals", "formula"):
        yield from structure_diagnosis(case, checks, runs, of_parts)


def observe(student: Student, rng: Draw, rate: float) -> Watched | None:
    """Run the block on known parts; None where it uses none of them, or does not run."""
    matrices = (rng.normal(D, D, std=D**-0.5), rng.normal(D, D, std=D**-0.5))
    for keep_own in (True, False):
        with (
            known_parts(student, matrices, keep_own) as parts,
            contextlib.suppress(StudentFault, CheckFailed),
        ):
            block = student.Block(D, H, rate)
            made = len(parts[0].made), len(parts[1].made)
            registered = bool(block.parts(ATTENTION)), bool(block.parts(MLP))
            before = len(parts[0].made), len(parts[1].made)
            run = watch(student, rng, rate, False, parts, matrices)
            attention = Part(run.attention.made[before[0] :], run.attention.calls)
            mlp = Part(run.mlp.made[before[1] :], run.mlp.calls)
            if attention.made or mlp.made:
                run = BlockRun(rate, run.x, run.y, attention, mlp, run.vectors, run.matrices)
                return Watched(run, made, registered)
    return None


def part_names(first: Watched, second: Watched) -> set[str]:
    """What is wrong with how the parts are made and called."""
    made = len(first.run.attention.made), len(first.run.mlp.made)
    if made in ((2, 0), (0, 2)):
        return {"attention-for-mlp" if made[0] else "mlp-for-attention"}
    names: set[str] = set()
    for number in (0, 1):
        pairs = [((w.run.attention, w.run.mlp)[number], w) for w in (first, second)]
        part = pairs[0][0]
        if not part.made:
            continue  # one of the block's own is in its place
        if not part.calls:
            names.add(("attention-not-used", "mlp-not-used")[number])
        elif len(part.calls) > 1:
            names.add("part-called-twice")
        if not first.made_before[number]:
            names.add("parts-made-in-forward")
        elif not first.registered[number]:
            names.add("parts-not-registered")
        if len(part.made) > 1 and len(part.calls) <= 1 and first.made_before[number]:
            names.add("part-made-twice")
        names |= argument_names(
            [(p.made[0], w.run.dropout) for p, w in pairs], attention=not number
        )
    return names


def argument_names(made: Sequence[tuple[list[object], float]], attention: bool) -> set[str]:
    """What is wrong with a part's arguments; made: these in two runs, and the right rates."""
    given = made[0][0]
    wanted = [D, H] if attention else [D]
    names: set[str] = set()
    if attention and given[:2] == [H, D]:
        names.add("arguments-swapped")
    elif given[0] != D:
        names.add("other-width-passed-on")
    elif given[: len(wanted)] != wanted:
        names.add("heads-not-passed-on")
    if all(args[-1] != rate for args, rate in made):
        names.add("dropout-not-passed-on")
    return names


def seen_in(run: BlockRun, swapped: bool) -> Seen | None:
    """A run in the order of its parts; None if they took or gave something of another shape."""
    parts = (run.mlp, run.attention) if swapped else (run.attention, run.mlp)
    try:
        (u, o), (v, p) = ((part.x, part.y) for part in parts)
    except CheckFailed:
        return None
    return Seen(run.x, run.y, u, o, v, p, run.vectors)


def structure_diagnosis(
    case: Case, checks: tuple[str, ...], runs: Sequence[BlockRun], of_parts: set[str]
) -> Iterator[Diagnosis]:
    """What is wrong with norms, sums and their order."""
    names = structure_names(case, runs)
    if names is None and draws_numbers(case):
        names = {"extra-dropout"}
    if names is None:
        return
    if "part-called-twice" in of_parts:
        names = (names - {"residual-doubled", "sum-scaled"}) | {"part-called-twice"}
    if not names:
        yield from hidden_diagnosis(case, checks)
        return
    of_norms = {n for n in names if n in OF_NORMS | OF_BOTH} or names
    of_sums = {n for n in names if n not in OF_NORMS}
    if case.failed("norms"):  # the formula is not tried then
        of_norms |= names & OF_FORMULA
        of_sums -= OF_FORMULA
    for check, chosen in (("norms", of_norms), ("residuals", of_sums), ("formula", names)):
        there = case.failed(check)
        if there and chosen and case.fault(there[0]) is None:
            yield case.named(*sorted(chosen), checks=there)


def structure_names(case: Case, runs: Sequence[BlockRun]) -> set[str] | None:
    """The misconceptions in what the block computes in evaluation; None if nobody knows."""
    for swapped in (False, True):
        seen = [s for run in runs if (s := seen_in(run, swapped)) is not None]
        if len(seen) < len(runs):
            return None
        order = ("mlp", "attention") if swapped else ("attention", "mlp")
        found = explain(seen, *order)
        if found is not None:
            names = set(found) | ({"mlp-before-attention"} if swapped else set())
            if "gain-without-norm" in names:
                if not is_batch_norm(case):
                    return None
                names = (names - {"gain-without-norm"}) | {"batch-norm"}
            return names
    return {"eps-too-large"} if all(has_large_epsilon(run) for run in runs) else None


def has_large_epsilon(run: BlockRun) -> bool:
    """Whether all is right but for a number that is too large below the root of a norm."""
    seen = seen_in(run, False)
    if seen is None or not agrees(seen.y, seen.x + seen.o + seen.p, EXACT):
        return False
    ways = [(seen.x, seen.u), (seen.x + seen.o, seen.v)]
    large = [epsilon_between(s, u, seen.vectors) is not None for s, u in ways]
    right = [read_norm(u, seen.vectors) is not None for _, u in ways]
    return any(large) and all(a or b for a, b in zip(large, right, strict=True))


def training_run(case: Case, rate: float) -> BlockRun | None:
    """One run in training mode."""
    matrices = (case.rng.normal(D, D, std=D**-0.5), case.rng.normal(D, D, std=D**-0.5))
    for keep_own in (True, False):
        with (
            known_parts(case.student, matrices, keep_own) as parts,
            contextlib.suppress(StudentFault, CheckFailed),
        ):
            run = watch(case.student, case.rng, rate, True, parts, matrices)
            if run.attention.made and run.mlp.made:
                return run
    return None


def is_batch_norm(case: Case) -> bool:
    """Whether in training the first part gets each feature normalised over all tokens."""
    run = training_run(case, 0.0)
    seen = None if run is None else seen_in(run, False)
    if seen is None:
        return False
    mean, variance = seen.x.mean((0, 1)), seen.x.var((0, 1), unbiased=False)
    plain = (seen.x - mean) / variance.sqrt()
    for weight, bias in itertools.product(seen.vectors, [*seen.vectors, None]):
        wanted = plain * seen.vectors[weight] + (0 if bias is None else seen.vectors[bias])
        if agrees(wanted, seen.u, NORM_TOLERANCE):
            return True
    return False


def hidden_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Why checks fail although the formula holds in evaluation."""
    residuals = case.failed("residuals")
    if residuals and case.fault(residuals[0]) is None:
        yield case.named("gradient-cut", checks=residuals)
    elif (formula := case.failed("formula")) and drops_itself(case):
        yield case.named("extra-dropout", checks=formula)


def draws_numbers(case: Case) -> bool:
    """Whether the block draws random numbers in evaluation, where its parts draw none."""
    matrices = (case.rng.normal(D, D), case.rng.normal(D, D))
    with known_parts(case.student, matrices, keep_own=False):
        block = case.student.Block(D, H, 0.5)
        block.eval()
        x = case.rng.normal(2, 5, D)
        one, other = block(x), block(x)
    return isinstance(one, Tensor) and isinstance(other, Tensor) and differs(one, other, 1e-3)


def drops_itself(case: Case) -> bool:
    """Whether the block drops numbers of its own in training, where its parts drop none."""
    rate = 0.4
    run = training_run(case, rate)
    seen = None if run is None else seen_in(run, False)
    if seen is None:
        return False
    if any(float((z == 0).double().mean()) > BIG for z in (seen.u, seen.v, seen.y)):
        return True
    fates = itertools.product((1.0, 0.0, 1 / (1 - rate)), repeat=3)
    could = torch.stack([a * seen.x + b * seen.o + c * seen.p for a, b, c in fates])
    off = (could - seen.y).abs() <= EXACT * float(seen.y.abs().max())
    return bool(off.any(0).all()) and not bool(off[0].all())


def shape_diagnosis(
    case: Case, checks: tuple[str, ...], runs: Sequence[BlockRun]
) -> Iterator[Diagnosis]:
    """Why the output is none, or why the block does not use its parts."""
    run = runs[0]
    if case.fault(checks[0]) is not None:
        return
    if agrees(run.y, run.x, EXACT):
        yield case.named("input-returned", checks=checks)
    elif name := own_parts_name(case.student, case.rng):
        yield case.named(name, checks=checks)
