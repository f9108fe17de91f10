# fails: g2.5.wte, g2.5.total
# says: table of positions
# says: not a number
# misconception: g2_5.words-for-a-number, g2_5.wte-positions
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = 7086336
n_blocks = 85036032
n_wte = 786432
n_total = "about 86 million"
