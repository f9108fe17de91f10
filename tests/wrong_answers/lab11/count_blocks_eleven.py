# fails: g2.5.blocks
# says: too few
# misconception: g2_5.blocks-one-less
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = 7086336
n_blocks = 77949696
n_wte = 38633472
n_total = 124457472
