# fails: g2.2.shape
# says: c_attn
# %% G2.2
x_shape = ("b", "t", "3 * n_embd")
