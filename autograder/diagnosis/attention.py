"""Attention with its choices open: what each usual mistake would give for the student's weights.

A reading says where W_Q, W_K, W_V (and W_O) lie among the student's numbers, a design what is done
with them. Where a wrong module computes what a design gives, for one reading, on two draws of
weights and inputs, that design is what it computes; a design away from the right one by one change,
or by two, has the names of these changes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.reading import apart_from, flat, layouts
from autograder.checks.expectations import rounding
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle, Parameter

# Several times what rounding explains. By chance, a wrong design does not come so near on so many
# numbers.
TOLERANCE = 10 * rounding(torch.float32)
FEW = 8  # numbers that are no nan
LEAST = 1e-2  # the largest output, where inputs and weights are about 1
LENGTHS = (5, 6)  # of the two draws; no other number here is the same, so none is mistaken for it
MOST_READINGS = 400
MOST_FOR_PAIRS = 24
MOST_NAMES = 2  # more explanations than that are no explanation
NEVER = float("-inf")


@dataclass(frozen=True)
class Design:
    """One way to compute attention; the defaults are the right one.

    roles: what takes part as query, key and value: the projections q, k, v, or the input x.
    scale, mask, softmax: see SCALES, `masked` and `weighted`. split, merge: how heads are cut out
    of the width and put together again. end: what is done with the result.
    """

    roles: str = "qkv"
    scale: str = "1/sqrt(d)"
    mask: str = "causal"
    softmax: str = "keys"
    split: str = "columns"
    merge: str = "back"
    end: str = "plain"


Change = tuple[str, dict[str, str]]


def compute(design: Design, x: Tensor, projections: Tensor, output: Tensor | None) -> Tensor:
    """What a design gives, for many readings at once, in float64.

    Shapes: x (N, T, D), projections (R, 3, D, h, d) for q, k and v, output (R, D, h, d), with its
    model width first -> (R, N, T, D).
    """
    if design.split == "batch":
        turned = compute(replace(design, split="columns"), x.transpose(0, 1), projections, output)
        return turned.transpose(1, 2)
    x = x.double()
    R, _, D, h, d = projections.shape
    N, T = x.shape[:2]
    itself = x.view(1, N, T, h, d).expand(R, N, T, h, d)
    made = {
        letter: torch.einsum("nti,rihd->rnthd", x, projections[:, number])
        for number, letter in enumerate("qkv")
    } | {"x": itself}
    q, k, v = (heads_of(made[letter], design.split) for letter in design.roles)
    weights = weighted(design, q, k)
    if design.end == "transposed weights":
        weights = weights.transpose(-2, -1)
    if design.softmax == "channels":
        y = v @ weights
    elif design.end == "no values":
        y = weights @ torch.ones_like(v)
    else:
        y = weights @ v
    y = merged(y, design, N, T, D)
    if design.end == "values added":
        y = y + made["v"].flatten(3)
    if output is not None and design.end != "not projected":
        y = torch.einsum("rntj,rcj->rntc", y, output.flatten(2))
    if design.end == "cut after projection":
        y = y.reshape(R, N, h, T, d).transpose(2, 3).reshape(R, N, T, D)
    if design.end == "residual":
        y = y + x
    if design.end == "relu":
        y = y.relu()
    return y


def heads_of(projected: Tensor, split: str) -> Tensor:
    """Cut heads out of (R, N, T, h, d): (R, N, h, T, d), or what a mistake makes of it."""
    R, N, T, h, d = projected.shape
    if split == "time":  # .view(N, h, T, d) of what is (N, T, D)
        return projected.reshape(R, N, h, T, d)
    if split == "heads as sequence":  # the axes of T and h never change places
        return projected
    if split == "one head":
        return projected.reshape(R, N, 1, T, h * d)
    return projected.transpose(2, 3)


def merged(y: Tensor, design: Design, N: int, T: int, D: int) -> Tensor:
    """Put heads together to (R, N, T, D)."""
    if design.split == "heads as sequence" or design.merge == "not back":
        return y.reshape(len(y), N, T, D)
    if design.merge in ("mean", "sum"):
        once = y.mean(2) if design.merge == "mean" else y.sum(2)
        return once.repeat(1, 1, 1, y.shape[2])
    return y.transpose(2, 3).reshape(len(y), N, T, D)


def factor(name: str, N: int, D: int, d: int, h: int, T: int) -> float:
    """The factor of the scores that a name stands for."""
    return {
        "1/sqrt(d)": d**-0.5, "1/sqrt(D)": D**-0.5, "1": 1.0, "after": 1.0, "1/d": 1 / d,
        "1/D": 1 / D, "sqrt(d)": d**0.5, "sqrt(D)": D**0.5, "1/sqrt(T)": T**-0.5, "1/T": 1 / T,
        "1/sqrt(h)": h**-0.5, "1/h": 1 / h, "1/sqrt(3D)": (3 * D) ** -0.5, "d": float(d),
        "1/sqrt(N)": N**-0.5,
    }[name]  # fmt: skip


def weighted(design: Design, q: Tensor, k: Tensor) -> Tensor:
    """The weights (R, N, h, T, T) of a design; q and k (R, N, h, T, d)."""
    N, h, T, d = q.shape[1:]
    if design.split == "heads as sequence":
        h, T = T, h
    D = h * d
    if design.softmax == "channels":
        scores = q.transpose(-2, -1) @ k * factor(design.scale, N, D, d, h, T)
        return scores.softmax(-1)
    scores = q @ k.transpose(-2, -1) * factor(design.scale, N, D, d, h, T)
    n = scores.shape[-1]
    past = torch.ones(n, n).double().tril()
    scores = masked(scores, design.mask, past)
    if design.mask == "scores without past":
        past = torch.ones_like(past)
    weights = normalised(scores, design, past)
    if design.scale == "after":
        weights = weights * d**-0.5
    if design.mask in ("after softmax", "before and after"):
        weights = weights * past
    return weights


def masked(scores: Tensor, mask: str, past: Tensor) -> Tensor:
    """The scores as a mask leaves them for the softmax; past: 1 where a key is allowed."""
    future = past == 0
    n = len(past)
    if mask in ("causal", "before and after"):
        return scores.masked_fill(future, NEVER)
    if mask == "hides itself":
        return scores.masked_fill(torch.ones(n, n).triu(0) == 1, NEVER)
    if mask == "one too late":
        return scores.masked_fill(torch.ones(n, n).triu(2) == 1, NEVER)
    if mask == "hides the past":
        return scores.masked_fill(torch.ones(n, n).tril(-1) == 1, NEVER)
    if mask == "hides the past and itself":
        return scores.masked_fill(past == 1, NEVER)
    if mask == "only itself":
        return scores.masked_fill(torch.eye(n) == 0, NEVER)
    if mask == "zero scores":
        return scores * past
    if mask == "ones added":
        return scores + past
    if mask == "future favoured":
        return scores + (1 - past)
    if mask == "zeros hidden":
        return scores.masked_fill(scores * past == 0, NEVER)
    if mask.startswith("filled with "):
        return scores.masked_fill(future, float(mask.removeprefix("filled with ")))
    if mask.startswith("lowered by "):
        return scores - float(mask.removeprefix("lowered by ")) * (1 - past)
    return scores  # none, or after the softmax


def normalised(scores: Tensor, design: Design, past: Tensor) -> Tensor:
    """What a design makes of the scores in place of a softmax over the keys."""
    over = {"keys": -1, "queries": -2, "heads": -3, "batch": 1}
    kind = design.softmax
    if kind in over:
        return scores.softmax(over[kind])
    if kind == "twice":
        return scores.softmax(-1).softmax(-1)
    if kind == "sigmoid":
        return scores.sigmoid()
    if kind == "exp only":
        return scores.exp()
    if kind == "log":
        return scores.log_softmax(-1).masked_fill(scores == NEVER, 0.0)
    if kind == "all":
        return scores.flatten(-2).softmax(-1).view_as(scores)
    finite = scores.masked_fill(scores == NEVER, 0.0)
    if kind == "none":
        return finite
    if kind == "relu":
        return finite.relu()
    if kind == "sums":  # divided by their sum without exp
        return finite / finite.sum(-1, keepdim=True)
    if kind == "uniform":
        allowed = (scores != NEVER).double()
        return allowed / allowed.sum(-1, keepdim=True)
    if kind == "largest":
        return (scores == scores.amax(-1, keepdim=True)).double()
    raise ValueError(f"no softmax {kind!r}")


@dataclass(frozen=True)
class Readings:
    """Ways to read the student's parameters; slots: indices into their numbers, (R, 3 or 4, D, h,
    d), the query's, key's, value's and, if there is one, output's place."""

    parameters: tuple[Parameter, ...]
    slots: Tensor

    def some(self, most: int) -> Readings:
        """The first of them: those that people would write."""
        return Readings(self.parameters, self.slots[:most])


@dataclass(frozen=True)
class Experiment:
    """One draw of weights, and what the student's module gave for them: x, y (N, T, D)."""

    numbers: Tensor
    x: Tensor
    y: Tensor

    def first_row(self) -> Experiment:
        """The first sequence of the batch, which is quicker to compare."""
        return Experiment(self.numbers, self.x[:1], self.y[:1])


