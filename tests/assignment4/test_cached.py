"""Assignment 4's model with a cache: same tokens, same logits, one position a step."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import solutions.assignment4.generate  # noqa: F401  gives the model generate
from solutions.assignment4.cached import generate_cached, read_on
from solutions.assignment4.gpt import GPT
from solutions.lab11.cache import KeyValueCache


def make(seed=0, dtype=torch.float64, context_size=8, n_head=3, hidden_size=12):
    torch.manual_seed(seed)
    model = GPT(20, context_size, hidden_size, n_layer=2, n_head=n_head, dropout=0.5)
    for parameter in model.parameters():  # far from the first weights: every position must matter
        torch.nn.init.normal_(parameter, 0.0, 0.5)
    return model.to(dtype)


def prompt(N, T, seed=0):
    return torch.randint(20, (N, T), generator=torch.Generator().manual_seed(seed))


def both(model, seed, *arguments):
    """What is written without and with the cache, and the next random number after each."""
    answers = []
    for generate in (model.generate, lambda *a: generate_cached(model, *a)):
        torch.manual_seed(seed)
        answers.append((generate(*arguments), torch.rand(1)))
    return answers


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    N=st.integers(1, 3),
    T=st.integers(1, 11),  # up to beyond the context
    new=st.integers(0, 14),
    n_head=st.sampled_from([1, 2, 3, 6]),
    temperature=st.sampled_from([1e-3, 0.3, 1.0, 2.5]),  # the first is as good as greedy
)
def test_the_same_seed_gives_the_same_tokens(seed, N, T, new, n_head, temperature):
    model = make(seed, n_head=n_head)
    plain, cached = both(model, seed, prompt(N, T, seed), new, temperature)
    assert torch.equal(plain[0], cached[0])
    assert torch.equal(plain[1], cached[1]), "as many random numbers were drawn"


def test_in_float32_no_token_of_thousands_differs():
    model = make(dtype=torch.float32, context_size=48)
    for seed in range(12):
        plain, cached = both(model, seed, prompt(8, 3, seed), 50)
        assert torch.equal(plain[0], cached[0]), f"seed {seed}"


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-4)], ids=["64", "32"]
)
@pytest.mark.parametrize("first", [1, 3, 8])
@torch.no_grad()
def test_every_logit_is_the_models(dtype, tolerance, first):
    model, x, cache = make(dtype=dtype).eval(), prompt(2, 8), KeyValueCache(8)
    while cache.length < 8:
        until = max(first, cache.length + 1)
        logits = read_on(model, x[:, cache.length : until], cache)
        expected = model(x[:, :until])[0][:, -1]
        torch.testing.assert_close(logits, expected, rtol=tolerance, atol=tolerance)
        assert cache.length == until


@pytest.mark.parametrize(
    ("T", "new", "expected"),
    [(3, 10, [3, 1, 1, 1, 1, 1, 8, 8, 8, 8]), (11, 2, [8, 8]), (1, 3, [1, 1, 1])],
)
def test_inside_the_context_each_step_reads_one_position_and_past_it_the_window(T, new, expected):
    model, counts = make(), []
    model.blocks[1].attention.queries_keys_values.register_forward_pre_hook(
        lambda _, args: counts.append(args[0].shape[1])
    )
    generate_cached(model, prompt(2, T), new)
    assert counts == expected


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_restored_and_dropout_off_meanwhile(training):
    model = make().train(training)
    first, second = both(model, 0, prompt(1, 1), 7)
    assert model.training is training
    assert torch.equal(first[0], second[0])


def test_the_mode_is_restored_after_an_error_too():
    model = make()
    with pytest.raises(IndexError):
        generate_cached(model, torch.full((1, 1), 99), 1)
    assert model.training


def test_no_graph_is_kept_and_what_was_written_can_be_trained_on():
    model, graphs = make(), []
    model.head.register_forward_hook(lambda _, args, out: graphs.append(out.requires_grad))
    x = generate_cached(model, prompt(2, 1), 7)
    assert len(graphs) == 7 and not any(graphs)
    model(x[:, :-1], x[:, 1:])[1].backward()


def test_no_new_tokens_leave_the_text_as_it_is():
    x = prompt(2, 3)
    assert torch.equal(generate_cached(make(), x, 0), x)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_on_a_gpu_the_tokens_are_the_same_too():
    plain, cached = both(make().cuda(), 1, prompt(2, 3).cuda(), 12)
    assert torch.equal(plain[0], cached[0])
