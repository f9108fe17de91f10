"""MLPs of another number of matrices than two: more layers, or hiddens that gate each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from torch import Tensor

from autograder.checks.draw import Draw
from autograder.diagnosis.mlp import ACTIVATIONS
from autograder.diagnosis.mlp_match import both_ways, experiments, is_vector, same
from autograder.diagnosis.modules import Experiment
from autograder.probe.view import Handle, Parameter

# What acts after each layer but the last; more layers than that are read with one for all.
PATTERNS = (("GELU", "GELU"), ("GELU", "identity"), ("identity", "GELU"), ("ReLU", "ReLU"),
            ("GELU, tanh form", "GELU, tanh form"), ("GELU, tanh form", "identity"),
            ("identity", "GELU, tanh form"), ("identity", "identity"))  # fmt: skip
GATES = ("SiLU", "GELU", "GELU, tanh form", "sigmoid", "identity", "ReLU")
MOST_CHAINS = 64


def chain_names(module: Handle, rng: Draw, D: int) -> tuple[str, ...]:
    """The misconceptions of a module of three or four matrices; empty if they are none of these.

    Leaves fresh weights in the module; raises ProbeError.
    """
    parameters = tuple(p for p in module.unique_parameters if p.trainable)
    matrices = [p for p in parameters if not is_vector(p)]
    if len(matrices) not in (3, 4) or any(p.values.dim() != 2 for p in matrices):
        return ()
    seen = experiments(module, parameters, rng, D)
    if seen is None:
        return ()
    chains = list(itertools.islice(chains_of(parameters, D), MOST_CHAINS))
    for one, other in PATTERNS:
        if any(all(is_chain(each, chain, one, other) for each in seen) for chain in chains):
            names = {ACTIVATIONS[one][0], ACTIVATIONS[other][0]} - {""}
            if "GELU" in one + other:  # one bend where there may be two is no mistake beside this
                names = set()
            return tuple(sorted({"one-layer-too-many", *names}))
    if len(matrices) == 3 and any(
        all(is_gated(each, chain, gate) for each in seen)
        for gate in GATES for chain in gated_of(parameters, D)
    ):  # fmt: skip
        return ("gated-hiddens",)
    return ()


def chains_of(parameters: Sequence[Parameter], D: int) -> Iterator[list[Tensor]]:
    """All orders of all matrices, either way, that lead from D to D."""
    for order in itertools.permutations(both_ways(parameters)):
        for chain in itertools.product(*order):
            widths = [D, *(m.shape[1] for m in chain)]
            if widths[-1] == D and all(
                m.shape[0] == w for m, w in zip(chain, widths, strict=False)
            ):
                yield list(chain)


def is_chain(each: Experiment, chain: Sequence[Tensor], one: str, other: str) -> bool:
    """Whether the matrices one after the other, with an activation in between, give the outputs."""
    z = each.x
    for number, places in enumerate(chain):
        z = z @ each.numbers[places]
        if number < len(chain) - 1:
            z = ACTIVATIONS[other if number else one][1](z)
    return bool(same(z.unsqueeze(0), each.y))


def gated_of(parameters: Sequence[Parameter], D: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """All readings as gate (D, W), value (D, W) and output (W, D)."""
    for order in itertools.permutations(both_ways(parameters)):
        for gate, value, output in itertools.product(*order):
            if gate.shape == value.shape == output.T.shape and gate.shape[0] == D:
                yield gate, value, output


def is_gated(each: Experiment, reading: tuple[Tensor, Tensor, Tensor], name: str) -> bool:
    """Whether act(x G) * (x V), through the output's matrix, gives the outputs."""
    gate, value, output = (each.numbers[places] for places in reading)
    y = (ACTIVATIONS[name][1](each.x @ gate) * (each.x @ value)) @ output
    return bool(same(y.unsqueeze(0), each.y))
