"""What each loop would do to the weights, step by step.

A step is predicted from the weights that the student's loop really had before it. So what is
compared is that one step, right to rounding, and no error grows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from autograder.checks.evidence.recording import Run
from autograder.checks.evidence.rehearsal import Material, Plan
from autograder.checks.evidence.updates import clipped
from autograder.diagnosis.e7_loop import WEIGHTS, Loop, Micro, order_of


@dataclass
class World:
    """What a rehearsal was like, as far as a simulated loop needs it."""

    run: Run
    gradients: dict[tuple[int, str], Tensor] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.run.plan

    @property
    def taken(self) -> int:
        """How many training batches were taken; validation batches if there were no others."""
        splits = self.run.splits
        return splits.count("train") or len(splits)

    def gradient(self, step: int, batch: int, target: str) -> Tensor:
        """The gradient of a batch's loss at the weights before a step, in the mode of that step."""
        key = (step, target)
        if key not in self.gradients:
            given = with_target(self.run.given, target)
            in_eval = step < len(self.run.modes) and not self.run.modes[step]
            self.gradients[key] = given.gradients(
                self.run.weights[step], range(len(given.x)), in_eval
            )
        found = self.gradients[key]
        return found[batch % len(found)]

    def loss(self, step: int, batch: int, target: str = "y", in_eval: bool = False) -> float:
        """The loss of a batch at the weights before a step."""
        given = with_target(self.run.given, target)
        return float(given.loss(self.run.weights[step], batch % len(given.x), in_eval))

    def agree(self, step: int, gradient: Tensor) -> bool:
        """Whether a step followed this gradient, each group at the rate that it had."""
        before, after = self.run.weights[step], self.run.weights[step + 1]
        rates = self.run.rates[step]
        sizes = group_sizes(self.plan)
        moved = torch.cat([rate * part for rate, part in
                           zip(rates, gradient.split(sizes), strict=True)])  # fmt: skip
        # float32 weights are right to 6e-8 of their size; sums and clipping add some times as much.
        room = 4e-6 * max(1.0, float(before.abs().max())) + 2e-5 * float(moved.abs().max())
        return bool(((before - after - moved).abs() <= room).all())


def with_target(given: Material, target: str) -> Material:
    """The same rehearsal with something else to predict."""
    if target == "x":
        return replace(given, y=given.x)
    if target == "swapped":
        return replace(given, x=given.y, y=given.x)
    if target == "y of y":
        return replace(given, x=given.y)
    if target == "shifted":
        return replace(given, x=given.x[..., :-1], y=given.y[..., 1:])
    if target == "flipped":  # inputs and targets of different rows
        return replace(given, x=given.x.flip(1))
    return given


def group_sizes(plan: Plan) -> list[int]:
    """How many numbers each parameter group has; see probe.training.TinyModel.groups."""
    matrix, bias = plan.vocab_size * plan.width, plan.vocab_size
    return [2 * matrix, bias] if plan.groups == 2 else [matrix, matrix, bias]


def clip_as(kind: str, gradient: Tensor, plan: Plan) -> Tensor:
    """Clip a gradient before the step, in one of many ways."""
    limit, norm = plan.clip, float(gradient.norm())
    matrix, bias = plan.vocab_size * plan.width, plan.vocab_size
    if kind == "norm" or (kind == "at zero too" and limit > 0):
        return clipped(gradient, limit)
    if kind == "at zero too":
        return gradient * 0.0
    if kind in ("1", "1, unless 0"):
        return clipped(gradient, 1.0) if limit > 0 or kind == "1" else gradient
    if kind == "inverted":
        return gradient if limit > 0 else gradient * 0.0
    if kind == "undivided":  # clipped as a sum, divided then
        K = plan.accumulation
        return clipped(gradient * K, limit) / K
    if limit == 0:
        return gradient
    if kind.startswith("at "):
        others = {"at M": plan.max_iters, "at K": plan.accumulation, "at log": plan.log_interval}
        return clipped(gradient, others.get(kind, plan.eval_interval))
    if kind == "always":
        return gradient * (limit / norm) if norm > 0 else gradient
    if kind == "value":
        return gradient.clamp(-limit, limit)
    if kind == "largest":
        return gradient * min(1.0, limit / max(1e-12, float(gradient.abs().max())))
    if kind == "sum":
        return gradient * min(1.0, limit / max(1e-12, float(gradient.abs().sum())))
    if kind in ("group", "parameter", "first parameter", "last parameter"):
        parts = gradient.split(group_sizes(plan) if kind == "group" else [matrix, matrix, bias])
        which = {"first parameter": (0,), "last parameter": (2,)}.get(kind, range(len(parts)))
        return torch.cat([clipped(p, limit) if i in which else p for i, p in enumerate(parts)])
    return gradient


def follows(loop: Loop, world: World, offset: int) -> bool:
    """Whether the student's weights moved at every step as this loop predicts.

    offset: how many batches were put aside at the start.
    """
    plan, micros = world.plan, order_of(loop, world.plan)[0]
    zero = torch.zeros_like(world.run.weights[0])
    gradient, total, s = zero, zero, 0
    step_resets = loop.step == "first" or "micro" in loop.iterations or "first" in loop.iterations
    for micro in micros:
        if micro.early:
            if s >= world.run.updates or not world.agree(s, clip_as(loop.clip, gradient, plan)):
                return False
            s += 1
        if micro.first:
            total = zero
        if zeroes_before(loop, micro, step_resets, plan):
            gradient = zero
        if loop.clip == "micro, before":
            gradient = clipped(gradient, plan.clip)
        gradient, total = add_up(loop, micro, world, (gradient, total), offset)
        for _ in range(micro.steps):
            followed = clip_as(loop.clip, zero if loop.zero == "before step" else gradient, plan)
            if s >= world.run.updates or not world.agree(s, followed):
                return False
            s += 1
            gradient = clipped(followed, plan.clip) if loop.clip == "after step" else followed
            if loop.zero == "step" or (loop.zero == "update" and step_resets):
                gradient = zero
    return s == world.run.updates and s > 0


def zeroes_before(loop: Loop, micro: Micro, step_resets: bool, plan: Plan) -> bool:
    """Whether the gradient is set to zero before a micro-batch."""
    if loop.zero == "log":
        after = micro.iteration - 1  # the one that was logged
        return micro.first and after >= 0 and after % plan.log_interval == 0
    return loop.zero == "micro" or (loop.zero in ("update", "before step") and micro.first
                                    and not step_resets)  # fmt: skip


def add_up(
    loop: Loop, micro: Micro, world: World, sums: tuple[Tensor, Tensor], offset: int
) -> tuple[Tensor, Tensor]:
    """The accumulated gradient after a micro-batch, and the sum of the gradients of this update."""
    gradient, total = sums
    counts = {"last": micro.last, "first": micro.first, "never": False}.get(loop.backward, True)
    if not counts:
        return gradient, total
    own = world.gradient(micro.done, micro.batch + offset, loop.target)
    own = own * WEIGHTS[loop.weight](world.plan, micro.number)
    if loop.clip == "own":
        own = clipped(own, world.plan.clip)
    total = total + own
    added = {"twice": 2 * own, "running total": total}.get(loop.backward, own)
    gradient = gradient + added
    return (clipped(gradient, world.plan.clip) if loop.clip == "micro" else gradient), total
