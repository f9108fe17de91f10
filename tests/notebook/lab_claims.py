"""The numbers that the prose of Lab 11's Parts 1 and 2 states, each computed again."""

import inspect
from dataclasses import fields
from typing import Any

import pytest
import torch

from autograder.checks import exercise
from autograder.checks.lab11 import counting, reading, shapes
from autograder.notebook import lab_pictures
from data_scripts import gpt2_tokenizer
from data_scripts.friends_check import PUBLIC
from solutions.lab11.gpt2 import GPTConfig
from solutions.lab11.pretrained import PUBLISHED
from tests.notebook.conftest import Played
from tests.notebook.lab import GRADED, NOTEBOOK, ONES, WRITTEN, claim, full_size, parameters
from tests.notebook.test_worked_numbers import worked_example


@claim(NOTEBOOK, "{} points. Tests give {} of them, a person gives {};")
def the_points(_: Played) -> Any:
    by_hand = sum(exercise(id).points for id in WRITTEN)
    total = sum(exercise(id).points for id in GRADED)
    return ONES[int(total)].capitalize(), ONES[int(total - by_hand)], ONES[int(by_hand)]


@claim(NOTEBOOK, "{:,} utterances in {:,} scenes, {} speakers; Monica Geller has {:,} lines, Ross "
                 "Geller {:,}, Phoebe Buffay {:,}, Chandler Bing {:,}.")  # fmt: skip
def the_real_corpus(_: Played) -> Any:
    names = ("Monica Geller", "Ross Geller", "Phoebe Buffay", "Chandler Bing")
    lines = (PUBLIC.by_speaker[name] for name in names)
    return PUBLIC.utterances, PUBLIC.conversations, PUBLIC.speakers, *lines


@claim(NOTEBOOK, "first {:.0f} % of the lines become the training text, the last {:.0f} % the")
def the_cut(lab: Played) -> Any:
    cut = [len(lab.names[text].split("\n")) for text in ("train_text", "val_text")]
    assert sum(cut) == len(lab.names["uts"])
    return tuple(100 * lines / sum(cut) for lines in cut)


@claim(NOTEBOOK, "GPT-2 reads *tokens*: {:,} pieces of text")
def the_tokens(_: Played) -> Any:
    return gpt2_tokenizer.encoding().n_vocab


@claim(NOTEBOOK, "{:,} does not fit into fifteen bits and a sign: read as `int16` it is −{:,}. "
                 "`uint16` ends at {:,}.")  # fmt: skip
def sixteen_bits(_: Played) -> Any:
    largest = gpt2_tokenizer.encoding().n_vocab - 1
    assert 2**15 <= largest < 2**16
    return largest, 2**16 - largest, 2**16 - 1


@claim(NOTEBOOK, "Take the stream {}, {}, …, {} and windows of four tokens.")
def the_stream(lab: Played) -> Any:
    first, second, *_, last = lab.names["stream"].tolist()
    return first, second, last


@claim(NOTEBOOK, "{}, from {} to {}: the last window must leave one token for its last target.")
def the_starts(lab: Played) -> Any:
    stream = lab.names["stream"].tolist()
    starts = [start for start in range(99) if stream[start + 1 :][3:4]]
    return ONES[len(starts)].capitalize(), starts[0], starts[-1]


@claim(NOTEBOOK, "Everything about the size of a GPT-2 is in these {} values. The smallest of the "
                 "{} published models")  # fmt: skip
def the_settings(_: Played) -> Any:
    return ONES[len(fields(GPTConfig))], ONES[len(PUBLISHED)]


@claim(NOTEBOOK, "Its vocabulary has {:,} tokens; here the table is padded to {:,}, the next "
                 "multiple of {}, since GPUs like such sizes. The {} extra rows")  # fmt: skip
def the_padding(_: Played) -> Any:
    tokens, step = gpt2_tokenizer.encoding().n_vocab, 64
    padded = next(size for size in range(tokens, 10**6) if size % step == 0)
    assert padded == GPTConfig().vocab_size == full_size().transformer.wte.num_embeddings
    return tokens, padded, step, padded - tokens


@claim(NOTEBOOK, "`GPTConfig()` itself describes {:.0f} million parameters")
def the_full_size(_: Played) -> Any:
    return parameters() / 1e6


@claim(NOTEBOOK, "a batch of `b = {}` sequences of `t = {}` tokens, in the full-size model "
                 "(`n_embd = {}`, `n_head = {}`, `vocab_size = {}`).")  # fmt: skip
def the_sizes_that_the_checks_know(_: Played) -> Any:
    config = GPTConfig()
    names = ("b", "t", "n_embd", "n_head", "vocab_size")
    known = tuple(shapes.NAMES[name] for name in names)
    assert known[2:] == (config.n_embd, config.n_head, config.vocab_size)
    return known


