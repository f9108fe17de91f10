# fails: g2.5.total
# says: not the number
# misconception: g2_5.in-thousands-or-millions
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = 7086336
n_blocks = 85036032
n_wte = 38633472
n_total = 124.457472
