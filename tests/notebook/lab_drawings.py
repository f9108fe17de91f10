"""All of Lab 11's pictures, drawn from small models and a small encoding."""

from collections.abc import Callable
from types import SimpleNamespace

import tiktoken
import torch

from autograder.notebook import lab_curves, lab_pictures
from solutions.lab11.gpt2 import GPT, GPTConfig

# Single bytes and a few words: enough to cut é into halves and to keep " Monica" whole.
WORDS = [b" Monica", b" alphabetised", b" the", b" spice", b" rack", b" unfortunately"]
RANKS = {bytes([byte]): byte for byte in range(256)}
for _word in WORDS:
    for _end in range(2, len(_word) + 1):
        RANKS.setdefault(_word[:_end], len(RANKS))
ENCODING = tiktoken.Encoding(
    "small", pat_str=r" ?\w+|\s|[^\w\s]", mergeable_ranks=RANKS, special_tokens={}
)
ANY_SCRIPT = "naïve 😀 日本\n\tעב a\u0301"
SENTENCE = "Monica alphabetised the spice rack, unfortunately, at $5 or $6."
HISTORY = SimpleNamespace(
    train=[(i, 3.8 - 0.02 * i + 0.1 * (i % 3)) for i in range(40)],
    evaluations=[(0, 3.8, 3.85), (10, 3.5, 3.4), (20, 3.2, 3.3), (30, 2.9, 3.45)],
    best=(20, 3.3),
    tokens_per_update=8192,
)


def small_model(**changes: object) -> GPT:
    """A GPT-2 with 2 layers of 4 heads, width 32, whose attention is not nearly uniform."""
    torch.manual_seed(0)
    model = GPT(GPTConfig(**{"block_size": 32, "vocab_size": 300, "n_layer": 2, "n_head": 4,
                             "n_embd": 32, **changes}))  # fmt: skip
    with torch.no_grad():
        for block in model.transformer.h:
            block.attn.c_attn.weight.mul_(20)
    return model


def full_size(**changes: object) -> GPT:
    """GPT-2 as in the lab, without memory for its parameters."""
    with torch.device("meta"):
        return GPT(GPTConfig(**changes))


def draw_heads(heads: list[int], repeat: int = 1) -> None:
    ids = ENCODING.encode_ordinary(" Monica alphabetised the spice rack, unfortunately, the $ rack")
    tokens = [ENCODING.decode([each]) for each in ids]
    lab_pictures.attention_heads(
        small_model(block_size=64), torch.tensor(ids * repeat), tokens * repeat, 1, heads
    )


def measured() -> dict[str, tuple[int, ...]]:
    return lab_pictures.shapes_through_block(small_model().transformer.h[0], torch.randn(4, 10, 32))


DRAWINGS: dict[str, Callable[[], None]] = {
    "tokens": lambda: lab_pictures.token_boundaries(SENTENCE, ENCODING),
    "tokens of any script": lambda: lab_pictures.token_boundaries(ANY_SCRIPT, ENCODING),
    "windows": lambda: lab_pictures.windows(10, 4, [2, 5]),
    "windows with overlaps": lambda: lab_pictures.windows(range(50000, 50096), 20, [5, 9, 70, 12]),
    "padding": lambda: lab_pictures.padded_table([7, 3, 48, 1] * 4),
    "mask": lambda: lab_pictures.mask_steps(torch.arange(16.0).view(1, 1, 4, 4) - 8),
    "spread": lab_pictures.score_spread,
    "blank road": lab_pictures.block_shapes,
    "road": lambda: lab_pictures.block_shapes(measured()),
    "parameters": lambda: lab_pictures.where_the_parameters_sit(full_size()),
    "parameters of a small model": lambda: lab_pictures.where_the_parameters_sit(
        small_model(vocab_size=50304)
    ),
    "one head": lambda: draw_heads([2]),
    "four heads": lambda: draw_heads([0, 1, 2, 3]),
    "heads in three columns": lambda: draw_heads([0, 1, 2, 3, 0, 1, 2], repeat=2),
    "heads on a long text": lambda: draw_heads([1, 3], repeat=3),
    "loss": lambda: lab_curves.loss_curve(HISTORY, 112_000, {"before": 3.85, "$5 or $6": 6.2}),
    "sampling": lambda: lab_curves.sampling(
        torch.tensor([5.0, 4.0, 1.0, 0.0, -1.0]), [" know", "$", "$", "d", "\n"], 0.8, 2
    ),
}  # fmt: skip
