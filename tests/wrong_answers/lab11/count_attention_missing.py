# fails: g2.5.attention
# says: not defined
# misconception: none
# %% G2.5
n_mlp = 4722432
n_block = 7086336
n_blocks = 85036032
n_wte = 38633472
n_total = 124457472
