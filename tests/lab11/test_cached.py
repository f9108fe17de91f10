"""The cache changes the work and not the text: same tokens, same logits, one position a step."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import solutions.lab11.pretrained  # noqa: F401  gives the model from_pretrained
from solutions.lab11.cache import KeyValueCache
from solutions.lab11.cached import read_on
from solutions.lab11.gpt2 import GPT, GPTConfig

SMALL = GPTConfig(block_size=8, vocab_size=20, n_layer=2, n_head=3, n_embd=12, dropout=0.5)


def make(seed=0, dtype=torch.float64, **changes):
    torch.manual_seed(seed)
    model = GPT(replace(SMALL, **changes))
    for parameter in model.parameters():  # far from the first weights: every position must matter
        torch.nn.init.normal_(parameter, 0.0, 0.5)
    return model.to(dtype)


def prompt(b, t, seed=0):
    return torch.randint(20, (b, t), generator=torch.Generator().manual_seed(seed))


def written(generate, seed, *arguments, **options):
    torch.manual_seed(seed)
    return generate(*arguments, **options)


def positions_read(model, *arguments, **options):
    """How many positions go through the first layer's projection, call by call."""
    counts = []
    hook = model.transformer.h[0].attn.c_attn.register_forward_pre_hook(
        lambda _, args: counts.append(args[0].size(1))
    )
    model.generate_cached(*arguments, **options)
    hook.remove()
    return counts


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    b=st.integers(1, 3),
    t=st.integers(1, 11),  # up to beyond the block
    new=st.integers(0, 14),
    n_head=st.sampled_from([1, 2, 3, 6]),
    bias=st.booleans(),
    temperature=st.sampled_from([0.3, 0.8, 1.0, 2.5]),
    top_k=st.sampled_from([None, 1, 4, 100]),
    vocab_size=st.sampled_from([None, 17]),
)
def test_the_same_seed_gives_the_same_tokens(
    seed, b, t, new, n_head, bias, temperature, top_k, vocab_size
):
    model, idx = make(seed, n_head=n_head, bias=bias), prompt(b, t, seed)
    options = {"temperature": temperature, "top_k": top_k, "vocab_size": vocab_size}
    plain = written(model.generate, seed, idx, new, **options)
    after_plain = torch.rand(1)
    cached = written(model.generate_cached, seed, idx, new, **options)
    assert torch.equal(plain, cached)
    assert torch.equal(after_plain, torch.rand(1)), "as many random numbers were drawn"


def test_in_float32_no_token_of_thousands_differs():
    model = make(dtype=torch.float32, block_size=48)
    for seed in range(12):
        idx = prompt(8, 3, seed)
        plain = written(model.generate, seed, idx, 50)
        assert torch.equal(plain, written(model.generate_cached, seed, idx, 50)), f"seed {seed}"


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-4)], ids=["64", "32"]
)
@pytest.mark.parametrize("first", [1, 3, 8])
@pytest.mark.parametrize("flash", [True, False])
@torch.no_grad()
def test_every_logit_is_the_models(dtype, tolerance, first, flash):
    model = make(dtype=dtype).eval()
    for block in model.transformer.h:
        block.attn.flash = flash
    idx, cache = prompt(2, 8), KeyValueCache(8)
    while cache.length < 8:
        until = max(first, cache.length + 1)
        logits = read_on(model, idx[:, cache.length : until], cache)
        expected = model(idx[:, :until])[0][:, -1]
        torch.testing.assert_close(logits, expected, rtol=tolerance, atol=tolerance)
        assert cache.length == until


def test_inside_the_block_each_step_reads_one_position_and_past_it_the_window():
    assert positions_read(make(), prompt(2, 3), 10) == [3, 1, 1, 1, 1, 1, 8, 8, 8, 8]


def test_a_prompt_longer_than_the_block_is_read_as_without_a_cache():
    assert positions_read(make(), prompt(1, 11), 2) == [8, 8]


def test_the_memory_is_taken_once_and_no_more_than_can_be_filled(monkeypatch):
    caches = []
    start = KeyValueCache.__init__
    monkeypatch.setattr(
        KeyValueCache, "__init__", lambda self, size: (start(self, size), caches.append(self))[0]
    )
    places = set()
    extend = KeyValueCache.extend

    def watched(self, layer, k, v):
        keys, values = extend(self, layer, k, v)
        places.add((layer, keys.data_ptr(), values.data_ptr()))
        return keys, values

    monkeypatch.setattr(KeyValueCache, "extend", watched)
    make().generate_cached(prompt(2, 2), 4)
    assert caches[0].keys[1].shape == (2, 3, 6, 4)
    assert len(places) == 2  # one for each layer, at all steps
    make().generate_cached(prompt(2, 2), 40)
    assert caches[1].keys[0].size(2) == 8


def test_a_cropped_model_writes_the_same():
    model = make()
    model.crop_block_size(5)
    idx = prompt(2, 2)
    plain = written(model.generate, 1, idx, 6)
    assert torch.equal(plain, written(model.generate_cached, 1, idx, 6))


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_restored_and_dropout_off_meanwhile(training):
    model = make().train(training)
    first, second = (model.generate_cached(prompt(1, 1), 7, top_k=1) for _ in range(2))
    assert model.training is training
    assert torch.equal(first, second)


def test_the_mode_is_restored_after_an_error_too():
    model = make()
    with pytest.raises(IndexError):
        model.generate_cached(torch.full((1, 1), 99), 1)
    assert model.training


def test_no_graph_is_kept_and_what_was_written_can_be_trained_on():
    model = make()
    graphs = []
    model.lm_head.register_forward_hook(lambda _, args, out: graphs.append(out.requires_grad))
    idx = model.generate_cached(prompt(2, 1), 7)
    assert len(graphs) == 7 and not any(graphs)
    model(idx[:, :-1], idx[:, 1:])[1].backward()


def test_no_new_tokens_leave_the_text_as_it_is():
    idx = prompt(2, 3)
    assert torch.equal(make().generate_cached(idx, 0), idx)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"temperature": 0}, "temperature must be positive"),
        ({"top_k": 0}, "top_k must be at least 1"),
        ({"vocab_size": 0}, "vocab_size must be at least 1"),
    ],
)
def test_what_generate_refuses_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        make().generate_cached(prompt(1, 1), 1, **options)


def test_an_empty_beginning_is_refused():
    with pytest.raises(ValueError, match="at least one token"):
        make().generate_cached(prompt(1, 0), 3)


def test_greedy_text_is_hugging_faces_with_its_own_cache(saved):
    model = GPT.from_pretrained(saved.folder)
    idx = torch.randint(model.config.vocab_size, (3, 4), generator=torch.Generator().manual_seed(1))
    new = model.config.block_size - 4
    theirs = saved.model.generate(
        idx,
        attention_mask=torch.ones_like(idx),
        max_new_tokens=new,
        min_new_tokens=new,
        do_sample=False,
        use_cache=True,
        eos_token_id=-1,  # a token that never comes: ours knows no end of text
        pad_token_id=0,
    )
    assert torch.equal(model.generate_cached(idx, new, top_k=1), theirs)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_on_a_gpu_the_tokens_are_the_same_too():
    model, idx = make().cuda(), prompt(2, 3).cuda()
    plain = written(model.generate, 1, idx, 12)
    assert torch.equal(plain, written(model.generate_cached, 1, idx, 12))
