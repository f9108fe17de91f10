"""The model alone: how it is built, what it computes, what it counts and refuses."""

import itertools
import math
from dataclasses import FrozenInstanceError, replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from autograder.checks.lab11.counting import KEY, LAB, PYTORCH, count
from solutions.lab11.gpt2 import GPT, CausalSelfAttention, GPTConfig, LayerNorm

SMALL = GPTConfig(block_size=12, vocab_size=31, n_layer=2, n_head=3, n_embd=24)
PUBLISHED = {
    "gpt2": ((12, 12, 768), 124_439_808),
    "gpt2-medium": ((24, 16, 1024), 354_823_168),
    "gpt2-large": ((36, 20, 1280), 774_030_080),
    "gpt2-xl": ((48, 25, 1600), 1_557_611_200),
}


def make(seed=0, **changes):
    """A small model whose weights are large enough for every part to show in the logits."""
    torch.manual_seed(seed)
    model = GPT(replace(SMALL, **changes))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.4)
    return model


def count_on_meta(config):
    with torch.device("meta"):
        return GPT(config).get_num_params()


def use_path(model, flash):
    for block in model.transformer.h:
        block.attn.flash = flash
    return model


@pytest.fixture
def idx():
    return torch.randint(31, (2, 9), generator=torch.Generator().manual_seed(5))


# parameters


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_published_size_has_its_published_count(name):
    (n_layer, n_head, n_embd), expected = PUBLISHED[name]
    config = GPTConfig(vocab_size=50257, n_layer=n_layer, n_head=n_head, n_embd=n_embd)
    assert count_on_meta(config) == expected


def test_the_labs_configuration_counts_as_pytorch_does_and_the_key_follows():
    total = count_on_meta(GPTConfig())
    assert total == 124_475_904 == count(LAB, PYTORCH)["total"]
    assert total - 12 * (3 * 768 - 768) == 124_457_472 == count(LAB, KEY)["total"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("transformer.wte", 38_633_472),
        ("transformer.wpe", 786_432),
        ("transformer.ln_f", 1_536),
        ("transformer.h.0.mlp", 4_722_432),
        ("transformer.h.0.attn.c_attn", 1_771_776),
        ("transformer.h.0.attn", 2_362_368),
        ("transformer.h.11", 7_087_872),
        ("transformer.h", 85_054_464),
    ],
)
def test_each_part_has_the_count_that_the_tasks_ask_for(part, expected):
    with torch.device("meta"):
        module = GPT(GPTConfig()).get_submodule(part)
    assert sum(parameter.numel() for parameter in module.parameters()) == expected


def test_without_the_position_table_the_count_is_lower_by_exactly_that():
    model = GPT(SMALL)
    assert model.get_num_params() - model.get_num_params(non_embedding=True) == 12 * 24


def test_without_bias_no_bias_is_left():
    names = [name for name, _ in GPT(replace(SMALL, bias=False)).named_parameters()]
    assert names and not [name for name in names if "bias" in name]


def test_the_output_layer_is_the_token_table_itself():
    model = GPT(SMALL)
    assert model.lm_head.weight is model.transformer.wte.weight


def test_the_mask_is_not_saved():
    assert not [name for name in GPT(SMALL).state_dict() if name.endswith(".attn.bias")]


def test_the_settings_cannot_be_changed_behind_the_models_back():
    with pytest.raises(FrozenInstanceError):
        SMALL.n_layer = 3


# first weights


def test_first_weights_have_the_spread_and_centre_that_gpt2_asks_for():
    torch.manual_seed(0)
    model = GPT(GPTConfig(block_size=64, vocab_size=512, n_layer=8, n_head=2, n_embd=128))
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1:
            expected = 1.0 if "ln_" in name and name.endswith("weight") else 0.0
            assert (parameter == expected).all(), name
            continue
        std = 0.02 / math.sqrt(2 * 8) if name.endswith("c_proj.weight") else 0.02
        n = parameter.numel()
        # five standard errors of the mean and of the standard deviation of n normal numbers
        assert abs(parameter.mean().item()) < 5 * std / math.sqrt(n), name
        assert abs(parameter.std().item() / std - 1) < 5 / math.sqrt(2 * n), name
        # a uniform distribution of the same spread would end at 1.73 standard deviations
        assert 3 < parameter.abs().max().item() / std < 7, name


