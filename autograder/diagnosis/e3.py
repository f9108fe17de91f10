"""E3: which mistake turns the MLP into what the student's module computes."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.reading import layouts
from autograder.checks.expectations import agrees
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e3_dropout import dropout_names, varies
from autograder.diagnosis.mlp import ACTIVATIONS
from autograder.diagnosis.mlp_chains import chain_names
from autograder.diagnosis.mlp_match import Found, explanation, is_vector, load_matrices, same
from autograder.diagnosis.modules import gradient_is_cut, output_of, untold_by_weights
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle, Parameter, Student

D = 9  # four times that is nobody's fixed width
OTHER_D = 11
DOUBLED = ("not halved", "tanh form, not halved")
OF_DROPOUT = ("dropout", "evaluation")
# These explain that the number of parameters is wrong.
OF_THE_COUNT = frozenset(
    ("norm-inside", "one-matrix-for-both", "one-layer-only", "no-expansion", "hidden-width-not-4",
     "hidden-width-fixed", "layer-not-used")
)  # fmt: skip
# These show where nothing may be dropped; the others about dropout where something should.
OF_EVALUATION = frozenset(
    ("no-dropout", "dropout-in-evaluation", "dropout-modes-swapped", "dropout-rate-fixed",
     "dropout-rate-inverted", "dropout-scaled-in-evaluation")
)  # fmt: skip


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E3."""
    if shape := case.failed("shape"):
        yield from shape_diagnosis(case, shape)
        return
    module = case.student.MLP(D, 0.0)
    module.eval()
    names = chain_names(module, case.rng, D)
    found = None if names else explanation(module, case.rng, D)
    several: list[tuple[str, ...]] = []
    if found is not None:
        beside = width_names(case, found) + unused(found)
        several = [each + beside for each in scaled_names(module, case.rng, found)]
        names = several[0] if len(several) == 1 else ()
    if checks := case.failed("parameters", "formula"):
        if found is None:
            names = names or unexplained(case, module)
        elif several == [()]:
            names = hidden_names(case, found, module)
        elif len(several) == 2 and all(len(each) == 1 for each in several):
            yield case.named(*(each[0] for each in several), checks=checks, either=True)
        if names and (case.failed("formula") or not OF_THE_COUNT.isdisjoint(names)
                      or found is None or has_lone_number(found)):  # fmt: skip
            yield case.named(*names, checks=checks)
    if checks := case.failed(*OF_DROPOUT):
        yield from dropout_diagnosis(case, checks, found, names)


def width_names(case: Case, found: Found) -> tuple[str, ...]:
    """What is wrong with the width of the hidden layer."""
    width = found.reading.width
    if found.design.layers == "one" or width == 4 * D:
        return ()
    return (width_name(case.student, width),)


