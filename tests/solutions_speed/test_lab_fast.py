"""Quick dropout is dropout: as many zeros, the same mean, and one mask forward and backward."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from solutions.lab11.fast import QuickDropout, quicken_dropout
from solutions.lab11.gpt2 import GPT, GPTConfig

ELEMENTS = 200_000


def new_model(dropout: float = 0.0) -> GPT:
    torch.manual_seed(0)
    return GPT(
        GPTConfig(block_size=8, vocab_size=50, n_layer=2, n_head=3, n_embd=12, dropout=dropout)
    )


@pytest.mark.parametrize("p", [0.1, 0.2, 0.5, 0.9])
def test_the_rate_and_the_mean_are_those_of_dropout(p: float, seed: int) -> None:
    torch.manual_seed(seed)
    y = QuickDropout(p)(torch.ones(ELEMENTS))
    deviation = (p * (1 - p) / ELEMENTS) ** 0.5
    assert abs((y == 0).float().mean() - p) < 5 * deviation + 1 / 65_536
    assert abs(y.double().mean() - 1) < 5 * deviation / (1 - p)
    assert set(y.unique().tolist()) == {0.0, y.max().item()}
    assert y.max().item() == pytest.approx(1 / (1 - p), rel=1e-3)


@pytest.mark.parametrize("p", [0.0, 1e-6, 1 - 1e-6, 1.0])
def test_rates_that_leave_nothing_to_draw_are_plain_dropouts(p: float) -> None:
    torch.manual_seed(0)
    y = QuickDropout(p)(torch.ones(3, 5))
    torch.manual_seed(0)
    assert torch.equal(y, nn.functional.dropout(torch.ones(3, 5), p))


def test_nothing_is_dropped_while_evaluating() -> None:
    x = torch.randn(7, 3)
    assert torch.equal(QuickDropout(0.5).eval()(x), x)


@pytest.mark.parametrize("shape", [(1,), (2, 3), (5, 1, 7), (4, 4)])  # of which some are no fours
def test_the_shape_and_the_dtype_stay(shape: tuple[int, ...]) -> None:
    y = QuickDropout(0.5)(torch.ones(shape, dtype=torch.bfloat16))
    assert (y.shape, y.dtype) == (torch.Size(shape), torch.bfloat16)


def test_the_masks_are_those_of_the_seed_and_not_one_of_them_twice() -> None:
    dropout, x = QuickDropout(0.5), torch.ones(1000)
    torch.manual_seed(4)
    first, second = dropout(x), dropout(x)
    torch.manual_seed(4)
    assert torch.equal(dropout(x), first)
    assert not torch.equal(first, second)


def test_backward_has_the_mask_of_forward_and_each_layer_one_of_its_own() -> None:
    dropout, x = QuickDropout(0.5), torch.ones(1000, requires_grad=True)
    a, b = dropout(x).cos(), dropout(x).sin()
    dropped_a, dropped_b = a == 1, b == 0  # cos 0, sin 0
    assert not torch.equal(dropped_a, dropped_b)
    (gradient,) = torch.autograd.grad(b.sum(), x, retain_graph=True)
    assert torch.equal(gradient == 0, dropped_b)
    (gradient,) = torch.autograd.grad(a.sum(), x)
    assert torch.equal(gradient == 0, dropped_a)


def test_a_model_keeps_its_weights_and_what_it_computes() -> None:
    plain, other = new_model(), new_model()
    before = list(other.parameters())
    quicken_dropout(other)
    assert all(a is b for a, b in zip(other.parameters(), before, strict=True))
    x = torch.arange(16).view(2, 8)
    torch.testing.assert_close(other(x, x)[0], plain(x, x)[0])


def test_a_model_in_training_drops_out_everywhere() -> None:
    model = new_model(dropout=0.2)
    quicken_dropout(model)
    assert not [module for module in model.modules() if type(module) is nn.Dropout]
    x = torch.arange(16).view(2, 8)
    losses = [model(x, x)[1] for _ in range(3)]
    assert len({loss.item() for loss in losses}) == 3
    losses[-1].backward()
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())
