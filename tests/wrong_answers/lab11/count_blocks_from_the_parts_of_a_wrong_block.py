# fails: g2.5.attention, g2.5.block
# says: no bias
# says: two LayerNorms
# misconception: g2_5.block-no-norms, g2_5.no-biases
# %% G2.5
n_attention = 4 * 768**2
n_mlp = 4722432
n_block = n_attention + n_mlp
n_blocks = 12 * (n_attention + n_mlp + 2 * 1536)
n_wte = 38633472
n_total = n_blocks + n_wte + 786432 + 1536
