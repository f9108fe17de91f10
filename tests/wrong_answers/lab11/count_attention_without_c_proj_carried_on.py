# fails: g2.5.attention
# says: second linear layer
# misconception: g2_5.attention-no-c-proj
# %% G2.5
n_attention = 1770240
n_mlp = 4722432
n_block = 6495744
n_blocks = 77948928
n_wte = 38633472
n_total = 117370368
