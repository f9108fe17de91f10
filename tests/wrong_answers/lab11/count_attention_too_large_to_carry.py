# fails: g2.5.attention, g2.5.block
# says: add no parameters
# misconception: g2_5.attention-per-head
# %% G2.5
n_attention = 12 * 2360832
n_mlp = 4722432
n_block = n_attention + n_mlp + 2 * 1536
n_blocks = 12 * n_block
n_wte = 38633472
n_total = n_blocks + n_wte + 786432 + 1536
