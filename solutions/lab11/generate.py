"""Let the model write."""

import torch
from torch import Tensor

from solutions.lab11.gpt2 import GPT


def next_token_probabilities(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None
) -> Tensor:
    """Turn the logits of one position into the distribution that the next token is drawn from.

    p = softmax(logits / temperature) over the top_k largest logits, 0 for all others. Below 1 the
    temperature sharpens the distribution, above 1 it flattens it; top_k=1 is greedy.

    Shapes: (b, vocab_size) -> (b, vocab_size) float32; every row sums to 1.
    Raises ValueError if temperature is not positive or top_k is below 1.
    Source: top-k sampling, Fan et al. 2018, section 5.1.
    """
    if not temperature > 0:
        raise ValueError(
            f"temperature must be positive: got {temperature}; "
            "for the likeliest token at every step use top_k=1"
        )
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, or None for all tokens: got {top_k}")
    k = min(top_k or logits.size(-1), logits.size(-1))
    largest, ids = torch.topk(logits, k)  # (b, k) each, in falling order
    # less the first, so that not even a tiny temperature overflows; the softmax stays the same
    kept = torch.softmax((largest - largest[:, :1]).float() / temperature, dim=-1)
    return torch.zeros_like(logits, dtype=kept.dtype).scatter(-1, ids, kept)


@torch.no_grad()
def generate(
    self: GPT,
    idx: Tensor,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    vocab_size: int | None = None,
) -> Tensor:
    """Extend each sequence by tokens drawn from the model's own distribution.

    The model reads the last block_size tokens; its mode is restored afterwards. vocab_size: how
    many tokens the tokenizer knows (50,257 for GPT-2), since rows beyond, padded for speed, cannot
    be decoded; None: as many as the model has.

    Shapes: idx (b, t) long -> (b, t + max_new_tokens) long, t at least 1.
    Raises ValueError if idx is empty; if vocab_size is below 1; for temperature and top_k see
    next_token_probabilities.
    """
    if idx.size(1) == 0:
        raise ValueError("idx must hold at least one token to go on from: got t=0")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be at least 1, or None: got {vocab_size}")
    was_training = self.training
    self.eval()
    try:
        for _ in range(max_new_tokens):
            logits, _ = self(idx[:, -self.config.block_size :])
            known = logits[:, -1, :vocab_size]  # (b, vocab_size)
            probabilities = next_token_probabilities(known, temperature, top_k)
            idx = torch.cat([idx, torch.multinomial(probabilities, num_samples=1)], dim=1)
    finally:
        self.train(was_training)
    return idx


GPT.generate = generate  # type: ignore[attr-defined]
