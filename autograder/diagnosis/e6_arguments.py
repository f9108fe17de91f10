"""E6: what became of weight_decay, learning_rate and betas on the way into the groups."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from autograder.diagnosis.e6_rules import Settings, Trial
from autograder.diagnosis.finding import Finding

Form = Callable[[Settings], float]
RATES: dict[str, Form] = {"right": lambda g: g.rate, "decay": lambda g: g.decay}
DECAYS: dict[str, Form] = {
    "right": lambda g: g.decay,
    "rate": lambda g: g.rate,
    "times rate": lambda g: g.decay * g.rate,
    "over rate": lambda g: g.decay / g.rate,
}
BETAS: dict[str, Form] = {"first": lambda g: g.betas[0], "second": lambda g: g.betas[1]}
NAME_OF_RATE = {"fixed": "learning-rate-not-used", "scaled": "learning-rate-scaled"}
NAME_OF_DECAY = {
    "fixed": "weight-decay-not-used",
    "scaled": "weight-decay-scaled",
    "rate": "one-argument-for-both",
    "times rate": "decay-times-rate",
    "over rate": "decay-over-rate",
}
ELSEWHERE = ("optimizer", "once", "decay")


def argument_findings(trials: Sequence[Trial], matrices: set[str]) -> Iterator[Finding]:
    """What the groups' settings are of the arguments given, in two trials with other ones."""
    one, other = trials
    if [g.names for g in one.groups] != [g.names for g in other.groups]:
        return
    pairs = [
        (a.settings, b.settings, bool(matrices & set(a.names)))
        for a, b in zip(one.groups, other.groups, strict=True) if a.names
    ]  # fmt: skip

    def relations(read: Form, forms: Mapping[str, Form], wanted: Form) -> list[str]:
        return [
            relation((read(a), read(b)), (one.given, other.given), forms, wanted)
            for a, b, _ in pairs
        ]

    rates = relations(lambda s: s.rate, RATES, RATES["right"])
    decays = relations(lambda s: s.decay, DECAYS, DECAYS["right"])
    decaying = [
        (form, has_matrix)
        for form, (a, _, has_matrix) in zip(decays, pairs, strict=True)
        if a.decay
    ]
    yield from rate_findings(rates, [form for form, _ in decaying])
    yield from decay_findings(decaying, swapped=set(rates) == {"decay"})
    betas = [relations(beta, BETAS, beta) for beta in BETAS.values()]
    yield from beta_findings(set(zip(*betas, strict=True)))


def relation(
    own: tuple[float, float], given: tuple[Settings, Settings], forms: Mapping[str, Form],
    wanted: Form,
) -> str:  # fmt: skip
    """Which form of the arguments a setting has in both trials; else "fixed", "scaled" or ""."""
    for name, form in forms.items():
        if all(math.isclose(o, form(g), rel_tol=1e-6) for o, g in zip(own, given, strict=True)):
            return name
    if own[0] == own[1]:
        return "fixed"
    shares = [o / wanted(g) for o, g in zip(own, given, strict=True)]
    return "scaled" if math.isclose(*shares, rel_tol=1e-6) else ""


def rate_findings(rates: Sequence[str], decays: Sequence[str]) -> Iterator[Finding]:
    """rates: the relation of each group's rate; decays: of those that decay."""
    kinds = set(rates)
    if kinds == {"decay"}:
        name = "rate-and-decay-swapped" if set(decays) == {"rate"} else "one-argument-for-both"
        yield Finding((name,), ("arguments",), ELSEWHERE)
    elif "right" in kinds and kinds & {"fixed", "scaled"}:
        yield Finding(("one-group-has-its-own-rate",), ("arguments",), ELSEWHERE)
    elif len(kinds) == 1 and (name := NAME_OF_RATE.get(rates[0], "")):
        yield Finding((name,), ("arguments",), ELSEWHERE)


def decay_findings(decaying: Sequence[tuple[str, bool]], swapped: bool) -> Iterator[Finding]:
    """decaying: of each group with decay its relation, and whether there are matrices in it."""
    of_matrices = {form for form, has_matrix in decaying if has_matrix}
    of_vectors = {form for form, has_matrix in decaying if not has_matrix}
    forms = of_matrices or of_vectors
    if of_matrices and of_vectors == {"fixed"} and of_matrices != {"fixed"}:
        yield Finding(("default-decay-for-the-rest",), ("arguments", "decay"))
    if len(forms) != 1 or (swapped and forms == {"rate"}):
        return
    if name := NAME_OF_DECAY.get(next(iter(forms)), ""):
        yield Finding((name,), ("arguments",), ELSEWHERE)


def beta_findings(forms: set[tuple[str, str]]) -> Iterator[Finding]:
    """forms: the relations of the two betas, of each group."""
    if len(forms) > 1:
        forms = forms - {("first", "second")}
    if len(forms) != 1:
        return
    first, second = next(iter(forms))
    if (first, second) == ("second", "first"):
        name = "betas-swapped"
    elif (first, second) == ("fixed", "fixed"):
        name = "betas-not-used"
    elif (first, second) in (("first", "first"), ("second", "second"), ("first", "fixed"),
                             ("fixed", "second")):  # fmt: skip
        name = "one-beta-not-used"
    else:
        return
    yield Finding((name,), ("arguments",), ELSEWHERE)
