"""E6: which parameters the groups hold, and what the optimizer makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.checks.e6 import SIZES, Model, make_model, model_to_optimize, optimizer_for
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e6_arguments import argument_findings
from autograder.diagnosis.e6_rules import RULES, Trial, try_out
from autograder.diagnosis.finding import Finding, explained
from autograder.probe.errors import StudentFault

ALL = ("optimizer", "once", "decay", "arguments")
LARGE_SIZES = (400, 100, 64, 2, 2, 0.0)  # every matrix is larger here than any vector of SIZES
# Kind of exception, what its message must contain, and the misconception that it proves.
FAULTS = (
    ("ValueError", "more than one parameter group", "parameter-in-two-groups"),
    ("ValueError", "non-leaf Tensor", "not-the-models-own"),
    ("TypeError", "can only optimize Tensors", "no-parameters-passed"),
    ("AttributeError", "'tuple' object has no attribute", "no-parameters-passed"),
    ("AttributeError", "'str' object has no attribute", "no-parameters-passed"),
    ("AttributeError", "GPT' object has no attribute", "part-not-there"),
    ("KeyError", "", "part-not-there"),
)


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of E6."""
    try:
        model = model_to_optimize(case.student)
        trials = [try_out(case.student, case.rng, model) for _ in range(2)]
    except StudentFault as fault:
        yield from explained(case, [Finding((name,), ALL) for kind, text, name in FAULTS
                                    if fault.kind == kind and text in fault.text])  # fmt: skip
        return
    yield from explained(case, list(findings(case, model, trials)))


def findings(case: Case, model: Model, trials: Sequence[Trial]) -> Iterator[Finding]:
    """All that is wrong with an optimizer."""
    trial = trials[0]
    if not trial.groups:
        name = "nothing-returned" if trial.kind == "NoneType" else "no-optimizer-returned"
        yield Finding((name,), ALL)
        return
    if any(name is None for group in trial.groups for name in group.names):
        yield Finding(("not-the-models-own",), ("once", "decay"), ALL)
    yield from membership_findings(model, trial)
    rule = next((r for r in by_likelihood(trial) if all(t.follows(r) for t in trials)), "")
    yield from rule_findings(trial, rule)
    if rule:
        matrices = {p.name for p in model.parameters if p.values.dim() >= 2}
        of_arguments = list(argument_findings(trials, matrices))
        rest = {n for f in of_arguments for n in f.names} & {"default-decay-for-the-rest"}
        yield from decay_findings(case, model, trial, matrices if rest else None)
        yield from of_arguments


def by_likelihood(trial: Trial) -> tuple[str, ...]:
    """The rules to try; without any decay, Adam and AdamW are the same, so its class decides."""
    return RULES if trial.is_adamw or trial.kind != "Adam" else RULES[1:]


def rule_findings(trial: Trial, rule: str) -> Iterator[Finding]:
    """What is wrong with the rule of the update, whatever the groups are."""
    settings = [group.settings for group in trial.groups if group.names]
    if not trial.is_adamw:
        name = {"adam": "adam-not-adamw", "sgd": "sgd"}.get(rule, "another-optimizer")
        yield Finding((name,), ("optimizer", "arguments"), ALL)
    elif rule and any(s.uphill for s in settings):
        yield Finding(("goes-uphill",), ("optimizer", "arguments"), ALL)
    elif rule and any(s.eps > 1e-6 for s in settings):
        yield Finding(("large-epsilon",), ("optimizer", "arguments"), ALL)


def membership_findings(model: Model, trial: Trial) -> Iterator[Finding]:
    """What is in the groups twice, and what is in none of them."""
    trainable = {p.name: p for p in model.parameters if p.trainable}
    if twice := {name for name in trainable if trial.count(name) > 1}:
        name = "tied-weight-twice" if twice <= tied_names(model) else "parameter-twice"
        yield Finding((name,), ("once",), ALL)
    left = {name for name in trainable if trial.count(name) == 0}
    if left and not any(None in group.names for group in trial.groups):
        yield Finding((name_of_left(model, trial, left),), ("once",), ALL)


