# fails: g2.5.block
# says: LayerNorm
# misconception: g2_5.block-one-norm, g2_5.norm-no-bias
# %% G2.5
n_attention = 2360832
n_mlp = 4722432
n_block = 7084800
n_blocks = 85036032
n_wte = 38633472
n_total = 124457472