def test_the_first_loss_is_near_that_of_a_uniform_guess():
    torch.manual_seed(0)
    model = GPT(replace(SMALL, vocab_size=512))
    ids = torch.randint(512, (8, 12))
    _, loss = model(ids, ids.roll(1))
    assert abs(loss.item() - math.log(512)) < 0.1


# what it computes


def test_the_parts_are_what_pytorch_calls_by_these_names():
    x = torch.randn(2, 5, 24, generator=torch.Generator().manual_seed(0))
    ours, theirs = LayerNorm(24, bias=True), torch.nn.LayerNorm(24)
    for norm in (ours, theirs):
        norm.weight.data, norm.bias.data = torch.linspace(-1, 2, 24), torch.linspace(3, 0, 24)
    torch.testing.assert_close(ours(x), theirs(x))
    assert LayerNorm(24, bias=False).bias is None


def attention_in_loops(attention, x):
    """The definition, one query at a time: softmax over the keys up to it, weighted values."""
    q, k, v = attention.c_attn(x).chunk(3, dim=-1)
    heads = attention.n_head
    width = x.size(-1) // heads
    y = torch.zeros_like(x)
    for b, t, head in itertools.product(range(x.size(0)), range(x.size(1)), range(heads)):
        part = slice(head * width, (head + 1) * width)
        scores = k[b, : t + 1, part] @ q[b, t, part] / math.sqrt(width)
        y[b, t, part] = torch.softmax(scores, dim=0) @ v[b, : t + 1, part]
    return attention.c_proj(y)


@pytest.mark.parametrize("flash", [False, True])
def test_attention_is_its_definition(flash):
    torch.manual_seed(0)
    attention = CausalSelfAttention(SMALL).double()
    torch.nn.init.normal_(attention.c_attn.weight, 0.0, 0.5)
    attention.flash = flash
    x = torch.randn(2, 7, 24, dtype=torch.float64)
    torch.testing.assert_close(attention(x), attention_in_loops(attention, x), rtol=0, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    n_head=st.integers(1, 4),
    width=st.integers(1, 5),
    b=st.integers(1, 3),
    t=st.integers(1, 12),
    n_layer=st.integers(1, 2),
    bias=st.booleans(),
    seed=st.integers(0, 2**31),
)
def test_both_paths_give_the_same_logits_loss_and_gradients(
    n_head, width, b, t, n_layer, bias, seed
):
    model = make(seed, n_head=n_head, n_embd=n_head * width, n_layer=n_layer, bias=bias).double()
    ids = torch.randint(31, (2, b, t))
    results = []
    for flash in (False, True):
        model.zero_grad()
        logits, loss = use_path(model, flash)(ids[0], ids[1])
        loss.backward()
        results.append([logits, loss, *(parameter.grad for parameter in model.parameters())])
    for manual, fast in zip(*results, strict=True):
        torch.testing.assert_close(manual, fast, rtol=1e-9, atol=1e-9)


def test_the_loss_is_the_mean_cross_entropy_of_the_logits(idx):
    targets = idx.roll(-1, 1)
    logits, loss = make()(idx, targets)
    assert logits.shape == (2, 9, 31)
    picked = [-F.log_softmax(logits[b, t], 0)[targets[b, t]] for b in range(2) for t in range(9)]
    torch.testing.assert_close(loss, sum(picked) / 18)


def test_without_targets_only_the_last_position_is_answered(idx):
    model = make()
    last, loss = model(idx)
    assert loss is None and last.shape == (2, 1, 31)
    torch.testing.assert_close(last[:, 0], model(idx, idx)[0][:, -1])


