# fails: g2.2.shape
# says: c_attn
# misconception: g2_2.width-of-c-attn
# %% G2.2
x_shape = ("b", "t", "3 * n_embd")
