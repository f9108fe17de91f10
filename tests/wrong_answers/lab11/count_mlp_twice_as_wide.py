# fails: g2.5.mlp
# says: wider than that
# misconception: g2_5.mlp-twice-as-wide
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
hidden = 2 * D
n_attention = 4 * D * D + 2 * D
n_mlp = D * hidden + hidden + hidden * D + D
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + n_wte + T * D + 2 * D
