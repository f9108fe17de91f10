# fails: g2.5.attention, g2.5.mlp, g2.5.block, g2.5.blocks, g2.5.wte, g2.5.total
# says: not the number
# misconception: g2_5.zero-for-a-number
# %% G2.5
n_attention = 0
n_mlp = 0
n_block = 0
n_blocks = 0
n_wte = 0
n_total = 0
