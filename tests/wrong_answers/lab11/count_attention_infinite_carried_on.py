# fails: g2.5.attention, g2.5.block, g2.5.blocks, g2.5.total
# says: not a number
# misconception: g2_5.number-not-finite
# %% G2.5
n_attention = float("inf")
n_mlp = 4722432
n_block = n_attention + n_mlp + 2 * 1536
n_blocks = 12 * n_block
n_wte = 38633472
n_total = n_blocks + n_wte + 786432 + 1536
