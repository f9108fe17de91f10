"""E7: which mistake turns the training loop into what the student's does.

The student's loop runs five times on batches, rates and losses of the diagnosis's own. Every step,
every call of the logger and what is returned are then compared with what a loop with one mistake,
or with two, would have given.

    e7_loop.py     the loop with its choices open, and the names of the wrong ones
    e7_world.py    what a loop does to the weights
    e7_updates.py  the runs, and the search for the loop and the schedule that explain them
    e7_reports.py  the logger and the result: when (e7_when.py), what (e7_calls.py, e7_losses.py)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from autograder.checks.expectations import CheckFailed
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e7_loop import TABLE, Loop
from autograder.diagnosis.e7_losses import never_stepped
from autograder.diagnosis.e7_reports import OF_REPORTS, report_diagnosis
from autograder.diagnosis.e7_updates import (
    Found,
    Names,
    explain_rates,
    explain_steps,
    outcome,
    rehearsals,
)
from autograder.diagnosis.e7_world import World
from autograder.probe.errors import StudentFault

# Kind of exception, what its message must contain, and the misconception that it proves.
FAULTS = (
    ("RuntimeError", r"does not require grad|does not have a grad_fn", "backward-without-graph"),
    ("RuntimeError", r"backward through the graph a second time", "graph-used-twice"),
    ("RuntimeError", r"implicitly created only for scalar", "logits-taken-for-the-loss"),
    ("AttributeError", r"'(float|int|numpy\.\w+)' object has no attribute 'backward'",
     "number-goes-backward"),
    ("AttributeError", r"'(tuple|list)' object has no attribute", "pair-not-taken-apart"),
    ("TypeError", r"unsupported operand .*'tuple'", "pair-not-taken-apart"),
    ("TypeError", r"not supported between instances of .*'dict'", "dictionary-compared"),
    ("KeyError", r"", "unknown-loss"),
    ("AttributeError", r"has no attribute", "unknown-attribute"),
)  # fmt: skip

OF_THE_UPDATE = ("step", "zeroed", "accumulated", "divided", "clip", "clip_once")

# The checks that a mistake in this choice of the loop can make fail.
TOUCHES = {
    "weight": OF_THE_UPDATE,
    "backward": OF_THE_UPDATE,
    "zero": OF_THE_UPDATE,
    "clip": OF_THE_UPDATE,
    "target": (*OF_THE_UPDATE, "log_loss"),
    "data": (*OF_THE_UPDATE, "updates", "log_loss"),
    "inner": (*OF_THE_UPDATE, "updates", *OF_REPORTS),
    "step": (*OF_THE_UPDATE, "updates", "schedule", "groups", "mode", *OF_REPORTS),
    "iterations": (*OF_THE_UPDATE, "updates", "schedule", "groups", "mode", *OF_REPORTS),
}

UNKNOWN = "unknown"
REPORTED = 4  # the runs whose intervals are short enough for a report to come again
NEVER = float("nan")  # no iteration is a multiple of it


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E7."""
    yield from fault_diagnosis(case)
    try:
        worlds = rehearsals(case.student, case.rng)
    except StudentFault:
        return
    except CheckFailed:  # stopped far beyond its end, with intervals and counts below ten
        yield case.named("no-end", checks=case.failed())
        return
    if not any(world.run.splits or world.run.updates for world in worlds):
        yield case.named("nothing-happens", checks=case.failed())
        return
    found = explain_steps(worlds)
    loop = found.loop or replace(Loop(), iterations=UNKNOWN)
    explained = yield from report_diagnosis(case, worlds[:REPORTED], loop)
    yield from rate_diagnosis(case, found, worlds)
    yield from mode_diagnosis(case, worlds)
    yield from split_diagnosis(case, worlds)
    yield from step_diagnosis(case, found, worlds, explained)


def fault_diagnosis(case: Case) -> Iterator[Diagnosis]:
    """Misconceptions that an exception of the loop gives away."""
    for id in case.failed():
        fault = case.fault(id)
        for kind, pattern, name in FAULTS:
            if fault and fault.kind == kind and re.search(pattern, fault.text):
                yield case.named(name, checks=(id,))
                break


