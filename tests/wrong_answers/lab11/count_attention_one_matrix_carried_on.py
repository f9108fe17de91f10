# fails: g2.5.attention
# says: wide enough
# misconception: g2_5.attention-one-matrix
# %% G2.5
n_attention = 1181184
n_mlp = 4722432
n_block = 5906688
n_blocks = 70880256
n_wte = 38633472
n_total = 110301696