def name_of_left(model: Model, trial: Trial, left: set[str]) -> str:
    """What the parameters in no group have in common."""
    matrices = {p.name for p in model.parameters if p.trainable and p.values.dim() >= 2}
    vectors = {p.name for p in model.parameters if p.trainable} - matrices
    if left in (matrices, vectors) and any(not group.names for group in trial.groups):
        return "group-left-empty"
    if left == matrices | vectors:
        return "parameter-left-out"
    if left <= vectors:
        return "vectors-left-out"
    if left <= tied_names(model):
        return "tied-weight-left-out"
    return "embeddings-left-out" if left <= table_names(model) else "parameter-left-out"


def tied_names(model: Model) -> set[str]:
    """The parameters that have several names in the model."""
    names = [p.identity for p in model.handle.parameters]
    return {p.name for p in model.parameters if names.count(p.identity) > 1}


def table_names(model: Model) -> set[str]:
    """The embedding tables: one row for each token, or for each position."""
    V, C, D = SIZES[:3]
    return {p.name for p in model.parameters if tuple(p.values.shape) in ((V, D), (C, D))}


def decay_findings(
    case: Case, model: Model, trial: Trial, only: set[str] | None
) -> Iterator[Finding]:
    """Which parameters decay that should not, and the other way round; only: those to look at."""
    decay = {n for group in trial.groups if group.settings.decay for n in group.names if n}
    held = {p.name: p for p in model.parameters if p.trainable and trial.count(p.name)}
    matrices = {name for name, p in held.items() if p.values.dim() >= 2}
    full = [group for group in trial.groups if group.names]
    decay &= set(held) if only is None else only
    everything = {p.name for p in model.parameters if p.trainable} <= set(held)
    if len(full) == 1 and len(trial.groups) == 1 and everything:
        yield Finding(("one-group",), ("once", "decay") if decay == set(held) else ("once",), ALL)
        if decay == set(held):
            return
    if decay == matrices:
        return
    if grouped_by_size(case, model, decay):
        yield Finding(("grouped-by-size",), ("once", "decay") if not decay else ("decay",), ALL)
        return
    if len(full) == 1 and len(trial.groups) > 1 and not decay:
        if everything:
            yield Finding(("decaying-group-empty",), ("once", "decay"), ALL)
        return
    if name := name_of_decay(model, decay, set(held), matrices):
        yield Finding((name,), ("decay",), ALL)


def name_of_decay(model: Model, decay: set[str], held: set[str], matrices: set[str]) -> str:
    """What the parameters that wrongly decay, or do not, have in common."""
    if not decay:
        return "nothing-decays"
    if decay == held:
        return "everything-decays"
    if decay == held - matrices:
        return "groups-swapped"
    spared, vectors = matrices - decay, decay - matrices
    if spared and vectors:
        return ""
    if spared:
        tables = spared <= table_names(model)
        return "embeddings-do-not-decay" if tables else "some-matrices-do-not-decay"
    gains = {p.name for p in model.parameters if bool((p.values == 1).all())}
    if vectors <= gains:
        return "gains-decay"
    return "some-vectors-decay" if vectors & gains else "biases-decay"


def grouped_by_size(case: Case, model: Model, decay: set[str]) -> bool:
    """Whether large tensors decay and small ones do not, and other tensors do in a larger model."""
    larger = make_model(case.student, LARGE_SIZES)
    if {p.name for p in larger.parameters} != {p.name for p in model.parameters}:
        return False
    groups = optimizer_for(case.student, larger).groups(larger.handle)["groups"]
    trainable = {p.name for p in larger.parameters if p.trainable}
    now = trainable & {
        name for group in groups if group["options"].get("weight_decay")
        for name in group["parameters"]
    }  # fmt: skip
    low, high = 0.0, float("inf")  # the threshold lies between
    for found, names in ((model, decay), (larger, now)):
        for p in (p for p in found.parameters if p.trainable):
            size = float(p.values.numel())
            low, high = (low, min(high, size)) if p.name in names else (max(low, size), high)
    return now != decay and low < high
