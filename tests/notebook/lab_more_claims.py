"""The numbers that Lab 11's Part 3 and its answers in words state, each computed again."""

import math
from typing import Any

import pytest
import torch

from autograder.checks.lab11 import counting
from autograder.notebook import finetuning
from data_scripts import gpt2_tokenizer, gpt2_weights
from solutions.lab11.gpt2 import GPTConfig
from tests.notebook.conftest import Played
from tests.notebook.lab import ANSWERS, NOTEBOOK, claim, full_size, parameters


def attention_weights_bytes(block_size: int) -> int:
    """What the attention weights of one sequence need: layers, heads, queries, keys, float32."""
    return 12 * 12 * block_size**2 * torch.empty((), dtype=torch.float32).element_size()


@claim(NOTEBOOK, "because {} × {} does not fit {} × {}. Which layer would raise none?")
def the_transpose(_: Played) -> Any:
    shape = tuple(full_size().transformer.h[0].mlp.c_fc.weight.shape)
    return *shape[::-1], *shape


@claim(NOTEBOOK, "The attention's `c_proj` is square, {} × {}:")
def the_square_layer(_: Played) -> Any:
    return tuple(full_size().transformer.h[0].attn.c_proj.weight.shape)


@claim(NOTEBOOK, "Each has next to no probability, but there are {:,} of them")
def the_long_tail(_: Played) -> Any:
    return round(gpt2_tokenizer.encoding().n_vocab, -3)


@claim(NOTEBOOK, "GPT-2's weights ({:.0f} MB, fetched on first use)")
def the_published_file(_: Played) -> Any:
    masks = 12 * 1024 * 1024  # which the file holds too, as float32
    expected = 4 * (parameters(vocab_size=50257) + masks)
    assert gpt2_weights.SIZES["gpt2"].size_bytes == pytest.approx(expected, rel=1e-4)
    return gpt2_weights.SIZES["gpt2"].size_bytes / 1e6


@claim(NOTEBOOK, "{} updates of {} × {} tokens at a learning rate of {} without decay, dropout {}, "
                 "evaluated every {} updates.")  # fmt: skip
def the_full_setting(_: Played) -> Any:
    full = finetuning.setting("full")
    rate = f"{full.learning_rate:.0e}".replace("e-0", "e-")
    size = full.max_iters, full.sequences_per_update, full.block_size
    return *size, rate, full.dropout, full.eval_interval


@claim(NOTEBOOK, "At a learning rate of {} the real GPT-2 should keep")
def the_rate(_: Played) -> Any:
    return (f"{finetuning.setting('full').learning_rate:.0e}".replace("e-0", "e-"),)


@claim(NOTEBOOK, "Most of the {:,} begin with a space (␣).")
def tokens_that_begin_words(_: Played) -> Any:
    encoding = gpt2_tokenizer.encoding()
    tokens = [encoding.decode_single_token_bytes(id) for id in range(encoding.n_vocab)]
    assert sum(token.startswith(b" ") for token in tokens) > encoding.n_vocab / 2
    return (encoding.n_vocab,)


@claim(NOTEBOOK, "GPT-2 can read {:,} tokens; we fine-tune on windows of {}.")
def the_crop(lab: Played) -> Any:
    block_size = GPTConfig().block_size
    model = full_size()
    model.crop_block_size(256)
    assert parameters() - model.get_num_params() == lab.names["cropped_parameters"]
    return block_size, 256


@claim(NOTEBOOK, "the loss would be $\\ln {} = {:.2f}$.")
def the_loss_of_guessing(_: Played) -> Any:
    rows = full_size().lm_head.out_features
    return rows, math.log(rows)


@claim(NOTEBOOK, "**Numbers with {} bits.** Where the GPU has bfloat16 (since 2020)")
def the_bits(_: Played) -> Any:
    (bits,) = {torch.finfo(dtype).bits for dtype in (torch.float16, torch.bfloat16)}
    return bits