def explanations(
    module: Handle, rng: Draw, hidden_size: int, n_head: int, projected: bool,
    changes: Sequence[Change], *, zero_token: bool = False, in_pairs: bool = True,
) -> list[tuple[str, ...]]:  # fmt: skip
    """The names of the changes that turn the definition into what the module computes.

    An empty list: nothing matches, or too much does. [()]: the definition itself matches.
    zero_token: let the second token be 0, which shows who takes a score of 0 for a hidden one;
    in_pairs: whether to try two changes at once where one alone does not do.
    Biases are 0 here. Leaves fresh weights in the module; raises ProbeError.
    """
    parameters = tuple(p for p in module.unique_parameters if p.trainable)
    D = hidden_size
    first, second = (experiment(module, parameters, rng, D, zero_token, T) for T in LENGTHS)
    readings = readings_of(parameters, D, n_head, projected)
    if first is None or second is None or not len(readings.slots):
        return []
    designs: list[tuple[tuple[str, ...], Design]] = [((), Design())]
    designs += [((name,), replace(Design(), **change)) for name, change in changes]
    found = matching(designs, readings, (first, second))
    if not found:
        # What only shows on single tokens finds W_V and W_O; then any layout will do.
        readings = guided_readings(module, parameters, rng, D, n_head, projected)
        if len(readings.slots):
            found = matching(designs, readings, (first, second))
    if not found and in_pairs:
        readings = readings_of(parameters, D, n_head, projected).some(MOST_FOR_PAIRS)
        found = matching(pairs_of(changes), readings, (first, second))
    found = [names for names in found if names] or found  # one matrix for two may read as right
    return found if len(found) <= MOST_NAMES else []


