# fails: g2.5.wte, g2.5.total
# says: one row for each token
# misconception: g2_5.built-on-what-cannot-be
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = n_attention + n_mlp + 2 * 1536
n_blocks = 12 * n_block
n_wte = 11 * 50304 * 768
n_total = n_blocks + n_wte + 786432 + 1536