@claim(NOTEBOOK, "a T4 has only float16, whose smallest number is {}.")
def the_smallest_number(_: Played) -> Any:
    halves = (torch.tensor(2.0**-power, dtype=torch.float16).item() for power in range(40))
    return f"{min(half for half in halves if half):.0e}".replace("e-0", "e-")


@claim(NOTEBOOK, "clipping do to gradients that are {:,.0f} times too large?")
def the_first_scale(_: Played) -> Any:
    return torch.amp.GradScaler("cpu").get_scale()


@claim(NOTEBOOK, "The lab's setting is {0} micro-batches of one sequence. They give the update of "
                 "one batch of {0},")  # fmt: skip
def the_micro_batches(_: Played) -> Any:
    return finetuning.setting("full").sequences_per_update


@claim(NOTEBOOK, "one character has about {:,} tokens in the training text; {} updates of {:,} "
                 "tokens are {:.1f} million, some {:.0f} passes.")  # fmt: skip
def the_passes(_: Played) -> Any:
    text = 112_000  # estimated for the real corpus
    full = finetuning.setting("full")
    read = full.max_iters * full.tokens_per_update
    return text, full.max_iters, full.tokens_per_update, read / 1e6, read / text


@claim(NOTEBOOK, "A loss of {0} is a *perplexity* of $e^{{{0}}} = {1:.0f}$: as unsure as a fair "
                 "choice between {1:.0f} tokens. And {2:.1f}?")  # fmt: skip
def the_perplexity(_: Played) -> Any:
    assert round(math.exp(3.0)) == 20
    return 3.5, math.exp(3.5), 3.0


@claim(ANSWERS, "Row {0} of the token embedding is the vector that GPT-2 has learned for token {0} "
                'of its own tokenizer, "{1}".')  # fmt: skip
def the_token(_: Played) -> Any:
    (id,) = gpt2_tokenizer.encoding().encode_ordinary(" the")
    return id, gpt2_tokenizer.encoding().decode([id])


@claim(ANSWERS, "what would its id {0} stand for, and what is in row {0} of `wte`?")
def the_token_again(lab: Played) -> Any:
    return the_token(lab)[0]


@claim(ANSWERS, "about {} L D² in the Blocks.")
def the_blocks(_: Played) -> Any:
    return round(counting.count().blocks / (GPTConfig().n_layer * GPTConfig().n_embd ** 2))


@claim(ANSWERS, "the first is large here ({:.1f} million), the second small ({:.1f} million)")
def the_two_tables(_: Played) -> Any:
    tables = full_size().transformer
    return tables.wte.weight.numel() / 1e6, tables.wpe.weight.numel() / 1e6


@claim(ANSWERS, "Tied, there are {:.1f} million parameters less")
def the_saving(_: Played) -> Any:
    return full_size().lm_head.weight.numel() / 1e6


@claim(ANSWERS, "A matrix of {:,} × {} has no inverse.")
def the_table(_: Played) -> Any:
    return tuple(full_size().lm_head.weight.shape)


@claim(ANSWERS, "exp({:.0f}) = {:.0f} is as much as any token gets whose score is 0")
def the_weight_of_zero(_: Played) -> Any:
    return 0, math.exp(0)


@claim(ANSWERS, "{} of its {:,} rows go, which is {:.2f} % of all parameters.")
def the_rows_that_go(_: Played) -> Any:
    rows, width = GPTConfig().block_size - 256, GPTConfig().n_embd
    return rows, GPTConfig().block_size, 100 * rows * width / parameters()


@claim(ANSWERS, "with a quarter of the length it has a sixteenth of the entries, {:.0f} MB in "
                "place of {:.0f} MB per sequence")  # fmt: skip
def the_memory(_: Played) -> Any:
    small, large = attention_weights_bytes(256), attention_weights_bytes(1024)
    assert 16 * small == large
    return small / 1e6, large / 1e6
