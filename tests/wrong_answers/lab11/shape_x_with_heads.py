# fails: g2.2.shape
# says: 4 axes
# %% G2.2
x_shape = ("b", "n_head", "t", "hs")