@claim(NOTEBOOK, 'or a mixture: `("b", "t")`, `({}, {})`, `("B", {})`, `"{} * n_embd"` are')
def the_ways_to_write_a_shape(_: Played) -> Any:
    for written in (("b", "t"), (4, 10), ("B", 10)):
        assert [reading.axis(part, "shape", shapes.NAMES) for part in written] == [4, 10]
    assert reading.axis("3 * n_embd", "shape", shapes.NAMES) == 3 * GPTConfig().n_embd
    return shapes.B, shapes.T, shapes.T, 3


@claim(NOTEBOOK, "with the weight `({0:.0f} n_embd, n_embd)` and the bias `({1:.0f} n_embd,)` of")
def the_fused_layer(_: Played) -> Any:
    c_attn = full_size().transformer.h[0].attn.c_attn
    assert c_attn.weight.shape[1] == GPTConfig().n_embd
    return tuple(len(tensor) / GPTConfig().n_embd for tensor in (c_attn.weight, c_attn.bias))


@claim(NOTEBOOK, "Take one sequence (B = {}) of T = {} tokens, and **one** head.")
def the_sizes_of_one_head(_: Played) -> Any:
    assert shapes.ONE_HEAD["nh"] == 1
    return shapes.ONE_HEAD["b"], shapes.ONE_HEAD["t"]


@claim(NOTEBOOK, "Write T or {}.")
def the_number_for_t(_: Played) -> Any:
    return shapes.ONE_HEAD["t"]


@claim(NOTEBOOK, "With one head and `n_embd = {}`: what is `math.sqrt(k.size(-1))`?")
def the_width(_: Played) -> Any:
    return GPTConfig().n_embd


@claim(NOTEBOOK, "draws it for one head of {} and for {} heads of {}. Which is wider")
def the_widths_that_are_drawn(_: Played) -> Any:
    wide, narrow = inspect.signature(lab_pictures.score_spread).parameters["widths"].default
    assert (wide, wide // narrow) == (GPTConfig().n_embd, GPTConfig().n_head)
    return wide, ONES[wide // narrow], narrow


@claim(NOTEBOOK, "What is `torch.tril(torch.ones({0}, {0})).view(1, 1, {0}, {0})`? Give its shape")
def the_mask(lab: Played) -> Any:
    size = lab.names["mask_shape"][-1]
    mask = torch.tril(torch.ones(size, size)).view(1, 1, size, size)
    assert mask.shape == lab.names["mask_shape"]
    assert (mask == 0).sum() == lab.names["masked_entries"]
    return size


@claim(NOTEBOOK, "Three tokens, scores `(1, 1, {}, {})`, the worked example of Assignment 4")
def the_worked_example(lab: Played) -> Any:
    ours, theirs = lab.names["scores"], worked_example()[1].float()
    torch.testing.assert_close(ours[0, 0], theirs)
    return tuple(ours.shape[2:])


@claim(NOTEBOOK, "The first weight of the first row is always {:.0f}.")
def the_first_weight(lab: Played) -> Any:
    return torch.softmax(lab.names["masked"], dim=-1)[0, 0, 0, 0].item()


@claim(NOTEBOOK, "{} numbers, {} a point each, for the full-size model (`GPTConfig()`)")
def half_a_point_each(_: Played) -> Any:
    checks = [check for check in exercise("G2.5").checks if check.points]
    assert {check.points for check in checks} == {0.5}
    return ONES[len(checks)].capitalize(), "half"


@claim(NOTEBOOK, 'Write numbers (`{0}`, `"{0:,}"`) or expressions.')
def the_ways_to_write_a_number(_: Played) -> Any:
    assert reading.as_number("1,234") == reading.as_number(1234) == 1234
    return 1234


@claim(NOTEBOOK, "how large is ${}\\,L\\,D^2$ for $L = {}$ and $D = {}$?")
def the_estimate(_: Played) -> Any:
    config = GPTConfig()
    squares = 3 + 1 + 4 + 4  # c_attn, c_proj, and the two layers of the MLP
    estimate = squares * config.n_layer * config.n_embd**2
    assert estimate == 84_934_656
    assert counting.count().blocks == pytest.approx(estimate, rel=2e-3)
    return squares, config.n_layer, config.n_embd


@claim(NOTEBOOK, "the key counts *one* bias vector of `n_embd` for the fused `c_attn`, the module "
                 "really has one of `{:.0f} n_embd`.")  # fmt: skip
def the_fused_bias(_: Played) -> Any:
    key, pytorch = (counting.count(convention=way) for way in (counting.KEY, counting.PYTORCH))
    extra = len(full_size().transformer.h[0].attn.c_attn.bias) - GPTConfig().n_embd
    assert pytorch.attention - key.attention == extra
    assert pytorch.total - key.total == GPTConfig().n_layer * extra
    assert pytorch.total == parameters()
    return 1 + extra / GPTConfig().n_embd
