# fails: g2.5.attention
# says: bias of c_attn is missing
# says: (or:
# misconception: g2_5.attention-no-c-attn-bias, g2_5.attention-no-c-proj-bias
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
n_attention = D * 3 * D + D * D + D
n_mlp = 8 * D * D + 5 * D
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + n_wte + T * D + 2 * D
