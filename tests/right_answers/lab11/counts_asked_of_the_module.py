# %% G2.5
def size(module):
    return sum(p.numel() for p in module.parameters())


with torch.device("meta"):
    whole = GPT(GPTConfig())
n_attention = size(whole.transformer.h[0].attn)
n_mlp = size(whole.transformer.h[0].mlp)
n_block = size(whole.transformer.h[0])
n_blocks = size(whole.transformer.h)
n_wte = size(whole.transformer.wte)
n_total = size(whole)
