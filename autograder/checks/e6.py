"""E6: which parameters decay."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import agrees, differs, expect, name_type
from autograder.checks.framework import Exercise, remark
from autograder.probe.errors import MalformedReply, StudentFault
from autograder.probe.view import Foreign, Handle, Parameter, Student

E6 = Exercise("E6", "Which parameters decay", ("configure_optimizers",), minutes=20, difficulty=2)
SIZES = (13, 7, 12, 2, 2, 0.0)
WEIGHT_DECAY, LEARNING_RATE, BETAS = 0.3, 0.05, (0.8, 0.95)
LARGE, SMALL = 100.0, 0.005  # gradients, both far above eps


@dataclass(frozen=True, eq=False)
class Model:
    """A model to optimize, and its parameters, each once, as they were when it was new."""

    handle: Handle
    parameters: list[Parameter]


def model_to_optimize(student: Student, sizes: Sequence[float] = SIZES) -> Model:
    """The student's own GPT, or where E5 left none that will do, a small model of ours.

    Each check sets its weights anew, so that one of these sizes is enough for all of them.
    """
    return student.once(("model", *sizes), lambda: make_model(student, sizes))


def make_model(student: Student, sizes: Sequence[float]) -> Model:
    try:
        model = student.GPT(*sizes)
        parameters = model.unique_parameters
        if will_do(parameters):
            return Model(model, parameters)
    except StudentFault:
        pass
    V, C, D = sizes[:3]
    ours = student.stand_in_model(kind="small_gpt", vocab_size=V, context_size=C, hidden_size=D)
    return Model(ours, ours.unique_parameters)


def will_do(parameters: Sequence[Parameter]) -> bool:
    """Whether there are matrices and vectors to optimize, and no two parameters share memory."""
    trainable = [p for p in parameters if p.trainable]
    return (
        any(p.values.dim() >= 2 for p in trainable)
        and any(p.values.dim() < 2 for p in trainable)
        and len({p.storage for p in parameters}) == len(parameters)
    )


def optimizer_for(
    student: Student,
    model: Model,
    weight_decay: float = WEIGHT_DECAY,
    learning_rate: float = LEARNING_RATE,
    betas: tuple[float, float] = BETAS,
) -> Handle:
    """What configure_optimizers makes for a model."""
    return student.keep("configure_optimizers", model.handle, weight_decay, learning_rate, betas)


@E6.check("optimizer", points=0.5)
def it_returns_an_adamw(student: Student, rng: Draw) -> None:
    """It returns a torch.optim.AdamW."""
    model = model_to_optimize(student)
    found = optimizer_for(student, model).groups(model.handle)
    expect(bool(found["is_adamw"]), "this is not an AdamW optimizer",
           expected="torch.optim.AdamW", got=name_of_kind(str(found["kind"])),
           hint="make it, and return it")  # fmt: skip
    expect_moves_like_adamw(student, rng, model)


def expect_moves_like_adamw(student: Student, rng: Draw, model: Model) -> None:
    """Fail unless the first step is as long for a small gradient as for a large one, decay aside.

    AdamW: after = (1 - rate * decay) * before - rate. What an optimizer says of itself is no proof.
    """
    some = [p.name for p in model.parameters if p.trainable and p.values.numel() > 2]
    moved: dict[str, list[float]] = {}
    for gradient in (LARGE, SMALL):
        before, after = one_step(student, rng, model, gradient)
        for name in some:
            if step := step_made(before[name], after[name]):
                moved.setdefault(name, []).append(step)
    expect(
        any(len(s) == 2 and s[0] < 0 and math.isclose(*s, rel_tol=0.02) for s in moved.values()),
        "no step of it is one of AdamW's", expected="a step of the length of the learning rate, "
        "whatever the gradient", got="another step" if moved else "no step at all",
    )  # fmt: skip


def step_made(before: Tensor, after: Tensor) -> float | None:
    """How far one step moved all numbers of a parameter alike, decay aside; None if it is no step.

    after = factor * before + step, by least squares. Shapes: before, after (...) -> ().
    """
    start, end = before.double().flatten(), after.double().flatten()
    if not differs(end, start, 1e-6):
        return None
    off, mean = start - start.mean(), end.mean()
    factor = float(off @ (end - mean) / (off @ off).clamp_min(1e-30))
    step = float(mean - factor * start.mean())
    return step if agrees(factor * start + step, end, 1e-5) else None


def name_of_kind(kind: str) -> str:
    return name_type(None) if kind == "NoneType" else name_type(Foreign(kind))


def groups_of(student: Student, model: Model) -> list[list[str | None]]:
    """The names of the parameters in each group that holds any."""
    described = student.once(
        ("groups", model), lambda: optimizer_for(student, model).groups(model.handle)
    )
    groups = described["groups"]
    expect(bool(groups), "there are no parameter groups", expected="an optimizer with two groups",
           got="none")  # fmt: skip
    return [group["parameters"] for group in groups if group["parameters"]]


@E6.check("once", points=1.0)
def every_trainable_parameter_is_in_one_group(student: Student, rng: Draw) -> None:
    """There are two groups, and every trainable parameter is in exactly one of them, the tied one
    once."""
    check_once(student, rng, SIZES)


def check_once(student: Student, rng: Draw, sizes: Sequence[float]) -> None:
    model = model_to_optimize(student, sizes)
    groups = groups_of(student, model)
    expect(len(groups) > 1, "all parameters are in one group", expected="two groups", got="one",
           hint="a list of two dictionaries: those that decay, and those that do not")  # fmt: skip
    if len(groups) > 2:
        remark(f"the exercise asks for two groups, yours are {len(groups)}; where they decay alike "
               "the updates are the same (no points lost)")  # fmt: skip
    names = [name for group in groups for name in group]
    expect(None not in names, "the optimizer holds a tensor that is no parameter of the model",
           expected="the model's own parameters", got="another tensor",
           hint="pass the parameters themselves, not copies or their .data")  # fmt: skip
    for p in model.parameters:
        count = names.count(p.name)
        expect(
            count == 1 or (count == 0 and not p.trainable),
            f"the parameter {p.name} is in the groups {count} times",
            expected="once", got=f"{count} times",
            hint="" if count else "go through all of the model: nothing may be left out",
        )  # fmt: skip
    before, after = one_step(student, rng, model, LARGE)
    for p in model.parameters:
        expect(
            not p.trainable or step_made(before[p.name], after[p.name]) is not None,
            f"the parameter {p.name} does not move as a step of an optimizer moves it",
            expected="an update of every trainable parameter", got="no such update",
        )  # fmt: skip


@E6.check("decay", points=1.5, hint="ask how many dimensions a parameter has, not its name")
def matrices_decay_and_vectors_do_not(student: Student, rng: Draw) -> None:
    """Parameters with two or more dimensions decay; biases and LayerNorm parameters do not."""
    check_decay(student, rng, SIZES)


def check_decay(student: Student, rng: Draw, sizes: Sequence[float]) -> None:
    """Without gradients, one step changes what decays and nothing else."""
    model = model_to_optimize(student, sizes)
    held = {name for group in groups_of(student, model) for name in group}
    before, after = steps(rng, model, optimizer_for(student, model), [0.0])
    judged = [p for p in model.parameters if p.trainable and p.name in held]
    expect(any(p.values.dim() >= 2 for p in judged), "the optimizer holds no matrix of the model's",
           expected="decay for every matrix", got="none")  # fmt: skip
    for p in judged:
        kind = f"{p.name} with {p.values.dim()} dimension{'s' * (p.values.dim() != 1)}"
        start, end = before[p.name], after[p.name]
        expect(
            bool(((end - start) * start <= 1e-9).all()),
            f"{kind} changes without a gradient, and not towards 0",
            expected="decay, or no change", got="other numbers",
        )  # fmt: skip
        decays = differs(end, start, 1e-6)
        wanted = p.values.dim() >= 2
        expect(
            decays == wanted, f"{kind} {'decays' if decays else 'does not decay'}",
            expected="decay" if wanted else "no decay", got="decay" if decays else "no decay",
        )  # fmt: skip


@E6.check("arguments", points=1.0, hint="use the arguments, not numbers or names of your own")
def the_arguments_are_used(student: Student, rng: Draw) -> None:
    """The updates are those of AdamW with the given weight_decay, learning rate and betas, in both
    groups."""
    check_arguments(student, rng, SIZES, *drawn_arguments(rng))


def drawn_arguments(rng: Draw) -> tuple[float, float, tuple[float, float]]:
    """A weight decay, a learning rate and two betas, such as nobody writes by hand."""
    low, high = torch.tensor([0.1, 0.01, 0.4, 0.5]), torch.tensor([1.1, 0.06, 0.85, 0.95])
    drawn = low + (high - low) * rng.uniform(4)
    decay, rate, first, second = (round(number, 4) for number in drawn.tolist())
    return decay, rate, (first, second)


def check_arguments(
    student: Student,
    rng: Draw,
    sizes: Sequence[float],
    weight_decay: float,
    learning_rate: float,
    betas: tuple[float, float],
) -> None:
    """Take two steps, and work both out by hand for each parameter, with decay and without."""
    model = model_to_optimize(student, sizes)
    optimizer = optimizer_for(student, model, weight_decay, learning_rate, betas)
    gradients = [0.5, -1.0]
    before, after = steps(rng, model, optimizer, gradients)
    decayed = []
    for p in model.parameters:
        start, end = before[p.name], after[p.name]
        if not p.trainable or torch.equal(start, end):
            continue  # in no group: another check's claim
        options = [
            d for d in (weight_decay, 0.0)
            if agrees(end, adamw(start, gradients, d, learning_rate, betas), 2e-6)
        ]  # fmt: skip
        expect(
            bool(options), f"after two updates {p.name} is not where AdamW would have brought it",
            expected=f"weight_decay={weight_decay} (or 0), lr={learning_rate}, betas={betas}",
            got="" if options else what_was_set(optimizer.groups(model.handle), p.name),
        )  # fmt: skip
        decayed += options
    expect(weight_decay in decayed, "no parameter decays by the given weight_decay",
           expected=weight_decay, got=0)  # fmt: skip


def what_was_set(found: Mapping[str, Any], name: str) -> str:
    """What the optimizer says of the group that holds this parameter."""
    for group in found["groups"]:
        if name in group["parameters"]:
            options = group["options"]
            betas = options.get("betas")
            betas = tuple(betas) if isinstance(betas, list) else betas
            return (f"{found['kind']} with weight_decay={options.get('weight_decay')}, "
                    f"lr={options.get('lr')}, betas={betas}")  # fmt: skip
    return str(found["kind"])


def one_step(
    student: Student, rng: Draw, model: Model, gradient: float
) -> tuple[Mapping[str, Tensor], dict[str, Tensor]]:
    """The parameters before and after the first step of an optimizer, for all checks the same."""
    common = rng.common("E6", str(gradient))
    return student.once(
        ("step", model, gradient),
        lambda: steps(common, model, optimizer_for(student, model), [gradient]),
    )


def steps(
    rng: Draw, model: Model, optimizer: Handle, gradients: Sequence[float]
) -> tuple[Mapping[str, Tensor], dict[str, Tensor]]:
    """Take one step for each gradient (the same for every number); the parameters before, after."""
    before = rng.weights_for(model.handle, std=1.0, parameters=model.parameters)
    for gradient in gradients:
        optimizer.step(model.handle, gradient)
    after = {p.name: p.values for p in model.handle.parameters}
    if any(name not in after or after[name].shape != before[name].shape for name in before):
        raise MalformedReply("after an update, the model has other parameters than before")
    return before, after


def adamw(
    start: Tensor,
    gradients: Sequence[float],
    weight_decay: float,
    learning_rate: float,
    betas: tuple[float, float],
) -> Tensor:
    """Where AdamW brings a tensor by these constant gradients, in float64.

    Source: Loshchilov and Hutter 2019, algorithm 2; eps is too small to show here.
    """
    values, first, second = start.double(), 0.0, 0.0
    for t, gradient in enumerate(gradients, start=1):
        first = betas[0] * first + (1 - betas[0]) * gradient
        second = betas[1] * second + (1 - betas[1]) * gradient**2
        update = (first / (1 - betas[0] ** t)) / (second / (1 - betas[1] ** t)) ** 0.5
        values = values * (1 - learning_rate * weight_decay) - learning_rate * update
    return values
