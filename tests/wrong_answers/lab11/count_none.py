# fails: g2.5.mlp
# says: not a number
# misconception: g2_5.none-for-an-answer
# %% G2.5
n_attention = 2360832
n_mlp = None
n_block = 7086336
n_blocks = 85036032
n_wte = 38633472
n_total = 124457472
