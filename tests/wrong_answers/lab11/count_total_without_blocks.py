# fails: g2.5.total
# says: the Blocks are missing
# misconception: g2_5.total-no-blocks
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
n_attention = 4 * D * D + 2 * D
n_mlp = 8 * D * D + 5 * D
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_wte + T * D + 2 * D
