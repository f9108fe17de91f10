"""Which loop explains how the student's weights moved, and which schedule explains the rates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from autograder.checks.draw import Draw
from autograder.checks.evidence.recording import rehearse_with
from autograder.checks.evidence.rehearsal import FIRST_RATE, Material, Plan, draw_material
from autograder.diagnosis.e7_loop import CHANGES, Loop, Micro, order_of
from autograder.diagnosis.e7_world import World, follows
from autograder.probe.errors import StudentFault
from autograder.probe.view import Student

Names = tuple[str, ...]
LOUD = 4.0  # output weights of that size give gradients whose norm exceeds 1
VERY_LOUD = 40.0  # and these exceed any limit that somebody might write in
SMALL_RATE = 1e-4


@dataclass(frozen=True)
class Found:
    """The loop that explains all steps, with the names of its changes; None where nothing does.

    others: names that explain them as well; `loop` is at least one with the right numbers of
    updates and batches, where there is one.
    """

    loop: Loop | None
    names: Names | None
    others: tuple[Names, ...] = ()


def rehearsals(student: Student, rng: Draw) -> list[World]:
    """Five runs: in two, every gradient is clipped; in the others, clipping is off or rare.

    The gradients of the last are very large. No two sizes in a run are the same.

    Raises ProbeError and CheckFailed.
    """
    low = rng.uniform(2, low=0.05, high=0.1).tolist()  # below the norm of each parameter's part
    plans = (
        Plan(max_iters=7, accumulation=2, batch_size=3, length=5, clip=0.0),
        Plan(max_iters=6, accumulation=3, batch_size=2, length=5, clip=50.0),
        Plan(max_iters=7, accumulation=3, batch_size=2, length=5, clip=low[0],
             log_interval=4, eval_interval=3),
        Plan(max_iters=10, accumulation=4, batch_size=3, length=5, clip=low[1],
             log_interval=3, eval_interval=5),
        Plan(max_iters=4, accumulation=3, batch_size=2, length=5, clip=95.0,
             log_interval=7, eval_interval=6),
    )  # fmt: skip
    return [World(rehearse_with(student, loud(plan, rng, i))) for i, plan in enumerate(plans)]


def loud(plan: Plan, rng: Draw, number: int) -> Material:
    """A rehearsal with rates of its own and large gradients.

    The validation losses are in such an order that no two of first, last, smallest and largest are
    the same in all of them, whenever a loop evaluates.
    """
    M = plan.max_iters
    rates = rng.uniform(M, low=0.1, high=0.4).tolist()
    val = rng.uniform(M + 2, low=1.0, high=3.0).sort().values[rng.permutation(M + 2)].tolist()
    low: tuple[tuple[int, float], ...] = (
        ((1, 0.9), (M, 0.8)),  # the last evaluation of those who look after each update
        ((M - 1, 0.8), (M + 1, 0.7)),  # or before it, or make one update too many
        ((3, 0.8),),
        ((0, 0.8),),
        (),
    )[number]
    for place, loss in low:
        val[place] = loss + 0.05 * float(rng.uniform(1))
    plan = replace(plan, rates=rates, val_losses=val, eval_factor=0.5)
    given = draw_material(plan, rng)
    embedding, output, bias = given.split(given.weights)
    weights = torch.cat(
        [embedding.flatten(), (VERY_LOUD if number == 4 else LOUD) * output.flatten(), bias]
    )
    return replace(given, weights=weights)


def explain_steps(worlds: Sequence[World]) -> Found:
    """The loops that explain every step of all runs: the right one, one change, or two."""
    right = Loop()
    if fits(right, worlds):
        return Found(right, ())
    singles = [((name,), replace(right, **change)) for name, change in CHANGES]
    for candidates in (singles, pairs()):
        found: dict[Names, Loop] = {}
        for names, loop in candidates:
            if names not in found and fits(loop, worlds):
                found[names] = loop
        if found:
            first, *others = found
            return Found(found[first], first, tuple(others))
    for loop in (right, *(loop for _, loop in singles)):
        if numbers_fit(loop, worlds):
            return Found(loop, None)
    return Found(None, None)


def pairs() -> Iterator[tuple[Names, Loop]]:
    """Every two changes that go together."""
    changes = [change for change in CHANGES if change[0] != "another-setting"]
    for (one, first), (other, second) in itertools.combinations(changes, 2):
        if one != other and not first.keys() & second.keys():
            yield (one, other), replace(Loop(), **first, **second)


def fits(loop: Loop, worlds: Iterable[World]) -> bool:
    """Whether a loop explains every step of all these runs."""
    worlds = list(worlds)
    return numbers_fit(loop, worlds) and all(
        any(follows(loop, world, offset) for offset in offsets(loop, world)) for world in worlds
    )


def numbers_fit(loop: Loop, worlds: Iterable[World]) -> bool:
    """Whether a loop makes as many updates and takes as many batches."""
    return all(
        sum(m.early + m.steps for m in order_of(loop, world.plan)[0]) == world.run.updates
        and world.taken - order_of(loop, world.plan)[1] in (0, 1)
        for world in worlds
    )


def offsets(loop: Loop, world: World) -> range:
    """How many batches may have been put aside: one more than needed may be the first."""
    return range(world.taken - order_of(loop, world.plan)[1] + 1)


def first_batch(loop: Loop, world: World) -> int:
    """Which batch the first update took: 0, or 1 if one was put aside."""
    return next((offset for offset in offsets(loop, world) if follows(loop, world, offset)), 0)


# Which rate an update uses, given the rates, config.get_lr of them, and its last micro-batch; m:
# the number of this micro-batch among all.
Rate = Callable[[Callable[[int], float], Plan, Micro, int], float]
RATES: dict[str, Rate] = {
    "": lambda get, plan, at, m: get(at.iteration),
    "rate-never-set": lambda get, plan, at, m: FIRST_RATE,
    "rate-set-once": lambda get, plan, at, m: get(0),
    "rate-after-the-step": lambda get, plan, at, m: (
        get(at.iteration - 1) if at.iteration else FIRST_RATE
    ),
    "rate-of-the-next-update": lambda get, plan, at, m: get(at.iteration + 1),
    "rate-of-the-update-before": lambda get, plan, at, m: get(at.iteration - 1),
    "rate-of-the-update-before/but the first": lambda get, plan, at, m: get(
        max(0, at.iteration - 1)
    ),
    "rate-of-the-micro-batch": lambda get, plan, at, m: get(m),
    "rate-of-the-micro-batch/next": lambda get, plan, at, m: get(m + 1),
    "rate-of-the-micro-batch/first": lambda get, plan, at, m: get(m - at.number),
    "rate-of-the-micro-batch/in its update": lambda get, plan, at, m: get(at.number),
    "rate-multiplied": lambda get, plan, at, m: (
        FIRST_RATE * math.prod(get(i) for i in range(at.iteration + 1))
    ),
    "rate-divided": lambda get, plan, at, m: get(at.iteration) / plan.accumulation,
    "rate-changes-only-when-reporting": lambda get, plan, at, m: get(
        at.iteration - at.iteration % plan.log_interval
    ),
    "rate-changes-only-when-reporting/evaluation": lambda get, plan, at, m: get(
        at.iteration - at.iteration % plan.eval_interval
    ),
    "schedule-backwards": lambda get, plan, at, m: get(plan.max_iters - 1 - at.iteration),
    "schedule-backwards/one late": lambda get, plan, at, m: get(plan.max_iters - at.iteration),
}


def explain_rates(loop: Loop, worlds: Sequence[World]) -> Names:
    """What is wrong with the rates of the groups; () if nothing is, or nothing explains it."""
    for which in ("", "first", "last"):
        for key, rate in RATES.items():
            if all(rates_agree(loop, world, rate, which) for world in worlds):
                group = f"only-the-{which}-group" if which else ""
                return tuple(name for name in (key.partition("/")[0], group) if name)
    return ()


def rates_agree(loop: Loop, world: World, rate: Rate, which: str) -> bool:
    """Whether all groups (or the first or last one alone) had this rate at every step."""
    used = world.run.rates
    wanted = torch.tensor(planned_rates(loop, world, rate), dtype=torch.float64)
    if len(wanted) != len(used) or not len(used):
        return False
    whole = torch.full_like(used, FIRST_RATE) if which else wanted.unsqueeze(1).expand_as(used)
    if which:
        whole[:, 0 if which == "first" else -1] = wanted
        if torch.equal(whole, torch.full_like(used, FIRST_RATE)):
            return False
    return bool(((used - whole).abs() < SMALL_RATE).all())


def planned_rates(loop: Loop, world: World, rate: Rate) -> list[float]:
    """The rate of every step of a loop."""
    known = world.run.given.rates

    def get_lr(i: int) -> float:
        return known[i] if 0 <= i < len(known) else 3.0 * max(known)

    micros = order_of(loop, world.plan)[0]
    return [
        rate(get_lr, world.plan, at, m)
        for m, at in enumerate(micros)
        for _ in range(at.early + at.steps)
    ]


def outcome(student: Student, world: World, **settings: float | str) -> dict[str, Any] | None:
    """The record of a run in which some settings are what they cannot be; None if it raises.

    A loop that never looks at grad_clip does not mind if that is no number. Raises ProbeError.
    """
    try:
        return student.train(**{**world.run.given.design(), **settings})
    except StudentFault:
        return None
