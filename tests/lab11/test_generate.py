"""What the model writes: which tokens, with which probabilities, and in which mode."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import solutions.lab11.pretrained  # noqa: F401  gives the model from_pretrained
from solutions.lab11.generate import next_token_probabilities
from solutions.lab11.gpt2 import GPT, GPTConfig

SMALL = GPTConfig(block_size=8, vocab_size=20, n_layer=1, n_head=2, n_embd=8, dropout=0.5)


def make(**changes):
    torch.manual_seed(0)
    model = GPT(replace(SMALL, **changes))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.7)
    return model


class Fixed(GPT):
    """Answers with the same logits always."""

    def forward(self, idx, targets=None):
        assert idx.size(1) <= self.config.block_size
        logits = torch.full((20,), -math.inf)
        logits[:5] = torch.tensor([5.0, 4.0, 1.0, 0.0, -1.0])
        return logits.expand(len(idx), 1, -1), None


# the distribution


def test_the_worked_number_of_the_lesson():
    logits = torch.tensor([[5.0, 4.0, 1.0, 0.0, -1.0]])
    probabilities = next_token_probabilities(logits, temperature=0.8, top_k=2)
    expected = torch.tensor([[0.777, 0.223, 0.0, 0.0, 0.0]])
    torch.testing.assert_close(probabilities, expected, rtol=0, atol=5e-4)
    assert (probabilities[0, 2:] == 0).all()


@settings(max_examples=60, deadline=None)
@given(
    logits=st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=12),
    temperature=st.floats(1e-3, 1e3),
    top_k=st.none() | st.integers(1, 20),
)
def test_the_distribution_is_the_softmax_of_the_largest(logits, temperature, top_k):
    row = torch.tensor([logits])
    probabilities = next_token_probabilities(row, temperature, top_k)[0]
    k = min(top_k or len(logits), len(logits))
    weights = [math.exp((value - max(logits)) / temperature) for value in logits]
    kept = sorted(weights, reverse=True)[:k]
    expected = torch.tensor([weight / sum(kept) for weight in kept])
    torch.testing.assert_close(probabilities.sort(descending=True).values[:k], expected)
    assert (probabilities > 0).sum() <= k and probabilities.sum().item() == pytest.approx(1.0)
    torch.testing.assert_close(  # larger logits never have smaller probabilities, among the kept
        probabilities[probabilities > 0], torch.tensor(weights)[probabilities > 0] / sum(kept)
    )


def test_of_equal_logits_exactly_k_are_kept():
    assert (next_token_probabilities(torch.zeros(3, 9), top_k=4) > 0).sum(1).tolist() == [4, 4, 4]


def test_k_beyond_the_vocabulary_keeps_every_token():
    logits = torch.randn(2, 7, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(
        next_token_probabilities(logits, top_k=200), torch.softmax(logits, dim=-1)
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_any_number_type_and_a_tiny_temperature_give_rows_that_sum_to_one(dtype):
    probabilities = next_token_probabilities((100 * torch.randn(4, 50)).to(dtype), 1e-38)
    assert probabilities.dtype == torch.float32
    torch.testing.assert_close(probabilities.sum(1), torch.ones(4))


@pytest.mark.parametrize("temperature", [0, -1.0, math.nan])
def test_a_temperature_that_is_not_positive_is_refused_with_the_greedy_way_out(temperature):
    with pytest.raises(ValueError, match=r"temperature must be positive: got .*use top_k=1"):
        make().generate(torch.zeros(1, 1, dtype=torch.long), 1, temperature=temperature)


@pytest.mark.parametrize("top_k", [0, -3])
def test_k_below_one_is_refused(top_k):
    with pytest.raises(ValueError, match=rf"top_k must be at least 1, .*got {top_k}"):
        make().generate(torch.zeros(1, 1, dtype=torch.long), 1, top_k=top_k)


# the loop


def test_tokens_are_drawn_as_often_as_their_probability_says():
    torch.manual_seed(0)
    written = Fixed(SMALL).generate(
        torch.zeros(5000, 1, dtype=torch.long), 2, temperature=0.8, top_k=2
    )[:, 1:]
    assert written.max() == 1
    # four standard errors of 10,000 draws
    assert abs((written == 0).float().mean().item() - 0.777) < 4 * math.sqrt(0.777 * 0.223 / 1e4)


def test_greedy_text_is_hugging_faces(saved):
    model = GPT.from_pretrained(saved.folder)
    idx = torch.randint(model.config.vocab_size, (3, 4), generator=torch.Generator().manual_seed(1))
    new = model.config.block_size - 4
    theirs = saved.model.generate(
        idx,
        attention_mask=torch.ones_like(idx),
        max_new_tokens=new,
        min_new_tokens=new,
        do_sample=False,
        eos_token_id=-1,  # a token that never comes: ours knows no end of text
        pad_token_id=0,
    )
    assert torch.equal(model.generate(idx, new, top_k=1), theirs)
    assert len(theirs[:, 4:].unique()) > 3  # not one token over and over


def test_beyond_the_block_the_last_tokens_are_read():
    model = make()
    idx = torch.randint(20, (2, 6), generator=torch.Generator().manual_seed(0))
    widths = []
    hook = model.register_forward_pre_hook(lambda _, args: widths.append(args[0].size(1)))
    written = model.generate(idx, 10, top_k=1)
    hook.remove()
    assert widths == [6, 7] + 8 * [8]
    assert written.shape == (2, 16) and torch.equal(written[:, :6], idx)
    model.eval()
    for end in range(6, 16):
        last = model(written[:, max(0, end - 8) : end])[0][:, -1]
        assert torch.equal(last.argmax(-1), written[:, end])


def test_padded_rows_of_the_vocabulary_are_never_drawn():
    model, start = make(), torch.zeros(200, 1, dtype=torch.long)
    assert model.generate(start, 8).max() >= 15
    assert model.generate(start, 8, vocab_size=15).max() < 15
    assert model.generate(start, 8, vocab_size=15, top_k=200).max() < 15
    assert model.generate(start, 1, vocab_size=1).max() == 0


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_restored_and_dropout_off_meanwhile(training):
    model = make().train(training)
    idx = torch.zeros(1, 1, dtype=torch.long)
    first, second = (model.generate(idx, 7, top_k=1) for _ in range(2))
    assert model.training is training
    assert torch.equal(first, second)


def test_the_mode_is_restored_after_an_error_too():
    model = make()
    with pytest.raises(IndexError):
        model.generate(torch.full((1, 1), 99), 1)
    assert model.training


def test_two_calls_differ_and_no_graph_is_kept_for_gradients():
    torch.manual_seed(0)
    model, idx = make(), torch.zeros(4, 1, dtype=torch.long)
    graphs = []
    model.register_forward_hook(lambda _, args, answer: graphs.append(answer[0].requires_grad))
    written = [model.generate(idx, 8) for _ in range(2)]
    assert not torch.equal(*written)
    assert len(graphs) == 16 and not any(graphs)


def test_no_new_tokens_leave_the_text_as_it_is():
    idx = torch.tensor([[3, 1, 4]])
    assert torch.equal(make().generate(idx, 0), idx)


def test_an_empty_beginning_is_refused():
    with pytest.raises(ValueError, match="at least one token"):
        make().generate(torch.zeros(1, 0, dtype=torch.long), 3)


def test_an_empty_vocabulary_is_refused():
    with pytest.raises(ValueError, match="vocab_size must be at least 1"):
        make().generate(torch.zeros(1, 1, dtype=torch.long), 3, vocab_size=0)
