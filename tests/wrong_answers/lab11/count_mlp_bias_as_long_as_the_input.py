# fails: g2.5.mlp
# says: as long as the output
# misconception: g2_5.mlp-short-c-fc-bias
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
n_attention = 4 * D * D + 2 * D
n_mlp = 2 * (D * 4 * D + D)
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + n_wte + T * D + 2 * D
