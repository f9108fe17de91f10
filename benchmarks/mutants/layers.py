"""E1 to E4 compared: layers, their parameters, what they compute and how they draw."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter

from benchmarks.mutants.comparison import RAISED, Comparison, attempt, reseed

Shape = tuple[int, int, int]
SEEDS = range(6)  # constructions whose initial values are compared


def attention_shapes(D: int) -> list[Shape]:
    """Sizes of inputs (N, T, D): none, some and all of the sizes equal."""
    return [(2, 3, D), (1, 1, D), (3, 7, D), (D, D, D), (2, D, D), (1, 12, D), (2, 2, D), (1, 5, D)]


def compare_attention(c: Comparison) -> None:
    """E1."""
    for D in (4, 6, 1, 9):
        compare_layer(c, lambda n, D=D: n["CausalSelfAttention"](D), attention_shapes(D))
    compare_layer(c, lambda n: n["CausalSelfAttention"](hidden_size=2), [(1, 1024, 2), (1, 65, 2)])


def compare_heads(c: Comparison) -> None:
    """E2."""
    for D, h, p in ((8, 2, 0.3), (12, 3, 0.5), (6, 1, 0.2), (5, 5, 0.4), (12, 4, 0.0)):
        make = lambda n, s=(D, h, p): n["MultiHeadCausalSelfAttention"](*s)  # noqa: E731
        compare_layer(c, make, attention_shapes(D))
    named = {"hidden_size": 2, "n_head": 1, "dropout": 0.1}
    long = [(1, 1024, 2), (1, 65, 2)]
    compare_layer(c, lambda n: n["MultiHeadCausalSelfAttention"](**named), long)
    for D, h in ((7, 2), (10, 4), (3, 4), (8, 3), (6, 4), (9, 2), (12, 5)):
        x = torch.randn(2, 3, D)
        c.pair(lambda n, s=(D, h, 0.0), x=x: n["MultiHeadCausalSelfAttention"](*s)(x))


def compare_mlp(c: Comparison) -> None:
    """E3."""
    for D, p in ((4, 0.3), (6, 0.0), (1, 0.5), (9, 0.7)):
        compare_layer(c, lambda n, s=(D, p): n["MLP"](*s), attention_shapes(D))
    compare_layer(c, lambda n: n["MLP"](hidden_size=5, dropout=0.1), [(2, 3, 5)])


def compare_block(c: Comparison) -> None:
    """E4."""
    for D, h, p in ((8, 2, 0.3), (6, 3, 0.0), (5, 1, 0.5), (12, 4, 0.1)):
        compare_layer(c, lambda n, s=(D, h, p): n["Block"](*s), attention_shapes(D))
    named = {"hidden_size": 6, "n_head": 2, "dropout": 0.2}
    compare_layer(c, lambda n: n["Block"](**named), [(2, 3, 6)])


def compare_layer(c: Comparison, make: Callable[[Any], Any], shapes: Iterable[Shape]) -> None:
    """Everything about one layer of one size."""
    shapes = list(shapes)
    x = inputs(shapes[0], 0)
    pair = c.pair(lambda names: used_once(make(names), x))
    if RAISED in pair:
        return
    compare_initial_values(c, lambda names: used_once(make(names), x))
    compare_parameters(c, pair)
    common = in_both(pair)
    c.same("what learns", lambda m: sorted(learning(m, x) & common), pair)
    for number, shape in enumerate(shapes):
        if number in (0, 3, 5):
            reseed(1000 + number)
            fill(pair)
        for scale in (1.0, 3.0, 0.0):
            if scale == 1.0 or (number < 3 and shape[1] < 100):
                compare_calls(c, pair, inputs(shape, number) * scale)
    c.same("float32", lambda m: in_single_precision(m, x), pair)


def learning(module: nn.Module, x: Tensor) -> set[str]:
    """Which parameters move in the first steps of training, from the weights of a new module."""
    before = {name: p.detach().clone() for name, p in ordered(module).items()}
    module.eval()
    optimizer = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        (module(x) - torch.ones_like(x).cumsum(-1)).square().sum().backward()
        optimizer.step()
    return {name for name, p in ordered(module).items() if not torch.equal(p, before[name])}


def in_single_precision(module: nn.Module, x: Tensor) -> Any:
    """The output in the number type that students work in."""
    torch.set_default_dtype(torch.float32)
    try:
        return module.float()(x.float())
    finally:
        torch.set_default_dtype(torch.float64)


def compare_calls(c: Comparison, pair: tuple[Any, Any], x: Tensor) -> None:
    """Outputs and gradients in both modes; the input must stay as it is."""
    cotangent, common = torch.randn(x.shape), in_both(pair)
    for training in (False, True):
        mode = "training" if training else "evaluation"
        for module in pair:
            module.train(training)

        def call(module: nn.Module) -> Any:
            given = x.clone().requires_grad_()
            module.zero_grad()
            y = module(given)
            y.backward(cotangent)
            return y, given.grad, gradients(module, common)

        found = c.same(f"{mode}: outputs and gradients", call, pair)
        if RAISED in found and not c.whole:
            return
        c.same(f"{mode}: without gradient", lambda m: called_without_gradient(m, x), pair)
        c.same("modes", lambda m: [sub.training for sub in m.modules()][:1], pair)


def called_without_gradient(module: nn.Module, x: Tensor) -> Any:
    """The output under no_grad, twice, and what became of the input."""
    given = x.clone()
    with torch.no_grad():
        return module(given), torch.equal(given, x), module(given)


def in_both(pair: tuple[nn.Module, nn.Module]) -> set[str]:
    """The names of parameters that both modules have."""
    left, right = (set(ordered(module)) for module in pair)
    return left & right


def gradients(module: nn.Module, names: set[str]) -> dict[str, Any]:
    """Gradients by name, one for each parameter of these that is trained."""
    return {
        name: torch.zeros_like(p) if p.grad is None else p.grad.clone()
        for name, p in ordered(module).items()
        if p.requires_grad and name in names
    }


def ordered(module: nn.Module) -> dict[str, nn.Parameter]:
    """Parameters in the order of their names."""
    return dict(sorted(module.named_parameters()))


def used_once(module: Any, x: Tensor) -> Any:
    """The module after one call, when lazy layers know their sizes; raises if some still do not."""
    module.eval()
    with torch.no_grad():
        module(x)
    if any(isinstance(p, UninitializedParameter) for p in module.parameters()):
        raise ValueError("a layer is never used")
    return module


def inputs(shape: Shape, seed: int) -> Tensor:
    """Draw an input of its own for each size."""
    generator = torch.Generator().manual_seed(7919 * seed + sum(shape))
    return torch.randn(shape, generator=generator)


def compare_parameters(c: Comparison, pair: tuple[Any, Any]) -> None:
    """Names, shapes, which are trained, and which are one and the same; buffers by themselves."""
    c.same("parameters", inventory, pair)
    c.same("saved state", lambda m: {k: list(v.shape) for k, v in state(m).items()}, pair)


def state(module: nn.Module) -> dict[str, Tensor]:
    """What would be saved, in the order of the names."""
    return {k: v for k, v in sorted(module.state_dict().items()) if isinstance(v, Tensor)}


def inventory(module: nn.Module) -> list[tuple[Any, ...]]:
    """Every name with its shape, whether it is trained, and the first name of the same storage."""
    first: dict[int, str] = {}
    found = []
    for name, p in sorted(module.named_parameters(remove_duplicate=False)):
        first.setdefault(p.data_ptr() if p.numel() else id(p), name)
        found.append((name, list(p.shape), p.requires_grad, first.get(p.data_ptr(), name)))
    return found


def fill(pair: tuple[Any, Any]) -> None:
    """Put the same values into both, by name; a bias that only one of them has gets zeros.

    Matrices are drawn so that scores stay within +-50 for inputs of size three.
    """
    names = [set(ordered(module)) for module in pair]
    salt = int(torch.randint(2**31, ()))
    with torch.no_grad():
        for module in pair:
            for name, p in ordered(module).items():
                if not p.requires_grad:
                    continue
                generator = torch.Generator().manual_seed(salt + zlib.crc32(name.encode()) % 2**20)
                values = torch.randn(p.shape, generator=generator, dtype=torch.float64)
                values *= 1.2 / max(1, p.shape[-1]) ** 0.5 if p.dim() > 1 else 0.5
                both = all(name in each for each in names)
                p.copy_(values + (p.dim() == 1) * 0.5 if both else torch.zeros_like(p))


def compare_initial_values(c: Comparison, make: Callable[[Any], Any]) -> None:
    """The values of a new module: the same draws, or draws of the same distribution."""
    reseed(0)
    left, right = (
        [attempt(lambda n: dict(ordered(make(n))), names, seed) for seed in SEEDS]
        for names in (c.original, c.mutant)
    )
    if RAISED in left or RAISED in right:
        c.note("initial values", RAISED in left, RAISED in right)
        return
    for name in sorted(set(left[0]) & set(right[0])):
        a, b = ([each[name].detach() for each in side] for side in (left, right))
        if a[0].shape == b[0].shape and all(map(torch.equal, a, b)):
            c.note("initial values", 0.0, 0.0)
            continue
        # A constructor that sets a seed draws the same every time: that is one sample, not six.
        a, b = (
            torch.cat([v.flatten() for v in (side[:1] if all_equal(side) else side)]).double()
            for side in (a, b)
        )
        c.note("initial values", *(("alike", "alike") if alike(a, b) else (a[:3], b[:3])))


def all_equal(values: list[Tensor]) -> bool:
    """Whether all tensors are the same."""
    return all(torch.equal(value, values[0]) for value in values[1:])


def alike(a: Tensor, b: Tensor) -> bool:
    """Whether two samples may well be of one distribution: mean, spread, and Kolmogorov-Smirnov.

    Each test errs once in a million; constants must be equal.
    """
    if min(len(a), len(b)) < 2 or float(a.std()) == 0 or float(b.std()) == 0:
        return len(a) > 0 and len(b) > 0 and torch.equal(a.unique(), b.unique())
    n, m = len(a), len(b)
    off = (a.mean() - b.mean()) / (a.var() / n + b.var() / m).sqrt()
    spread = (a.std() / b.std()).log() / (0.5 / n + 0.5 / m) ** 0.5
    values = torch.cat([a, b]).sort().values
    steps = [torch.searchsorted(s.sort().values, values, right=True) / len(s) for s in (a, b)]
    apart = float((steps[0] - steps[1]).abs().max())
    return (abs(float(off)) < 5.5 and abs(float(spread)) < 7
            and apart < 2.7 * (1 / n + 1 / m) ** 0.5)  # fmt: skip
