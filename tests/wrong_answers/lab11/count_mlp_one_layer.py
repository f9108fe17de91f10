# fails: g2.5.mlp
# says: two linear layers
# misconception: g2_5.mlp-one-layer
# %% G2.5
n_attention = 2360832
n_mlp = 2362368
n_block = 7086336
n_blocks = 85036032
n_wte = 38633472
n_total = 124457472
