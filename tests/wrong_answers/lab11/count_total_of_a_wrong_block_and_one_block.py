# fails: g2.5.block, g2.5.blocks
# says: two LayerNorms
# says: how many are there
# misconception: g2_5.block-no-norms, g2_5.blocks-one
# %% G2.5
D, L, V, T, H = 768, 12, 50304, 1024, 12
n_attention = 4 * D * D + 2 * D
n_mlp = 8 * D * D + 5 * D
n_block = n_attention + n_mlp
n_blocks = n_block
n_wte = V * D
n_total = L * n_block + n_wte + T * D + 2 * D
