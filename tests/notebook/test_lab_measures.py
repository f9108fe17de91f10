"""What the pictures of a GPT-2 show is what the model really does."""

import pytest
import torch

from autograder.notebook.lab_measures import (
    attention_weights,
    block_parts,
    parameter_parts,
    shapes_through_block,
)
from autograder.probe.capture import captured_attention
from tests.notebook.lab_drawings import full_size, small_model


@pytest.mark.parametrize("fast", [True, False])
def test_the_shapes_through_a_block_are_measured_on_both_paths(fast: bool) -> None:
    block = small_model().transformer.h[0]
    block.attn.flash = fast
    shapes = shapes_through_block(block, torch.randn(3, 10, 32))
    stream, head = (3, 10, 32), (3, 4, 10, 8)
    assert shapes == {
        **dict.fromkeys(["x", "ln_1", "joined", "attn.c_proj", "x + attn", "ln_2"], stream),
        **dict.fromkeys(["mlp.c_proj", "x + mlp"], stream),
        **dict.fromkeys(["q", "k", "v", "y"], head),
        "c_attn": (3, 10, 96),
        "scores": (3, 4, 10, 10),
        "c_fc": (3, 10, 128),
        "gelu": (3, 10, 128),
    }


def test_measuring_leaves_no_hook_behind() -> None:
    model = small_model()
    shapes_through_block(model.transformer.h[0], torch.randn(1, 3, 32))
    attention_weights(model, torch.arange(3), 0)
    assert not any(module._forward_hooks for module in model.modules())


def test_the_full_size_block_is_measured_without_memory() -> None:
    x = torch.empty(1, 1024, 768, device="meta")
    shapes = shapes_through_block(full_size().transformer.h[0], x)
    assert shapes["scores"] == (1, 12, 1024, 1024)
    assert shapes["c_attn"] == (1, 1024, 2304)


def test_the_parts_of_the_full_model_add_up_to_its_total() -> None:
    parts = parameter_parts(full_size())
    assert parts == {
        "wte": 38_633_472,
        "wpe": 786_432,
        "attention": 12 * 2_362_368,
        "MLP": 12 * 4_722_432,
        "LayerNorms": 25 * 1_536,
    }
    assert sum(parts.values()) == 124_475_904


def test_an_output_layer_that_is_not_tied_is_a_part_of_its_own() -> None:
    model = small_model()
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
    assert parameter_parts(model)["lm_head"] == 300 * 32


def test_the_parts_of_a_block_are_its_layers() -> None:
    assert block_parts(full_size().transformer.h[0]) == {
        "attn.c_attn": 1_771_776,
        "attn.c_proj": 590_592,
        "mlp.c_fc": 2_362_368,
        "mlp.c_proj": 2_360_064,
        "ln_1, ln_2": 3_072,
    }


@pytest.mark.parametrize("layer", [0, 1])
def test_the_attention_weights_are_those_of_the_manual_path(layer: int) -> None:
    model, ids = small_model().eval(), torch.arange(9)
    for block in model.transformer.h:
        block.attn.flash = False
    with captured_attention() as maps, torch.no_grad():
        model(ids[None])
    weights = attention_weights(model, ids, layer)
    assert weights.shape == (4, 9, 9)
    torch.testing.assert_close(weights, maps[layer][0])
    assert float(weights[:, 8].max()) > 0.2, "nearly uniform weights would prove little"


def test_dropout_does_not_touch_the_weights_and_the_mode_stays() -> None:
    model, ids = small_model(dropout=0.5).train(), torch.arange(6)[None]
    first, second = (attention_weights(model, ids, 1) for _ in range(2))
    torch.testing.assert_close(first, second)
    assert model.training
