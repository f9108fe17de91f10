# fails: g2.5.attention, g2.5.mlp, g2.5.block
# says: two linear layers
# misconception: g2_5.built-on-what-cannot-be, g2_5.zero-for-a-number
# %% G2.5
n_attention = 0
n_mlp = 0
n_block = 3072
n_blocks = 85036032
n_wte = 38633472
n_total = 124457472
