# fails: g2.5.attention, g2.5.mlp, g2.5.block, g2.5.total
# says: no bias
# misconception: g2_5.no-biases
# %% G2.5
n_attention = 2359296
n_mlp = 4718592
n_block = 7079424
n_blocks = 84953088
n_wte = 38633472
n_total = 124373760
