# fails: g2.5.attention, g2.5.blocks
# says: no bias
# says: too few
# misconception: g2_5.blocks-one-less, g2_5.no-biases
# %% G2.5
n_attention = 4 * 768**2
n_mlp = 4722432
n_block = n_attention + n_mlp + 2 * 1536
n_blocks = 11 * n_block
n_wte = 38633472
n_total = 12 * n_block + n_wte + 786432 + 1536