def pairs_of(changes: Sequence[Change]) -> list[tuple[tuple[str, ...], Design]]:
    """All designs that are two changes away from the right one."""
    return [
        ((one[0], other[0]), replace(Design(), **one[1], **other[1]))
        for one, other in itertools.combinations(changes, 2)
        if not one[1].keys() & other[1].keys() and one[0] != other[0]
    ]


def experiment(
    module: Handle, parameters: Sequence[Parameter], rng: Draw, D: int, zero_token: bool, T: int
) -> Experiment | None:
    """Give the module fresh matrices and run it once; None if what comes is no such output."""
    drawn = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    values = {p.name: torch.zeros_like(p.values) if is_bias(p, D) else drawn[p.name]
              for p in parameters}  # fmt: skip
    module.load(values)
    x = rng.normal(2, T, D)
    if zero_token:
        x[:, 1] = 0.0
    try:
        y = module(x)
    except StudentFault:
        return None
    if not isinstance(y, Tensor) or y.shape != x.shape or not y.is_floating_point():
        return None
    return Experiment(flat(values, [p.name for p in parameters]), x, y.double())


def matching(
    designs: Sequence[tuple[tuple[str, ...], Design]], readings: Readings,
    experiments: Sequence[Experiment],
) -> list[tuple[str, ...]]:  # fmt: skip
    """The names of those designs that give the module's outputs in all experiments.

    The right design comes first. Read in a way for which that gives the outputs, no other counts:
    a change that changes nothing here is not proved.
    """
    found: dict[tuple[str, ...], None] = {}
    slots = readings.slots
    for names, design in designs:
        left = slots
        across = "batch" in (design.softmax, design.split) or design.scale == "1/sqrt(N)"
        for each in experiments if across else (experiments[0].first_row(), *experiments):
            read = each.numbers[left]
            output = read[:, 3] if left.shape[1] > 3 else None
            got = compute(design, each.x, read[:, :3], output)
            left = left[same(got, each.y)]
            if not len(left):
                break
        if len(left):
            found[names] = None
        if len(left) and not names:
            right = (slots.flatten(1).unsqueeze(1) == left.flatten(1)).all(-1).any(1)
            slots = slots[~right]
        if not len(slots):
            break
    return list(found)


