# %% G2.5
n_attention = 2362368
n_mlp = 4722432
n_block = 7086336
n_blocks = 85054464
n_wte = 38633472
n_total = 124457472
