"""The reading of weights: every layout that is right is found, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.checks import exercise
from autograder.checks.draw import Draw
from autograder.checks.e3 import find_mlp
from autograder.checks.evidence.reading import attend, find_reading, is_right_scale, layouts
from autograder.checks.framework import run_exercise
from autograder.probe.links import LocalLink
from autograder.probe.view import Handle, Student
from tests.answers import explain, notebook_namespace

D, H = 12, 3


class Attention(nn.Module):
    """Attention whose four matrices (D, h, d) are cut out of parameters in an odd way."""

    def __init__(self, shapes: dict[str, tuple[int, ...]], cut: Any, scale: float | None = None):
        super().__init__()
        for name, shape in shapes.items():
            self.register_parameter(name, nn.Parameter(torch.randn(shape)))
        self.cut, self.scale = cut, scale or (D // H) ** -0.5

    def forward(self, x: Tensor) -> Tensor:
        query, key, value, output = self.cut(self)
        return attend(x, query, key, value, output, scale=self.scale).to(x.dtype)


def handle(module: nn.Module) -> Handle:
    return Student(LocalLink({"Module": lambda: module})).Module()


def separate(m: Any) -> list[Tensor]:
    return [w.double().view(D, H, -1) for w in (m.a, m.b, m.c, m.o)]


LAYOUTS = {
    "four matrices": (dict.fromkeys("abco", (D, D)), separate),
    "one flat vector": (
        {"flat": (4 * D * D,)},
        lambda m: m.flat.double().view(4, D, H, D // H).unbind(0),
    ),
    "keys between the other matrices of one tensor": (
        {"w": (D, 3, D), "o": (D, D)},
        lambda m: [*m.w.double().view(D, 3, H, -1).unbind(1), m.o.double().view(D, H, -1)],
    ),
    "heads as columns that lie h apart": (
        {"w": (3, D, D), "o": (D, D)},
        lambda m: [
            t.double().view(D, D // H, H).transpose(1, 2) for t in (*m.w.unbind(0), m.o)
        ],
    ),
    "queries and keys cut otherwise than values": (
        {"qk": (D, 2 * D), "v": (D, D), "o": (D, D)},
        lambda m: [
            *m.qk.double().view(D, 2, D // H, H).transpose(2, 3).unbind(1),
            m.v.T.double().reshape(D, H, -1), m.o.double().view(D, H, -1),
        ],
    ),
    "one tensor per head with all three": (
        {f"head{i}": (D, 3, D // H) for i in range(H)} | {"o": (D, D)},
        lambda m: [
            *torch.stack([m.head0, m.head1, m.head2], 2).double().unbind(1),
            m.o.double().view(D, H, -1),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_odd_layout_is_read_and_predicts_outputs_for_other_weights(name: str) -> None:
    shapes, cut = LAYOUTS[name]
    rng, module = Draw(1, name), handle(Attention(shapes, cut))
    reading = find_reading(module, rng, D, H, projected=True)
    assert reading is not None and is_right_scale(reading)
    values, x = rng.weights_for(module, std=D**-0.5), rng.normal(2, 6, D)
    assert torch.allclose(module(x).double(), reading.predict(module, x, values), atol=1e-4)


@pytest.mark.parametrize("scale, name", [(1.0, "1"), (D**-0.5, "1/sqrt(D)"), (0.25, "1/d")])
def test_a_wrong_scale_is_read_and_named(scale: float, name: str) -> None:
    module = handle(Attention(*LAYOUTS["four matrices"], scale=scale))
    reading = find_reading(module, Draw(2), D, H, projected=True)
    assert reading is not None and reading.scale_name == name and not is_right_scale(reading)


def test_a_matrix_used_twice_is_not_read() -> None:
    module = Attention(
        dict.fromkeys("abco", (D, D)),
        lambda m: [w.double().view(D, H, -1) for w in (m.a, m.a, m.c, m.o)],
    )
    assert find_reading(handle(module), Draw(3), D, H, projected=True) is None


def test_another_number_of_heads_is_not_read() -> None:
    module = Attention(
        dict.fromkeys("abco", (D, D)),
        lambda m: [w.double().view(D, 2, -1) for w in (m.a, m.b, m.c, m.o)],
    )
    assert find_reading(handle(module), Draw(4), D, H, projected=True) is None


def test_a_module_that_gives_no_tensor_or_nan_is_not_read() -> None:
    module = Attention(*LAYOUTS["four matrices"])
    module.forward = lambda x: (x, x)  # type: ignore[method-assign, assignment]
    assert find_reading(handle(module), Draw(5), D, H, projected=True) is None
    module.forward = lambda x: x * float("nan")  # type: ignore[method-assign]
    assert find_reading(handle(module), Draw(5), D, H, projected=True) is None


def test_a_module_without_parameters_is_not_read() -> None:
    assert find_reading(handle(nn.Identity()), Draw(6), D, H, projected=True) is None
    assert find_mlp(handle(nn.Identity()), Draw(6), 6) is None


def test_the_query_bias_is_found_and_the_others_are_measured() -> None:
    class Biased(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)

        def forward(self, x: Tensor) -> Tensor:
            q, k, v = (t.unflatten(2, (H, -1)).transpose(1, 2) for t in self.qkv(x).chunk(3, dim=2))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            return self.out(y.transpose(1, 2).flatten(2))

    rng, module = Draw(7), handle(Biased())
    reading = find_reading(module, rng, D, H, projected=True)
    assert reading is not None and reading.query_bias is not None
    start = 3 * D * D  # the biases of qkv lie behind its weights, the queries' first
    assert sorted(reading.query_bias.flatten().tolist()) == list(range(start, start + D))


def test_layouts_never_cut_a_number_twice_and_list_nothing_twice() -> None:
    module = handle(Attention(*LAYOUTS["one tensor per head with all three"]))
    slots = layouts(module.unique_parameters, D, D, H, skip=set())
    assert len(slots) > 0
    assert all(slot.unique().numel() == D * D for slot in slots)
    assert len({slot.numpy().tobytes() for slot in slots}) == len(slots)


@pytest.mark.parametrize("form", ["none", "tanh"])
def test_both_forms_of_gelu_are_told_apart(form: str) -> None:
    module = nn.Sequential(nn.Linear(6, 24), nn.GELU(approximate=form), nn.Linear(24, 6))
    for seed in range(20):
        reading = find_mlp(handle(module), Draw(seed), 6)
        assert reading is not None
        assert reading.activation == ("GELU" if form == "none" else "GELU (tanh form)")


@pytest.mark.parametrize("id", ["E1", "E2", "E3", "E4"])
def test_no_check_fails_the_reference_for_any_seed(id: str) -> None:
    student = Student(LocalLink(notebook_namespace({})))
    for seed in range(30):
        results = run_exercise(exercise(id), student, seed)
        assert all(r.status == "passed" for r in results), explain(results)