def same(found: Tensor, wanted: Tensor) -> Tensor:
    """Which of (R, ...) agree with (...), where both are numbers; what is none must be so in both.

    A few numbers, or none but zeros, are no evidence.
    """
    numbers = torch.isfinite(wanted)
    size = float(wanted[numbers].abs().max()) if numbers.any() else 0.0
    if int(numbers.sum()) < FEW or size < LEAST:
        return torch.zeros(len(found), dtype=torch.bool)
    alike = (torch.isfinite(found) == numbers).flatten(1).all(1)
    off = (found - wanted).abs().masked_fill(~numbers, 0.0).flatten(1).amax(1)
    return alike & (off <= TOLERANCE * size)


def readings_of(parameters: Sequence[Parameter], D: int, n_head: int, projected: bool) -> Readings:
    """The readings that people would write: in the order of their definition first.

    Where there are fewer matrices than parts, one has to serve for several.
    """
    roles = 4 if projected else 3
    found: dict[bytes, Tensor] = {}
    for family in families(parameters, D, n_head):
        parts = range(len(family))
        if len(family) >= roles:
            orders: Iterator[tuple[int, ...]] = itertools.permutations(parts, roles)
        else:
            orders = (o for o in itertools.product(parts, repeat=roles) if set(o) == set(parts))
        for order in itertools.islice(orders, MOST_READINGS):
            chosen = [family[i][number == 3] for number, i in enumerate(order)]
            reading = torch.stack(chosen)
            found.setdefault(reading.numpy().tobytes(), reading)
    empty = torch.empty(0, roles, D, n_head, D // n_head, dtype=torch.long)
    kept = list(found.values())[:MOST_READINGS]
    return Readings(tuple(parameters), torch.stack(kept) if kept else empty)


def families(
    parameters: Sequence[Parameter], D: int, n_head: int
) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """The model's matrices as places (D, h, d), in one style of writing them after the other.

    Each twice: as a projection into heads, with the width that goes in first, and as the output
    projection, with the width that comes out first.
    """
    starts = [0, *itertools.accumulate(p.values.numel() for p in parameters)]
    tensors = [
        (p.name, torch.arange(start, start + p.values.numel()).view(p.values.shape))
        for p, start in zip(parameters, starts, strict=False)
        if not is_bias(p, D)
    ]
    for linear in (True, False):  # x @ W.T as in nn.Linear, or x @ W
        for by_head in (False, True):
            wide = wide_matrices(tensors, D, n_head, linear, by_head)
            if wide:
                yield [
                    (m.view(n_head, -1, D).permute(2, 0, 1), m.reshape(D, n_head, -1)) for m in wide
                ]


def is_bias(parameter: Parameter, D: int) -> bool:
    """Whether a parameter is a vector, in whatever shape: no matrix has so few numbers."""
    shape = [size for size in parameter.values.shape if size > 1]
    return len(shape) < 2 or parameter.values.numel() <= D


def wide_matrices(
    tensors: Sequence[tuple[str, Tensor]], D: int, n_head: int, linear: bool, by_head: bool
) -> list[Tensor]:
    """All (D, D) matrices in these tensors of places, with what comes out first.

    by_head: whether fused matrices hold one head's three parts after the other's.
    """
    d = D // n_head
    found: list[Tensor] = []
    heads: dict[str, list[Tensor]] = {}
    for name, place in tensors:
        if place.dim() == 3 and place.shape[1:] == (D, D):
            found += [m if linear else m.T for m in place]
        if place.dim() != 2:
            continue
        wide = place if linear else place.T  # (out, D)
        if wide.shape[1] == D and wide.shape[0] % D == 0:
            k = wide.shape[0] // D
            if by_head and k > 1:
                wide = wide.reshape(n_head, k, d, D).transpose(0, 1)
            found += wide.reshape(k, D, D)
        elif wide.shape == (d, D):
            heads.setdefault(re.sub(r"\d+", "#", name), []).append(wide)
    return found + [torch.cat(parts) for parts in heads.values() if len(parts) == n_head]


def guided_readings(
    module: Handle, parameters: Sequence[Parameter], rng: Draw, D: int, n_head: int, projected: bool
) -> Readings:
    """Readings of any layout whose W_V (and W_O) give the outputs of single tokens.

    A token alone listens to itself, whatever is wrong with scale, mask or softmax.
    """
    d = D // n_head
    small = {p.name for p in parameters if p.values.numel() < D * d}
    slots = layouts(parameters, D, D, n_head, skip=small)
    roles = 4 if projected else 3
    empty = Readings(tuple(parameters), torch.empty(0, roles, D, n_head, d, dtype=torch.long))
    drawn = rng.weights_for(module, std=D**-0.5, parameters=parameters)
    values = {n: torch.zeros_like(v) if n in small else v for n, v in drawn.items()}
    module.load({p.name: values[p.name] for p in parameters})
    single = module(torch.eye(D).unsqueeze(1))
    if not len(slots) or not isinstance(single, Tensor) or single.shape != (D, 1, D):
        return empty
    numbers = flat(values, [p.name for p in parameters])
    apart = apart_from(slots, len(numbers))
    found, target = numbers[slots].flatten(2), single[:, 0].double()
    straight = torch.eye(D).double().unsqueeze(0)
    outputs = found if projected else straight
    made = torch.einsum("sij,rcj->sric", found, outputs)
    fits = (made - target).abs().amax((2, 3)) <= TOLERANCE * max(1.0, float(target.abs().max()))
    readings: list[Tensor] = []
    for value, last in fits.nonzero().tolist()[:4]:
        free = apart[value] & (apart[last] if projected else True)
        left = free.nonzero().flatten().tolist()
        for query, key in itertools.permutations(left, 2):
            if apart[query, key]:
                parts = [slots[query], slots[key], slots[value]]
                readings.append(torch.stack([*parts, slots[last]] if projected else parts))
    chosen = readings[:MOST_READINGS]
    return Readings(tuple(parameters), torch.stack(chosen)) if chosen else empty


def named_changes(names: Mapping[str, dict[str, str]]) -> list[Change]:
    """A table of changes as a list; several rows of one name begin with it: "weak-mask/10"."""
    return [(name.partition("/")[0], change) for name, change in names.items()]


# What else one may do than the definition says, with one head or several.
COMMON_CHANGES = named_changes({
    "scale-by-length": {"scale": "1/sqrt(T)"},
    "scale-by-length/no root": {"scale": "1/T"},
    "scale-by-batch-size": {"scale": "1/sqrt(N)"},
    "scale-after-softmax": {"scale": "after"},
    "no-mask": {"mask": "none"},
    "mask-hides-itself": {"mask": "hides itself"},
    "mask-one-too-late": {"mask": "one too late"},
    "mask-hides-the-past": {"mask": "hides the past"},
    "mask-hides-the-past/itself too": {"mask": "hides the past and itself"},
    "mask-sets-scores-to-zero": {"mask": "zero scores"},
    "mask-adds-ones": {"mask": "ones added"},
    "mask-favours-the-future": {"mask": "future favoured"},
    "mask-favours-the-future/without end": {"mask": "filled with inf"},
    "batch-taken-for-time": {"split": "batch"},
    "masked-after-softmax": {"mask": "after softmax"},
    "weak-mask/1": {"mask": "filled with -1"},
    "weak-mask/5": {"mask": "filled with -5"},
    "weak-mask/lowered 5": {"mask": "lowered by 5"},
    "softmax-over-queries": {"softmax": "queries"},
    "softmax-over-batch": {"softmax": "batch"},
    "softmax-over-everything": {"softmax": "all"},
    "softmax-twice": {"softmax": "twice"},
    "no-softmax": {"softmax": "none"},
    "no-softmax/relu": {"softmax": "relu"},
    "no-softmax/sums": {"softmax": "sums"},
    "log-of-softmax": {"softmax": "log"},
    "exp-not-normalised": {"softmax": "exp only"},
    "sigmoid-for-softmax": {"softmax": "sigmoid"},
    "uniform-weights": {"softmax": "uniform"},
    "only-the-largest-score": {"softmax": "largest"},
    "channels-attend": {"softmax": "channels"},
    "keys-as-values": {"roles": "qkk"},
    "keys-as-values/queries": {"roles": "qkq"},
    "keys-are-queries": {"roles": "qqv"},
    "values-not-projected": {"roles": "qkx"},
    "queries-not-projected": {"roles": "xkv"},
    "nothing-projected-but-values": {"roles": "xxv"},
    "weights-transposed": {"end": "transposed weights"},
    "values-only": {"mask": "only itself"},
    "weights-without-values": {"end": "no values"},
    "residual-inside": {"end": "residual"},
    "values-added": {"end": "values added"},
})  # fmt: skip
