# fails: g2.5.mlp, g2.5.total
# says: nothing rounded
# says: no millions
# misconception: g2_5.in-thousands-or-millions, g2_5.rounded-number
# %% G2.5
n_attention = 2360832
n_mlp = 4722000
n_block = 7086336
n_blocks = 85036032
n_wte = 38633472
n_total = 124457.472
