"""Let the model write, and compute nothing twice.

Exact: what is kept are the numbers that the model would compute again, and the draws are those of
generate, in the same order. In float64 the tests find the same tokens for every seed they try. In
float32 the two ways add in different orders, so their logits differ by rounding, about 1e-6 of
their size; a token could differ where a draw falls into that gap. In bfloat16, with its three
digits, expect it.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from solutions.lab11.cache import KeyValueCache
from solutions.lab11.generate import next_token_probabilities
from solutions.lab11.gpt2 import GPT


def read_on(model: GPT, new: Tensor, cache: KeyValueCache) -> Tensor:
    """Read the tokens that follow those in the cache, and add them to it.

    GPT.forward without dropout, for the new positions alone; the logits of the last one.

    Shapes: new (b, t) long -> (b, vocab_size); t is 1, except while the cache is empty.
    """
    (b, t), start = new.shape, cache.length
    x = model.transformer.wte(new) + model.transformer.wpe.weight[start : start + t]
    for layer, block in enumerate(model.transformer.h):
        qkv = block.attn.c_attn(block.ln_1(x)).view(b, t, 3, model.config.n_head, -1)
        q, *kv = qkv.permute(2, 0, 3, 1, 4)  # each (b, nh, t, hs)
        k, v = cache.extend(layer, *kv)  # each (b, nh, start + t, hs)
        # one new token may look at all that are kept; only several hide something from each other
        y = F.scaled_dot_product_attention(q, k, v, is_causal=t > 1)
        x = x + block.attn.c_proj(y.transpose(1, 2).flatten(2))
        x = x + block.mlp(block.ln_2(x))
    cache.length += t
    return model.lm_head(model.transformer.ln_f(x[:, -1]))


def generate_cached(
    self: GPT,
    idx: Tensor,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    vocab_size: int | None = None,
) -> Tensor:
    """Write what generate writes, reading one position a step as long as the block is not full.

    From then on the window moves: every token in it gets a new position and, from the second layer
    on, another past, so that no key or value kept is right any more. The whole window is read anew
    for each token, as generate does.

    Shapes, arguments and errors: those of generate.
    """
    block_size, was_training = self.config.block_size, self.training
    idx = self.generate(idx, 0, temperature, top_k, vocab_size)  # refuses what generate refuses
    cache = KeyValueCache(min(block_size, idx.size(1) + max_new_tokens))
    self.eval()
    try:
        with torch.inference_mode():  # no_grad, and less to note about each of many small tensors
            for _ in range(max_new_tokens):
                if idx.size(1) <= block_size:
                    logits = read_on(self, idx[:, cache.length :], cache)
                else:
                    logits = self(idx[:, -block_size:])[0][:, -1]
                probabilities = next_token_probabilities(logits[:, :vocab_size], temperature, top_k)
                idx = torch.cat([idx, torch.multinomial(probabilities, num_samples=1)], dim=1)
    finally:
        self.train(was_training)
    return idx.clone()  # out here it is an ordinary tensor again, which can be trained on


GPT.generate_cached = generate_cached  # type: ignore[attr-defined]