def width_name(student: Student, width: int) -> str:
    """The misconception behind a hidden layer of this width, which is not 4 D."""
    module = student.MLP(OTHER_D, 0.0)
    large = [p.values.numel() for p in matrices_of(module)]
    if width in (large[0] // OTHER_D, large[-1] // OTHER_D):
        return "hidden-width-fixed"
    return "no-expansion" if width == D else "hidden-width-not-4"


def matrices_of(module: Handle) -> list[Parameter]:
    """What is learned and is no vector."""
    return [p for p in module.unique_parameters if p.trainable and not is_vector(p)]


def unused(found: Found) -> tuple[str, ...]:
    """Whether there are matrices that had no say in what has been explained."""
    large = sum(p.values.numel() for p in found.reading.parameters if not is_vector(p))
    places = torch.cat([found.reading.first.flatten(), found.reading.second.flatten()])
    return ("layer-not-used",) if large > len(places.unique()) else ()


def has_lone_number(found: Found) -> bool:
    """Whether an activation has brought a parameter of its own."""
    return any(p.values.numel() == 1 for p in found.reading.parameters)


def unexplained(case: Case, module: Handle) -> tuple[str, ...]:
    """What can be said of a module that none of the designs explains."""
    names: tuple[str, ...] = ("positions-mixed",) if mixes_positions(module, case.rng) else ()
    large = [p.values.numel() for p in matrices_of(module)]
    if len(large) == 2 and large[0] == large[1] != 4 * D * D and large[0] % D == 0:
        names += (width_name(case.student, large[0] // D),)
    return names


def mixes_positions(module: Handle, rng: Draw) -> bool:
    """Whether the output for one token changes with another token."""
    x = rng.normal(3, 5, D)
    y = output_of(module, x)
    changed = x.clone()
    changed[0, 2] = rng.normal(D)
    other = output_of(module, changed)
    if y is None or other is None or not torch.isfinite(y).all():
        return False
    there = (other - y).abs().amax(-1) > 1e-3 * float(y.abs().max())
    there[0, 2] = False
    return bool(there.any())


def hidden_names(case: Case, found: Found, module: Handle) -> tuple[str, ...]:
    """Why checks fail although the right formula gives the outputs where biases are 0."""
    if bias_comes_late(module, case.rng, found):
        return ("bias-after-activation",)
    x = case.rng.normal(2, 4, D)
    try:
        inputs, _ = module.gradients(x, cotangent=case.rng.normal(2, 4, D))
    except StudentFault as fault:
        return ("gradient-cut",) if "does not require grad" in fault.text else ()
    cut = inputs[0] is None or not bool(inputs[0].any())
    return ("gradient-cut",) if cut or gradient_is_cut(module, case.rng, x) else ()


def scaled_names(module: Handle, rng: Draw, found: Found) -> list[tuple[str, ...]]:
    """The names of what was found; where GELU seems to be doubled, who is: it, or the outputs?

    The output at 0 is the second bias, once or twice. Where there is none, both are one function.
    """
    names = found.design.names
    if found.design.activation not in DOUBLED:
        return [names]
    other = tuple(sorted({*names, "outputs-scaled"} - {"nearly-gelu"}))
    last = [p for p in found.reading.parameters if p.values.numel() == D]
    load_matrices(module, found.reading.parameters, rng, D)
    if len(last) != 1 or found.design.extra != "nothing":
        return [names, other]
    bias = rng.normal(D)
    module.load({last[0].name: bias.view(last[0].values.shape)})
    y = output_of(module, torch.zeros(1, 1, D))
    if y is None:
        return []
    return [other] if agrees(y[0, 0], 2 * bias) else [names] if agrees(y[0, 0], bias) else []


def bias_comes_late(module: Handle, rng: Draw, found: Found) -> bool:
    """Whether the first bias is added behind the activation: the output then shifts with it."""
    act = ACTIVATIONS[found.design.activation][1]
    for _ in range(2):
        drawn = rng.weights_for(module, std=D**-0.5)
        if not any(v.numel() == found.reading.width for v in drawn.values()):
            return False
        numbers = torch.cat([drawn[p.name].double().flatten() for p in found.reading.parameters])
        x = rng.normal(2, 4, D, std=1.5)
        y, constant = output_of(module, x), output_of(module, torch.zeros(1, 1, D))
        if y is None or constant is None:
            return False
        hidden = act(x.double() @ numbers[found.reading.first])
        wanted = hidden @ numbers[found.reading.second].T
        if not bool(same((y.double() - constant.double()).unsqueeze(0), wanted)):
            return False
    return True


def dropout_diagnosis(
    case: Case, checks: tuple[str, ...], found: Found | None, of_formula: tuple[str, ...]
) -> Iterator[Diagnosis]:
    """What is wrong with dropout; or that it is right, and what else the module does shows."""
    names = dropout_names(case.student, case.rng, found)
    if names is None:
        return
    if not names:
        if of_formula and (there := case.failed("dropout")):
            yield case.named(*of_formula, checks=there)
        return
    of_evaluation = tuple(name for name in names if name in OF_EVALUATION)
    if of_evaluation and (there := case.failed("evaluation")):
        yield case.named(*of_evaluation, checks=there)
    if there := case.failed("dropout"):
        yield case.named(*names, checks=there)


def shape_diagnosis(case: Case, checks: tuple[str, ...]) -> Iterator[Diagnosis]:
    """Why no output of the right shape comes, or one that weights and input do not tell."""
    fault = case.fault(checks[0])
    try:
        module = case.student.MLP(D, 0.0)
    except StudentFault:
        return
    module.eval()
    if fault is not None:
        if is_fixed(case.student):
            yield case.named("model-width-fixed", checks=checks)
        return
    x = case.rng.normal(2, 5, D)
    y = module(x)
    if not isinstance(y, Tensor):
        return
    if y.shape != x.shape:
        if is_hiddens(module, case.rng):
            yield case.named("hiddens-returned", checks=checks)
    elif varies(case.student, case.rng, 0.0, training=False):
        yield case.named("dropout-in-evaluation", "dropout-rate-fixed", checks=checks)
    elif bool((y == 0).all()) and varies(case.student, case.rng, 0.5, training=False):
        yield case.named("dropout-in-evaluation", "dropout-rate-inverted", checks=checks)
    elif name := untold_by_weights(module, case.rng, x):
        yield case.named(name, checks=checks)


def is_fixed(student: Student) -> bool:
    """Whether the matrices have the same shapes whatever width is asked for."""
    one, other = (
        [p.values.shape for p in matrices_of(student.MLP(width, 0.0))] for width in (D, OTHER_D)
    )
    return bool(one) and one == other


def is_hiddens(module: Handle, rng: Draw) -> bool:
    """Whether the output is that of the first layer, with some activation or none."""
    parameters = [p for p in module.unique_parameters if p.trainable]
    numbers = load_matrices(module, parameters, rng, D)
    x = rng.normal(2, 5, D)
    y = module(x)
    if not isinstance(y, Tensor) or y.dim() != 3 or y.shape[:2] != x.shape[:2]:
        return False
    vectors = {p.name for p in parameters if is_vector(p)}
    slots = layouts(parameters, D, y.shape[2], 1, skip=vectors).flatten(2)
    z = torch.einsum("nti,sij->sntj", x.double(), numbers[slots])
    return any(agrees(y, act(one), 2e-4) for _, act in ACTIVATIONS.values() for one in z)
