# fails: g2.5.attention, g2.5.mlp, g2.5.total
# says: no bias
# says: counted again
# misconception: g2_5.no-biases, g2_5.total-untied
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
n_attention = 4 * D * D
n_mlp = 8 * D * D
n_block = n_attention + n_mlp + 4 * D
n_blocks = L * n_block
n_wte = V * D
n_total = n_blocks + 2 * n_wte + T * D + 2 * D
