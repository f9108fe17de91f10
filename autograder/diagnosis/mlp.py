"""The MLP with its choices open: what each usual mistake would give for the student's weights.

A design says what is done with the matrices; mlp_match.py finds the design that a module follows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

ROOT = math.sqrt(2 / math.pi)
SECOND_FORM = "GELU, tanh form"


def tanh_form(z: Tensor, factor: float = ROOT, cubic: float = 0.044715, power: int = 3) -> Tensor:
    """GELU's tanh form with its constants open."""
    return 0.5 * z * (1 + torch.tanh(factor * (z + cubic * z**power)))


# What may be done with the hiddens, and the misconception; the first two are right.
ACTIVATIONS: dict[str, tuple[str, Callable[[Tensor], Tensor]]] = {
    "GELU": ("", F.gelu),
    "GELU, tanh form": ("", tanh_form),
    "identity": ("no-activation", lambda z: z),
    "ReLU": ("relu-for-gelu", F.relu),
    "softmax": ("softmax-on-hiddens", lambda z: z.softmax(-1)),
    "log softmax": ("softmax-on-hiddens", lambda z: z.log_softmax(-1)),
    "SiLU": ("other-activation", F.silu),
    "tanh": ("other-activation", torch.tanh),
    "sigmoid": ("other-activation", torch.sigmoid),
    "leaky ReLU": ("other-activation", F.leaky_relu),
    "leaky ReLU, 0.1": ("other-activation", lambda z: F.leaky_relu(z, 0.1)),
    "leaky ReLU, 0.2": ("other-activation", lambda z: F.leaky_relu(z, 0.2)),
    "PReLU": ("other-activation", lambda z: F.leaky_relu(z, 0.25)),
    "ELU": ("other-activation", F.elu),
    "SELU": ("other-activation", F.selu),
    "softplus": ("other-activation", F.softplus),
    "mish": ("other-activation", F.mish),
    "softsign": ("other-activation", F.softsign),
    "hard swish": ("other-activation", F.hardswish),
    "hard tanh": ("other-activation", F.hardtanh),
    "ReLU, squared": ("other-activation", lambda z: F.relu(z) ** 2),
    "sigmoid form": ("nearly-gelu", lambda z: z * torch.sigmoid(1.702 * z)),
    "without the cube": ("nearly-gelu", lambda z: tanh_form(z, cubic=0.0)),
    "square for the cube": ("nearly-gelu", lambda z: tanh_form(z, power=2)),
    "cube by 10": ("nearly-gelu", lambda z: tanh_form(z, cubic=0.44715)),
    "cube by 0.1": ("nearly-gelu", lambda z: tanh_form(z, cubic=0.0044715)),
    "no root of 2/pi": ("nearly-gelu", lambda z: tanh_form(z, factor=1.0)),
    "2/pi without its root": ("nearly-gelu", lambda z: tanh_form(z, factor=2 / math.pi)),
    "root of pi/2": ("nearly-gelu", lambda z: tanh_form(z, factor=1 / ROOT)),
    "root of 2 over pi": ("nearly-gelu", lambda z: tanh_form(z, factor=math.sqrt(2) / math.pi)),
    "not halved": ("nearly-gelu", lambda z: 2 * F.gelu(z)),
    "tanh form, not halved": ("nearly-gelu", lambda z: 2 * tanh_form(z)),
    "without the 1": ("nearly-gelu", lambda z: 0.5 * z * torch.erf(z / math.sqrt(2))),
    "tanh form, without the 1": ("nearly-gelu", lambda z: tanh_form(z) - 0.5 * z),
    "erf of x": ("nearly-gelu", lambda z: 0.5 * z * (1 + torch.erf(z))),
    "erf of root 2 x": ("nearly-gelu", lambda z: 0.5 * z * (1 + torch.erf(z * math.sqrt(2)))),
    "Phi alone": ("nearly-gelu", lambda z: 0.5 * (1 + torch.erf(z / math.sqrt(2)))),
    "tanh form, Phi alone": ("nearly-gelu", lambda z: 0.5 * (1 + torch.tanh(
        ROOT * (z + 0.044715 * z**3)))),
    "x times the density": ("nearly-gelu", lambda z: z * torch.exp(-z * z / 2) * ROOT / 2),
}  # fmt: skip
# Where the activation acts, and the misconception.
PLACES = {
    "hiddens": "",
    "outputs": "activation-on-outputs",
    "hiddens and outputs": "activation-on-outputs-too",
    "input": "activation-before-first-layer",
    "input and hiddens": "activation-too-often",
    "hiddens twice": "activation-too-often",
    "everywhere": "activation-too-often",
}
# What else is done, where nothing should be, and the misconception.
EXTRAS = {
    "nothing": "",
    "input added": "residual-inside",
    "input normalised": "norm-inside",
    "hiddens normalised": "norm-inside",
    "activated hiddens normalised": "norm-inside",
    "outputs normalised": "norm-inside",
    "input added and normalised": "norm-inside + residual-inside",
    "ReLU of outputs": "activation-on-outputs-too",
    "tanh of outputs": "activation-on-outputs-too",
    "sigmoid of outputs": "activation-on-outputs-too",
    "softmax of outputs": "activation-on-outputs-too",
    "positions' mean taken away": "positions-mixed",
    "positions' mean added": "positions-mixed",
    "positions' mean for each": "positions-mixed",
    "running mean": "positions-mixed",
    "softmax over positions": "positions-mixed + softmax-on-hiddens",
}
# How many matrices there are, and the misconception.
LAYERS = {"two": "", "one for both": "one-matrix-for-both", "one": "one-layer-only"}


