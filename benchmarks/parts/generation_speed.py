"""How fast the two models write, with a key-value cache and without, and beside Hugging Face's.

    python -m benchmarks.parts.generation_speed [--new-tokens 128] [--rounds 3] [--threads 1]

Assignment 4's model writes until its context of 64 is full, one text and ten at once, against the
textbook's loop. GPT-2 124M, with random weights, writes after a prompt of 32 tokens, inside its
block of 1,024, against itself without a cache and against Hugging Face's model with the same
weights. Before anything is timed, all ways are seen to write the same tokens.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

import solutions.assignment4.generate
import solutions.lab11.cached  # noqa: F401  both give their model its methods
from benchmarks.parts import textbook
from benchmarks.parts.ratio import Row, best_seconds
from solutions.assignment4.cached import generate_cached
from solutions.assignment4.gpt import GPT as SmallGPT
from solutions.lab11.gpt2 import GPT, GPTConfig
from solutions.lab11.pretrained import is_stored_transposed

CONTEXT_SIZE, VOCAB_SIZE = textbook.CONTEXT_SIZE, textbook.VOCAB_SIZE
PROMPT = 32  # tokens that GPT-2 has read before the first new one
BY_BATCH = {1: 1.5, 10: 4.0}  # texts at once, and the least ratio that is wanted
WANTED_124M = 1.9

Ways = dict[str, Callable[[], Tensor]]


def rows(new_tokens: int = 128, rounds: int = 3) -> Iterator[Row]:
    """Measure everything; new_tokens are those of GPT-2. Ten minutes on one core."""
    yield from small_rows(5 * rounds)
    yield from large_rows(new_tokens, rounds)
    yield from equal_rows()


# Assignment 4


def small_rows(rounds: int) -> list[Row]:
    """Assignment 4's model against the textbook's loop, inside the context."""
    torch.manual_seed(0)
    book = textbook.Transformer()
    ours = as_in_the_textbook(book)
    made = []
    for batch, wanted in BY_BATCH.items():
        x = torch.randint(VOCAB_SIZE, (batch, 1))
        new = CONTEXT_SIZE - 1
        ways: Ways = {
            "ours": seeded(partial(generate_cached, ours, x, new)),
            "theirs": seeded(partial(textbook.generate, book, x, new)),
        }
        assert_the_same(ways)
        seconds = best_seconds(ways, rounds)
        what = "one text" if batch == 1 else f"{batch} texts at once"
        made.append(row(f"Assignment 4 writes {what}", seconds, batch * new, wanted))
    return made


def as_in_the_textbook(book: textbook.Transformer) -> SmallGPT:
    """Our model with the weights of the textbook's."""
    model = SmallGPT(
        VOCAB_SIZE,
        CONTEXT_SIZE,
        textbook.HIDDEN_SIZE,
        textbook.N_LAYER,
        textbook.N_HEAD,
        dropout=0.0,
    )
    pairs = [(model.token_embedding, book.tokens), (model.position_embedding, book.positions)]
    pairs.append((model.final_norm, book.norm))
    for block, theirs in zip(model.blocks, book.blocks, strict=True):
        pairs += [
            (block.attention_norm, theirs.norm_1),
            (block.attention.queries_keys_values, theirs.attention.query_key_value),
            (block.attention.projection, theirs.attention.output),
            (block.mlp_norm, theirs.norm_2),
            (block.mlp.expand, theirs.mlp[0]),
            (block.mlp.output, theirs.mlp[2]),
        ]
    for here, there in pairs:
        here.load_state_dict(there.state_dict())
    return model.eval()


# GPT-2


