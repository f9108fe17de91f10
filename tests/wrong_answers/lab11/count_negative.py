# fails: g2.5.wte
# says: not the number
# misconception: g2_5.negative-number
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = 7086336
n_blocks = 85036032
n_wte = -38633472
n_total = 124457472
