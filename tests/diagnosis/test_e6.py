"""E6: mistakes are told from what the groups hold and where parameters land, not from names."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder.checks.draw import Draw
from autograder.diagnosis.e6_rules import GRADIENTS, Settings, follow, lands
from tests.answers import diagnosed_as, explain, grade

OTHER_GPT = """
class GPT(nn.Module):
    def __init__(self, vocab_size, context_size, hidden_size, n_layer, n_head, dropout):
        super().__init__()
        V, C, D = vocab_size, context_size, hidden_size
        self.u = nn.Parameter(torch.randn(V, D))
        self.v = nn.Parameter(torch.randn(C, D))
        self.w = nn.ParameterList(nn.Parameter(torch.randn(D, D)) for _ in range(n_layer))
        self.x = nn.ParameterList(nn.Parameter(torch.zeros(D)) for _ in range(n_layer))
        self.y = nn.ParameterList(nn.Parameter(torch.ones(D)) for _ in range(n_layer))
        self.z = self.u
"""
CONFIGURE = """
def configure_optimizers(self, weight_decay, learning_rate, betas):
    all_of_them = list(self.parameters())
    first = [p for p in all_of_them if {condition}]
    second = [p for p in all_of_them if not ({condition})]
    return torch.optim.{kind}([
        {{"params": first, "weight_decay": {decay}}},
        {{"params": second, "weight_decay": {other}}},
    ], lr={rate}, betas={betas})
"""
RIGHT = {
    "condition": "p.ndim > 1",
    "kind": "AdamW",
    "decay": "weight_decay",
    "other": "0.0",
    "rate": "learning_rate",
    "betas": "betas",
}
CHANGES = {
    "groups-swapped": {"condition": "p.ndim == 1"},
    "everything-decays": {"other": "weight_decay"},
    "nothing-decays": {"decay": "0"},
    "embeddings-do-not-decay": {"condition": "p.ndim > 1 and p is not self.v"},
    "some-matrices-do-not-decay": {"condition": "p.ndim > 1 and p is not self.w[0]"},
    "gains-decay": {"condition": "p.ndim > 1 or (p == 1).all() or any(p is g for g in self.y)"},
    "biases-decay": {"condition": "p.ndim > 1 or any(p is b for b in self.x)"},
    "grouped-by-size": {"condition": "p.numel() > 90"},
    "decaying-group-empty": {"condition": "p.ndim > 2"},
    "adam-not-adamw": {"kind": "Adam"},
    "another-optimizer": {"kind": "NAdam"},
    "learning-rate-not-used": {"rate": "3e-4"},
    "learning-rate-scaled": {"rate": "learning_rate / 3"},
    "weight-decay-not-used": {"decay": "0.1"},
    "weight-decay-scaled": {"decay": "2 * weight_decay"},
    "decay-times-rate": {"decay": "learning_rate * weight_decay"},
    "decay-over-rate": {"decay": "weight_decay / learning_rate"},
    "default-decay-for-the-rest": {"other": "0.01"},
    "betas-not-used": {"betas": "(0.9, 0.99)"},
    "betas-swapped": {"betas": "betas[::-1]"},
    "one-beta-not-used": {"betas": "(0.9, betas[1])"},
}


def configure(**changes: str) -> str:
    return CONFIGURE.format(**(RIGHT | changes))


def names(code: str, seed: int) -> frozenset[str]:
    results = grade({"E5": OTHER_GPT, "E6": code}, seed, only="E6")
    assert not [r for r in results if r.status == "errored"], explain(results)
    return frozenset(name.removeprefix("e6.") for name in diagnosed_as(results))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named_whatever_the_parameters_are_called(name: str, seed: int) -> None:
    assert names(configure(**CHANGES[name]), seed) == {name}


def test_the_definition_gets_no_name(seed: int) -> None:
    assert names(configure(), seed) == {"none"}


PAIRS = [(a, b) for a in CHANGES for b in CHANGES
         if set(CHANGES[a]) == {"condition"} and set(CHANGES[b]) <= {"rate", "betas", "kind"}
         and b != "another-optimizer"]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PAIRS[::3])
def test_two_changes_are_named_both(one: str, other: str, seed: int) -> None:
    assert names(configure(**CHANGES[one], **CHANGES[other]), seed) == {one, other}


@pytest.mark.parametrize("step", ["* 1.5", "+ 0.01"])
def test_what_follows_no_rule_gets_no_name_of_its_arguments(step: str, seed: int) -> None:
    code = f"""
class Own(torch.optim.AdamW):
    def step(self, closure=None):
        before = [[p.detach().clone() for p in group["params"]] for group in self.param_groups]
        super().step(closure)
        with torch.no_grad():
            for group, old in zip(self.param_groups, before):
                for p, was in zip(group["params"], old):
                    p.copy_(was + (p - was) {step})
{configure(kind="AdamW").replace("torch.optim.AdamW", "Own")}
"""
    assert names(code, seed) == {"none"}


@pytest.mark.parametrize(("rule", "kind"), [("adamw", "AdamW"), ("adam", "Adam"), ("sgd", "SGD")])
@pytest.mark.parametrize("uphill", [False, True])
def test_the_rules_are_those_of_torch(rule: str, kind: str, uphill: bool, seed: int) -> None:
    start = Draw(seed, "rules").normal(50, 7)
    p = nn.Parameter(start.clone())
    own = Settings(0.04, 0.3, (0.7, 0.9), eps=1e-4, momentum=0.6, uphill=uphill)
    options = {"momentum": own.momentum} if rule == "sgd" else {"betas": own.betas, "eps": own.eps}
    optimizer = getattr(torch.optim, kind)(
        [p], lr=own.rate, weight_decay=own.decay, maximize=uphill, **options
    )
    for gradient in GRADIENTS:
        p.grad = torch.full_like(p, gradient)
        optimizer.step()
    assert lands(start, p.detach(), rule, own)
    others = {"adamw", "adam", "sgd"} - {rule}
    assert not any(lands(start, p.detach(), other, own) for other in others)
    assert follow(rule, own, start).dtype == torch.float64
