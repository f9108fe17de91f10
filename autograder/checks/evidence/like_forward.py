"""Whether a `generate` that reaches for the model's parts writes what the model's forward says."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.languages import SIZES, Writer, make_gpt
from autograder.checks.expectations import CheckFailed, expect, expect_tensor

LOUD = 300.0  # how much larger the LayerNorms are made: then one token is sure nearly everywhere
ROWS = 32
MODELS = 4  # with one alone, one token may be the likeliest after every context
NEARLY = 20.0  # logits so far below the largest are never drawn: once in 10^8 times


def expect_like_forward(writer: Writer, rng: Draw, message: str, *, training: bool) -> None:
    """Fail unless each new token is one that the model's own forward gives for the last C tokens.

    The model has fresh weights of which every one matters, and much dropout. It comes in training
    mode or in evaluation; what it is asked by the grader is answered in evaluation.
    """
    V, C, D = writer.language.vocab_size, writer.language.context_size, SIZES["hidden_size"]
    model = make_gpt(writer.student, writer.language, **{**SIZES, "dropout": 0.5})
    loud = Writer(writer.student, model, writer.language, watched=False)
    for T in MODELS * (2, C + 2):
        own = rng.weights_for(model)
        model.load({name: LOUD * values for name, values in own.items() if values.shape == (D,)})
        x = rng.tokens(V, ROWS, T)
        if training:
            model.train()
        else:
            model.eval()
        whole = torch.cat([x, loud.new_tokens(x, 4)], dim=1)
        model.eval()
        for end in range(T, whole.shape[1]):
            logits = last_logits(model(whole[:, max(0, end - C) : end]), V)
            short = logits.amax(1) - logits.gather(1, whole[:, end : end + 1])[:, 0]
            expect(bool((short < NEARLY).all()), message,
                   expected="tokens that the model's own logits make likely",
                   got="tokens that it would never say there")  # fmt: skip


def last_logits(answer: object, V: int) -> Tensor:
    """The logits of the last position in what forward returned, (N, V)."""
    first = answer[0] if isinstance(answer, list) and answer else None
    if not isinstance(first, Tensor) or first.ndim != 3:
        raise CheckFailed("the model's forward gives no logits", "logits (N, T, V)", "none")
    return expect_tensor(first, (len(first), first.shape[1], V), "the model's logits")[:, -1]