@dataclass(frozen=True)
class Design:
    """One way to compute the MLP; the defaults are the right one. See the tables above."""

    activation: str = "GELU"
    place: str = "hiddens"
    extra: str = "nothing"
    layers: str = "two"

    @property
    def names(self) -> tuple[str, ...]:
        """The misconceptions in it, sorted."""
        found = [ACTIVATIONS[self.activation][0], PLACES[self.place], EXTRAS[self.extra],
                 LAYERS[self.layers]]  # fmt: skip
        return tuple(sorted({n for part in found for n in part.split(" + ") if n}))


def nearest() -> list[Design]:
    """The right designs, and all that are one change away."""
    rights = [Design(), Design(activation=SECOND_FORM)]
    found = list(rights)
    for field, value in changes():
        found += [
            replace(r, **{field: value}) for r in (rights[:1] if field == "activation" else rights)
        ]
    return found


def pairs() -> Iterator[Design]:
    """All designs that are two changes away from a right one."""
    for (field, value), (other, another) in itertools.combinations(changes(), 2):
        if field != other:
            yield Design(**{field: value, other: another})
            if "activation" not in (field, other):
                yield Design(**{"activation": SECOND_FORM, field: value, other: another})


def changes() -> list[tuple[str, str]]:
    """Every field of a design with every value that is wrong."""
    fields = {"place": PLACES, "extra": EXTRAS, "layers": LAYERS}
    found = [(field, value) for field, values in fields.items() for value in list(values)[1:]]
    return found + [("activation", name) for name, (wrong, _) in ACTIVATIONS.items() if wrong]


def compute(design: Design, x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """What a design gives, for many readings at once.

    Shapes: x (N, T, D), first (R, D, W), second (R, D, W: with its output first) -> (R, N, T, D).
    """
    act = ACTIVATIONS[design.activation][1]
    kept, extra, place = x, design.extra, design.place
    if place in ("input", "input and hiddens", "everywhere"):
        x = act(x)
    if extra == "input normalised":
        x = normalised(x)
    z = torch.einsum("nti,rij->rntj", x, first)
    if extra == "hiddens normalised":
        z = normalised(z)
    if extra == "softmax over positions":
        z = z.softmax(2)
    elif place not in ("outputs", "input"):
        z = act(z)
    if place == "hiddens twice":
        z = act(z)
    if extra == "activated hiddens normalised":
        z = normalised(z)
    y = z if design.layers == "one" else torch.einsum("rntj,roj->rnto", z, second)
    if place in ("outputs", "hiddens and outputs", "everywhere"):
        y = act(y)
    return at_the_end(extra, y, kept)


def at_the_end(extra: str, y: Tensor, x: Tensor) -> Tensor:
    """What is done with the outputs (R, N, T, D); x (N, T, D)."""
    if extra == "input added":
        return y + x
    if extra == "outputs normalised":
        return normalised(y)
    if extra == "input added and normalised":
        return normalised(y + x)
    if extra.endswith("of outputs"):
        return ACTIVATIONS[extra.split()[0]][1](y)
    if extra == "running mean":
        return y.cumsum(2) / torch.arange(1, y.shape[2] + 1).view(-1, 1)
    mean = y.mean(2, keepdim=True)
    if extra == "positions' mean taken away":
        return y - mean
    if extra == "positions' mean added":
        return y + mean
    if extra == "positions' mean for each":
        return mean.expand_as(y)
    return y


def normalised(x: Tensor) -> Tensor:
    """LayerNorm without weight and bias."""
    return F.layer_norm(x, x.shape[-1:])
