# not for the notebook: it reaches for the parts of our GPT, and a student's has its own
"""E8 again, for our own GPT: let the model write, and compute nothing twice.

Why keys and values may be kept, how exact that is, and what happens past the context is told in
solutions/lab11/cached.py, where students read it.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from solutions.assignment4.gpt import GPT
from solutions.lab11.cache import KeyValueCache


def read_on(model: GPT, new: Tensor, cache: KeyValueCache) -> Tensor:
    """Read the tokens that follow those in the cache, and add them to it.

    GPT.forward without dropout, for the new positions alone; the logits of the last one.

    Shapes: new (N, T) long -> (N, V); T is 1, except while the cache is empty.
    """
    (N, T), start = new.shape, cache.length
    stream = model.token_embedding(new) + model.position_embedding.weight[start : start + T]
    for layer, block in enumerate(model.blocks):
        qkv = block.attention.queries_keys_values(block.attention_norm(stream))
        q, *kv = qkv.view(N, T, 3, model.n_head, -1).permute(2, 0, 3, 1, 4)  # each (N, h, T, d)
        k, v = cache.extend(layer, *kv)  # each (N, h, start + T, d)
        # one new position may look at all that are kept; only several need the mask
        heads = F.scaled_dot_product_attention(q, k, v, is_causal=T > 1)
        stream = stream + block.attention.projection(heads.transpose(1, 2).flatten(2))
        stream = stream + block.mlp(block.mlp_norm(stream))
    cache.length += T
    return model.head(model.final_norm(stream[:, -1]))


def generate_cached(model: GPT, x: Tensor, max_new_tokens: int, temperature: float = 1.0) -> Tensor:
    """Write what generate writes, reading one position a step as long as the context has room.

    From then on the window moves, every token in it gets a new position, and the whole window is
    read anew for each token, as generate does.

    Shapes: x (N, T) long -> (N, T + max_new_tokens) long.
    """
    context_size, was_training = model.context_size, model.training
    cache = KeyValueCache(min(context_size, x.shape[1] + max_new_tokens))
    model.eval()
    try:
        with torch.inference_mode():  # no_grad, and less to note about each of many small tensors
            for _ in range(max_new_tokens):
                if x.shape[1] <= context_size:
                    logits = read_on(model, x[:, cache.length :], cache)
                else:
                    logits = model(x[:, -context_size:])[0][:, -1]
                probabilities = torch.softmax(logits / temperature, dim=-1)  # (N, V)
                x = torch.cat([x, torch.multinomial(probabilities, num_samples=1)], dim=1)
    finally:
        model.train(was_training)
    return x.clone()  # out here it is an ordinary tensor again, which can be trained on
