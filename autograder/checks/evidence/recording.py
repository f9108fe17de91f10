"""What happened in a rehearsal of the student's training loop, and what each update followed."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.rehearsal import Material, Plan, draw_material
from autograder.checks.expectations import CheckFailed, expect
from autograder.probe.errors import MalformedReply
from autograder.probe.view import Student, some_list

MOST_UPDATES = 100_000  # a loop is stopped long before
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True)
class Logged:
    """One call of the logger, after `clock` updates; an argument that is no number is None.

    loss, lr: of logger.train; train, val: of logger.evaluation; model: whether estimate_loss was
    given the model; batches: how many had been taken by then.
    """

    clock: int
    iteration: float | None = None
    loss: float | None = None
    lr: float | None = None
    train: float | None = None
    val: float | None = None
    model: bool = True
    batches: int = 0


@dataclass(frozen=True)
class Run:
    """A rehearsal that has taken place.

    weights: (updates + 1, P), the first row before any update; rates: (updates, groups); modes:
    whether the model was in training mode at each update; splits: what get_batch was asked for;
    estimated: the calls of estimate_loss; unknown: what else the logger was asked for; training:
    the mode at the end.
    """

    given: Material
    weights: Tensor
    rates: Tensor
    modes: list[bool]
    splits: list[str | None]
    trained: list[Logged]
    evaluated: list[Logged]
    estimated: list[Logged]
    unknown: list[str]
    returned: Any
    training: bool

    @property
    def plan(self) -> Plan:
        """What was asked for."""
        return self.given.plan

    @property
    def updates(self) -> int:
        """How often optimizer.step was called."""
        return len(self.rates)

    @property
    def iterations(self) -> int:
        """The length of the run: as many updates as were asked for, or more if more were made."""
        return max(self.updates, self.plan.max_iters)

    @property
    def batches_per_update(self) -> int:
        """How many batches belong to an update: as many as asked for, or one if no more were taken.

        A loop that takes one batch and uses it over and over is told so by one check; the others
        judge it by the batches that it took.
        """
        K, asked, taken = self.plan.accumulation, self.plan.max_iters, len(self.splits)
        return 1 if asked <= taken < min(asked + 2, K * asked) else K

    @property
    def one_more(self) -> bool:
        """Whether exactly one batch more was taken than is needed."""
        return len(self.splits) == self.batches_per_update * self.iterations + 1

    @functools.cached_property
    def put_aside(self) -> int:
        """1 if the loop took one batch before its first update and did not use it, else 0."""
        k = self.batches_per_update
        if not self.one_more or not self.updates:
            return 0
        start, followed = self.weights[0], self.gradient_followed(0)
        fit = [
            torch.cosine_similarity(self.given.gradient(start, range(s, s + k)), followed, dim=0)
            for s in (0, 1)
        ]
        return int(fit[1] > fit[0])

    def batches(self, iteration: int, put_aside: int | None = None) -> range:
        """The numbers of the batches of an update."""
        k = self.batches_per_update
        first = iteration * k + (self.put_aside if put_aside is None else put_aside)
        return range(first, first + k)

    def slope(self, iteration: int, eval_mode: bool = False) -> Tensor:
        """The gradient that an update should follow, at the weights that were there before it."""
        return self.given.gradient(self.weights[iteration], self.batches(iteration), eval_mode)

    def gradient_followed(self, iteration: int) -> Tensor:
        """The gradient that an update followed: (before - after) / rate, float64, (P,)."""
        self.require(iteration)
        rate = float(self.rates[iteration].max())
        expect(rate > 0, "the learning rate is not positive at an update",
               expected=f"{self.given.rates[iteration]:.3g}", got=f"{rate:.3g}")  # fmt: skip
        return (self.weights[iteration] - self.weights[iteration + 1]) / rate

    def require(self, iteration: int) -> None:
        """Fail if there was no such update."""
        if self.updates <= iteration:
            raise CheckFailed(
                "there are too few updates" if self.updates else "the weights are never updated",
                f"optimizer.step() once in each of {self.plan.max_iters} iterations",
                f"{self.updates} calls of optimizer.step()",
                "backward() fills the gradients, optimizer.step() changes the weights",
            )


def rehearse(student: Student, rng: Draw, **plan: Any) -> Run:
    """Draw a rehearsal, let the student's `train` run on it, and return what happened."""
    return rehearse_with(student, draw_material(Plan(**plan), rng))


def rehearse_with(student: Student, given: Material) -> Run:
    """Let the student's `train` run on a rehearsal that is drawn already."""
    reply = student.train(**given.design())
    if reply.get("runaway") is True:
        raise CheckFailed(
            "the loop does not end: it was stopped far beyond its last iteration",
            f"an end after max_iters={given.plan.max_iters} updates", "no end",
            "one iteration is one weight update; count them, and stop at config.max_iters",
        )  # fmt: skip
    try:
        return read(given, reply)
    except UNREADABLE as error:
        raise MalformedReply(f"the record of the training loop cannot be read: {error}") from error


def rehearsed(student: Student, rng: Draw, name: str, **plan: Any) -> Run:
    """The rehearsal of that name, which several checks look at; it takes place once."""
    return student.once(name, lambda: rehearse(student, rng.common("E7", name), **plan))


def read(given: Material, reply: Mapping[str, Any]) -> Run:
    """Take a reply apart; raises KeyError, TypeError or ValueError where it is not of the form."""
    weights = torch.cat([given.weights.unsqueeze(0), reply["weights"]]).double()
    rates = torch.tensor(some_list(reply["rates"], "rates"), dtype=torch.float64).view(
        -1, given.plan.groups
    )
    modes = [bool(mode) for mode in reply["modes"]]
    if not len(rates) == len(modes) == len(weights) - 1:
        raise ValueError("the updates do not add up")
    K = given.plan.accumulation

    def entry(found: Mapping[str, Any]) -> Logged:
        values: dict[str, Any] = {
            name: value if value is None or isinstance(value, bool) else float(value)
            for name, value in found.items()
            if name not in ("updates", "batches")
        }
        batches = int(found["batches"])
        # A loop that never updates is timed by the batches that it took.
        clock = found["updates"] if len(rates) else batches // K
        if not 0 <= clock <= MOST_UPDATES:
            raise ValueError(f"a call after {clock} updates")
        return Logged(clock=int(clock), batches=batches, **values)

    return Run(
        given, weights, rates, modes,
        splits=[None if split is None else str(split) for split in reply["splits"]],
        trained=[entry(found) for found in reply["trained"]],
        evaluated=[entry(found) for found in reply["evaluated"]],
        estimated=[entry(found) for found in reply["estimated"]],
        unknown=[str(name) for name in reply["unknown"]],
        returned=reply["returned"],
        training=bool(reply["training"]),
    )  # fmt: skip
