# fails: g2.5.block
# says: two LayerNorms
# misconception: g2_5.block-no-norms
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = 7083264
n_blocks = 84999168
n_wte = 38633472
n_total = 124420608
