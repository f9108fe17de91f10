# fails: g2.5.attention
# says: a buffer
# misconception: g2_5.attention-with-mask
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
with torch.device("meta"):
    module = GPT(GPTConfig()).transformer.h[0].attn
n_attention = sum(t.numel() for t in module.state_dict(keep_vars=True).values()) + module.bias.numel()
n_mlp = 8 * D * D + 5 * D
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + n_wte + T * D + 2 * D
