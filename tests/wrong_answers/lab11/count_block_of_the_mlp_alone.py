# fails: g2.5.block
# says: attention of the Block is missing
# misconception: g2_5.block-no-attention
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
n_attention = 4 * D * D + 2 * D
n_mlp = 8 * D * D + 5 * D
n_block = n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + n_wte + T * D + 2 * D
