"""Every wrong loop and every wrong schedule that E7 knows is recognised when it is really run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.checks.draw import Draw
from autograder.checks.evidence.rehearsal import Plan
from autograder.diagnosis import e7, e7_losses, e7_reports, e7_updates
from autograder.diagnosis.definition import library
from autograder.diagnosis.e7_loop import CHANGES, TABLE, WEIGHTS, Loop, order_of
from autograder.diagnosis.e7_updates import RATES, Rate, explain_rates, explain_steps, rehearsals
from autograder.diagnosis.e7_world import World, clip_as
from autograder.probe.links import LocalLink
from autograder.probe.view import Student

# Mistakes that give the same weights; an experiment of another kind tells some of them apart.
ALIKE = (
    {"only-the-last-micro-batch", "zeroed-per-micro-batch"},
    {"never-goes-backward", "zeroed-before-step"},
    {"never-clips", "clips-without-effect"},
    {"no-accumulation", "same-batch-for-all-micro-batches"},
)
Train = Callable[..., Any]


def written(loop: Loop, rate: Rate = RATES[""], groups: slice = slice(None)) -> Train:
    """A training loop in PyTorch with these choices; `groups` get the rates."""

    def train(
        model: nn.Module, optimizer: Any, config: Any, get_batch: Any, estimate: Any, logger: Any
    ) -> None:
        model.train()
        parameters = list(model.parameters())
        batches: list[tuple[Tensor, Tensor]] = []
        plan = None
        total: Any = 0.0

        def gradient() -> Tensor:
            parts = (torch.zeros_like(p) if p.grad is None else p.grad for p in parameters)
            return torch.cat([part.flatten() for part in parts])

        def put(flat: Tensor) -> None:
            for p, part in zip(
                parameters, flat.split([p.numel() for p in parameters]), strict=True
            ):
                p.grad = part.view_as(p).clone()

        def step() -> None:
            if loop.zero == "before step":
                optimizer.zero_grad()
            put(clip_as(loop.clip, gradient(), plan))
            optimizer.step()
            if loop.clip == "after step":
                put(clip_as("norm", gradient(), plan))

        sizes = Plan(max_iters=config.max_iters, accumulation=config.gradient_accumulation_steps,
                     log_interval=config.log_interval, eval_interval=config.eval_interval,
                     clip=config.grad_clip)  # fmt: skip
        micros, count = order_of(loop, sizes)
        resets = loop.step == "first" or "micro" in loop.iterations or "first" in loop.iterations
        for m, micro in enumerate(micros):
            while len(batches) <= micro.batch:
                batches.append(get_batch("train"))
            x, y = batches[micro.batch]
            plan = replace(sizes, batch_size=x.shape[0], length=x.shape[1])
            for group in optimizer.param_groups[groups]:
                group["lr"] = rate(config.get_lr, plan, micro, m)
            if micro.early:
                step()
            if loop.zero == "micro" or (
                micro.first and loop.zero in ("update", "before step") and not resets
            ):
                optimizer.zero_grad()
            if (
                loop.zero == "log"
                and micro.first
                and (micro.iteration - 1) % plan.log_interval == 0
            ):
                optimizer.zero_grad()
            if micro.first:
                total = 0.0
            if loop.clip == "micro, before":
                put(clip_as("norm", gradient(), plan))
            before = gradient()
            inputs, targets = {
                "x": (x, x), "y of y": (y, y), "swapped": (y, x), "shifted": (x[:, :-1], y[:, 1:]),
            }.get(loop.target, (x, y))  # fmt: skip
            loss = model(inputs, targets)[1] * WEIGHTS[loop.weight](plan, micro.number)
            total = total + loss
            if loop.backward == "running total":
                total.backward(retain_graph=True)
            elif {"last": micro.last, "first": micro.first, "never": False}.get(
                loop.backward, True
            ):
                loss.backward(retain_graph=True)
                if loop.backward == "twice":
                    loss.backward()
            if loop.clip == "own":
                put(before + clip_as("norm", gradient() - before, plan))
            if loop.clip == "micro":
                put(clip_as("norm", gradient(), plan))
            for _ in range(micro.steps):
                step()
                if loop.zero == "step" or (loop.zero == "update" and resets):
                    optimizer.zero_grad()
        while len(batches) < count:
            batches.append(get_batch("train"))

    return train


def worlds_of(train: Train, seed: int) -> list[World]:
    return rehearsals(Student(LocalLink({"train": train})), Draw(seed, "e7"))


def test_the_right_loop_is_recognised_as_right(seed: int) -> None:
    found = explain_steps(worlds_of(written(Loop()), seed))
    assert found.names == ()


@pytest.mark.parametrize("key", TABLE)
def test_each_change_of_the_loop_is_named(key: str, seed: int) -> None:
    name = key.partition("/")[0]
    found = explain_steps(worlds_of(written(replace(Loop(), **TABLE[key])), seed))
    named = {n for names in (found.names or (), *found.others) for n in names}
    assert named == {name} or (name in named and any(named == alike for alike in ALIKE))


@pytest.mark.parametrize("key", [key for key in RATES if key])
def test_each_schedule_is_named(key: str, seed: int) -> None:
    name = key.partition("/")[0]
    for groups, also in ((slice(None), ()), (slice(1), ("only-the-first-group",)),
                         (slice(-1, None), ("only-the-last-group",))):  # fmt: skip
        named = explain_rates(Loop(), worlds_of(written(Loop(), RATES[key], groups), seed))
        assert named == ((name,) if name == "rate-never-set" else (name, *also))


def test_two_changes_are_named_both_or_not_at_all(seed: int) -> None:
    rng = Draw(seed, "pairs")
    both = 0
    for _ in range(12):
        (one, first), (other, second) = (CHANGES[i] for i in rng.permutation(len(CHANGES))[:2])
        if one == other or first.keys() & second.keys():
            continue
        loop = replace(Loop(), **first, **second)
        found = explain_steps(worlds_of(written(loop), seed))
        if not found.names:
            continue
        # One change may hide the other, and two may do what a third does: then it is that.
        explanations = [set(names) for names in (found.names, *found.others)]
        both += {one, other} in explanations
        assert {one, other} in explanations or all(len(e) == 1 for e in explanations), (one, other)
    assert both >= 2


def test_what_no_loop_gives_gets_no_name(seed: int) -> None:
    def train(
        model: nn.Module, optimizer: Any, config: Any, get_batch: Any, estimate: Any, logger: Any
    ) -> None:
        for i in range(config.max_iters):
            for group in optimizer.param_groups:
                group["lr"] = config.get_lr(i)
            for _ in range(config.gradient_accumulation_steps):
                model(*get_batch("train"))[1].backward()
            for p in model.parameters():
                p.grad = p.grad.sign()
            optimizer.step()
            optimizer.zero_grad()

    found = explain_steps(worlds_of(train, seed))
    assert found.names is None and found.loop == Loop()


def test_every_name_has_its_words_and_every_word_its_name() -> None:
    tables = (TABLE, RATES, e7_losses.LOGGED, e7_losses.RETURNED)
    names = {key.partition("/")[0] for table in tables for key in table} - {""}
    names |= {name for _, _, name in e7.FAULTS}
    names |= {*e7_reports.WHEN_LOGGED.values(), *e7_reports.WHEN_EVALUATED.values()}
    words = {name.partition(".")[2] for name in library("e7")}
    assert names <= words
    folder = Path(e7_updates.__file__).parent
    evidence = folder.parent / "checks" / "evidence"
    files = [*folder.glob("e7*.py"), *evidence.glob("re*.py"), evidence / "updates.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    known = {found.partition("/")[0] for found in re.findall(r'"([a-z]+(?:-[a-z]+)+)[/"]', code)}
    own = words - {name.partition(".")[2] for name in library("common")}
    assert own - known - {f"only-the-{which}-group" for which in ("first", "last")} == set()