def large_rows(new_tokens: int, rounds: int) -> list[Row]:
    """GPT-2 124M with a cache, against itself without one and Hugging Face's with and without."""
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab_size=50257)).eval()
    theirs = as_hugging_face(model)
    idx = torch.randint(50257, (1, PROMPT))
    ways: Ways = {
        "ours": lambda: model.generate_cached(idx, new_tokens, top_k=1),
        "without a cache": lambda: model.generate(idx, new_tokens, top_k=1),
        "Hugging Face's without a cache": lambda: greedy(theirs, idx, new_tokens, False),
        "Hugging Face's with its cache": lambda: greedy(theirs, idx, new_tokens, True),
    }
    assert_the_same(ways)
    seconds = best_seconds(ways, rounds)
    return [
        row(
            f"GPT-2 124M writes {new_tokens} tokens, against {name}",
            {"ours": seconds["ours"], "theirs": seconds[name]},
            new_tokens,
            None if name.endswith("with its cache") else WANTED_124M,
        )
        for name in ways
        if name != "ours"
    ]


def as_hugging_face(model: GPT) -> Any:
    """Hugging Face's GPT-2 with the weights of ours."""
    from transformers import GPT2Config, GPT2LMHeadModel, logging

    logging.set_verbosity_error()
    c = model.config
    sizes = {"n_layer": c.n_layer, "n_head": c.n_head, "n_embd": c.n_embd}
    theirs = GPT2LMHeadModel(GPT2Config(**sizes, n_positions=c.block_size, vocab_size=c.vocab_size))
    weights = {
        name: tensor.T if is_stored_transposed(name) else tensor
        for name, tensor in model.state_dict().items()
    }
    theirs.load_state_dict(weights)
    return theirs.eval()


def greedy(model: Any, idx: Tensor, new_tokens: int, use_cache: bool) -> Tensor:
    """The likeliest token at every step, by Hugging Face's own loop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written: Tensor = model.generate(
            idx,
            attention_mask=torch.ones_like(idx),
            max_new_tokens=new_tokens,
            min_new_tokens=new_tokens,
            do_sample=False,
            use_cache=use_cache,
            eos_token_id=-1,  # a token that never comes: ours knows no end of text
            pad_token_id=0,
        )
    return written


# How exact float32 is


def equal_rows(tokens: int = 12_000) -> list[Row]:
    """Of how many texts, drawn in float32 with the same seed, every token is the same."""
    torch.manual_seed(0)
    model = as_in_the_textbook(textbook.Transformer())
    new, batch = CONTEXT_SIZE - 1, 50
    texts = same = 0
    while texts * new < tokens:
        x = torch.randint(VOCAB_SIZE, (batch, 1))
        seed = 1 + texts
        torch.manual_seed(seed)
        plain = model.generate(x, new)  # type: ignore[operator]
        torch.manual_seed(seed)
        cached = generate_cached(model, x, new)
        # after the first other token a text goes its own way: count texts, not what follows
        same += int((plain == cached).all(1).sum())
        texts += batch
    name = f"Texts that are the same with the cache, {texts * new:,} tokens drawn in float32"
    return [Row(name, same / texts, same, texts, "texts")]


# What all share


def seeded(way: Callable[[], Tensor]) -> Callable[[], Tensor]:
    """The same way, with the same draws each time."""

    def again() -> Tensor:
        torch.manual_seed(1)
        return way()

    return again


def assert_the_same(ways: Ways) -> None:
    """Let each way write once, which also warms it up; raise AssertionError if a token differs."""
    texts = {name: way() for name, way in ways.items()}
    first = next(iter(texts.values()))
    for name, text in texts.items():
        assert torch.equal(text, first), f"{name} writes other tokens"


def row(name: str, seconds: dict[str, float], tokens: int, wanted: float | None) -> Row:
    """Tokens a second of both, from the seconds that some tokens took."""
    ours, theirs = (tokens / seconds[way] for way in ("ours", "theirs"))
    return Row(name, ours / theirs, ours, theirs, "tokens/s", wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the two models write")
    parser.add_argument("--new-tokens", type=int, default=128, help="GPT-2's, at most 992")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--only", choices=["small", "large", "equal"])
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    print(f"torch {torch.__version__}, {asked.threads} threads")
    measure = {
        "small": lambda: small_rows(5 * asked.rounds),
        "large": lambda: large_rows(asked.new_tokens, asked.rounds),
        "equal": equal_rows,
        None: lambda: rows(asked.new_tokens, asked.rounds),
    }
    for each in measure[asked.only]():
        print(each)


if __name__ == "__main__":
    main()
