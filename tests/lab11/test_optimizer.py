"""Which parameters decay, and how many operations a token costs."""

import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import solutions.lab11.optimizer  # noqa: F401  gives the model its methods
from solutions.lab11.gpt2 import GPT, GPTConfig

SMALL = GPTConfig(block_size=12, vocab_size=31, n_layer=2, n_head=3, n_embd=24)


def test_matrices_decay_and_vectors_do_not_each_once():
    model = GPT(SMALL)
    optimizer = model.configure_optimizers(0.1, 3e-5, (0.9, 0.99), "cpu")
    decaying, resting = optimizer.param_groups
    assert (decaying["weight_decay"], resting["weight_decay"]) == (0.1, 0.0)
    assert {(group["lr"], group["betas"]) for group in (decaying, resting)} == {(3e-5, (0.9, 0.99))}
    assert {p.dim() for p in decaying["params"]} == {2} and {
        p.dim() for p in resting["params"]
    } == {1}
    grouped = [id(p) for group in optimizer.param_groups for p in group["params"]]
    assert sorted(grouped) == sorted(map(id, model.parameters()))


def test_a_frozen_parameter_is_in_no_group():
    model = GPT(SMALL)
    model.transformer.wpe.weight.requires_grad = False
    optimizer = model.configure_optimizers(0.1, 3e-5, (0.9, 0.99), "cpu")
    grouped = {id(p) for group in optimizer.param_groups for p in group["params"]}
    assert id(model.transformer.wpe.weight) not in grouped


@pytest.mark.parametrize(("device_type", "fused"), [("cpu", None), ("cuda", True)])
def test_the_update_is_fused_on_cuda_only(monkeypatch, device_type, fused):
    seen = {}
    monkeypatch.setattr(torch.optim, "AdamW", lambda groups, **options: seen.update(options))
    GPT(SMALL).configure_optimizers(0.1, 3e-5, (0.9, 0.99), device_type)
    assert seen["fused"] is fused


def test_the_labs_model_needs_the_flops_that_the_formula_says():
    with torch.device("meta"):
        model = GPT(GPTConfig())
    # 6 x 123,689,472 + 12 x 12 x 768 x 1,024, by hand
    assert model.estimate_mfu(1.0, 855_383_040.0) == pytest.approx(1.0)
    assert model.estimate_mfu(tokens_per_s=50.0, peak_flops=855_383_040.0 * 200) == pytest.approx(
        0.25
    )


def test_the_formula_agrees_with_the_products_that_pytorch_counts():
    torch.manual_seed(0)
    config = GPTConfig(block_size=32, vocab_size=256, n_layer=2, n_head=2, n_embd=64)
    model = GPT(config)
    for block in model.transformer.h:
        block.attn.flash = False
    ids = torch.randint(256, (2, 32))
    with FlopCounterMode(display=False) as counter:
        model(ids, ids)[1].backward()
    counted_per_token = counter.get_total_flops() / ids.numel()
    # PyTorch does not count additions of biases and the arithmetic of LayerNorm
    assert model.estimate_mfu(1.0, counted_per_token) == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("peak", [0, -1.0, math.nan])
def test_a_peak_that_is_none_is_refused(peak):
    with pytest.raises(ValueError, match="peak_flops must be positive"):
        GPT(SMALL).estimate_mfu(1.0, peak)