def step_diagnosis(
    case: Case, found: Found, worlds: Sequence[World], explained: set[str]
) -> Iterator[Diagnosis]:
    """Which loop explains how the weights moved.

    explained: the reports that are right for this loop, so that it is to blame if they fail.
    """
    if not any(world.run.updates for world in worlds):
        each = [[same for world in worlds for same in never_stepped(world, ahead)]
                for ahead in (0, 1)]  # fmt: skip
        same = max(each, key=sum)
        if same:
            name = "never-steps" if all(same) else "another-optimizer"
            if all(same) or same[0]:
                yield case.named(name, checks=case.failed("step"))
        return
    if not found.names:
        return
    candidates = told_apart(case, (found.names, *found.others), worlds[0])
    either = len(candidates) == 2 and all(len(names) == 1 for names in candidates)
    if len(candidates) == 1 or either:
        names = tuple(name for names in candidates for name in names)
    else:  # what all explanations have in common
        names = tuple(n for n in candidates[0] if all(n in other for other in candidates))
    for check in (*OF_THE_UPDATE, "updates", "schedule", "groups", "mode", *OF_REPORTS):
        touching = tuple(name for name in names if check in touched(name, found.loop))
        if (id := case.failed(check)) and touching and (
            check not in OF_REPORTS or check in explained or case.fault(id[0])
        ):  # fmt: skip
            yield case.named(*touching, checks=id, either=either and len(touching) == 2)


def touched(name: str, loop: Loop | None) -> set[str]:
    """The checks that a misconception about the loop can make fail, as it is in this loop."""
    rows = [change for key, change in TABLE.items() if key.partition("/")[0] == name]
    there = [row for row in rows if all(getattr(loop, k, "") == v for k, v in row.items())]
    return {check for row in there or rows for choice in row for check in TOUCHES[choice]}


def told_apart(case: Case, candidates: Sequence[Names], world: World) -> list[Names]:
    """Explanations that give the same weights, without those that an experiment excludes."""
    student = case.student

    def keep(yes: str, no: str, holds: bool) -> list[Names]:
        left = [names for names in found if (no if holds else yes) not in names]
        return left or found

    found = list(candidates)
    present = {name for names in found for name in names}
    if {"never-clips", "clips-without-effect"} <= present:
        unread = outcome(student, world, grad_clip="none") is not None
        found = keep("never-clips", "clips-without-effect", unread)
    if {"no-accumulation", "same-batch-for-all-micro-batches"} <= present:
        # An inner loop of so many rounds raises, or has none; then nothing moves.
        record = outcome(student, world, gradient_accumulation_steps=NEVER)
        moved = record is not None and not torch.equal(record["weights"][-1], world.run.weights[0])
        found = keep("no-accumulation", "same-batch-for-all-micro-batches", moved)
    if {"zeroed-per-micro-batch", "only-the-last-micro-batch"} <= present and outcome(
        student, world, gradient_accumulation_steps=0, log_interval=NEVER, eval_interval=NEVER
    ) is not None:  # without any micro-batch, a loss left over from the inner loop would be missed
        found = keep("zeroed-per-micro-batch", "only-the-last-micro-batch", True)
    return found


def rate_diagnosis(case: Case, found: Found, worlds: Sequence[World]) -> Iterator[Diagnosis]:
    """Which schedule the groups had."""
    if not case.failed("schedule", "groups") or found.loop is None:
        return
    names = explain_rates(found.loop, worlds)
    group = tuple(name for name in names if name.endswith("-group"))
    rate = tuple(name for name in names if name not in group)
    if names:
        yield case.named(*(rate or group), checks=case.failed("schedule"))
        yield case.named(*(group or rate), checks=case.failed("groups"))
    if names and found.names == ():  # each step is right, but for the rates
        yield case.named(*names, checks=case.failed(*OF_THE_UPDATE, "mode"))


def mode_diagnosis(case: Case, worlds: Sequence[World]) -> Iterator[Diagnosis]:
    """When the model was put into evaluation mode."""
    checks = case.failed("mode")
    if not checks:
        return
    runs = [world.run for world in worlds]
    if all(all(run.modes) and not run.training for run in runs):
        yield case.named("left-in-evaluation-mode", checks=checks)
    elif any(not all(run.modes) for run in runs):
        given = runs[0].given.design()
        try:
            reply = case.student.train(**{**given, "eval_interval": NEVER})
        except StudentFault:
            return
        if reply.get("modes") and all(reply["modes"]):
            yield case.named("stays-in-evaluation-mode", checks=checks)
        elif not reply.get("estimated"):
            yield case.named("trains-in-evaluation-mode", checks=checks)


def split_diagnosis(case: Case, worlds: Sequence[World]) -> Iterator[Diagnosis]:
    """Which data get_batch was asked for."""
    checks = case.failed("updates")
    asked = [set(world.run.splits) for world in worlds]
    if not checks or all(splits <= {"train"} for splits in asked):
        return
    if all(splits == {"val"} for splits in asked):
        yield case.named("trains-on-validation-data", checks=checks)
    elif all(splits == {"train", "val"} for splits in asked):
        yield case.named("takes-validation-batches", checks=checks)
    elif not any(splits & {"train", "val"} for splits in asked):
        yield case.named("asks-for-unknown-data", checks=checks)