@pytest.mark.parametrize("flash", [False, True])
def test_a_later_token_changes_nothing_before_it(flash, idx):
    model = use_path(make(), flash)
    changed = idx.clone()
    changed[:, 5] = (changed[:, 5] + 1) % 31
    change = (model(idx, idx)[0] - model(changed, idx)[0]).abs().amax((0, 2))
    assert (change[:5] == 0).all() and (change[5:] > 0).all()


@pytest.mark.parametrize("flash", [False, True])
def test_dropout_acts_in_training_only(flash, idx):
    dropping, plain = make(dropout=0.5), make()
    dropping.load_state_dict(plain.state_dict())
    use_path(dropping, flash)
    assert not torch.equal(dropping(idx)[0], dropping(idx)[0])
    torch.testing.assert_close(dropping.eval()(idx)[0], plain(idx)[0])


@pytest.mark.parametrize("place", ["drop", "h.1.attn.resid_dropout", "h.1.mlp.dropout"])
def test_each_dropout_has_its_place(place, idx):
    model = make()
    before = model(idx)[0]
    model.transformer.get_submodule(place).p = 0.9
    assert not torch.allclose(model(idx)[0], before)


@pytest.mark.parametrize("flash", [False, True])
def test_dropout_reaches_the_attention_weights_in_both_paths(flash):
    attention = CausalSelfAttention(replace(SMALL, dropout=0.5))
    attention.flash = flash
    attention.resid_dropout.p = 0.0
    x = torch.ones(1, 1, 24)  # one token: its only weight is 1, or dropped to 0
    torch.manual_seed(0)
    assert len({attention(x).sum().item() for _ in range(20)}) > 1


# cropping


@pytest.mark.parametrize("flash", [False, True])
def test_a_cropped_model_gives_the_same_logits_with_fewer_parameters(flash, idx):
    model = use_path(make(), flash)
    before = model(idx, idx)[0]
    full = model.get_num_params()
    model.crop_block_size(9)
    torch.testing.assert_close(model(idx, idx)[0], before, rtol=0, atol=0)
    assert full - model.get_num_params() == 3 * 24
    assert model.config == replace(SMALL, block_size=9)
    assert model.transformer.wpe.num_embeddings == 9
    assert {tuple(block.attn.bias.shape) for block in model.transformer.h} == {(1, 1, 9, 9)}


def test_cropping_gives_the_memory_of_the_table_and_the_masks_back():
    model = make()
    model.crop_block_size(3)
    tensors = [model.transformer.wpe.weight, *(block.attn.bias for block in model.transformer.h)]
    for tensor in tensors:
        assert tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()


def test_an_optimizer_made_before_the_crop_still_trains_the_positions(idx):
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(idx, idx)[1].backward()
    model.crop_block_size(9)
    before = model.transformer.wpe.weight.detach().clone()
    model(idx, idx)[1].backward()
    optimizer.step()
    assert (model.transformer.wpe.weight != before).any()


@pytest.mark.parametrize("block_size", [13, 0, -1])
def test_a_crop_that_is_none_is_refused_and_changes_nothing(block_size):
    model = make()
    with pytest.raises(ValueError, match=rf"model has 12, got block_size={block_size}"):
        model.crop_block_size(block_size)
    assert model.config.block_size == 12 and model.transformer.wpe.weight.shape == (12, 24)


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match=r"divisible by n_head: got n_embd=24, n_head=5"):
        GPT(replace(SMALL, n_head=5))


def test_a_sequence_longer_than_the_block_is_refused():
    model = make()
    assert model(torch.zeros(1, 12, dtype=torch.long))[0].shape == (1, 1, 31)
    with pytest.raises(ValueError, match=r"at most block_size=12 tokens: got t=13"):
        model(torch.zeros(1, 13, dtype=torch.long))
