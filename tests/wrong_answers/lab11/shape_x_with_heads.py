# fails: g2.2.shape
# says: inside the attention
# %% G2.2
x_shape = ("b", "n_head", "t", "hs")
